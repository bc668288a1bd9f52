"""Chooses how the reader weighs its scores: the best mean of exact match and F1 on 2022.

Each answerable question is read once, as it was asked and, where there is such a one, in other
words; both kinds weigh the same. They are then decided with each set of weights, and, with the
best set, with each bonus for a date where a question asks when.
"""

import argparse
import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from tqdm import tqdm

from benchmarks.news import NewsQuestion, answerable, rewritten
from qa.assistant import Assistant
from qa.evaluation.metrics import exact_match, token_f1
from qa.models.loading import load_reader
from qa.models.span_model import Reading
from qa.reading.reader import SpanReader, date_preference
from qa.reading.spans import Preference, Weights, findings
from qa.search.question import understand
from qa.settings import Settings
from qa.types import Hit

TEMPERATURES = (1.0, 2.0, 3.0, 4.0, 6.0)
HOLDS = (0.0, 0.25, 0.5, 1.0)
RANKS = (0.0, 0.25, 0.5, 1.0)
DATED = (0.0, 0.5, 1.0, 2.0)


@dataclass(frozen=True, slots=True)
class Read:
    """A question in the words it was asked in, and what the network read for it."""

    question: NewsQuestion
    text: str
    hits: Sequence[Hit]
    readings: Sequence[Reading]
    preference: Preference


Reads = Mapping[str, Sequence[Read]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", type=Path, required=True, help="made of the 2022 articles")
    arguments = parser.parse_args()
    settings = Settings(library=arguments.library)
    model = load_reader(settings)
    others = rewritten()
    asked = [("as asked", question, question.text) for question in answerable()]
    asked += [("rewritten", q, others[q.id]) for _, q, _ in asked if q.id in others]
    read: dict[str, list[Read]] = {"as asked": [], "rewritten": []}
    with Assistant.load(settings) as assistant:
        for kind, question, text in tqdm(asked, unit=" questions"):
            hits = assistant.retriever.hits(text, asked_on=question.date)
            readings = model.read(text, [hit.passage.text for hit in hits])
            preference = date_preference(understand(text), SpanReader.DATED)
            read[kind].append(Read(question, text, hits, readings, preference))
    table = []
    for values in tqdm(list(itertools.product(TEMPERATURES, HOLDS, RANKS)), unit=" weights"):
        weights = Weights(*values)
        table.append((weights, scores(read, weights)))
    table.sort(key=lambda row: -sum(map(sum, row[1].values())))
    for weights, found in table[:10]:
        print(json.dumps({**asdict(weights), "exact match, F1": rounded(found)}))
    best = table[0][0]
    for bonus in DATED:
        found = scores(dated(read, bonus), best)
        print(json.dumps({"dated": bonus, "exact match, F1": rounded(found)}))


def rounded(found: Mapping[str, tuple[float, float]]) -> dict[str, list[float]]:
    return {kind: [round(value, 3) for value in values] for kind, values in found.items()}


def dated(read: Reads, bonus: float) -> Reads:
    return {
        kind: [
            replace(one, preference=date_preference(understand(one.text), bonus)) for one in some
        ]
        for kind, some in read.items()
    }


def scores(read: Reads, weights: Weights) -> dict[str, tuple[float, float]]:
    """The exact match and the F1 of the best answers, for each kind of words."""
    return {kind: score(some, weights) for kind, some in read.items()}


def score(read: Sequence[Read], weights: Weights) -> tuple[float, float]:
    exact = f1 = 0.0
    for one in read:
        found = findings(one.hits, one.readings, weights, one.preference)
        said = found[0].text if found else ""
        exact += exact_match(said, [one.question.answer]) / len(read)
        f1 += token_f1(said, [one.question.answer]) / len(read)
    return exact, f1


if __name__ == "__main__":
    main()
