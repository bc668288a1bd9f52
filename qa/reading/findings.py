"""Passages that were read → answers, with comparable scores, merged across passages."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.models.calibration import Scores
from qa.models.span_model import Reading
from qa.reading.spans import Candidate, candidates, log_probabilities
from qa.text.answers import sameness
from qa.text.sentences import Offsets
from qa.types import Hit, Kind

Signs = NDArray[np.float64]
# The cosine of a question and a passage if none is known: that of most hits.
USUAL_SIMILARITY = 0.65


@dataclass(frozen=True, slots=True)
class Read:
    """A hit with the small network's reading, and the large network's if that read the hit too."""

    hit: Hit
    first: Reading
    again: Reading | None = None

    @property
    def last(self) -> Reading:
        """The large network's reading if there is one, else the small network's."""
        return self.again or self.first


@dataclass(frozen=True, slots=True)
class Seen:
    """A span of a hit's passage, with the signs that `Scores` weighs, shape (9,)."""

    read: Read
    candidate: Candidate
    signs: Signs

    @property
    def hit(self) -> Hit:
        """The hit that the span stands in."""
        return self.read.hit

    @property
    def text(self) -> str:
        """The words of the span."""
        return self.hit.passage.text[slice(*self.candidate.span)]

    @property
    def sentence(self) -> str:
        """The sentence that the span stands in."""
        return self.hit.passage.text[slice(*self.candidate.sentence)]

    @property
    def kind(self) -> Kind:
        """Whether the span is all of its sentence."""
        return "sentence" if self.candidate.span == self.candidate.sentence else "words"


@dataclass(frozen=True, slots=True)
class Place(Seen):
    """A span that may answer. `score` is its log-probability: the weighted sum of its signs."""

    score: float


@dataclass(frozen=True, slots=True)
class Finding:
    """An answer, and the places where it stands: one in each article, the likeliest first.

    `score` is the log of the sum of the places' weights: an answer in several articles counts more.
    """

    score: float
    places: tuple[Place, ...]

    @property
    def text(self) -> str:
        """The answer, as its likeliest place has it."""
        return self.places[0].text


# Whether a span is of the time that the question asks for.
Dated = Callable[[Hit, Offsets], bool]


def never(hit: Hit, span: Offsets) -> bool:
    """Return False: the question asks for no time."""
    return False


def seen(read: Read, longest: int, dated: Dated = never) -> Iterator[Seen]:
    """Yield the likeliest spans of a passage, of at most `longest` tokens.

    The spans of both networks are yielded, if the large one has read the passage.
    """
    hit, networks = read.hit, [one for one in (read.first, read.again) if one]
    known = [(one, *log_probabilities(one)) for one in networks]
    similarity = USUAL_SIMILARITY if hit.similarity is None else hit.similarity
    of_hit = math.log(3 + hit.rank), similarity
    merged = {
        candidate.span: candidate
        for network in networks
        for candidate in candidates(hit.passage.text, network, longest)
    }
    for candidate in merged.values():
        first, last = candidate.tokens
        said = [
            (start[first] + end[last], one.judged(first, last), one.holds)
            for one, start, end in known
        ]
        again = said[1] if len(said) > 1 else (0.0, 0.0, 0.0)
        signs = [*said[0], *again, *of_hit, float(dated(hit, candidate.span))]
        yield Seen(read, candidate, np.array(signs))


def places(found: Sequence[Seen], scores: Scores) -> list[Place]:
    """Return spans as places: with their scores."""
    weights = scores.weights
    return [Place(one.read, one.candidate, one.signs, float(one.signs @ weights)) for one in found]


def findings(found: Sequence[Place]) -> list[Finding]:
    """Return the answers in some places, best first; places with the same words are one answer.

    Two texts have the same words if they are equal after the normalisation that scoring uses, and
    have the same figures.
    """
    groups: dict[tuple[str, ...], dict[str, Place]] = {}
    for place in found:
        alike = groups.setdefault(sameness(place.text), {})
        known = alike.get(place.hit.article.id)
        if known is None or known.score < place.score:
            alike[place.hit.article.id] = place
    groups.pop(sameness(""), None)
    return sorted(
        (_finding(list(alike.values())) for alike in groups.values()),
        key=lambda finding: -finding.score,
    )


def _finding(alike: list[Place]) -> Finding:
    alike.sort(key=lambda place: -place.score)
    return Finding(
        float(np.logaddexp.reduce([place.score for place in alike])),
        tuple(alike),
    )


def sureness(found: Sequence[Finding], nothing: float) -> float:
    """Return the log-odds of the first of some findings, against all others and no answer."""
    rest = np.logaddexp.reduce([nothing, *(finding.score for finding in found[1:])])
    return found[0].score - float(rest)
