"""Planned or happened: whether an answer says which, and shows a later report.

Forty questions of ours on 2022 (`planned-2022.jsonl`), each with an article that announces the
answer and, for most, one that reports it. "Alone" reads one of these articles, and counts those
in which the best answer is right: it has the gold answer, or names the day of the event. "Asked"
asks the whole archive, on the day of the announcement. Half of the questions were there to build
with, the other half only to report on.
"""

import argparse
import datetime
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from qa.assistant import Assistant
from qa.models.loading import load_large_reader, load_small_reader
from qa.models.shipped import load_calibration
from qa.reading.reader import SpanReader
from qa.search.question import understand
from qa.settings import Settings
from qa.text.answers import holds
from qa.types import Claim, Hit

QUESTIONS = Path(__file__).parent / "planned-2022.jsonl"
Row = dict[str, Any]


def bold(settings: Settings) -> SpanReader:
    """A reader that refuses nothing: with one article, only the best answer counts."""
    known = load_calibration()
    small, large = (
        replace(one, confidence=replace(one.confidence, threshold=0.0))
        for one in (known.small, known.large)
    )
    return SpanReader(
        load_small_reader(settings),
        replace(known, small=small, large=large),
        load_large_reader(settings),
    )


def right(row: Row, claim: Claim) -> bool:
    days, event = claim.spans[0].timing.days, row["event_date"]
    on_day = days and event and str(days[0]) <= event <= str(days[1])
    return bool(on_day) or holds(claim.text, [row["answer"]])


def alone(assistant: Assistant, reader: SpanReader, row: Row, article: str) -> str:
    passages = assistant.library.passages(assistant.library.passage_ids([article])).values()
    hits = [Hit(*found, 1.0, rank) for rank, found in enumerate(passages, start=1)]
    claims = reader.read(understand(row["question"]), hits).claims
    if not claims or not right(row, claims[0]):
        return "no right answer"
    return "said to be planned" if claims[0].spans[0].timing.due else "said to have happened"


def asked(assistant: Assistant, row: Row) -> tuple[list[str], str]:
    """Return the counts for an answer, and the answer."""
    day = datetime.date.fromisoformat(row["planned_date"])
    answer = assistant.answer(row["question"], asked_on=day)
    if not answer.citations:
        return ["refused"], ""
    since = [
        c
        for c in answer.citations
        if not c.due and str(c.article.date) >= (row["event_date"] or "9")
    ]
    on_day = str(answer.citations[0].due) == row["event_date"]
    if not on_day and not holds(answer.short, [row["answer"]]):
        return ["answered wrongly"], answer.text
    first = "planned" if answer.citations[0].due else "happened"
    found = [f"answered rightly, as {first}"]
    if row["happened"] and first == "planned":
        found.append(f"of what happened, {'with' if since else 'without'} a later report")
    return found, answer.text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", type=Path, required=True, help="made of the 2022 articles")
    parser.add_argument("--half", choices=("build", "report"), default="report")
    arguments = parser.parse_args()
    settings = Settings(library=arguments.library)
    reader = bold(settings)
    lines = QUESTIONS.read_text(encoding="utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if row["half"] == arguments.half]
    counts: dict[str, Counter[str]] = {"planned": Counter(), "happened": Counter()}
    shown: Counter[str] = Counter()
    with Assistant.load(settings) as assistant:
        for row in rows:
            for kind, count in counts.items():
                if row[kind]:
                    count[alone(assistant, reader, row, row[kind])] += 1
            found, text = asked(assistant, row)
            shown.update(found)
            print(f"{row['question']}\n  gold: {row['answer']}, {row['outcome']}\n  {text}")
    for kind, count in counts.items():
        print(f"alone, the article that has it as {kind}:", json.dumps(count))
    print("asked:", json.dumps(shown))


if __name__ == "__main__":
    main()
