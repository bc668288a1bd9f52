"""Fits the sentence reader on the news questions of 2022, and says how well it refuses.

For each answerable question there is one that is not: the same question, with the hits
from its own articles and all others that contain the answer taken away. Measured by
five-fold cross-validation over questions, so that no question is scored by weights that saw
it; the weights and the threshold that are printed last are then fitted on all of them.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from tqdm import tqdm

from qa.assistant import Assistant
from qa.evaluation.metrics import f1, normalise
from qa.models import load_embedder
from qa.reader import SentenceReader, candidates
from qa.settings import Settings
from qa.types import Hit
from tests.benchmarks.news import NewsQuestion, answerable

READ = 12
FOLDS = 5
Array = NDArray[np.float64]


@dataclass
class Case:
    """The candidates for a question: their features, and which of them hold the answer."""

    features: Array
    right: NDArray[np.bool_]
    answerable: bool


def cases(reader: SentenceReader, question: NewsQuestion, hits: Sequence[Hit]) -> tuple[Case, Case]:
    without = [
        hit
        for hit in hits
        if hit.article.url not in question.urls
        and question.answer not in normalise(hit.passage.text)
    ]
    both = []
    for kept in (hits[:READ], without[:READ]):
        ranked = [Hit(h.passage, h.article, h.score, n) for n, h in enumerate(kept, start=1)]
        found = candidates(ranked)
        right = [question.held_by(pick.hit.article.url, pick.text) for pick in found]
        both.append(Case(reader.features(question.text, found), np.array(right), bool(sum(right))))
    return both[0], both[1]


def fit(training: Sequence[Case]) -> tuple[Array, float]:
    """Fit weights on sentences, then scale them so that the best one's score is calibrated."""
    features = np.vstack([case.features for case in training])
    right = np.concatenate([case.right for case in training])
    scale = features.std(axis=0)
    model = LogisticRegression(max_iter=2000, C=1.0).fit(features / scale, right)
    weights: Array = model.coef_[0] / scale
    best = np.array([[(case.features @ weights).max()] for case in training])
    level = LogisticRegression(C=100.0, max_iter=2000).fit(
        best, [case.answerable for case in training]
    )
    slope = float(level.coef_[0, 0])
    return weights * slope, float(level.intercept_[0])


def confidence(case: Case, weights: Array, bias: float) -> float:
    return float(1.0 / (1.0 + np.exp(-((case.features @ weights).max() + bias))))


def best_threshold(scores: Sequence[float], unanswerable: Sequence[bool]) -> float:
    grid = np.arange(0.05, 0.95, 0.01)
    return float(max(grid, key=lambda t: f1([s < t for s in scores], list(unanswerable))[2]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", type=Path, required=True, help="made of the 2022 articles")
    parser.add_argument("--limit", type=int, help="take only so many questions")
    arguments = parser.parse_args()
    settings = Settings(library=arguments.library, hits=100)
    reader = SentenceReader(load_embedder(settings))
    pairs: list[tuple[Case, Case]] = []
    with Assistant.load(settings) as assistant:
        for question in tqdm(answerable()[: arguments.limit], unit=" questions"):
            pairs.append(cases(reader, question, assistant.retriever.hits(question.text)))
    # Where retrieval itself missed, no reader could tell: it is told apart, not counted.
    pairs = [pair for pair in pairs if pair[0].answerable and len(pair[1].features)]
    order = np.random.default_rng(0).permutation(len(pairs))
    scores: list[float] = []
    unanswerable: list[bool] = []
    picked: list[bool] = []
    refused: list[bool] = []
    for fold in range(FOLDS):
        held = set(order[fold::FOLDS].tolist())
        training = [case for n, pair in enumerate(pairs) for case in pair if n not in held]
        weights, bias = fit(training)
        threshold = best_threshold(
            [confidence(case, weights, bias) for case in training],
            [not case.answerable for case in training],
        )
        for number in sorted(held):
            for case in pairs[number]:
                scores.append(confidence(case, weights, bias))
                unanswerable.append(not case.answerable)
                refused.append(scores[-1] < threshold)
            first = pairs[number][0]
            picked.append(bool(first.right[int((first.features @ weights).argmax())]))
    precision, recall, value = f1(refused, unanswerable)
    wrongly = [r for r, u in zip(refused, unanswerable, strict=True) if not u]
    weights, bias = fit([case for pair in pairs for case in pair])
    report = {
        "questions_with_the_answer_among_the_hits": len(pairs),
        "cross_validated": {
            "sentence_holds_answer": round(sum(picked) / len(picked), 3),
            "refusal_precision": round(precision, 3),
            "refusal_recall": round(recall, 3),
            "refusal_f1": round(value, 3),
            "answerable_refused": round(sum(wrongly) / len(wrongly), 3),
        },
        "weights": [round(float(weight), 3) for weight in weights],
        "bias": round(bias, 3),
        "threshold": round(
            best_threshold(
                [confidence(case, weights, bias) for pair in pairs for case in pair],
                [not case.answerable for pair in pairs for case in pair],
            ),
            2,
        ),
    }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
