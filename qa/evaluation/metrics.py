"""Measures of retrieval, answers, refusal and confidence: pure, each with its source."""

from collections import Counter
from collections.abc import Callable, Sequence

import ir_measures
import numpy as np
from numpy.typing import NDArray

from qa.text.amounts import other_value, same_value
from qa.text.answers import holds, normalise

Normal = Callable[[str], str]
Floats = NDArray[np.float64]


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
    return float(holds(predicted, gold) or any(holds(answer, [predicted]) for answer in gold))


def value_match(predicted: str, gold: Sequence[str]) -> float:
    """Return 1.0 if the prediction is a gold answer, or names the same dates or amounts."""
    same = any(same_value(predicted, answer) for answer in gold)
    return float(same or exact_match(predicted, gold))


def right(predicted: str, gold: Sequence[str]) -> float:
    """Return 1.0 if an answer passes for a gold one, in the sense of the verdicts right and wrong.

    An answer passes if it holds a gold answer, names the same dates or amounts, or has an F1 over
    .5 with a gold answer and names no other date or amount. The rule is qa's own.
    """
    return float(any(_passes(predicted, answer) for answer in gold))


def _passes(predicted: str, answer: str) -> bool:
    if same_value(predicted, answer) or exact_match(predicted, [answer]):
        return not other_value(predicted, answer)
    if other_value(predicted, answer):
        # Once normalised, "2-1" holds "21"; and a sentence may name further figures.
        return holds(predicted, [answer]) and answer.lower() in predicted.lower()
    return holds(predicted, [answer]) or token_f1(predicted, [answer]) > _MOST


_MOST = 0.5


def ranking(
    relevant: Sequence[bool], total: int, cuts: Sequence[int] = (1, 3, 5, 10)
) -> dict[str, float]:
    """Return hit@k and recall@k for each cut k, MRR and nDCG@10 of one ranked list.

    `relevant` says of each result, best first, whether it is relevant; `total` is how many
    relevant ones there are in all. Computed by ir_measures (MacAvaney et al., "Streamlining
    Evaluation with ir-measures", ECIR 2022), which calls hit@k Success@k and, for one query,
    MRR RR; nDCG is that of Järvelin and Kekäläinen 2002 with binary gains.

    Raises `ValueError` if `total` is 0, or less than the number of relevant results.
    """
    if total < max(1, sum(relevant)):
        raise ValueError(f"{sum(relevant)} relevant results of {total} in all")
    unseen = range(len(relevant), len(relevant) + total - sum(relevant))
    good = [place for place, is_good in enumerate(relevant) if is_good]
    gold = [ir_measures.Qrel("", str(place), 1) for place in [*good, *unseen]]
    run = [ir_measures.ScoredDoc("", str(place), -float(place)) for place in range(len(relevant))]
    names = {ir_measures.Success @ k: f"hit@{k}" for k in cuts}
    names |= {ir_measures.R @ k: f"recall@{k}" for k in cuts}
    names |= {ir_measures.RR: "mrr", ir_measures.nDCG @ 10: "ndcg@10"}
    if not run:
        return dict.fromkeys(names.values(), 0.0)
    found = ir_measures.iter_calc(list(names), gold, run)
    return {names[metric.measure]: float(metric.value) for metric in found}


def f1(predicted: Sequence[bool], gold: Sequence[bool]) -> tuple[float, float, float]:
    """Return precision, recall and F1 of a yes/no prediction; 0.0 where undefined."""
    both = sum(p and g for p, g in zip(predicted, gold, strict=True))
    precision = both / sum(predicted) if any(predicted) else 0.0
    recall = both / sum(gold) if any(gold) else 0.0
    total = precision + recall
    return precision, recall, 2 * precision * recall / total if total else 0.0


BINS = 10


def bins(confidence: Floats) -> NDArray[np.int_]:
    """Return the bin of equal width, from 0 to `BINS` - 1, that each confidence falls into."""
    place: NDArray[np.int_] = np.minimum((confidence * BINS).astype(int), BINS - 1)
    return place


def calibration_error(confidence: Floats, right: Floats) -> float:
    """Return the expected calibration error: how far confidence lies from accuracy.

    The mean of |accuracy - mean confidence| over bins of equal width, weighed by how many
    answers each holds (Guo et al., "On Calibration of Modern Neural Networks", ICML 2017).
    Both arrays have shape (answers,); 0.0 if there are none.
    """
    if not len(confidence):
        return 0.0
    gaps = np.bincount(bins(confidence), right - confidence, BINS)
    return float(np.abs(gaps).sum() / len(confidence))
