"""Fits the reader's confidence on the news questions of 2022, and says how well it refuses.

What the archive answers: questions whose answer occurs in one of their own articles. What it
does not: questions asked of the archive without the articles of the weeks around them, if
the answer occurs nowhere in the rest: most often, it then holds nothing on their subject.
Either kind weighs the same. Measured by five-fold cross-validation over questions, so that no
question is scored by a fit that saw it; what is printed last is then fitted on all of them,
and is what `SpanReader` has.

`--report` fits nothing: it takes the shipped reader, and asks the archive of 2022 the
questions of a later year whose answer it does not hold. These were not seen by any fit; the
answerable, being those of 2022, were: the cross-validation says how many of unseen ones are
refused. "Refused" is the positive class.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from tqdm import tqdm

from qa.assistant import Assistant
from qa.models import load_reader
from qa.reader import SpanReader
from qa.settings import Settings
from tests.benchmarks.news import NewsQuestion, answerable, before_its_time, unanswerable

FOLDS = 5
DEEP = 100
Array = NDArray[np.float64]
Flags = NDArray[np.bool_]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", type=Path, required=True, help="made of the 2022 articles")
    parser.add_argument("--report", type=int, metavar="YEAR", help="ask this year's questions")
    arguments = parser.parse_args()
    settings = Settings(library=arguments.library)
    reader = SpanReader(load_reader(settings))
    with Assistant.load(settings) as assistant:
        if arguments.report:
            report = shipped(assistant, answerable(), unanswerable(arguments.report))
        else:
            assistant.retriever.limit = DEEP
            report = fitted(assistant, reader, settings.hits)
    print(json.dumps(report, indent=2))


def shipped(
    assistant: Assistant, held: Sequence[NewsQuestion], not_held: Sequence[NewsQuestion]
) -> dict[str, Any]:
    def ask(asked: Sequence[NewsQuestion]) -> Array:
        refused = [
            assistant.answer(question.text).outcome == "refused"
            for question in tqdm(asked, unit=" questions")
        ]
        return np.array(refused, dtype=float)

    return {
        "answerable": len(held),
        "unanswerable": len(not_held),
        **rates(ask(held).mean(), ask(not_held).mean()),
        "refusing_everything": rates(1.0, 1.0),
    }


def rates(wrongly: float, rightly: float) -> dict[str, float]:
    """Precision, recall and F1 of refusing, from the shares refused of either kind, 1:1."""
    precision = rightly / (rightly + wrongly) if rightly else 0.0
    value = 2 * precision * rightly / (precision + rightly) if precision else 0.0
    return {
        "precision": round(precision, 3),
        "recall": round(rightly, 3),
        "F1": round(value, 3),
        "answerable_refused": round(wrongly, 3),
    }


def fitted(assistant: Assistant, reader: SpanReader, read: int) -> dict[str, Any]:
    signs, gold, asked = [], [], []
    for question in tqdm(answerable(), unit=" answerable"):
        hits = assistant.retriever.hits(question.text)[:read]
        signs.append(reader.evidence(question.text, hits).signs)
        gold.append(True)
        asked.append(question.text)
    for question, urls in tqdm(before_its_time(), unit=" unanswerable"):
        kept = [h for h in assistant.retriever.hits(question.text) if h.article.url in urls]
        hits = [replace(hit, rank=rank) for rank, hit in enumerate(kept[:read], start=1)]
        signs.append(reader.evidence(question.text, hits).signs)
        gold.append(False)
        asked.append(question.text)
    return {
        "answerable": sum(gold),
        "unanswerable": len(gold) - sum(gold),
        **calibrated(np.array(signs), np.array(gold), asked),
    }


def calibrated(signs: Array, gold: Flags, asked: Sequence[str]) -> dict[str, Any]:
    scores, refused = np.zeros(len(signs)), np.zeros(len(signs))
    # A question can be of both kinds: then both are in one fold.
    for rest, held in GroupKFold(FOLDS, shuffle=True, random_state=0).split(signs, gold, asked):
        weights, bias = fit(signs[rest], gold[rest])
        threshold = best_threshold(confidence(signs[rest], weights, bias), gold[rest])
        scores[held] = confidence(signs[held], weights, bias)
        refused[held] = scores[held] < threshold
    weights, bias = fit(signs, gold)
    return {
        "cross_validated": rates(refused[gold].mean(), refused[~gold].mean()),
        "reliability": reliability(scores, gold),
        "signs": [round(float(weight), 4) for weight in weights],
        "bias": round(bias, 4),
        "threshold": best_threshold(confidence(signs, weights, bias), gold),
    }


def fit(signs: Array, gold: Flags) -> tuple[Array, float]:
    """Fit a logistic regression of "answerable" on signs of shape (questions, signs)."""
    scale = signs.std(axis=0)
    model = LogisticRegression(max_iter=2000, class_weight="balanced")
    model.fit(signs / scale, gold)
    return model.coef_[0] / scale, float(model.intercept_[0])


def confidence(signs: Array, weights: Array, bias: float) -> Array:
    found: Array = 1.0 / (1.0 + np.exp(-(signs @ weights + bias)))
    return found


def best_threshold(scores: Array, gold: Flags) -> float:
    """Return the threshold of the highest F1 that refuses at most 14% of the answerable."""
    # One in a hundred below the bound that is promised: another year's questions differ.
    allowed = [t for t in np.arange(0.02, 0.98, 0.01) if (scores[gold] < t).mean() <= 0.14]
    refused = {t: scores < t for t in allowed}
    best = max(
        allowed, key=lambda t: rates(refused[t][gold].mean(), refused[t][~gold].mean())["F1"]
    )
    return round(float(best), 2)


def reliability(scores: Array, gold: Flags) -> dict[str, list[float]]:
    """Return, for each fifth of the scale, the mean confidence, the share answerable, how many.

    Answerable and unanswerable questions weigh the same.
    """
    weight = np.where(gold, 1.0 / gold.sum(), 1.0 / (~gold).sum())
    table = {}
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        inside = (scores >= low) & (scores < low + 0.2)
        if inside.any():
            mean, share = (np.average(x[inside], weights=weight[inside]) for x in (scores, gold))
            table[f"{low:.1f}-{low + 0.2:.1f}"] = [
                round(mean, 3),
                round(share, 3),
                int(inside.sum()),
            ]
    return table


if __name__ == "__main__":
    main()
