"""Question + hits → the words that answer, with the sentences they stand in, or none.

It cannot invent: whatever it says is cut out of a passage.
"""

import itertools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from qa.dates import kept
from qa.models.calibration import Calibration
from qa.models.loading import load_calibration
from qa.models.span_model import Reading, SpanModel
from qa.reading.differing import differing
from qa.reading.plans import timing
from qa.reading.spans import (
    Finding,
    Place,
    Preference,
    findings,
    no_preference,
    passage_score,
)
from qa.search.question import Asked
from qa.text.sentences import Offsets
from qa.text.words import stems
from qa.types import Claim, Draft, Hit, Span

# Places of one answer that are cited: more would bury the answer. Each has at least half the
# weight of the best: the same words can stand in a passage that says nothing to the question.
_CITED = 3
_NEAR = math.log(2)
# Findings and other places among which a later report, or another value, is looked for.
_FINDINGS = 12
_OTHERS = 12
# The TIMEX3 value of a duration: P3D, PXY, PT16H; and not PAST_REF.
_DURATION = re.compile(r"PT?[\dX]")


class Reader(Protocol):
    """Finds the answer to a question in the passages that were retrieved for it."""

    def read(self, asked: Asked, hits: Sequence[Hit], searched: int | None = None) -> Draft:
        """Return the answer with the spans that it rests on; without claims if there is none.

        `searched` says among how many passages the hits were found, if that is known. Each
        span must stand inside the passage of one of the hits. Whether the best
        candidate is good enough is the reader's own decision: it alone knows what its
        scores mean.
        """
        ...


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that was read for a question: the answers found, best first, and the hits re-ordered.

    `signs` are the features that the confidence is made of, shape (5,). Of the passages that
    give the best answer: by how much the best start and end in one beat "no answer here", in
    logits; how similar one is to the question, as a cosine; and the log of how many articles
    they are from. Of all that was read: the largest share of the question's words that a
    passage, its title and its date have. And the log of how many passages were searched: of
    more, the best is always nearer to the question, whether or not it answers.
    """

    found: tuple[Finding, ...]
    hits: tuple[Hit, ...]
    signs: NDArray[np.float64]


class SpanReader:
    """Answers with the few words that most likely answer, by the network in `qa/weights`.

    How scores are weighed, the confidence, and the threshold below which it refuses are what
    `python -m qa.training.calibrate` fitted.
    """

    def __init__(self, model: SpanModel, calibration: Calibration | None = None) -> None:
        """Take a network; without a calibration, the one that comes with qa."""
        self._model = model
        self._calibration = calibration or load_calibration()

    def read(self, asked: Asked, hits: Sequence[Hit], searched: int | None = None) -> Draft:
        """Return the best answer as a draft, or a draft without claims.

        It has one claim, or several where reports differ: `short` is the best of them, which
        need not be the newest.
        """
        return self.draft(asked, self.evidence(asked, hits, searched))

    def draft(self, asked: Asked, evidence: Evidence) -> Draft:
        """Decide whether the evidence is enough, and say what it says."""
        if not evidence.found:
            return Draft(hits=evidence.hits)
        ahead = asked.ahead
        confidence = self._calibration.confidence.of(evidence.signs)
        if confidence < self._calibration.confidence.threshold:
            others = [claim for _, claim in _others(evidence.found, ahead)]
            return Draft(confidence=confidence, hits=evidence.hits, others=tuple(others))
        best = evidence.found[0]
        likeliest, *further = best.places
        sentence = _sentence(likeliest, ahead)
        whole = asked.wants_sentence
        if whole:
            # The words alone would be a clipped reason, or a guess at yes or no. What other
            # places share is only those words: they do not say what this sentence says.
            short = sentence.quote if asked.yes_or_no else best.text
            claim = Claim(sentence.quote, (sentence,), kind="sentence")
        else:
            short = best.text
            near = [place for place in further if place.score > likeliest.score - _NEAR]
            more = (_sentence(place, ahead) for place in near)
            # "Monday" of another week is another answer.
            same = (span for span in more if span.timing.days == sentence.timing.days)
            spans = (sentence, *itertools.islice(same, _CITED - 1))
            claim = Claim(short, spans, kind=likeliest.kind)
        scored = _others(evidence.found, ahead, claim.spans)
        claims: tuple[Claim, ...] = (claim,)
        if not whole:
            rivals = [other for score, other in scored if score > likeliest.score - _NEAR]
            claims = differing(claim, rivals)
        others = [other for _, other in scored]
        return Draft(claims, short, confidence, evidence.hits, tuple(others))

    def evidence(self, asked: Asked, hits: Sequence[Hit], searched: int | None = None) -> Evidence:
        """Read the hits, and return what they say without deciding whether it is enough."""
        readings = self._model.read(asked.whole, [hit.passage.text for hit in hits])
        weights = self._calibration.weights
        found = findings(hits, readings, weights, date_preference(asked, self._calibration.dated))
        scores = [passage_score(*pair, weights) for pair in zip(hits, readings, strict=True)]
        order = sorted(range(len(hits)), key=lambda place: -scores[place])
        ranked = tuple(
            replace(hits[place], score=scores[place], rank=rank)
            for rank, place in enumerate(order, start=1)
        )
        signs = self._signs(asked, hits, readings, found, searched)
        return Evidence(tuple(found), ranked, signs)

    def _signs(
        self,
        asked: Asked,
        hits: Sequence[Hit],
        readings: Sequence[Reading],
        found: Sequence[Finding],
        searched: int | None,
    ) -> NDArray[np.float64]:
        if not found:
            return np.zeros(5)
        usual = self._calibration.confidence
        read = {hit.passage.id: reading for hit, reading in zip(hits, readings, strict=True)}
        best = [place.hit for place in found[0].places]
        similar = [usual.similarity if hit.similarity is None else hit.similarity for hit in best]
        whole = stems(asked.whole)
        wanted = [whole, stems(asked.proper) or whole]
        shares = [_shared(wanted, f"{hit.article.label} {hit.passage.text}") for hit in hits]
        return np.array(
            [
                max(_margin(read[hit.passage.id]) for hit in best),
                max(similar),
                math.log(len(best)),
                max(shares),
                math.log(searched or usual.searched),
            ]
        )


def date_preference(asked: Asked, bonus: float) -> Preference:
    """Return what adds to the score of the dates, if the question asks for one."""
    if not (asked.how_long or asked.when):
        return no_preference
    dated: dict[str, list[Offsets]] = {}

    def preference(hit: Hit, span: Offsets) -> float:
        if hit.passage.id not in dated:
            found = kept(hit.passage.text, hit.article.date)
            dated[hit.passage.id] = [
                (one.start, one.end)
                for one in found
                if bool(_DURATION.match(one.value)) == asked.how_long
            ]
        inside = any(start < span[1] and span[0] < end for start, end in dated[hit.passage.id])
        return bonus * inside

    return preference


def _margin(reading: Reading) -> float:
    span = float(reading.start.max() + reading.end.max())
    return span - reading.no_start - reading.no_end


def _shared(wanted: Sequence[frozenset[str]], text: str) -> float:
    """Return which share of a question's words a text has; a half if they say nothing.

    It is the mean of that of the whole question and that of the question proper: sentences
    that set the scene tell what it is about, but may wander off.
    """
    held = stems(text)
    return sum(len(words & held) / len(words) for words in wanted) / 2 if wanted[0] else 0.5


def _sentence(place: Place, ahead: bool) -> Span:
    passage, written = place.hit.passage, place.hit.article.date
    answer, (start, end) = place.candidate.span, place.candidate.sentence
    return Span(
        passage.article_id,
        passage.start + start,
        passage.start + end,
        passage.text[start:end],
        timing(passage.text, answer, (start, end), kept(passage.text, written), written, ahead),
    )


def _others(
    found: Sequence[Finding], ahead: bool, known: Sequence[Span] = ()
) -> list[tuple[float, Claim]]:
    """Return further places that may answer with their scores, best first, each sentence once."""
    seen = {(span.article_id, span.start) for span in known}
    places = [place for finding in found[:_FINDINGS] for place in finding.places]
    others: list[tuple[float, Claim]] = []
    for place in sorted(places, key=lambda place: -place.score):
        span = _sentence(place, ahead)
        if (span.article_id, span.start) not in seen:
            seen.add((span.article_id, span.start))
            others.append((place.score, Claim(place.text, (span,), kind=place.kind)))
    return others[:_OTHERS]
