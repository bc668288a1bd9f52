"""Questions for yes or no: how many are answered rightly, wrongly, or not at all.

For 2022, these are taken from the broad questions, and from the natural ones that training kept
back; for another year, from all natural ones. The library has the articles of that year. Balanced
accuracy is the mean of two shares: of the questions for yes, and of those for no, that are answered
rightly.
"""

import argparse
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from tqdm import tqdm

from benchmarks.broad import QUESTIONS
from benchmarks.natural import share
from benchmarks.news import NEWS, SHARED
from qa.assistant import Assistant
from qa.settings import Settings
from qa.training.natural import natural, weeks

SAID = ("yes", "no")


def questions(year: int) -> Iterator[tuple[str, date, str]]:
    """Yield each question with its day and its answer: "yes", "no" or "unclear"."""
    if year == 2022:
        for row in map(json.loads, QUESTIONS.read_text(encoding="utf-8").splitlines()):
            if row["type"] == "yesno":
                yield row["question"], date.fromisoformat(row["asked_on"]), row["answer"]
    week = weeks(NEWS / "questions-2022.jsonl.gz")
    for one in natural(SHARED / f"data/natural/natural-{year}.jsonl.gz", week):
        if one.kept_back and one.held and one.kind == "yesno":
            yield one.text, one.date, one.answers[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", type=Path, required=True, help="made of the year's articles")
    parser.add_argument("--year", type=int, default=2022)
    parser.add_argument("--show", type=Path, help="write each question and answer to a file")
    arguments = parser.parse_args()
    rows: list[dict[str, Any]] = []
    with Assistant.load(Settings(library=arguments.library)) as assistant:
        for question, day, gold in tqdm(list(questions(arguments.year)), unit=" questions"):
            answer = assistant.answer(question, asked_on=day)
            said = answer.short if answer.short in SAID else "unclear"
            row = {"question": question, "gold": gold, "said": said, "kind": answer.kind}
            rows.append({**row, "outcome": answer.outcome, "text": answer.text})
    if arguments.show:
        lines = (json.dumps(row, ensure_ascii=False) for row in rows)
        arguments.show.write_text("\n".join(lines), encoding="utf-8")
    recalls = {
        gold: share(row["said"] == gold for row in rows if row["gold"] == gold)
        for gold in sorted({row["gold"] for row in rows})
    }
    report = {
        "questions": len(rows),
        "told rightly, by answer": recalls,
        "balanced accuracy": round(sum(recalls[said] for said in SAID) / len(SAID), 3),
        "wrong": share(row["said"] in SAID and row["said"] != row["gold"] for row in rows),
        "refused": share(row["outcome"] == "refused" for row in rows),
        "kind told rightly": share(row["kind"] == "yesno" for row in rows),
    }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
