"""Hits on a subject → some of their sentences: those that tell most of it, each something new."""

import datetime
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.models.calibration import Selection
from qa.models.embedder import Embedder, Vectors
from qa.search.question import Asked
from qa.text.sentences import sentences
from qa.text.words import shingles, stems
from qa.types import Claim, Draft, Hit, Span, Timing, day

# Characters of a sentence: shorter ones are headings and captions, longer ones no sentences.
_SHORTEST, _LONGEST = 40, 450
# Sentences with so many of their runs of five words in common are one, of a wire or an update.
_COPY = 0.5
# The nearest sentences of other articles, by which it is told whether many say the same.
_TOLD = 3
# Characters at the head of an article, which tell most.
_LEAD = 500
# Sentences, and passages, that tell by how near they are whether the archive knows a subject.
_BEST = 3
_NEAREST = 2
_PERSON = re.compile(r"\b(?:I|we|you|your|our|my)\b", re.IGNORECASE)
_ENDS = re.compile(r"[.!]['\"”’)]*$")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a hit's passage, by offsets into the article."""

    hit: Hit
    start: int
    end: int
    text: str


def overview(
    asked: Asked,
    hits: Sequence[Hit],
    embedder: Embedder,
    selection: Selection,
    most: int,
    *,
    figures: bool = False,
) -> Draft:
    """Return at most so many sentences on what a question asks of, in order of time.

    `figures` says that it asks for those.

    Without claims if the hits do not tell of its subject.
    """
    told = tell(asked, hits, embedder, selection, most, figures=figures)
    if told is None:
        return Draft(hits=tuple(hits))
    confidence = logistic(told.known @ np.array(selection.known) + selection.known_bias)
    if confidence < selection.threshold:
        return Draft(confidence=confidence, hits=tuple(hits))
    claims = tuple(_claim(one) for one in sorted(told.sentences, key=_when))
    return Draft(claims, told.sentences[0].text, confidence, tuple(hits))


@dataclass(frozen=True, slots=True)
class Told:
    """The sentences that tell most of a subject, best first, and signs that they do, shape (4,).

    The signs are the means of the three best likelihoods, of the three best cosines of sentences to
    the question, and of the two best of passages; and the largest share of the question's words
    that a sentence has, with its title.
    """

    sentences: tuple[Sentence, ...]
    known: NDArray[np.float64]


def tell(
    asked: Asked,
    hits: Sequence[Hit],
    embedder: Embedder,
    selection: Selection,
    most: int,
    *,
    figures: bool,
) -> Told | None:
    """Return what `overview` tells, whether or not the archive knows the subject."""
    found = whole_sentences(hits)
    if not found:
        return None
    vectors = embedder.embed([asked.whole, *(one.text for one in found)])
    return told_of(asked, found, vectors, selection, most, figures=figures)


def told_of(
    asked: Asked,
    found: Sequence[Sentence],
    vectors: Vectors,
    selection: Selection,
    most: int,
    *,
    figures: bool,
) -> Told | None:
    """Return the same of sentences whose vectors are known, behind that of the question."""
    wanted = subject(asked, selection.common)
    signs = signs_of(wanted, found, vectors, figures=figures)
    likely = logistic(signs @ np.array(selection.weights) + selection.bias)
    places = choose(likely, vectors[1:], selection.least, selection.repetition, most)
    if not places:
        return None
    chosen = tuple(found[place] for place in places)
    shares = (_share(wanted, stems(f"{one.text} {one.hit.article.title}")) for one in chosen)
    best = [np.sort(column)[-_BEST:].mean() for column in (likely, vectors[1:] @ vectors[0])]
    passages = {one.hit.passage.id: one.hit.similarity or 0.0 for one in found}
    near = np.mean(sorted(passages.values())[-_NEAREST:])
    return Told(chosen, np.array([*best, near, max(shares)], dtype=np.float64))


def logistic(logits: Any) -> Any:
    """Return the probabilities that logits stand for."""
    return 1 / (1 + np.exp(-logits))


def joined(answer: Draft, told: Sequence[Claim], most: int) -> Draft:
    """Return an answer, and under it the sentences told that it lacks; so many in all, at most."""
    known = {_place(span) for claim in answer.claims for span in claim.spans}
    more = [claim for claim in told if _place(claim.spans[0]) not in known]
    return replace(answer, claims=(*answer.claims, *more[: max(0, most - len(known))]))


def _place(span: Span) -> tuple[str, int]:
    return span.article_id, span.start


def whole_sentences(hits: Sequence[Hit]) -> list[Sentence]:
    """Return the sentences of some hits, each once; those that ask, or are no sentences, not."""
    found: list[Sentence] = []
    marks: list[frozenset[tuple[str, ...]]] = []
    for hit in hits:
        for start, end in sentences(hit.passage.text):
            text = hit.passage.text[start:end]
            if not _SHORTEST <= len(text) <= _LONGEST or not _ENDS.search(text):
                continue
            own = shingles(text)
            if any(own & mark and len(own & mark) >= _COPY * len(own | mark) for mark in marks):
                continue
            marks.append(own)
            first = hit.passage.start
            found.append(Sentence(hit, first + start, first + end, text))
    return found


def signs_of(
    wanted: frozenset[str], found: Sequence[Sentence], vectors: Vectors, *, figures: bool
) -> NDArray[np.float64]:
    """Return what tells whether sentences tell of a subject, shape (sentences, 11).

    `wanted` are the stems of the question that name its subject; `vectors` those of the question
    and of the sentences; `figures` says that figures are asked for. How near a sentence is to the
    question, to those of other articles, and to all, as cosines; the log of its passage's rank, and
    of how many passages of its article were found; which share of the subject's stems it has, and
    its article's title; how far down in its article it stands; whether it has a figure, and one
    that is asked for; and whether it speaks to the reader.
    """
    ids = np.array([one.hit.article.id for one in found])
    alike = vectors[1:] @ vectors[1:].T
    others = np.where(ids[:, None] == ids[None, :], 0.0, alike)
    told = np.sort(others, axis=1)[:, -_TOLD:].mean(axis=1)
    passages = Counter(
        article for article, _ in {(i, one.hit.rank) for i, one in zip(ids, found, strict=True)}
    )
    figure = [float(bool(re.search(r"\d", one.text))) for one in found]
    return np.column_stack(
        [
            vectors[1:] @ vectors[0],
            told,
            alike.mean(axis=1),
            [math.log(one.hit.rank) for one in found],
            [math.log(passages[one.hit.article.id]) for one in found],
            [_share(wanted, stems(one.text)) for one in found],
            [_share(wanted, stems(one.hit.article.title)) for one in found],
            [math.log(1 + one.start / _LEAD) for one in found],
            figure,
            [figures * one for one in figure],
            [float(bool(_PERSON.search(one.text))) for one in found],
        ]
    ).astype(np.float64)


def subject(asked: Asked, common: Sequence[str]) -> frozenset[str]:
    """Return the stems of a question without those that are common to questions, if any is left."""
    found = stems(asked.whole)
    return found.difference(common) or found


def choose(
    likely: NDArray[np.float64], vectors: Vectors, least: float, repetition: float, most: int
) -> list[int]:
    """Return the places of sentences, best first: each likely, and unlike those before.

    Carbonell and Goldstein, "The Use of MMR", 1998: the likeliest comes first; of each other what
    it repeats is taken off, its cosine to the nearest one chosen.
    """
    chosen: list[int] = []
    left = [place for place in range(len(likely)) if likely[place] >= least]
    while left and len(chosen) < most:
        again = (vectors[left] @ vectors[chosen].T).max(axis=1) if chosen else np.zeros(len(left))
        worth = np.log(likely[left]) - repetition * np.maximum(again, 0.0)
        chosen.append(left.pop(int(worth.argmax())))
    return chosen


def _share(wanted: frozenset[str], words: frozenset[str]) -> float:
    return len(wanted & words) / len(wanted) if wanted else 0.0


def _when(one: Sentence) -> tuple[datetime.date, str, int]:
    # Those without a date stand last.
    return one.hit.article.date or datetime.date.max, one.hit.article.id, one.start


def _claim(one: Sentence) -> Claim:
    date = one.hit.article.date
    span = Span(one.hit.article.id, one.start, one.end, one.text, Timing(date))
    return Claim(one.text, (span,), day(date) if date else "", "sentence")
