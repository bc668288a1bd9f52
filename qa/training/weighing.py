"""How the reader weighs its scores: what gives the best answers to news questions of 2022.

Each answerable question is read once, as it was asked and, where there is such a one, in other
words; both kinds weigh the same. Their readings are then decided with each set of weights.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from tqdm import tqdm

from qa.evaluation.metrics import exact_match, token_f1
from qa.models.calibration import Weights
from qa.models.span_model import Reading, SpanModel
from qa.reading.reader import date_preference
from qa.reading.spans import Preference, findings
from qa.search.question import understand
from qa.search.retriever import Retriever
from qa.training.news import News, NewsQuestion
from qa.types import Hit

TEMPERATURES = (1.0, 2.0, 3.0, 4.0, 6.0)
HOLDS = (0.0, 0.25, 0.5, 1.0)
RANKS = (0.0, 0.25, 0.5, 1.0)
DATED = (0.0, 0.5, 1.0, 2.0)
# What a date is preferred by while the weights are chosen.
_DATED = 0.5


@dataclass(frozen=True, slots=True)
class Read:
    """A question in the words it was asked in, and what the network read for it."""

    question: NewsQuestion
    text: str
    hits: Sequence[Hit]
    readings: Sequence[Reading]
    preference: Preference


Reads = Mapping[str, Sequence[Read]]


def read_all(model: SpanModel, retriever: Retriever, news: News) -> Reads:
    """Read the answerable questions, as they were asked and in other words."""
    read: dict[str, list[Read]] = {"as asked": [], "rewritten": []}
    to_ask = [("as asked", question, question.text) for question in news.answerable()]
    others = news.rewritten
    to_ask += [("rewritten", q, others[q.id]) for _, q, _ in to_ask if q.id in others]
    for kind, question, text in tqdm(to_ask, unit=" questions"):
        hits = retriever.hits(text, asked_on=question.date)
        readings = model.read(text, [hit.passage.text for hit in hits])
        preference = date_preference(understand(text), _DATED)
        read[kind].append(Read(question, text, hits, readings, preference))
    return read


def best_weights(read: Reads) -> tuple[Weights, list[dict[str, Any]]]:
    """Return the weights with the best scores, and the ten best with theirs."""
    grid = list(itertools.product(TEMPERATURES, HOLDS, RANKS))
    table = [(Weights(*values), scores(read, Weights(*values))) for values in tqdm(grid)]
    table.sort(key=lambda row: -total(row[1]))
    return table[0][0], [{**asdict(weights), **rounded(found)} for weights, found in table[:10]]


def best_bonus(read: Reads, weights: Weights) -> tuple[float, list[dict[str, Any]]]:
    """Return what a date is best preferred by where a question asks when, and the scores."""
    table = []
    for bonus in DATED:
        preferred = {
            kind: [
                replace(one, preference=date_preference(understand(one.text), bonus))
                for one in some
            ]
            for kind, some in read.items()
        }
        table.append((bonus, scores(preferred, weights)))
    best, _ = max(table, key=lambda row: total(row[1]))
    return best, [{"dated": bonus, **rounded(found)} for bonus, found in table]


Scores = Mapping[str, tuple[float, float]]


def total(found: Scores) -> float:
    """Return the sum of exact match and F1 over both kinds of words."""
    return sum(map(sum, found.values()))


def rounded(found: Scores) -> dict[str, list[float]]:
    """Return scores as they are printed."""
    return {kind: [round(value, 3) for value in values] for kind, values in found.items()}


def scores(read: Reads, weights: Weights) -> Scores:
    """Return the exact match and the F1 of the best answers, for each kind of words."""
    return {kind: score(some, weights) for kind, some in read.items()}


def score(read: Sequence[Read], weights: Weights) -> tuple[float, float]:
    """Return the mean exact match and F1 of the best answers."""
    exact = f1 = 0.0
    for one in read:
        found = findings(one.hits, one.readings, weights, one.preference)
        said = found[0].text if found else ""
        exact += exact_match(said, [one.question.answer]) / len(read)
        f1 += token_f1(said, [one.question.answer]) / len(read)
    return exact, f1
