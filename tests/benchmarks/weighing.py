"""Chooses how the reader weighs its scores: the best mean of exact match and F1 on 2022.

Each answerable question is read once, as it was asked and, where there is such a one, in other
words; both kinds weigh the same. They are then decided with each set of weights.
"""

import argparse
import itertools
import json
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from qa.assistant import Assistant
from qa.evaluation.metrics import exact_match, token_f1
from qa.models import load_reader
from qa.settings import Settings
from qa.span_model import Reading
from qa.spans import Weights, findings
from qa.types import Hit
from tests.benchmarks.news import NewsQuestion, answerable, rewritten

TEMPERATURES = (1.0, 2.0, 3.0, 4.0)
HOLDS = (0.0, 0.25, 0.5, 1.0)
RANKS = (0.0, 0.25, 0.5, 1.0)
Read = tuple[NewsQuestion, Sequence[Hit], Sequence[Reading]]


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
            read[kind].append((question, hits, readings))
    table = []
    for values in tqdm(list(itertools.product(TEMPERATURES, HOLDS, RANKS)), unit=" weights"):
        weights = Weights(*values)
        table.append((values, {kind: scores(some, weights) for kind, some in read.items()}))
    table.sort(key=lambda row: -sum(map(sum, row[1].values())))
    for (temperature, holds, rank), found in table[:10]:
        row = {"temperature": temperature, "holds": holds, "rank": rank}
        print(json.dumps({**row, "exact match, F1": found}))


def scores(read: Sequence[Read], weights: Weights) -> tuple[float, float]:
    """The exact match and the F1 of the best answers."""
    exact = f1 = 0.0
    for question, hits, readings in read:
        found = findings(hits, readings, weights)
        said = found[0].text if found else ""
        exact += exact_match(said, [question.answer]) / len(read)
        f1 += token_f1(said, [question.answer]) / len(read)
    return round(exact, 3), round(f1, 3)


if __name__ == "__main__":
    main()
