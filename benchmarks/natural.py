"""Questions in people's own words, and those of quizzes: how many are right, wrong, or refused.

The library has the articles of one year. Of 2022, only the questions that training kept back are
asked, since no network has learned from them; of another year, all. `qa.evaluation.judging` judges
the answers.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score
from tqdm import tqdm

from benchmarks.news import NEWS, SHARED
from qa.assistant import Assistant
from qa.evaluation.judging import rightly
from qa.reading.evidence import Evidence
from qa.reading.reader import SpanReader
from qa.search.question import Asked, understand
from qa.settings import Settings
from qa.training.cases import rightly_held
from qa.training.natural import TrainingQuestion, natural, weeks
from qa.types import Answer, Draft, Hit

CUTS = (1, 4, 12)


@dataclass(frozen=True)
class Row:
    """A question, the answer given, and the best answer regardless of refusal."""

    question: TrainingQuestion
    answer: Answer
    best: str
    right: bool
    best_right: bool
    rank: int
    retrieved: int

    @property
    def refused(self) -> bool:
        return self.answer.outcome == "refused"


def right(question: TrainingQuestion, short: str, sentences: Sequence[str]) -> bool:
    gold = question.kind, question.answers, question.quote
    return question.held and rightly(*gold, short, sentences)


class Recorder:
    """An assistant's reader, which keeps its first draft for the last question.

    A planned event is read about twice: the second reading looks for a later report.
    """

    def __init__(self, reader: SpanReader) -> None:
        self.reader = reader
        self.first: tuple[Sequence[Hit], Evidence] | None = None

    def read(self, asked: Asked, hits: Sequence[Hit], searched: int | None = None) -> Draft:
        evidence = self.reader.evidence(asked, hits, searched)
        self.first = self.first or (hits, evidence)
        return self.reader.draft(asked, evidence)


def ask(assistant: Assistant, recorder: Recorder, question: TrainingQuestion) -> Row:
    recorder.first = None
    answer = assistant.answer(question.text, asked_on=question.date)
    if not recorder.first:
        # The reader read nothing: dated sentences of a period answer, or qa refuses.
        put = understand(question.text, today=question.date)
        found = assistant.retriever.find(put, asked_on=question.date)
        recorder.read(put, found, assistant.library.counts()[1])
    assert recorder.first
    hits, evidence = recorder.first
    best, best_right = "", False
    if evidence.found:
        place = evidence.found[0].places[0]
        best, best_right = place.text, right(question, place.text, [place.sentence])
    quotes = [citation.quote for citation in answer.citations]
    said = answer.outcome == "answered" and right(question, answer.short, quotes)
    ranks = [
        min((hit.rank for hit in found if rightly_held(question, hit)), default=0)
        for found in (evidence.hits, hits)
    ]
    return Row(question, answer, best, said, best_right, *ranks)


def figures(rows: Sequence[Row]) -> dict[str, Any]:
    held = [row for row in rows if row.question.held]
    other = [row for row in rows if not row.question.held]
    report: dict[str, Any] = {
        "answerable": len(held),
        "right": share(row.right for row in held),
        "wrong": share(not row.right and not row.refused for row in held),
        "refused": share(row.refused for row in held),
        "right, nothing refused": share(row.best_right for row in held),
    }
    for name in ("rank", "retrieved"):
        for cut in CUTS:
            ranks = [getattr(row, name) for row in held]
            report[f"passage among {cut}, as {name}"] = share(0 < rank <= cut for rank in ranks)
    if other:
        sure = [row.answer.confidence for row in (*held, *other)]
        flags = [True] * len(held) + [False] * len(other)
        report |= {
            "unanswerable": len(other),
            "unanswerable, refused": share(row.refused for row in other),
            "AUC, answerable": round(float(roc_auc_score(flags, sure)), 3),
            "AUC, right": round(
                float(roc_auc_score([row.best_right for row in (*held, *other)], sure)), 3
            ),
        }
        surest = sorted(rows, key=lambda row: -row.answer.confidence)[:100]
        report["right of the surest 100"] = sum(row.best_right for row in surest)
    return report


def share(flags: Any) -> float:
    found = list(flags)
    return round(float(np.mean(found)), 3) if found else 0.0


def by(rows: Sequence[Row], tags: Mapping[str, Sequence[Row]]) -> dict[str, str]:
    return {
        name: f"{share(row.right for row in some)} right, "
        f"{share(row.best_right for row in some)} if nothing refused, of {len(some)}"
        for name, some in sorted(tags.items())
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", type=Path, required=True, help="made of the year's articles")
    parser.add_argument("--year", type=int, default=2022)
    parser.add_argument("--limit", type=int, help="take only so many questions")
    parser.add_argument("--small", action="store_true", help="leave out the large network")
    parser.add_argument("--show", type=Path, help="write each question and answer to a file")
    arguments = parser.parse_args()
    settings = Settings(library=arguments.library, reader="small" if arguments.small else "large")
    week = weeks(NEWS / "questions-2022.jsonl.gz")
    asked = list(natural(SHARED / f"data/natural/natural-{arguments.year}.jsonl.gz", week))
    asked = [question for question in asked if question.kept_back][: arguments.limit]
    recorder = Recorder(SpanReader.load(settings))
    with Assistant.load(settings) as loaded:
        assistant = Assistant(loaded.library, loaded.retriever, recorder, forms=loaded.forms)
        rows = [ask(assistant, recorder, question) for question in tqdm(asked, unit=" questions")]
    if arguments.show:
        lines = [
            {
                "question": row.question.text,
                "kind": row.question.kind,
                "gold": row.question.answers,
                "quote": row.question.quote,
                "url": row.question.urls[0],
                "best": row.best,
                "answer": row.answer.text if not row.refused else None,
                "quotes": [citation.quote for citation in row.answer.citations],
                "confidence": round(row.answer.confidence, 3),
                "right": row.right,
                "best right": row.best_right,
            }
            for row in rows
        ]
        arguments.show.write_text("\n".join(json.dumps(x, ensure_ascii=False) for x in lines))
    kinds: dict[str, list[Row]] = {}
    for row in rows:
        if row.question.held:
            for name in (f"kind {row.question.kind}", f"style {row.question.style}"):
                kinds.setdefault(name, []).append(row)
    print(json.dumps({**figures(rows), "by": by(rows, kinds)}, indent=2))


if __name__ == "__main__":
    main()
