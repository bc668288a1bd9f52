"""`python -m qa.training.selection …`: fits which sentences tell of a subject, and of which.

On the nuggets of broad questions of 2022, those of the data and those that were written for this,
and a library of that year's articles. Whether the archive knows a subject is told from these and
from questions on other years and on things made up, few of which the archive knows. The figures are
cross-validated over the questions.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import KFold

from qa.models.calibration import FILE, SUBJECT_SIGNS, Selection
from qa.models.embedder import EMBEDDER
from qa.models.shipped import SELECTION
from qa.reading.forms import MOST
from qa.reading.overview import choose, likelihoods, logistic
from qa.reading.telling import topic_signs
from qa.settings import Settings
from qa.training.selection.cases import Case, Cases, cases, common, small

_FOLDS = 10
_SEED = 1
_REPETITIONS = (0.0, 0.25, 0.5, 1.0, 2.0)
_NEARLY = 0.01
# The share of known subjects that may be refused.
_REFUSED = 0.02
# Of what is told without doubt, or with some, the share whose subject is known.
_PLAINLY, _FAIRLY = 0.9, 0.85
# A sentence less likely than this is left out.
_LEAST = 0.05
# A sentence less likely to be to the point than this is left out, too.
_POINTED = 0.2
# How many passages of a small archive are to the point.
_OWN = (2, 3, 5)

Array = NDArray[np.float64]


def main() -> None:
    """Fit, write the selection, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m qa.training.selection", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder with broad, …")
    parser.add_argument("--library", type=Path, required=True, help="of the articles of 2022")
    parser.add_argument("--dry-run", action="store_true", help="leave the file as it is")
    arguments = parser.parse_args()
    asked = cases(arguments.data, Settings(library=arguments.library))
    found = asked.known
    likely = _likelihoods(found)
    told = {one: _recall(found, likely, one) for one in _REPETITIONS}
    best = max(sum(both) for both in told.values())
    # Of two as good as each other, that which repeats less.
    repetition = max(one for one, both in told.items() if sum(both) >= best - _NEARLY)
    fitted, knows = _knowing(_fitted(found, repetition), asked)
    if not arguments.dry_run:
        SELECTION.mkdir(exist_ok=True)
        fitted.write(SELECTION / FILE)
    given = [place for place, one in enumerate(found) if one.given]
    groups = {kind: [n for n, c in enumerate(found) if c.kind == kind] for kind in _kinds(found)}
    groups = {"the questions of the data": given, **groups}
    report = {
        "questions": len(found),
        "vital and all nuggets told, by repetition": told,
        "repetition": repetition,
        "of these": {
            name: _recall([found[n] for n in places], [likely[n] for n in places], repetition)
            for name, places in groups.items()
        },
        "vital nuggets in any sentence found": round(float(np.mean([_held(c) for c in found])), 3),
        **knows,
    }
    print(json.dumps(report, indent=2))


def _kinds(found: Sequence[Case]) -> list[str]:
    return sorted({one.kind for one in found})


def _regression(
    signs: Array, labels: NDArray[np.bool_], strength: float, balanced: bool = False
) -> tuple[tuple[float, ...], float]:
    """Return the weights and the bias of a logistic regression on signs, scaled to fit it."""
    mean, spread = signs.mean(axis=0), signs.std(axis=0) + 1e-9
    weight = "balanced" if balanced else None
    model = LogisticRegression(C=strength, class_weight=weight, max_iter=1000)
    model.fit((signs - mean) / spread, labels)
    weights = model.coef_[0] / spread
    bias = float(model.intercept_[0] - weights @ mean)
    return tuple(round(float(one), 4) for one in weights), round(bias, 4)


def _fitted(found: Sequence[Case], repetition: float) -> Selection:
    signs = np.concatenate([case.signs for case in found])
    labels = np.concatenate([case.tells.any(axis=1) for case in found])
    weights, bias = _regression(signs, labels, 0.3)
    mixed = small(found, _OWN)
    # In the archive of a year, all that is found is more or less to the point.
    signs = topic_signs(np.concatenate([case.signs for case in mixed]))
    labels = np.concatenate([case.own for case in mixed if case.own is not None])
    topic, topic_bias = _regression(signs, labels, 0.3)
    known = (0.0,) * SUBJECT_SIGNS
    return Selection(
        EMBEDDER.sha256,
        weights,
        bias,
        topic,
        topic_bias,
        common(),
        _LEAST,
        _POINTED,
        repetition,
        known,
        0.0,
        0.0,
        0.0,
        0.0,
    )


def _knowing(selection: Selection, asked: Cases) -> tuple[Selection, dict[str, float]]:
    """Return a selection that tells known subjects from others, and how well it does."""
    groups = ((True, [*asked.known, *asked.undated]), (False, asked.strange))
    told = [(known, case.chosen(selection)) for known, group in groups for case in group]
    signs = np.array([one.known for _, one in told if one])
    labels = np.array([known for known, one in told if one])
    likely = np.zeros(len(labels))
    for learn, test in KFold(_FOLDS, shuffle=True, random_state=_SEED).split(signs):
        weights, bias = _regression(signs[learn], labels[learn], 1.0, balanced=True)
        likely[test] = logistic(signs[test] @ np.array(weights) + bias)
    threshold = round(float(np.quantile(likely[labels], _REFUSED)), 3)
    weights, bias = _regression(signs, labels, 1.0, balanced=True)
    fair, plain = (_from(likely, labels, threshold, share) for share in (_FAIRLY, _PLAINLY))
    knowing = replace(
        selection, known=weights, known_bias=bias, threshold=threshold, fair=fair, plain=plain
    )
    return knowing, {
        "known subjects told": round(float((likely[labels] >= threshold).mean()), 3),
        "others refused": round(float((likely[~labels] < threshold).mean()), 3),
        "AUC": round(float(roc_auc_score(labels, likely)), 3),
    }


def _from(likely: Array, known: NDArray[np.bool_], lowest: float, share: float) -> float:
    """Return the threshold from which on such a share is known, if half of all subjects are."""
    for cut in np.arange(lowest, 1.0, 0.01):
        told, others = (likely[known] >= cut).mean(), (likely[~known] >= cut).mean()
        if told >= share * (told + others):
            return round(float(cut), 2)
    return 1.0


def _likelihoods(found: Sequence[Case]) -> list[Array]:
    """Return how likely each sentence of each case is, by what was fitted without its question."""
    likely = [np.zeros(0)] * len(found)
    for learn, test in KFold(_FOLDS, shuffle=True, random_state=_SEED).split(np.arange(len(found))):
        fitted = _fitted([found[place] for place in learn], 0.0)
        for place in test:
            likely[place] = likelihoods(found[place].signs, fitted)
    return likely


def _recall(
    found: Sequence[Case], likely: Sequence[Array], repetition: float
) -> tuple[float, float]:
    """Return which shares of the vital nuggets, and of all, are told."""
    vital, every = [], []
    for case, one in zip(found, likely, strict=True):
        places = choose(one, case.told.vectors[1:], _LEAST, repetition, MOST)
        told = np.any(case.tells[places], axis=0)
        vital.append(np.mean(told[case.vital]))
        every.append(np.mean(told))
    return round(float(np.mean(vital)), 3), round(float(np.mean(every)), 3)


def _held(case: Case) -> float:
    """Return which share of the vital nuggets any sentence tells."""
    return float(np.mean(np.any(case.tells, axis=0)[case.vital]))


if __name__ == "__main__":
    main()
