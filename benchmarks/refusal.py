"""Fits the reader's confidence on the news questions of 2022, and says how well it refuses.

What the archive answers: questions whose answer occurs in one of their own articles. What it
does not: questions asked of the archive without the articles of the weeks around them, if
the answer occurs nowhere in the rest: most often, it then holds nothing on their subject.
Both are asked of small archives as well, of 2 to 32 articles. Half of the former, and some of
the latter, are asked a second time in other words: news quizzes share more words with the
news than people do. Each of these eight kinds weighs the same. Measured by five-fold
cross-validation over questions, so that no question is scored by a fit that saw it; what is
printed last is then fitted on all of them, and is what `SpanReader` has.

`--report` fits nothing: it takes the shipped reader, and asks the archive of 2022 the
questions of a later year whose answer it does not hold. These were not seen by any fit; the
answerable, being those of 2022, were: the cross-validation says how many of unseen ones are
refused. "Refused" is the positive class.
"""

import argparse
import json
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from tqdm import tqdm

from benchmarks.archives import opened, small
from benchmarks.news import NewsQuestion, answerable, before_its_time, rewritten, unanswerable
from qa.assistant import Assistant
from qa.models.loading import load_reader
from qa.reading.reader import SpanReader
from qa.search.question import understand
from qa.search.retriever import Retriever
from qa.settings import Settings
from qa.types import Hit

FOLDS = 5
# All that the two searches find, 100 each: what is left out is among the best.
DEEP = 200
# F1 of refusing the questions as they were asked: what is promised, .85, and one in a hundred
# to spare, as another year's questions differ.
ENOUGH = 0.86
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
            assistant.answer(question.text, asked_on=question.date).outcome == "refused"
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


@dataclass(frozen=True)
class Asked:
    """Questions that were asked: their signs, shape (questions, signs), and what they are.

    `held` says that the archive answers them, `rewritten` that they are in other words, and
    `small` that the archive is.
    """

    ids: Sequence[str]
    signs: Array
    held: Flags
    rewritten: Flags
    small: Flags

    @property
    def weight(self) -> Array:
        """What each counts for: the eight kinds have the same sum, and all of them that of
        their number."""
        kind = 4 * self.small + 2 * self.held + self.rewritten
        _, place, counts = np.unique(kind, return_inverse=True, return_counts=True)
        weight: Array = len(kind) / len(counts) / counts[place]
        return weight

    def of(self, rows: NDArray[np.intp]) -> "Asked":
        return Asked(
            [self.ids[row] for row in rows],
            self.signs[rows],
            self.held[rows],
            self.rewritten[rows],
            self.small[rows],
        )

    def refusing(
        self, refused: Flags, *, rewritten: bool = False, small: bool = False
    ) -> dict[str, float]:
        """Rates of refusing the questions in one kind of words, of one kind of archive."""
        kind = (self.rewritten == rewritten) & (self.small == small)
        return rates(refused[kind & self.held].mean(), refused[kind & ~self.held].mean())


def fitted(assistant: Assistant, reader: SpanReader, read: int) -> dict[str, Any]:
    found: list[tuple[str, Array, bool, bool, bool]] = []

    def ask(
        retriever: Retriever,
        question: NewsQuestion,
        held: bool,
        urls: Container[str] | None = None,
    ) -> None:
        searched = retriever.library.counts()[1]
        is_small = retriever is not assistant.retriever
        for text in wordings(question):
            hits = retriever.hits(text, asked_on=question.date)
            kept = [hit for hit in hits if urls is None or stands_in(hit, urls)]
            ranked = [replace(hit, rank=rank) for rank, hit in enumerate(kept[:read], start=1)]
            if ranked:
                signs = reader.evidence(understand(text), ranked, searched).signs
                found.append((question.id, signs, held, text != question.text, is_small))

    for question in tqdm(answerable(), unit=" answerable"):
        ask(assistant.retriever, question, held=True)
    for question, urls in tqdm(before_its_time(), unit=" unanswerable"):
        ask(assistant.retriever, question, held=False, urls=urls)
    for archive in tqdm(small(), unit=" small archives"):
        with opened(archive, read) as retriever:
            for question, held in archive.asked:
                ask(retriever, question, held)
    ids, *columns = zip(*found, strict=True)
    asked = Asked(ids, *map(np.array, columns))
    return {"questions": numbers(asked), **calibrated(asked)}


def wordings(question: NewsQuestion) -> Iterator[str]:
    """The question as it was asked and, if there is such a one, in other words."""
    yield question.text
    if question.id in rewritten():
        yield rewritten()[question.id]


def numbers(asked: Asked) -> dict[str, int]:
    """How many questions there are of each kind."""
    names = ("answerable", "rewritten", "small archive")
    flags = zip(asked.held, asked.rewritten, asked.small, strict=True)
    return {
        ", ".join(name if flag else f"not {name}" for name, flag in zip(names, row, strict=True)): n
        for row, n in sorted(Counter(flags).items(), reverse=True)
    }


def stands_in(hit: Hit, urls: Container[str]) -> bool:
    return any(source.url in urls for source in (hit.article, *hit.also_in))


def calibrated(asked: Asked) -> dict[str, Any]:
    scores, refused = np.zeros(len(asked.ids)), np.zeros(len(asked.ids), dtype=bool)
    # A question can be of several kinds: then all are in one fold.
    folds = GroupKFold(FOLDS, shuffle=True, random_state=0)
    for rest, kept in folds.split(asked.signs, asked.held, asked.ids):
        seen = asked.of(rest)
        weights, bias = fit(seen)
        scores[kept] = confidence(asked.signs[kept], weights, bias)
        refused[kept] = scores[kept] < lowest_threshold(seen, confidence(seen.signs, weights, bias))
    weights, bias = fit(asked)
    return {
        "cross_validated": {
            "as_asked": asked.refusing(refused),
            "rewritten": asked.refusing(refused, rewritten=True),
            "small_as_asked": asked.refusing(refused, small=True),
            "small_rewritten": asked.refusing(refused, rewritten=True, small=True),
        },
        "reliability": reliability(scores, asked),
        "signs": [round(float(weight), 4) for weight in weights],
        "bias": round(bias, 4),
        "threshold": lowest_threshold(asked, confidence(asked.signs, weights, bias)),
    }


def fit(asked: Asked) -> tuple[Array, float]:
    """Fit a logistic regression of "the archive answers this" on the signs."""
    scale = asked.signs.std(axis=0)
    model = LogisticRegression(max_iter=2000)
    model.fit(asked.signs / scale, asked.held, sample_weight=asked.weight)
    return model.coef_[0] / scale, float(model.intercept_[0])


def confidence(signs: Array, weights: Array, bias: float) -> Array:
    found: Array = 1.0 / (1.0 + np.exp(-(signs @ weights + bias)))
    return found


def lowest_threshold(asked: Asked, scores: Array) -> float:
    """Return the lowest threshold that refuses well enough, or else the one that does best.

    The lowest, as it refuses the fewest of those in other words that the archive answers.
    """
    found = {
        round(float(t), 2): asked.refusing(scores < t)["F1"] for t in np.arange(0.02, 0.98, 0.01)
    }
    enough = [threshold for threshold, value in found.items() if value >= ENOUGH]
    return min(enough, default=max(found, key=lambda threshold: found[threshold]))


def reliability(scores: Array, asked: Asked) -> dict[str, list[float]]:
    """Return, for each fifth of the scale, the mean confidence, the share answerable, how many.

    The eight kinds of question weigh the same.
    """
    table = {}
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        inside = (scores >= low) & (scores < low + 0.2)
        if inside.any():
            weight = asked.weight[inside]
            mean = np.average(scores[inside], weights=weight)
            share = np.average(asked.held[inside], weights=weight)
            table[f"{low:.1f}-{low + 0.2:.1f}"] = [
                round(float(mean), 3),
                round(float(share), 3),
                int(inside.sum()),
            ]
    return table


if __name__ == "__main__":
    main()
