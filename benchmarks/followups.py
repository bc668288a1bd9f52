"""Follow-up questions on the news of 2022: alone, after their turn, and rewritten by hand.

60 pairs of a question and a follow-up, each follow-up with its answer, the article that has it
and itself rewritten so that it stands alone, which is the ceiling. Half were there to build
with; what is reported is the other half. A hit is a passage of that article that contains the
answer. "right" says that the best answer, whether or not it would be shown, is the gold answer
or contains it.
"""

import argparse
import datetime
import json
from pathlib import Path
from typing import Any

from qa.assistant import Assistant
from qa.evaluation.metrics import ranking, token_f1
from qa.reading.reader import SpanReader
from qa.search.question import understand
from qa.settings import Settings
from qa.text.answers import holds, normalise
from qa.types import Turn

FILE = Path(__file__).parent / "followups-2022.jsonl"


def ask(
    assistant: Assistant, reader: SpanReader, row: dict[str, Any], way: str
) -> dict[str, float]:
    turns = [Turn("user", row["first"]), Turn("assistant", row["answer_to_first"])]
    earlier = turns if way == "after its turn" else []
    question = row["rewritten" if way == "rewritten by hand" else "question"]
    asked_on = datetime.date.fromisoformat(row["date"])
    asked = understand(question, earlier, asked_on)
    hits = assistant.retriever.find(asked, earlier, asked_on=asked_on)
    keys = [normalise(answer) for answer in row["answers"]]
    held = [
        row["url"] in (hit.article.url, *(source.url for source in hit.also_in))
        and any(key in normalise(hit.passage.text) for key in keys)
        for hit in hits
    ]
    found = reader.evidence(asked, hits).found
    said = found[0].text if found else ""
    return {
        **ranking(held, max(1, sum(held)), cuts=(1, 4, 10)),
        "right": float(holds(said, row["answers"])),
        "F1": token_f1(said, row["answers"]),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", type=Path, required=True, help="made of the 2022 articles")
    parser.add_argument("--half", choices=("report", "build"), default="report")
    arguments = parser.parse_args()
    settings = Settings(library=arguments.library)
    reader = SpanReader.load(settings)
    lines = FILE.read_text(encoding="utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if row["half"] == arguments.half]
    with Assistant.load(settings) as assistant:
        for way in ("alone", "after its turn", "rewritten by hand"):
            measured = [ask(assistant, reader, row, way) for row in rows]
            names = ("hit@1", "hit@4", "hit@10", "mrr", "right", "F1")
            means = {n: round(sum(m[n] for m in measured) / len(rows), 3) for n in names}
            print(json.dumps({"asked": way, "questions": len(rows), **means}))


if __name__ == "__main__":
    main()
