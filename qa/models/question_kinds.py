"""A question → the form of answer that it wants: a linear model on its words and its vector."""

import re
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from qa.errors import ModelError
from qa.models.embedder import EMBEDDER, Embedder
from qa.types import QuestionKind

# The probability from which on a kind is believed.
_SURE = 0.5
# The probability from which on a kind is tried if the question has no answer as a fact.
_POSSIBLE = 0.25
KINDS: tuple[QuestionKind, ...] = get_args(QuestionKind)
_TALK = KINDS.index("talk")
# Lengths of the runs of words that are features, and the number of buckets they are hashed to
# (Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", 2009).
_RUNS = (1, 2, 3)
_PLACES = 1 << 13
# How many words at either end are read: they tell the form of a question; the middle of a long
# question sets the scene.
_ENDS = 12
_TOKEN = re.compile(r"\w+(?:['’]\w+)*|[?!]")

Features = NDArray[np.float32]


class QuestionKinds:
    """Multinomial logistic regression, which `python -m qa.training.kinds` fits."""

    def __init__(self, weights: Mapping[str, NDArray[np.float32]], embedder: Embedder) -> None:
        """Take `weights`, shape (kinds, features), and `bias`, shape (kinds,), and what embeds.

        Raises `ModelError` if their shapes are others.
        """
        size = _PLACES + EMBEDDER.dimension
        if {name: array.shape for name, array in weights.items()} != {
            "weights": (len(KINDS), size),
            "bias": (len(KINDS),),
        }:
            raise ModelError(
                "the weights of the question kinds are another version's: run "
                "`python -m qa.training.kinds`"
            )
        self._weights = weights["weights"].astype(np.float32)
        self._bias = weights["bias"].astype(np.float32)
        self._embedder = embedder

    def probabilities(self, questions: Sequence[str]) -> NDArray[np.float32]:
        """Return how likely each of `KINDS` is, shape (questions, kinds); each row sums to 1."""
        logits = features(questions, self._embedder) @ self._weights.T + self._bias
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(odds / odds.sum(axis=1, keepdims=True), dtype=np.float32)

    def kind(self, question: str, *, timed: bool = False) -> QuestionKind:
        """Return the likeliest kind of a question, or "fact" if no kind is believed.

        "fact" is the safe choice: news answered as small talk is lost, and a fact among eight
        sentences nearly so. `timed` says that the question names a time, and so is no small talk.
        """
        [likely] = self.probabilities([question]).copy()
        if timed:
            likely[_TALK] = 0.0
        best = int(likely.argmax())
        return KINDS[best] if likely[best] >= _SURE else "fact"

    def otherwise(self, question: str, among: Collection[QuestionKind]) -> QuestionKind | None:
        """Return the likeliest of some kinds for a question that has no answer as a fact.

        Return None if the likeliest is not likely enough.
        """
        [likely] = self.probabilities([question])
        best = max(among, key=lambda kind: float(likely[KINDS.index(kind)]))
        return best if likely[KINDS.index(best)] >= _POSSIBLE else None


def features(questions: Sequence[str], embedder: Embedder) -> Features:
    """Return the features of some questions, shape (questions, places + dimension).

    The features are two unit vectors side by side: the hashed runs of one to three words, and the
    embedder's vector.
    """
    runs = np.zeros((len(questions), _PLACES), dtype=np.float32)
    for row, question in zip(runs, questions, strict=True):
        for run in set(_runs(question)):
            row[zlib.crc32(run.encode()) % _PLACES] = 1.0
    norms = np.linalg.norm(runs, axis=1, keepdims=True)
    return np.hstack([runs / np.maximum(norms, 1.0), embedder.embed(questions)])


def _runs(question: str) -> Iterator[str]:
    """Yield the runs of words at both ends of a question, with marks for the ends."""
    found = [token.replace("’", "'") for token in _TOKEN.findall(question.lower())]
    first, last = ["^", *found[:_ENDS]], [*found[-_ENDS:], "$"]
    for tokens in ([*first, "$"],) if len(found) <= _ENDS else (first, last):
        for length in _RUNS:
            for start in range(len(tokens) - length + 1):
                yield " ".join(tokens[start : start + length])
