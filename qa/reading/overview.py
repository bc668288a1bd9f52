"""Sentences on a subject → the few that tell most, each something new; None if there are none."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.models.calibration import Selection
from qa.models.embedder import Vectors
from qa.reading.telling import Sentence, Told, share, signs_of, subject, topic_signs

# How many of the nearest sentences, and passages, tell whether the archive knows a subject.
_BEST = 3
_NEAREST = 2


@dataclass(frozen=True, slots=True)
class Chosen:
    """The sentences that tell most of a subject, best first, chosen from all that were `read`.

    `known` are the signs of whether the archive knows the subject, shape (6,): the mean of the
    three best likelihoods; the mean of the three best cosines of a sentence and the question; the
    mean of the two best cosines of a passage and the question; the largest share of the question's
    words in a sentence with its title; the mean of the two best logits of a passage; and the share
    of all sentences that are to the point.
    """

    sentences: tuple[Sentence, ...]
    read: Sequence[Sentence]
    known: NDArray[np.float64]

    def confidence(self, selection: Selection) -> float:
        """Return how likely it is that the archive knows the subject."""
        logit = self.known @ np.array(selection.known) + selection.known_bias
        return float(logistic(logit))


def chosen(
    told: Told,
    selection: Selection,
    most: int,
    *,
    figures: bool,
    groups: Sequence[Sequence[int]] = (),
    among: Sequence[int] | None = None,
) -> Chosen | None:
    """Return the `most` sentences that tell most; None if there is none.

    `figures` says that the question asks for figures. Each of the `groups`, which hold indexes of
    sentences, gets an equal share of the places as far as it has enough sentences. `among` are the
    indexes of those that may be chosen: all, if not given.
    """
    if not told.sentences:
        return None
    wanted = subject(told.asked, selection.common)
    signs = signs_of(wanted, told, figures=figures)
    likely = likelihoods(signs, selection)
    eligible = likely
    if among is not None:
        eligible = np.where(np.isin(np.arange(len(likely)), among), likely, 0.0)
    vectors, limits = told.vectors[1:], (selection.least, selection.repetition)
    places = [
        group[place]
        for group in map(list, groups)
        for place in choose(eligible[group], vectors[group], *limits, most // len(groups))
    ]
    rest = (place for place in choose(eligible, vectors, *limits, 2 * most) if place not in places)
    places += itertools.islice(rest, most - len(places))
    if not places:
        return None
    best = tuple(told.sentences[place] for place in places)
    shares = [share(wanted, one.words) for one in best]
    passages = {one.hit.passage.id: one for one in told.sentences}.values()
    known = [
        _mean_of_best(likely, _BEST),
        _mean_of_best(told.vectors[1:] @ told.vectors[0], _BEST),
        _mean_of_best([one.hit.similarity or 0.0 for one in passages], _NEAREST),
        max(shares),
        _mean_of_best([one.holds for one in passages], _NEAREST),
        float((likely > 0).mean()),
    ]
    return Chosen(best, told.sentences, np.array(known, dtype=np.float64))


def likelihoods(signs: NDArray[np.float64], selection: Selection) -> NDArray[np.float64]:
    """Return how likely each sentence tells most of the subject; 0 if it is not to the point."""
    likely = logistic(signs @ np.array(selection.weights) + selection.bias)
    pointed = logistic(topic_signs(signs) @ np.array(selection.topic) + selection.topic_bias)
    return np.where(pointed >= selection.pointed, likely, 0.0)


def _mean_of_best(values: Any, count: int) -> float:
    return float(np.sort(values)[-count:].mean())


def logistic(logits: Any) -> Any:
    """Return the probabilities that logits stand for."""
    return 1 / (1 + np.exp(-logits))


def choose(
    likely: NDArray[np.float64], vectors: Vectors, least: float, repetition: float, most: int
) -> list[int]:
    """Return the indexes of sentences, best first: each likely, and unlike the ones before it.

    Maximal marginal relevance (Carbonell and Goldstein, "The Use of MMR", 1998): the likeliest
    sentence comes first; each other loses `repetition` times its highest cosine to a chosen one.
    """
    found: list[int] = []
    left = [place for place in range(len(likely)) if likely[place] >= least]
    while left and len(found) < most:
        again = (vectors[left] @ vectors[found].T).max(axis=1) if found else np.zeros(len(left))
        worth = np.log(likely[left]) - repetition * np.maximum(again, 0.0)
        found.append(left.pop(int(worth.argmax())))
    return found
