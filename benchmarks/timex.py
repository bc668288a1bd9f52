"""Date expressions in 73 news articles (AQUAINT TimeML): how many are found, and resolved rightly.

As TempEval-3 scores them: an expression is found, relaxed, if it overlaps one of the gold standard,
strictly, if it has the same bounds; a value is right if the two that overlap have the same TIMEX3
value, letter for letter. `value_alike` lets "1949-XX", which some of these articles have, be 1949.
Precision, recall and F1 are over all articles together. UzZaman et al., "SemEval-2013 Task 1:
TempEval-3", 2013.
"""

import argparse
import datetime
import json
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from benchmarks.news import SHARED
from qa.dates import find
from qa.types import DateExpression

AQUAINT = SHARED / "data/timex/aquaint.jsonl"
Gold = dict[str, Any]
Pair = tuple[DateExpression, Gold]


def documents() -> list[dict[str, Any]]:
    return [json.loads(line) for line in AQUAINT.read_text(encoding="utf-8").splitlines()]


def paired(found: Sequence[DateExpression], gold: Sequence[Gold]) -> list[Pair]:
    """Pair each expression with the first gold one that it overlaps, each used once."""
    pairs, used = [], set()
    for one in found:
        for place, other in enumerate(gold):
            if place not in used and one.start < other["end"] and other["start"] < one.end:
                pairs.append((one, other))
                used.add(place)
                break
    return pairs


def scores(right: int, found: int, gold: int) -> dict[str, float]:
    precision, recall = right / max(1, found), right / max(1, gold)
    f1 = 2 * right / max(1, found + gold)
    return {"p": round(precision, 3), "r": round(recall, 3), "f1": round(f1, 3)}


class Tally:
    """Counts over all articles, by type of expression, and what went wrong how often."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.by_type: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.errors: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def add(self, found: Sequence[DateExpression], gold: Sequence[Gold]) -> None:
        pairs = paired(found, gold)
        self.counts.update(found=len(found), gold=len(gold), relaxed=len(pairs))
        matched = {id(one) for one, _ in pairs} | {id(other) for _, other in pairs}
        for other in gold:
            self.by_type[other["type"]].update(gold=1)
            if id(other) not in matched:
                self.errors["missed"].update([f"{other['text']} = {other['value']}"])
        for one in found:
            if id(one) not in matched:
                self.errors["not in the gold standard"].update([f"{one.text} = {one.value}"])
        for one, other in pairs:
            self._compare(one, other)

    def _compare(self, one: DateExpression, other: Gold) -> None:
        strict = (one.start, one.end) == (other["start"], other["end"])
        value = one.value == other["value"]
        # "1949-XX" says no more than "1949".
        alike = one.value == other["value"].replace("-XX", "")
        for counter in (self.counts, self.by_type[other["type"]]):
            counter.update(found_one=1, strict=strict, value=value, value_alike=alike)
        if not value:
            text = f"{other['text']}: {one.value}, gold {other['value']}"
            self.errors["other value"].update([text])
        if not strict:
            self.errors["other bounds"].update([f"{one.text}, gold {other['text']}"])


def speed(rows: Sequence[dict[str, Any]], runs: int) -> float:
    """Megabytes a second, the median of some runs."""
    seconds = []
    for _ in range(runs):
        started = time.perf_counter()
        for row in rows:
            find(row["text"], datetime.date.fromisoformat(row["date"]))
        seconds.append(time.perf_counter() - started)
    size = sum(len(row["text"].encode()) for row in rows) / 1e6
    return round(size / statistics.median(seconds), 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--errors", type=int, default=12, help="the commonest, of each kind")
    parser.add_argument("--runs", type=int, default=5, help="of the timing")
    arguments = parser.parse_args()
    rows = documents()
    tally = Tally()
    for row in rows:
        tally.add(find(row["text"], datetime.date.fromisoformat(row["date"])), row["timexes"])
    counts = tally.counts
    for name in ("relaxed", "strict", "value", "value_alike"):
        print(json.dumps({name: scores(counts[name], counts["found"], counts["gold"])}))
    for name, kind in sorted(tally.by_type.items()):
        print(json.dumps({name: dict(kind)}))
    print(json.dumps({"mb_per_second": speed(rows, arguments.runs)}))
    for name, counter in tally.errors.items():
        print(f"{name}:")
        for text, count in counter.most_common(arguments.errors):
            print(f"  {count} {' '.join(text.split())}")


if __name__ == "__main__":
    main()
