"""How likely the best answer is right, and from when on it is said: fitted on questions of 2022.

Each kind of case weighs as `SHARES` says: most questions are asked of an archive that answers them,
but what an archive says to those that it cannot answer counts as much.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from qa.evaluation.judging import rightly
from qa.evaluation.metrics import exact_match, token_f1
from qa.models.calibration import Confidence
from qa.reading.evidence import Evidence
from qa.training.cases import Case, rightly_held

# Of all cases, by where they are asked and whether that answers: what each kind weighs together.
SHARES: Mapping[tuple[str, bool], float] = {
    ("archive", True): 0.4,
    ("archive", False): 0.2,
    ("elsewhere", False): 0.2,
    ("small", True): 0.1,
    ("small", False): 0.1,
}
# What a wrong answer costs, where a right one is worth 1: people see the sentence that it rests on,
# and can tell, where a refusal leaves them with nothing.
WRONG = 0.5
# Of what is said without doubt, the share that is right; and of that and what is said with some.
PLAINLY_RIGHT = 0.9
FAIRLY_RIGHT = 0.85
_THRESHOLDS = np.arange(0.05, 0.96, 0.01)

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]


def case_weights(cases: Sequence[Case]) -> Array:
    """Return what each case weighs, shape (cases,): 1 in the mean."""
    kinds = [(case.where, case.held) for case in cases]
    counts = {kind: kinds.count(kind) for kind in set(kinds)}
    weights = np.array([SHARES[kind] / counts[kind] for kind in kinds])
    mean: Array = weights / weights.mean()
    return mean


@dataclass(frozen=True)
class Answered:
    """The best answers of some cases, whatever the confidence.

    `signs`, shape (cases, signs), are what `Confidence` weighs; `right` tells whether the answer
    is, `held` whether the archive has one. `rank` is that of the first hit that has the answer, 0
    if none does. `exact` and `f1` compare the short answer with the gold ones.
    """

    cases: Sequence[Case]
    signs: Array
    right: Flags
    rank: NDArray[np.int_]
    exact: Array
    f1: Array

    @classmethod
    def of(cls, cases: Sequence[Case], found: Sequence[Evidence]) -> "Answered":
        """Judge the best answer of each case."""
        rows = [_judged(*pair) for pair in zip(cases, found, strict=True)]
        right, rank, exact, f1 = map(np.array, zip(*rows, strict=True))
        return cls(cases, np.array([one.signs for one in found]), right, rank, exact, f1)

    @classmethod
    def joined(cls, parts: "Sequence[Answered]", cases: Sequence[Case]) -> "Answered":
        """Return all parts as one, in the order of the cases, which they share out."""
        places = {id(case): place for place, case in enumerate(cases)}
        order = np.argsort([places[id(case)] for part in parts for case in part.cases])
        whole = cls(
            [case for part in parts for case in part.cases],
            *(
                np.concatenate([getattr(part, name) for part in parts])
                for name in ("signs", "right", "rank", "exact", "f1")
            ),
        )
        return whole.take(order)

    @property
    def held(self) -> Flags:
        """Whether the archive has an answer."""
        return np.array([case.held for case in self.cases])

    def take(self, kept: NDArray[np.intp]) -> "Answered":
        """Return some of the cases."""
        return Answered(
            [self.cases[place] for place in kept],
            self.signs[kept],
            self.right[kept],
            self.rank[kept],
            self.exact[kept],
            self.f1[kept],
        )


def _judged(case: Case, found: Evidence) -> tuple[bool, int, float, float]:
    question = case.question
    ranks = [hit.rank for hit in found.hits if rightly_held(question, hit)]
    if not case.held or not found.found:
        return False, min(ranks, default=0), 0.0, 0.0
    best = found.found[0].places[0]
    gold = question.kind, question.answers, question.quote
    right = rightly(*gold, best.text, [best.sentence])
    compared = best.text, question.answers
    return right, min(ranks, default=0), exact_match(*compared), token_f1(*compared)


def fit(found: Answered, known: Confidence) -> Confidence:
    """Return the confidence fitted on some answers, with its thresholds."""
    weights = case_weights(found.cases)
    # A sign that is always the same says nothing.
    scale = found.signs.std(axis=0) + 1e-9
    model = LogisticRegression(max_iter=2000)
    model.fit(found.signs / scale, found.right, sample_weight=weights)
    signs = tuple(round(float(value), 4) for value in model.coef_[0] / scale)
    made = replace(known, signs=signs, bias=round(float(model.intercept_[0]), 4))
    sure = confidences(found.signs, made)
    threshold = best_threshold(found, sure)
    fair = threshold_of(found, sure, threshold, FAIRLY_RIGHT)
    plain = threshold_of(found, sure, fair, PLAINLY_RIGHT)
    return replace(made, threshold=threshold, fair=fair, plain=plain)


def confidences(signs: Array, known: Confidence) -> Array:
    """Return the confidence of each case, shape (cases,)."""
    found: Array = 1.0 / (1.0 + np.exp(-(signs @ np.array(known.signs) + known.bias)))
    return found


def best_threshold(found: Answered, sure: Array) -> float:
    """Return the threshold below which to refuse: that which gains most, as `WRONG` says."""
    weights = case_weights(found.cases)
    gain = np.where(found.right, 1.0, -WRONG) * weights
    gains = [float(gain[sure >= threshold].sum()) for threshold in _THRESHOLDS]
    return round(float(_THRESHOLDS[int(np.argmax(gains))]), 2)


def threshold_of(found: Answered, sure: Array, lowest: float, share: float) -> float:
    """Return the threshold from which on such a share of what is said is right.

    In the whole archive, whether or not that answers.
    """
    whole = np.array([case.where == "archive" for case in found.cases])
    for threshold in _THRESHOLDS[lowest <= _THRESHOLDS]:
        said = whole & (sure >= threshold)
        if said.any() and found.right[said].mean() >= share:
            return round(float(threshold), 2)
    return round(float(_THRESHOLDS[-1]), 2)


def rates(wrongly: float, rightly: float) -> dict[str, float]:
    """Return precision, recall and F1 of refusing, from the shares refused of either kind, 1:1."""
    precision = rightly / (rightly + wrongly) if rightly else 0.0
    value = 2 * precision * rightly / (precision + rightly) if precision else 0.0
    return {
        "precision": round(precision, 3),
        "recall": round(rightly, 3),
        "F1": round(value, 3),
        "answerable_refused": round(wrongly, 3),
    }


def report(found: Answered, sure: Array, said: Flags, plain: Flags) -> dict[str, Any]:
    """Return the figures of some answers, of which some are said, and some without doubt."""
    held = found.held
    figures: dict[str, Any] = {"answerable": int(held.sum()), "not": int((~held).sum())}
    if held.any():
        figures |= {
            "right": _mean(found.right & said, held),
            "wrong": _mean(~found.right & said, held),
            "refused": _mean(~said, held),
            "right_without_refusals": _mean(found.right, held),
            "exact_match_without_refusals": _mean(found.exact, held),
            "F1_without_refusals": _mean(found.f1, held),
            "plainly": _mean(plain, held),
            "plainly_right": _mean(found.right & plain, held),
        }
        for cut in (1, 4, 12):
            figures[f"hit@{cut}"] = _mean((found.rank > 0) & (found.rank <= cut), held)
    if (~held).any():
        figures["unanswerable_refused"] = _mean(~said, ~held)
    if held.any() and (~held).any():
        figures["refusing"] = rates(float((~said)[held].mean()), float((~said)[~held].mean()))
        figures["AUC_answerable"] = round(float(roc_auc_score(held, sure)), 3)
        figures["AUC_right"] = round(float(roc_auc_score(found.right, sure)), 3)
        surest = np.argsort(-sure)[:100]
        figures["right_of_the_surest_100"] = int(found.right[surest].sum())
    if (~held).any() and held.any():
        figures["at"] = {
            f"{t:.2f}": [
                _mean(found.right & (sure >= t), held),
                _mean(~found.right & (sure >= t), held),
                _mean(sure < t, ~held),
            ]
            for t in np.arange(0.2, 0.71, 0.05)
        }
    if plain.any():
        figures["of_plain_right"] = _mean(found.right, plain)
    return figures


def _mean(values: NDArray[Any], among: Flags) -> float:
    return round(float(values[among].mean()), 3)
