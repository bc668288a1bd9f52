"""Hits → evidence: the answers found in them, weighed against each other."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from qa.dates import kept
from qa.models.calibration import SIGNS, Decision
from qa.models.span_model import Reading
from qa.reading.findings import (
    USUAL_SIMILARITY,
    Dated,
    Finding,
    Place,
    Read,
    Seen,
    findings,
    never,
    places,
    seen,
    sureness,
)
from qa.reading.spans import MAX_TOKENS
from qa.search.question import Asked
from qa.text.sentences import Offsets
from qa.types import Hit

# The longest span, in tokens, if people are shown its whole sentence.
_LONG = 80
# The TIMEX3 value of a duration, P3D, PXY, PT16H, or of what recurs, XXXX-WXX-1; not PAST_REF.
_DURATION = re.compile(r"PT?[\dX]|XXXX")


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that was read for a question: the answers found, best first, and the hits re-ordered.

    `signs` are the features of the confidence, shape (7,), in this order: the log-odds of the best
    answer against all others and none; at its likeliest place, the logit of the span, the logit of
    the passage, and by how much the best start and end beat "no answer here"; the highest cosine
    between the question and a passage with the answer; the log of the number of articles with the
    answer; and the log of the number of passages searched, since among more passages the best is
    nearer to the question whether or not it answers.
    """

    found: tuple[Finding, ...]
    hits: tuple[Hit, ...]
    signs: NDArray[np.float64]


def spans(asked: Asked, read: Sequence[Read]) -> list[Seen]:
    """Return the likeliest spans of what was read."""
    dated, longest = asks_for_dates(asked), longest_span(asked)
    return [found for one in read for found in seen(one, longest, dated)]


def weighed(
    read: Sequence[Read],
    found: Sequence[Seen],
    decision: Decision,
    searched: int | None = None,
) -> Evidence:
    """Return the evidence of the spans found in some hits, weighed as `decision` says."""
    standing = places(found, decision.scores)
    order = by_best(standing, read)
    answers = findings(standing)
    ranked = tuple(
        replace(one.hit, rank=rank, score=1 / rank) for rank, one in enumerate(order, start=1)
    )
    signs = _signs(answers, decision, searched) if answers else np.zeros(SIGNS)
    return Evidence(tuple(answers), ranked, signs)


def _signs(
    found: Sequence[Finding], decision: Decision, searched: int | None
) -> NDArray[np.float64]:
    best = found[0].places
    similar = [place.hit.similarity for place in best]
    likeliest = best[0].read.last
    return np.array(
        [
            sureness(found, decision.scores.nothing),
            likeliest.judged(*best[0].candidate.tokens),
            likeliest.holds,
            _margin(likeliest),
            max(USUAL_SIMILARITY if one is None else one for one in similar),
            math.log(len(best)),
            math.log(searched or decision.confidence.searched),
        ]
    )


def by_best(standing: Sequence[Place], read: Sequence[Read]) -> list[Read]:
    """Return the passages in the order of their likeliest places, those without a place last."""
    best: dict[str, float] = {}
    for place in standing:
        known = best.get(place.hit.passage.id, -math.inf)
        best[place.hit.passage.id] = max(known, place.score)
    return sorted(read, key=lambda one: -best.get(one.hit.passage.id, -math.inf))


def longest_span(asked: Asked) -> int:
    """Return how many tokens an answer may have."""
    return _LONG if asked.wants_sentence else MAX_TOKENS


def asks_for_dates(asked: Asked) -> Dated:
    """Return a test whether a span is a time or a duration, as the question asks for either."""
    if not (asked.how_long or asked.how_often or asked.when):
        return never
    known: dict[str, list[Offsets]] = {}

    def dated(hit: Hit, span: Offsets) -> bool:
        if hit.passage.id not in known:
            found = kept(hit.passage.text, hit.article.date)
            known[hit.passage.id] = [
                (one.start, one.end)
                for one in found
                if bool(_DURATION.match(one.value)) == (asked.how_long or asked.how_often)
            ]
        return any(start < span[1] and span[0] < end for start, end in known[hit.passage.id])

    return dated


def _margin(reading: Reading) -> float:
    span = float(reading.start.max() + reading.end.max())
    return span - reading.no_start - reading.no_end
