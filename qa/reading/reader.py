"""Question + hits → the words that answer, with the sentences they stand in, or none.

It cannot invent: whatever it says is cut out of a passage.
"""

import itertools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from qa import prompts
from qa.dates import kept
from qa.models.calibration import SIGNS, Calibration, Decision
from qa.models.loading import load_calibration, load_large_reader, load_small_reader
from qa.models.span_model import Reading, SpanModel, Text
from qa.reading.differing import differing
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
from qa.reading.plans import timing
from qa.reading.spans import MAX_TOKENS
from qa.reading.verify import AnswerVerifier, Settled, changed
from qa.search.question import Asked
from qa.settings import Settings
from qa.text.sentences import Offsets
from qa.types import Claim, Doubt, Draft, Hit, Span, day

# Places of one answer that are cited: more would bury the answer. Each has at least half the
# weight of the best: the same words can stand in a passage that says nothing to the question.
_CITED = 3
_NEAR = math.log(2)
# Passages that the large network reads again: more cost time, and seldom hold the answer.
AGAIN = 5
# Tokens of a span, where the sentence that it stands in is what people are shown.
_LONG = 80
# Sentences in which yes or no is looked for: of those further down, one says either by chance.
SETTLING = 4
# Findings and other places among which a later report, or another value, is looked for.
_FINDINGS = 12
_OTHERS = 12
# The TIMEX3 value of a duration: P3D, PXY, PT16H; and not PAST_REF.
_DURATION = re.compile(r"PT?[\dX]|XXXX")


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

    `signs` are the features that the confidence is made of, shape (7,). The log-odds of the best
    answer against all others and none. Of where it stands likeliest: the logit of the span to
    answer, that of the passage to, and by how much its best start and end beat "no answer here".
    Of the passages that give it: how similar one is to the question, as a cosine; and the log of
    how many articles they are from. And the log of how many passages were searched: of more, the
    best is always nearer to the question, whether or not it answers.
    """

    found: tuple[Finding, ...]
    hits: tuple[Hit, ...]
    signs: NDArray[np.float64]


class SpanReader:
    """Answers with the few words that most likely answer, by the networks in `qa/weights`.

    The small one reads each hit. The large one, if there is one, reads the best of them again, and
    the answer is one of theirs. How scores are weighed, the confidence, and the thresholds below
    which it refuses or doubts are what `python -m qa.training.calibrate` fitted.
    """

    def __init__(
        self,
        small: SpanModel,
        calibration: Calibration,
        large: SpanModel | None = None,
        verifier: AnswerVerifier | None = None,
    ) -> None:
        """Take the networks, what was fitted with them, and what verifies the best answer."""
        self._small = small
        self._large = large
        self._verifier = verifier
        self._calibration = calibration
        self._decision = calibration.large if large else calibration.small

    @classmethod
    def load(cls, settings: Settings) -> Self:
        """Load the networks that come with qa, and what was fitted with them.

        Raises `ModelError` if one of them is missing, or is not that which was published.
        """
        large = load_large_reader(settings)
        verifier = AnswerVerifier.load(settings) if large else None
        return cls(load_small_reader(settings), load_calibration(), large, verifier)

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
        confidence = self._decision.confidence.of(evidence.signs)
        if asked.yes_or_no and self._verifier:
            # Whether a sentence says yes or no, the network tells better than the reader.
            settled = self._verifier.settle(asked.whole, _sentences(evidence.found))
            if settled:
                return self._settled(asked, evidence, confidence, settled)
        if confidence < self._decision.confidence.threshold:
            return _refusal(evidence, confidence, ahead)
        likeliest = evidence.found[0].places[0]
        verified = None
        if self._verifier and not asked.wants_sentence:
            verified = self._verifier.verify(asked.whole, likeliest, confidence)
            if verified.contradicted:
                return _refusal(evidence, confidence, ahead)
        doubt = self._decision.confidence.doubt(confidence)
        if verified and not verified.entailed and doubt == "none":
            doubt = "some"
        draft = Draft(confidence=confidence, hits=evidence.hits, doubt=doubt)
        if asked.wants_sentence:
            return self._in_a_sentence(asked, evidence, draft)
        return self._in_words(asked, evidence, draft)

    def _in_a_sentence(self, asked: Asked, evidence: Evidence, draft: Draft) -> Draft:
        """Answer with a whole sentence: words alone would be a clipped reason, or a guess.

        What other places share is only those words: they do not say what this sentence says.
        """
        best = evidence.found[0]
        span = _sentence(best.places[0], asked.ahead)
        claims: tuple[Claim, ...] = (Claim(span.quote, (span,), kind="sentence"),)
        if asked.yes_or_no and self._verifier:
            claims = (Claim(prompts.phrase("unsettled"), (), kind="phrase"), *claims)
            draft = replace(draft, doubt="none")
        others = tuple(claim for _, claim in _others(evidence.found, asked.ahead, (span,)))
        short = span.quote if asked.yes_or_no else best.text
        return replace(draft, claims=claims, short=short, others=others)

    def _in_words(self, asked: Asked, evidence: Evidence, draft: Draft) -> Draft:
        """Answer with a few words, and the sentences that they stand in."""
        best = evidence.found[0]
        likeliest, *further = best.places
        sentence = _sentence(likeliest, asked.ahead)
        near = [place for place in further if place.score > likeliest.score - _NEAR]
        more = (_sentence(place, asked.ahead) for place in near)
        # "Monday" of another week is another answer.
        same = (span for span in more if span.timing.days == sentence.timing.days)
        spans = (sentence, *itertools.islice(same, _CITED - 1))
        claim = Claim(best.text, spans, kind=likeliest.kind)
        scored = _others(evidence.found, asked.ahead, spans)
        rivals = [other for score, other in scored if score > likeliest.score - _NEAR]
        claims = differing(claim, rivals, partial(self._differ, asked))
        others = tuple(other for _, other in scored)
        return replace(draft, claims=claims, short=best.text, others=others)

    def _settled(
        self, asked: Asked, evidence: Evidence, confidence: float, settled: Sequence[Settled]
    ) -> Draft:
        """Say yes or no by the sentence that counts; and show one of another time that differs."""
        first, *rest = settled
        other = next((one for one in rest if changed(one, first)), None)
        agreed = all(one.said == first.said for one in rest)
        spans = [_sentence(one.place, asked.ahead) for one in (first, other) if one]
        told = (_reported(span) if other else "" for span in spans)
        sentences = (
            Claim(span.quote, (span,), lead, "sentence")
            for span, lead in zip(spans, told, strict=True)
        )
        claims = (Claim(prompts.phrase(first.said), (), kind="phrase"), *sentences)
        # The confidence is in the reader's words, which need not say yes or no.
        sure = agreed and self._decision.confidence.doubt(confidence) == "none"
        doubt: Doubt = "none" if sure else "some"
        others = tuple(claim for _, claim in _others(evidence.found, asked.ahead, spans))
        return Draft(claims, first.said, confidence, evidence.hits, others, doubt)

    def _differ(self, asked: Asked, one: Claim, other: Claim) -> bool:
        """Tell whether two reports answer differently, as far as there is a network to tell."""
        return not self._verifier or self._verifier.differ(asked.whole, one, other)

    def evidence(self, asked: Asked, hits: Sequence[Hit], searched: int | None = None) -> Evidence:
        """Read the hits, and return what they say without deciding whether it is enough."""
        read = self.once(asked, hits)
        found = spans(asked, read)
        if self._large:
            standing = places(found, self._calibration.small.scores)
            order = by_best(standing, read)
            again = self.again(asked, order[:AGAIN])
            found = spans(asked, again)
            read = [*again, *order[AGAIN:]]
        return weighed(read, found, self._decision, searched)

    def once(self, asked: Asked, hits: Sequence[Hit]) -> list[Read]:
        """Return the hits as the small network reads them, in their order."""
        readings = self._small.read(asked.whole, [_text(hit) for hit in hits])
        return [Read(*pair) for pair in zip(hits, readings, strict=True)]

    def again(self, asked: Asked, read: Sequence[Read]) -> list[Read]:
        """Return what was read, as the large network reads it too. There has to be one."""
        assert self._large
        readings = self._large.read(asked.whole, [_text(one.hit) for one in read])
        return [replace(one, again=reading) for one, reading in zip(read, readings, strict=True)]


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
    """Return what the spans that were found in some hits say, as they are to be weighed."""
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


def _text(hit: Hit) -> Text:
    return Text(hit.passage.text, hit.article.label)


def by_best(standing: Sequence[Place], read: Sequence[Read]) -> list[Read]:
    """Return what was read in the order of its likeliest places; where there is none, last."""
    best: dict[str, float] = {}
    for place in standing:
        known = best.get(place.hit.passage.id, -math.inf)
        best[place.hit.passage.id] = max(known, place.score)
    return sorted(read, key=lambda one: -best.get(one.hit.passage.id, -math.inf))


def longest_span(asked: Asked) -> int:
    """Return how many tokens an answer may have."""
    return _LONG if asked.wants_sentence else MAX_TOKENS


def asks_for_dates(asked: Asked) -> Dated:
    """Return what tells whether a span is of a time, or a duration, if the question asks for it."""
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


def _reported(span: Span) -> str:
    written = span.timing.written
    return prompts.phrase("reported", written=day(written)) if written else ""


def _sentences(found: Sequence[Finding]) -> list[Place]:
    """Return the likeliest places, one of each sentence: those in which yes or no is looked for."""
    places = sorted((place for one in found for place in one.places), key=lambda one: -one.score)
    each: dict[tuple[str, Offsets], Place] = {}
    for place in places:
        each.setdefault((place.hit.passage.id, place.candidate.sentence), place)
    return list(each.values())[:SETTLING]


def _refusal(evidence: Evidence, confidence: float, ahead: bool) -> Draft:
    others = [claim for _, claim in _others(evidence.found, ahead)]
    return Draft(confidence=confidence, hits=evidence.hits, others=tuple(others))


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
    seen = {span.place for span in known}
    places = [place for finding in found[:_FINDINGS] for place in finding.places]
    others: list[tuple[float, Claim]] = []
    for place in sorted(places, key=lambda place: -place.score):
        span = _sentence(place, ahead)
        if span.place not in seen:
            seen.add(span.place)
            others.append((place.score, Claim(place.text, (span,), kind=place.kind)))
    return others[:_OTHERS]
