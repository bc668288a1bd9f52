"""Whether a library on servers answers as the folder does that it was moved from.

`python -m benchmarks.same_answers --library DIR` with `QA_DATABASE_URL` and `QA_CHROMA_URL` set asks
both the news questions of 2022: the share of the same answers, of the same first hits, hit@4 and MRR
of both, and what a question takes.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

from tqdm import tqdm

from benchmarks.news import mean_ranking, news
from benchmarks.timing import milliseconds
from qa.assistant import Assistant
from qa.settings import Settings
from qa.types import Answer

TOP = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", type=Path, required=True, help="made of the 2022 articles")
    parser.add_argument("--questions", type=int, default=100_000, metavar="N", help="only so many")
    arguments = parser.parse_args()
    asked = news.answerable(choices=True)
    asked = asked[:: max(1, len(asked) // arguments.questions)]
    answers: list[tuple[Answer, Answer]] = []
    ranks: dict[str, list[list[bool]]] = {"folder": [], "servers": []}
    seconds: dict[str, list[float]] = {"folder": [], "servers": []}
    with (
        Assistant.load(Settings(library=arguments.library)) as folder,
        Assistant.load(Settings.from_environment()) as servers,
    ):
        for question in tqdm(asked, unit=" questions"):
            pair = []
            for name, assistant in (("folder", folder), ("servers", servers)):
                started = time.perf_counter()
                answer = assistant.answer(question.text, asked_on=question.date)
                seconds[name].append(time.perf_counter() - started)
                hits = assistant.retriever.hits(question.text, asked_on=question.date)[:TOP]
                ranks[name].append(
                    [
                        question.held_by(
                            hit.passage.text, hit.article.url, *(one.url for one in hit.also_in)
                        )
                        for hit in hits
                    ]
                )
                pair.append(answer)
            answers.append((pair[0], pair[1]))
    same = sum(one.text == other.text for one, other in answers)
    first = sum(
        [hit.passage.id for hit in one.hits[:1]] == [hit.passage.id for hit in other.hits[:1]]
        for one, other in answers
    )
    report: dict[str, Any] = {
        "questions": len(asked),
        "same_answers": round(same / len(asked), 4),
        "same_first_hits": round(first / len(asked), 4),
    }
    for name, rows in ranks.items():
        report[name] = {**mean_ranking(rows, (1, 4, 10)), **milliseconds(seconds[name])}
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
