"""Hits on a subject → their sentences, each with signs of whether it tells of that."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.models.embedder import Embedder, Vectors
from qa.models.span_model import SpanModel, Text
from qa.reading.spans import likeliest_in
from qa.search.question import Asked
from qa.text.sentences import Offsets, sentences
from qa.text.words import shingles, stems
from qa.types import Hit

# Characters of a sentence: shorter ones are headings and captions, longer ones no sentences.
_SHORTEST, _LONGEST = 40, 450
# Sentences with so many of their runs of five words in common are one, of a wire or an update.
_COPY = 0.5
# The nearest sentences of other articles, by which it is told whether many say the same.
_TOLD = 3
# Characters at the head of an article, which tell most.
_LEAD = 500
# The places of the signs that tell whether a sentence is to the point.
_TOPIC = [0, 5, 6]
_FIGURES = re.compile(r"\d+")
# Words with a capital that do not begin a sentence.
_NAMES = re.compile(r"(?<!^)(?<![.!?“\"] )\b[A-Z][a-z]+")
_ENDS = re.compile(r"[.!]['\"”’)]*$")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a hit's passage, by offsets into the article, as the small network reads it.

    `answer` is the likeliest answer in it, by offsets into the article; `likelihood` the
    log-probability that the network gives this in the passage, and `judged` its logit to answer the
    question; `holds` is the passage's logit to.
    """

    hit: Hit
    start: int
    end: int
    text: str
    answer: Offsets
    likelihood: float
    judged: float
    holds: float


@dataclass(frozen=True, slots=True)
class Told:
    """The sentences of some hits, and the vectors of the question and of these, in that order."""

    asked: Asked
    sentences: Sequence[Sentence]
    vectors: Vectors

    def take(self, places: Sequence[int]) -> "Told":
        """Return some of the sentences."""
        vectors = self.vectors[[0, *(1 + place for place in places)]]
        return Told(self.asked, [self.sentences[place] for place in places], vectors)


def told(asked: Asked, hits: Sequence[Hit], embedder: Embedder, reader: SpanModel) -> Told:
    """Read the sentences of some hits, and embed them."""
    found = read_sentences(asked, hits, reader)
    return Told(asked, found, embedder.embed([asked.whole, *(one.text for one in found)]))


def read_sentences(asked: Asked, hits: Sequence[Hit], reader: SpanModel) -> list[Sentence]:
    """Return the sentences of some hits, each once; those that ask, or are no sentences, not."""
    texts = [Text(hit.passage.text, hit.article.label) for hit in hits]
    found: list[Sentence] = []
    marks: list[frozenset[tuple[str, ...]]] = []
    for hit, reading in zip(hits, reader.read(asked.whole, texts), strict=True):
        first = hit.passage.start
        for start, end in sentences(hit.passage.text):
            text = hit.passage.text[start:end]
            if not _SHORTEST <= len(text) <= _LONGEST or not _ENDS.search(text):
                continue
            own = shingles(text)
            if any(own & mark and len(own & mark) >= _COPY * len(own | mark) for mark in marks):
                continue
            best = likeliest_in(hit.passage.text, reading, (start, end))
            if best is None:
                continue
            marks.append(own)
            left, right = best.span
            found.append(
                Sentence(
                    hit,
                    first + start,
                    first + end,
                    text,
                    (first + left, first + right),
                    best.likelihood,
                    reading.judged(*best.tokens),
                    reading.holds,
                )
            )
    return found


def signs_of(wanted: frozenset[str], told: Told, *, figures: bool) -> NDArray[np.float64]:
    """Return what tells whether sentences tell of a subject, shape (sentences, SENTENCE_SIGNS).

    `wanted` are the stems of the question that name its subject, and `figures` says that figures
    are asked for. How near a sentence is to the question, to those of other articles, and to all,
    as cosines; the log of its passage's rank, and of how many passages of its article were found;
    which share of the subject's stems it has, and its article's title; how far down in its article
    it stands; whether it has a figure, and one that is asked for; how many figures it has, and how
    many names; the log of its length; and what the small network says: the log-probability of the
    likeliest answer in it, that answer's logit, the passage's, and how far the first is from the
    likeliest of all.
    """
    found, vectors = told.sentences, told.vectors
    ids = np.array([one.hit.article.id for one in found])
    alike = vectors[1:] @ vectors[1:].T
    others = np.where(ids[:, None] == ids[None, :], 0.0, alike)
    nearest = np.sort(others, axis=1)[:, -_TOLD:].mean(axis=1)
    passages = Counter(
        article for article, _ in {(i, one.hit.rank) for i, one in zip(ids, found, strict=True)}
    )
    figure = [float(bool(_FIGURES.search(one.text))) for one in found]
    likelihood = np.array([one.likelihood for one in found])
    return np.column_stack(
        [
            vectors[1:] @ vectors[0],
            nearest,
            alike.mean(axis=1),
            [math.log(one.hit.rank) for one in found],
            [math.log(passages[one.hit.article.id]) for one in found],
            [share(wanted, stems(one.text)) for one in found],
            [share(wanted, stems(one.hit.article.title)) for one in found],
            [math.log(1 + one.start / _LEAD) for one in found],
            figure,
            [figures * one for one in figure],
            [len(_FIGURES.findall(one.text)) for one in found],
            [len(_NAMES.findall(one.text)) for one in found],
            [math.log(len(one.text)) for one in found],
            likelihood,
            [one.judged for one in found],
            [one.holds for one in found],
            likelihood - likelihood.max(),
        ]
    ).astype(np.float64)


def topic_signs(signs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return of the signs of sentences those that tell whether they are to the point, shape (…, 3).

    How near a sentence is to the question, and which share of the subject's stems it and its
    article's title have. Others, such as the rank, differ between archives of different sizes.
    """
    return signs[:, _TOPIC]


def subject(asked: Asked, common: Sequence[str]) -> frozenset[str]:
    """Return the stems of a question without those that are common to questions, if any is left."""
    found = stems(asked.whole)
    return found.difference(common) or found


def share(wanted: frozenset[str], words: frozenset[str]) -> float:
    """Return which share of some stems is among others; 0 of none."""
    return len(wanted & words) / len(wanted) if wanted else 0.0
