"""Does the check of a chat model's sentences let the true ones through, and no false ones?

The figures are the shares of true sentences that pass, and of false ones that are stopped, by kind,
in the set beside this file. The network learned from the half `build`, and not from `report`.
`--show` lists the sentences that are judged wrongly.
"""

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Any

from qa import checking
from qa.checking.check import Sentence, claimed
from qa.checking.judge import Checker
from qa.ingest.files import Loaded, read
from qa.settings import Settings
from qa.types import Article, Hit, Passage

SET = Path(__file__).with_suffix(".jsonl")
CORPUS = Path(__file__).parents[1] / "corpus"


def articles() -> dict[str, Article]:
    """The articles of the corpus, by their ids."""
    found = (item.article for item in read(CORPUS, 10) if isinstance(item, Loaded))
    return {article.id: article for article in found}


def rows() -> list[dict[str, Any]]:
    lines = SET.read_text(encoding="utf-8").splitlines()
    return [row for row in map(json.loads, lines) if "sentence" in row]


def fault(row: dict[str, Any], article: Article, checker: Checker) -> str:
    """Return the check's objection to a sentence whose quotes are copied from the whole article."""
    passage = Passage("p", article.id, 0, len(article.text), article.text)
    hit = Hit(passage, article.source, 1.0, 1)
    sentence = Sentence(row["sentence"], tuple((1, words) for words in row["quotes"]))
    [(claim, why, _)] = claimed([sentence], [hit], checker)
    return "" if claim else why


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=["build", "report"], default="report")
    parser.add_argument("--show", action="store_true", help="name what is judged wrongly")
    arguments = parser.parse_args()
    known, right, all_ = articles(), Counter[str](), Counter[str]()
    checker = checking.load(Settings())
    for row in rows():
        if row["half"] != arguments.half:
            continue
        why = fault(row, known[row["article"]], checker)
        good = row["supported"] == (not why)
        for kind in (row["kind"], "true" if row["supported"] else "false"):
            right[kind] += good
            all_[kind] += 1
        if arguments.show and not good:
            print(f"{row['kind']}: {row['sentence']}\n    {why or 'passed'}\n    {row['quotes']}")
    found = {kind: f"{right[kind]} of {count}" for kind, count in all_.items()}
    print(json.dumps({"half": arguments.half, "judged rightly": found}, indent=2))


if __name__ == "__main__":
    main()
