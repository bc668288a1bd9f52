"""Hits on a subject → their sentences, each with signs of whether it tells of the subject."""

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
from qa.search.question import Asked, is_latest
from qa.text.sentences import Offsets, sentences
from qa.text.words import content_words, shingles, stems
from qa.types import Hit

# Bounds of a sentence, in characters: shorter stretches are headings, longer ones no sentences.
_SHORTEST, _LONGEST = 40, 450
# Sentences that share this part of their runs of five words are copies, of a wire or an update.
_COPY = 0.5
# How many of the nearest sentences of other articles tell whether many articles say the same.
_TOLD = 3
# The head of an article, in characters, tells most.
_LEAD = 500
# The indexes of the signs that tell whether a sentence is to the point.
_TOPIC = [0, 5, 6]
_FIGURES = re.compile(r"\d+")
# Words with a capital that do not begin a sentence.
_NAMES = re.compile(r"(?<!^)(?<![.!?“\"] )\b[A-Z][a-z]+")
_ENDS = re.compile(r"[.!]['\"”’)]*$")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a hit's passage, by offsets into the article, as the small network reads it.

    `answer` is the likeliest answer in the sentence, by offsets into the article. `likelihood` is
    the log-probability of that answer in its passage, `judged` its logit to answer the question,
    and `holds` the logit of the passage to answer.
    """

    hit: Hit
    start: int
    end: int
    text: str
    answer: Offsets
    likelihood: float
    judged: float
    holds: float

    @property
    def words(self) -> frozenset[str]:
        """The stems of the sentence and of its article's title."""
        return stems(self.text) | stems(self.hit.article.title)


@dataclass(frozen=True, slots=True)
class Told:
    """The sentences of some hits, and the vectors: first the question's, then the sentences'."""

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
    """Return the sentences of some hits, each once, without questions, headings and captions."""
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


def naming(wanted: frozenset[str], told: Told, least: float) -> list[int]:
    """Return the indexes of sentences in passages that have, with titles, this share of a name.

    All of them, if no passage has the whole name: nobody can tell then who is meant.
    """
    passages = {one.hit.passage.id: one.hit for one in told.sentences}
    shares = {
        id_: share(wanted, stems(f"{hit.article.title} {hit.passage.text}"))
        for id_, hit in passages.items()
    }
    if 1.0 not in shares.values():
        least = 0.0
    return [n for n, one in enumerate(told.sentences) if shares[one.hit.passage.id] >= least]


def signs_of(wanted: frozenset[str], told: Told, *, figures: bool) -> NDArray[np.float64]:
    """Return the signs of whether sentences tell of a subject, shape (sentences, SENTENCE_SIGNS).

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
    """Return the signs of whether sentences are to the point, shape (sentences, TOPIC_SIGNS).

    These are the cosine to the question, and the shares of the subject's stems in the sentence and
    in its article's title. Other signs, such as the rank, depend on the size of the archive.
    """
    return signs[:, _TOPIC]


def subject(asked: Asked, common: Sequence[str]) -> frozenset[str]:
    """Return the stems of a question less the `common` ones; all of them if none would be left.

    So too less the words that only say that what is new is wanted.
    """
    found = stems(asked.whole)
    idle = [word for word in content_words(asked.whole) if asked.latest and is_latest(word)]
    return found.difference(common, stems(" ".join(idle))) or found


def share(wanted: frozenset[str], words: frozenset[str]) -> float:
    """Return the share of the `wanted` stems that is among the words; 0 if none is wanted."""
    return len(wanted & words) / len(wanted) if wanted else 0.0
