"""Ablation of the ranking: hit@k and MRR on the news questions of 2022, part by part.

A hit is a passage of one of the question's own articles that contains the answer; only
questions whose answer occurs in one of them count. Measured on the questions as they were asked,
and on those of them that there are in other words. What the reader makes of the order,
`benchmarks.natural` and `benchmarks.reading` measure, on questions that it has not learned from.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from tqdm import tqdm

from benchmarks.news import mean_ranking, news
from qa.assistant import Assistant
from qa.models.shipped import load_calibration
from qa.settings import Settings
from qa.training.news import NewsQuestion
from qa.types import Hit

CUTS = (1, 4, 10)
SHIPPED = load_calibration().ranking
PARTS = {
    "by meaning": replace(SHIPPED, words=0.0, date=0.0, on_time=0.0),
    "by words": replace(SHIPPED, words=1.0, date=0.0, on_time=0.0),
    "fused": replace(SHIPPED, date=0.0, on_time=0.0),
    "fused, near the day asked about": replace(SHIPPED, on_time=0.0),
    "and of the time that the question names": SHIPPED,
}
Search = Callable[[NewsQuestion], Sequence[Hit]]


def measure(search: Search, questions: Sequence[NewsQuestion]) -> dict[str, float]:
    found = [
        [question.held_by_hit(hit) for hit in search(question)]
        for question in tqdm(questions, leave=False)
    ]
    return mean_ranking(found, CUTS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", type=Path, required=True, help="made of the 2022 articles")
    arguments = parser.parse_args()
    settings = Settings(library=arguments.library)
    asked = news.answerable(choices=True)
    others = news.rewritten
    sets = {
        "as asked": asked,
        "in other words": [replace(q, text=others[q.id]) for q in asked if q.id in others],
    }
    with Assistant.load(settings) as assistant:
        retriever = assistant.retriever

        def search(question: NewsQuestion) -> Sequence[Hit]:
            return retriever.hits(question.text, asked_on=question.date)

        for part, made in PARTS.items():
            retriever.ranking = made
            report(part, search, sets)


def report(part: str, search: Search, sets: dict[str, list[NewsQuestion]]) -> None:
    for name, questions in sets.items():
        row = {"ranked": part, "questions": f"{len(questions)} {name}"}
        print(json.dumps({**row, **measure(search, questions)}), flush=True)


if __name__ == "__main__":
    main()
