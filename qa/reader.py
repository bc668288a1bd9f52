"""Question + hits → the sentence that answers, with a score, or none. It cannot invent."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from qa.models import Embedder
from qa.passages import heading, sentences
from qa.retrieve import words
from qa.types import Claim, Draft, Hit, Span

_DATE = re.compile(
    r"\b(?:(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.?\s+\d{1,2}\b|"
    r"(?:January|February|March|April|June|July|August|September|October|November|December)\b|"
    r"May\s+\d{1,2}\b|(?:1[5-9]|20)\d\d\b|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|"
    r"(?:yester|to)day\b|tonight\b|(?:last|next|this)\s+(?:week|month|year|spring|summer|fall|"
    r"autumn|winter)\b)"
)
_NUMBER = re.compile(
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|"
    r"thousand|million|billion|trillion|half|third|quarter|twice|once)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<=[a-z,;:] )[A-Z][\w’'-]+|[A-Z][\w’'-]+ [A-Z][\w’'-]+")
_ASKS_DATE = re.compile(r"\bwhen\b|\b(?:what|which) (?:date|day|month|year|week)\b", re.IGNORECASE)
_ASKS_NUMBER = re.compile(
    r"\bhow (?:many|much|long|old|far|big|large|high|tall|often|fast|heavy|wide)\b|"
    r"\b(?:percent|percentage|number|price|magnitude|score)\b",
    re.IGNORECASE,
)
_ASKS_NAME = re.compile(r"\b(?:who|whom|whose|where|which|what)\b", re.IGNORECASE)


class Reader(Protocol):
    """Finds the answer to a question in the passages that were retrieved for it."""

    def read(self, question: str, hits: Sequence[Hit]) -> Draft:
        """Return the answer with the spans that it rests on; without claims if there is none.

        Each span must stand inside the passage of one of the hits. Whether the best
        candidate is good enough is the reader's own decision: it alone knows what its
        scores mean.
        """
        ...


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence of a hit, by offsets into the hit's article."""

    hit: Hit
    start: int
    end: int
    text: str


class SentenceReader:
    """Answers with the one sentence that most likely holds the answer, by a linear model.

    The model is a logistic regression on eight features of (question, sentence). Its
    weights, and the probability below which it refuses, were fitted on the RealTime QA
    questions of 2022 by `python -m tests.benchmarks.refusal`, which prints them.
    """

    WEIGHTS = np.array([0.0] * 8)
    BIAS = 0.0
    THRESHOLD = 0.0

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def read(self, question: str, hits: Sequence[Hit]) -> Draft:
        """Return the best sentence as a draft with one claim, or a draft without claims."""
        found = candidates(hits)
        if not found:
            return Draft()
        logits = self.features(question, found) @ self.WEIGHTS + self.BIAS
        best = int(np.argmax(logits))
        confidence = 1.0 / (1.0 + math.exp(-float(logits[best])))
        if confidence < self.THRESHOLD:
            return Draft(confidence=confidence)
        pick = found[best]
        span = Span(pick.hit.passage.article_id, pick.start, pick.end, pick.text)
        return Draft((Claim(pick.text, (span,)),), short=pick.text, confidence=confidence)

    def features(self, question: str, found: Sequence[Candidate]) -> NDArray[np.float64]:
        """Return the features of each candidate, shape (candidates, 8)."""
        asked = words(question)
        # A sentence alone often leaves out what it is about; its article's title says it.
        titled = [f"{heading(pick.hit.article)}\n{pick.text}" for pick in found]
        vectors = self._embedder.embed([question, *titled])
        meaning = vectors[1:] @ vectors[0]
        inside = _coverage(asked, [pick.text for pick in found])
        around = _coverage(
            asked, [f"{pick.hit.article.title} {pick.hit.passage.text}" for pick in found]
        )
        rank = [1.0 / pick.hit.rank for pick in found]
        kind = np.array([_fits(question, pick.text) for pick in found])
        return np.column_stack([meaning, inside, around, rank, kind])


def candidates(hits: Sequence[Hit]) -> list[Candidate]:
    """Return every sentence of the hits, best hit first."""
    return [
        Candidate(hit, hit.passage.start + start, hit.passage.start + end, text)
        for hit in hits
        for start, end in sentences(hit.passage.text)
        if len((text := hit.passage.text[start:end]).split()) > 2
    ]


def _coverage(asked: Sequence[str], texts: Sequence[str]) -> list[float]:
    """Return which share of a question's words each text holds, rare words counting more.

    Words are compared by their first five letters, a crude stem. A word weighs
    log(1 + texts / texts with it), over the texts at hand.
    """
    stems = {word[:5] for word in asked}
    held = [stems & {word[:5] for word in words(text)} for text in texts]
    counts = Counter(stem for stems_held in held for stem in stems_held)
    # In sorted order, so that the sums do not depend on how this process hashes strings.
    weight = {stem: math.log(1.0 + len(texts) / (counts[stem] or 0.5)) for stem in sorted(stems)}
    total = sum(weight.values()) or 1.0
    return [sum(weight[stem] for stem in sorted(found)) / total for found in held]


def _fits(question: str, text: str) -> list[float]:
    """Return whether a sentence has what the question asks for: a date, a number, a name."""
    known = set(words(question))
    names = any(not known & set(words(name)) for name in _NAME.findall(text))
    return [
        float(bool(_ASKS_DATE.search(question) and _DATE.search(text))),
        float(bool(_ASKS_NUMBER.search(question) and _NUMBER.search(text))),
        float(bool(_ASKS_NAME.search(question)) and names),
        min(1.0, len(text) / 300.0),
    ]
