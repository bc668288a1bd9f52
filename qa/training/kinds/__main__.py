"""`python -m qa.training.kinds --data FOLDER`: fits the question kinds, and says how well.

They are fitted on the part "learn" of `questions.jsonl`, which people wrote for this, on natural
questions of 2022 that no benchmark asks, and on broad ones; and measured on the part "report",
which is not learned from. The strength of the regression is chosen by cross-validation.
"""

import argparse
import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score

from qa.models.embedder import EMBEDDER
from qa.models.loading import load_embedder
from qa.models.question_kinds import KINDS, features
from qa.models.shipped import KINDS as FOLDER
from qa.models.shipped import WEIGHTS
from qa.settings import Settings
from qa.training.natural import TrainingQuestion, natural, weeks
from qa.types import QuestionKind

QUESTIONS = Path(__file__).with_name("questions.jsonl")
# Broad questions that people wrote to tell which sentences are told.
TOLD = Path(__file__).parents[1] / "selection" / "questions.jsonl"
# Of the natural questions so many of each form are learned from: most ask for one fact.
_NATURAL: dict[QuestionKind, int] = {"fact": 1500, "yesno": 300, "list": 300}
# How often the broad questions are read, which nobody wrote to be told apart.
_TIMES = 3
_STRENGTHS = (1.0, 3.0, 10.0)
_FOLDS = 5
_SEED = 1


def main() -> None:
    """Fit, write the weights, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m qa.training.kinds", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder with natural, …")
    parser.add_argument("--dry-run", action="store_true", help="leave the weights as they are")
    arguments = parser.parse_args()
    broad_ones = [(row["question"], row["type"]) for row in broad(arguments.data)] * _TIMES
    told = [(row["question"], row["type"]) for row in lines(TOLD)]
    learned = [*written("learn"), *_natural(arguments.data), *broad_ones, *told]
    embedder = load_embedder(Settings())
    given = csr_matrix(features([question for question, _ in learned], embedder))
    labels = _labels(learned)
    found = {
        strength: cross_val_score(_regression(strength), given, labels, cv=_FOLDS).mean()
        for strength in _STRENGTHS
    }
    best = max(found, key=lambda strength: found[strength])
    fitted = _regression(best).fit(given, labels)
    if not arguments.dry_run:
        FOLDER.mkdir(exist_ok=True)
        weights = {"weights": fitted.coef_, "bias": fitted.intercept_}
        # In the order of rows: safetensors writes memory as it lies.
        halves = {name: array.astype(np.float16, order="C") for name, array in weights.items()}
        save_file(halves, FOLDER / WEIGHTS, metadata={"embedder_sha256": EMBEDDER.sha256})
    report = written("report")
    asked = features([question for question, _ in report], embedder)
    said = fitted.predict(asked)
    right = said == _labels(report)
    for (question, kind), one, good in zip(report, said.tolist(), right.tolist(), strict=True):
        if not good:
            print(f"{kind}, taken for {KINDS[one]}: {question}")
    kinds = np.array([kind for _, kind in report])
    figures = {
        "learned": len(learned),
        "cross-validated": {str(s): round(float(share), 3) for s, share in found.items()},
        "reported on": len(report),
        "told rightly": round(float(right.mean()), 3),
        "by kind": {kind: round(float(right[kinds == kind].mean()), 3) for kind in KINDS},
    }
    print(json.dumps(figures, indent=2))


def written(part: str) -> list[tuple[str, QuestionKind]]:
    """Return the questions that people wrote for this, with their kinds, of a part."""
    rows = lines(QUESTIONS)
    return [(row["question"], row["kind"]) for row in rows if row["part"] == part]


def lines(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _natural(data: Path) -> list[tuple[str, QuestionKind]]:
    """Return some natural questions: those for yes or no, those for a list, and others."""
    week = weeks(data / "realtimeqa" / "questions-2022.jsonl.gz")
    asked = natural(data / "natural" / "natural-2022.jsonl.gz", week)
    groups: dict[QuestionKind, list[TrainingQuestion]] = {kind: [] for kind in _NATURAL}
    for question in asked:
        if not question.kept_back and question.kind != "unanswerable":
            form: QuestionKind = question.kind if question.kind in ("yesno", "list") else "fact"  # type: ignore[assignment]
            groups[form].append(question)
    draw = random.Random(_SEED)
    return [
        (question.text, form)
        for form, found in groups.items()
        for question in draw.sample(found, min(_NATURAL[form], len(found)))
    ]


def broad(data: Path) -> list[dict[str, Any]]:
    """Return the rows of the broad questions of 2022; those for yes or no ask otherwise."""
    rows = lines(data / "broad" / "broad-2022.jsonl")
    return [row for row in rows if row["type"] != "yesno"]


def _labels(questions: Sequence[tuple[str, QuestionKind]]) -> NDArray[np.int64]:
    return np.array([get_args(QuestionKind).index(kind) for _, kind in questions])


def _regression(strength: float) -> LogisticRegression:
    return LogisticRegression(C=strength, max_iter=500)


if __name__ == "__main__":
    main()
