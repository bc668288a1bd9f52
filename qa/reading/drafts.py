"""Evidence → the reader's answer: a few words, a sentence, or yes or no."""

import datetime
import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import replace

from qa import prompts
from qa.dates import dated, kept
from qa.reading.differing import differing
from qa.reading.evidence import Evidence
from qa.reading.findings import Finding, Place
from qa.reading.plans import timing
from qa.reading.verify import Settled, changed
from qa.search.question import Asked
from qa.text.sentences import Offsets
from qa.types import Claim, Doubt, Draft, Span, day

# How many places of an answer are cited: more would bury the answer. Each place has at least half
# the weight of the best, since the same words can stand in a passage that does not answer.
_CITED = 3
_NEAR = math.log(2)
# How many sentences may settle yes or no: further down, some sentence says either by chance.
_SETTLING = 4
# News of so long before the time that is asked about is of another occasion.
_YEAR = datetime.timedelta(days=365)
# How many findings, and other places, are searched for a later report or another value.
_FINDINGS = 12
_OTHERS = 12


def refusal(asked: Asked, evidence: Evidence, confidence: float) -> Draft:
    """Return a draft without claims; `others` keeps the places that were found."""
    others = [claim for _, claim in _others(evidence.found, asked.ahead)]
    return Draft(confidence=confidence, hits=evidence.hits, others=tuple(others))


def in_a_sentence(asked: Asked, evidence: Evidence, draft: Draft, unsettled: bool) -> Draft:
    """Answer with a whole sentence, where a few words would be a clipped reason or a guess.

    Only this one sentence is cited: other places share its words, not what it says. If a question
    for yes or no is `unsettled`, the answer begins with the phrase that the archive says neither.
    """
    best = evidence.found[0]
    span = _sentence(best.places[0], asked.ahead)
    claims: tuple[Claim, ...] = (Claim(span.quote, (span,), kind="sentence"),)
    if unsettled:
        claims = (Claim(prompts.phrase("unsettled"), (), kind="phrase"), *claims)
        draft = replace(draft, doubt="none")
    others = tuple(claim for _, claim in _others(evidence.found, asked.ahead, (span,)))
    short = span.quote if asked.yes_or_no else best.text
    return replace(draft, claims=claims, short=short, others=others)


def in_words(
    asked: Asked, evidence: Evidence, draft: Draft, differ: Callable[[Claim, Claim], bool]
) -> Draft:
    """Answer with a few words, and the sentences that they stand in.

    `differ` tells whether two claims answer the question differently.
    """
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
    claims = differing(claim, rivals, differ)
    others = tuple(other for _, other in scored)
    return replace(draft, claims=claims, short=best.text, others=others)


def by_yes_or_no(
    asked: Asked, evidence: Evidence, draft: Draft, settled: Sequence[Settled]
) -> Draft:
    """Say yes or no with the first settled sentence, and show one of another time that differs."""
    first, *rest = settled
    other = next((one for one in rest if changed(one, first)), None)
    agreed = all(one.said == first.said for one in rest)
    spans = [_sentence(one.place, asked.ahead) for one in (first, other) if one]
    told = (_reported(span) if other else "" for span in spans)
    sentences = (
        Claim(span.quote, (span,), lead, "sentence") for span, lead in zip(spans, told, strict=True)
    )
    claims = (Claim(prompts.phrase(first.said), (), kind="phrase"), *sentences)
    # The reader's confidence is about its words, and not about yes or no.
    doubt: Doubt = "none" if agreed and draft.doubt == "none" else "some"
    others = tuple(claim for _, claim in _others(evidence.found, asked.ahead, spans))
    return replace(draft, claims=claims, short=first.said, others=others, doubt=doubt)


def settling(asked: Asked, found: Sequence[Finding]) -> list[Place]:
    """Return the likeliest places, one for each sentence, in which yes or no is looked for.

    A sentence written a year or more before the time that the question names is left out, unless
    the sentence names that time: a report of 2016 does not settle whether somebody won in 2022.
    """
    places = sorted((place for one in found for place in one.places), key=lambda one: -one.score)
    each: dict[tuple[str, Offsets], Place] = {}
    for place in places:
        each.setdefault((place.hit.passage.id, place.candidate.sentence), place)
    first = datetime.date.min
    # Of a time that is still to come, all was written before.
    if asked.period and asked.today and asked.period[0] <= asked.today and not asked.ahead:
        first = asked.period[0] - _YEAR
    return [one for one in each.values() if _reaches(one, first)][:_SETTLING]


def _reaches(place: Place, first: datetime.date) -> bool:
    """Tell whether a sentence was written on or after a day, or names a time that reaches it."""
    text, written = place.hit.passage.text, place.hit.article.date
    if written is None or written >= first:
        return True
    start, end = place.candidate.sentence
    named = dated(one for one in kept(text, written) if start <= one.start and one.end <= end)
    return any(days[1] >= first for _, days in named)


def _reported(span: Span) -> str:
    written = span.timing.written
    return prompts.phrase("reported", written=day(written)) if written else ""


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
    """Return other places that may answer, with their scores, best first, each sentence once."""
    seen = {span.place for span in known}
    places = [place for finding in found[:_FINDINGS] for place in finding.places]
    others: list[tuple[float, Claim]] = []
    for place in sorted(places, key=lambda place: -place.score):
        span = _sentence(place, ahead)
        if span.place not in seen:
            seen.add(span.place)
            others.append((place.score, Claim(place.text, (span,), kind=place.kind)))
    return others[:_OTHERS]
