"""Measures of retrieval, answers and refusal: pure functions, each with its source."""

from collections import Counter
from collections.abc import Callable, Sequence

from qa.wording import normalise

Normal = Callable[[str], str]


def exact_match(predicted: str, gold: Sequence[str], normal: Normal = normalise) -> float:
    """Return 1.0 if the prediction is one of the gold answers, both normalised, else 0.0.

    Rajpurkar et al., "SQuAD", EMNLP 2016. No prediction matches only an empty gold answer.
    """
    return float(any(normal(predicted) == normal(answer) for answer in gold))


def token_f1(predicted: str, gold: Sequence[str], normal: Normal = normalise) -> float:
    """Return the best F1 of the prediction's words over the gold answers, normalised.

    Words count as often as both sides have them (Rajpurkar et al. 2016). Where one side has
    no words, F1 is 1.0 if both have none, else 0.0 (SQuAD 2.0's script).
    """
    return max((_overlap(normal(predicted), normal(answer)) for answer in gold), default=0.0)


def _overlap(predicted: str, gold: str) -> float:
    ours, theirs = Counter(predicted.split()), Counter(gold.split())
    if not ours or not theirs:
        return float(ours == theirs)
    both = (ours & theirs).total()
    precision, recall = both / ours.total(), both / theirs.total()
    return 2 * precision * recall / (precision + recall) if both else 0.0


def contained(predicted: str, gold: Sequence[str]) -> float:
    """Return 1.0 if the prediction holds a gold answer or stands in one, else 0.0.

    Both are normalised, and must match on whole words. Nothing is contained in nothing.
    """
    ours = normalise(predicted)
    both = [(f" {ours} ", f" {normalise(answer)} ") for answer in gold]
    return float(any(a.strip() and b.strip() and (a in b or b in a) for a, b in both))


def hit_at(relevant: Sequence[bool], k: int) -> float:
    """Return 1.0 if one of the first `k` results is relevant, else 0.0 (success@k)."""
    return float(any(relevant[:k]))


def reciprocal_rank(relevant: Sequence[bool]) -> float:
    """Return 1 / rank of the first relevant result, 0.0 without one.

    Its mean over questions is the MRR (Voorhees, TREC-8 Question Answering Track, 1999).
    """
    return next((1.0 / rank for rank, good in enumerate(relevant, start=1) if good), 0.0)


def f1(predicted: Sequence[bool], gold: Sequence[bool]) -> tuple[float, float, float]:
    """Return precision, recall and F1 of a yes/no prediction; 0.0 where undefined."""
    both = sum(p and g for p, g in zip(predicted, gold, strict=True))
    precision = both / sum(predicted) if any(predicted) else 0.0
    recall = both / sum(gold) if any(gold) else 0.0
    total = precision + recall
    return precision, recall, 2 * precision * recall / total if total else 0.0
