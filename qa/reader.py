"""Question + hits → the sentence that answers, with a score, or none. It cannot invent."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from snowballstemmer import stemmer

from qa.embedder import Embedder
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
_ASKS_DATE = re.compile(
    r"^\W*when\b|\b(?:what|which) (?:date|day|month|year|week)\b", re.IGNORECASE
)
_ASKS_NUMBER = re.compile(
    r"\bhow (?:many|much|long|old|far|big|large|high|tall|often|fast|heavy|wide)\b|"
    r"\b(?:percent|percentage|number|price|magnitude|score)\b",
    re.IGNORECASE,
)


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

    The model is a logistic regression on five features of (question, sentence). Its
    weights, and the probability below which it refuses, were fitted on the RealTime QA
    questions of 2022 by `python -m tests.benchmarks.refusal`, which prints them.
    """

    WEIGHTS = np.array([5.799, 3.741, 4.277, 1.082, 2.507])
    BIAS = -10.52
    THRESHOLD = 0.67

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
        """Return the features of each candidate, shape (candidates, 5).

        They are: the cosine of question and sentence, read under its article's title; the
        share of the question's words in the sentence, and in the title and passage around
        it; 1 / the hit's rank; and whether it has the kind of thing that is asked for.
        """
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
        kind = [_has_what_is_asked(question, pick.text) for pick in found]
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

    A word weighs log(1 + texts / texts with it), over the texts at hand.
    """
    stems = _stems(asked)
    held = [stems & _stems(words(text)) for text in texts]
    counts = Counter(stem for found in held for stem in found)
    # In sorted order, so that the sums do not depend on how this process hashes strings.
    weight = {stem: math.log(1.0 + len(texts) / (counts[stem] or 0.5)) for stem in sorted(stems)}
    total = sum(weight.values()) or 1.0
    return [sum(weight[stem] for stem in sorted(found)) / total for found in held]


def _stems(words_: Sequence[str]) -> frozenset[str]:
    return frozenset(_stem(word) for word in words_)


@lru_cache(maxsize=65536)
def _stem(word: str) -> str:
    # One stemmer for each call: it keeps the word that it works on in itself.
    return str(stemmer("english").stemWord(word))


def _has_what_is_asked(question: str, text: str) -> float:
    """Return 1.0 if a sentence has a date or a number, where one is asked for, else a new name."""
    if _ASKS_DATE.search(question):
        return float(bool(_DATE.search(text)))
    if _ASKS_NUMBER.search(question):
        return float(bool(_NUMBER.search(text)))
    known = set(words(question))
    return float(any(not known & set(words(name)) for name in _NAME.findall(text)))
