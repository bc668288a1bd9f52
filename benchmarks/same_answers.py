"""Whether a library on servers answers as the folder does that it was moved from.

`python -m benchmarks.same_answers --library DIR`, with `QA_DATABASE_URL` and `QA_CHROMA_URL` set,
asks both the news questions of 2022: the share of the same answers, of the same first hits, hit@4
and MRR of both, and what a search takes.
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
    parser.add_argument("--answers", type=int, default=100_000, metavar="N", help="of these, asked")
    arguments = parser.parse_args()
    asked = news.answerable(choices=True)
    asked = asked[:: max(1, len(asked) // arguments.questions)]
    answers: list[tuple[Answer, Answer]] = []
    ranks: dict[str, list[list[bool]]] = {"folder": [], "servers": []}
    found: dict[str, list[list[str]]] = {"folder": [], "servers": []}
    seconds: dict[str, list[float]] = {"folder": [], "servers": []}
    with (
        Assistant.load(Settings.from_environment(library=arguments.library)) as folder,
        Assistant.load(Settings.from_environment()) as servers,
    ):
        for question in tqdm(asked, unit=" questions"):
            pair: list[Answer] = []
            for name, assistant in (("folder", folder), ("servers", servers)):
                started = time.perf_counter()
                hits = assistant.retriever.hits(question.text, asked_on=question.date)[:TOP]
                seconds[name].append(time.perf_counter() - started)
                found[name].append([hit.passage.id for hit in hits])
                ranks[name].append(
                    [
                        question.held_by(
                            hit.passage.text, hit.article.url, *(one.url for one in hit.also_in)
                        )
                        for hit in hits
                    ]
                )
                if len(answers) < arguments.answers:
                    pair.append(assistant.answer(question.text, asked_on=question.date))
            if pair:
                answers.append((pair[0], pair[1]))
    same = sum(one.text == other.text for one, other in answers)
    pairs = list(zip(found["folder"], found["servers"], strict=True))
    report: dict[str, Any] = {
        "questions": len(asked),
        "answered": len(answers),
        "same_answers": round(same / max(1, len(answers)), 4),
        "same_first_hits": round(sum(a[:1] == b[:1] for a, b in pairs) / len(pairs), 4),
        "same_ten_hits": round(sum(set(a) == set(b) for a, b in pairs) / len(pairs), 4),
    }
    for name, rows in ranks.items():
        report[name] = {**mean_ranking(rows, (1, 4, 10)), **milliseconds(seconds[name])}
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
