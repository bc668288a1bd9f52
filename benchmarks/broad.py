"""Broad questions: which nuggets are told, in how many sentences; and whether yes or no is right.

Asked of a library of the articles of 2022. A nugget counts as `qa.evaluation.nuggets` says; a
refusal recalls nothing. Yes and no are right if they are said, "unclear" if neither is. Which
sentences tell of a subject was fitted on these questions: the card of `qa/weights/selection` has
the cross-validated figures.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from benchmarks.news import SHARED
from qa.assistant import Assistant
from qa.evaluation.nuggets import QUOTES, Nugget, recalled
from qa.settings import Settings
from qa.types import Answer

QUESTIONS = SHARED / "data" / "broad" / "broad-2022.jsonl"


@dataclass(frozen=True)
class Row:
    question: dict[str, Any]
    answer: Answer
    nuggets: Sequence[Nugget]
    told: Sequence[bool]

    @property
    def quotes(self) -> int:
        return min(QUOTES, len(self.answer.citations))

    @property
    def idle(self) -> int:
        """Return the number of quotes that tell no nugget."""
        shown = self.answer.citations[:QUOTES]
        return sum(not any(one.told(quote) for one in self.nuggets) for quote in shown)

    @property
    def said(self) -> str:
        return self.answer.short if self.answer.short in ("yes", "no") else "unclear"


def figures(rows: Sequence[Row]) -> dict[str, Any]:
    def recall(vital: bool) -> float:
        shares = [
            np.mean([t for n, t in zip(row.nuggets, row.told, strict=True) if n.vital or not vital])
            for row in rows
        ]
        return round(float(np.mean(shares)), 3)

    yes_no = [row for row in rows if row.question.get("answer")]
    quotes = sum(row.quotes for row in rows)
    return {
        "questions": len(rows),
        "vital nuggets": recall(vital=True),
        "all nuggets": recall(vital=False),
        "refused": sum(row.answer.outcome == "refused" for row in rows),
        "sentences": round(quotes / len(rows), 1),
        "sentences without a nugget": round(sum(row.idle for row in rows) / max(1, quotes), 3),
        "kind told rightly": round(
            float(np.mean([row.answer.kind == row.question["type"] for row in rows])), 3
        ),
        "seconds, median": round(
            float(np.median([sum(row.answer.stages.values()) for row in rows])), 2
        ),
        **(
            {
                "yes or no": round(
                    float(np.mean([r.said == r.question["answer"] for r in yes_no])), 3
                )
            }
            if yes_no
            else {}
        ),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", type=Path, required=True, help="made of the year's articles")
    parser.add_argument("--show", type=Path, help="write each question and answer to a file")
    arguments = parser.parse_args()
    rows = []
    with Assistant.load(Settings(library=arguments.library)) as assistant:
        for line in tqdm(QUESTIONS.read_text(encoding="utf-8").splitlines(), unit=" questions"):
            question = json.loads(line)
            day = date.fromisoformat(question["asked_on"])
            answer = assistant.answer(question["question"], asked_on=day)
            nuggets = [Nugget.of(one) for one in question["nuggets"]]
            rows.append(Row(question, answer, nuggets, recalled(nuggets, answer.citations)))
    if arguments.show:
        with arguments.show.open("w", encoding="utf-8") as stream:
            for row in rows:
                print(f"## {row.question['question']}\n{row.answer.text}", file=stream)
                for nugget, told in zip(row.nuggets, row.told, strict=True):
                    mark = "+" if told else "-"
                    print(f"  {mark}{'!' * nugget.vital} {nugget.fact}", file=stream)
                print(file=stream)
    by_type: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_type[row.question["type"]].append(row)
    report = {**figures(rows), "by type": {kind: figures(some) for kind, some in by_type.items()}}
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
