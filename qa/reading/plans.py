"""Planned or happened: what was still to come when it was written, and what was reported since."""

import datetime
import re
from collections.abc import Sequence
from dataclasses import replace

from qa import dates, prompts
from qa.text.sentences import Offsets
from qa.text.words import stems
from qa.types import Claim, DateExpression, Draft, Span, Timing, day

_DAY = datetime.timedelta(1)
# A plan may be put off for so long, and the report still be of it.
_PUT_OFF = datetime.timedelta(14)
# Words that the sentences of a plan and of its report share, where nothing else says they belong.
_SHARED = 3
_UNTIL = re.compile(r"\b(?:until|before)\s+(?:\w+\s+){0,2}$")
# Leaves open what became of it: "had been expected to open on Thursday".
_HAD_BEEN = re.compile(r"\bhad\s+(?:been|hoped|planned|expected)\b")
_EXPECTED = re.compile(r"(?i:\bexpect|\bforecast|\blikely\b)")


def timing(
    text: str,
    answer: Offsets,
    sentence: Offsets,
    found: Sequence[DateExpression],
    written: datetime.date | None,
    ahead: bool = False,
) -> Timing:
    """Return when a sentence was written, which days the answer in it names, and when it is due.

    `answer` and `sentence` are stretches of `text`, and `found` its dates; `ahead` says that the
    question itself looks forward. Of the answer's days the most exact count. If they are later
    than the day of writing, it was to come, unless the clause before says "not"; if they are
    earlier, it was not. Without any, or if that day is one of them, the words around tell. What
    those announce is due the day after, or else on the most exact date in the sentence that is to
    come.
    """
    days = min(_of_answer(found, answer), key=_exactness, default=None)
    due = _due(text, answer, sentence, found, written, days, ahead)
    return Timing(written, days, due, _named(text, answer, found) if days else "")


def _named(text: str, answer: Offsets, found: Sequence[DateExpression]) -> str:
    """Return the days that an answer names, in full: those that it is, or is cut out of."""
    full = {(start, end): words for start, end, words in dates.resolved(text, found)}
    told = dict.fromkeys(
        next(
            (
                words
                for (start, end), words in full.items()
                if start <= one.start and one.end <= end
            ),
            # Written with its year.
            one.text,
        )
        for one in _held(found, answer)
    )
    return ", ".join(told)


def _due(
    text: str,
    answer: Offsets,
    sentence: Offsets,
    found: Sequence[DateExpression],
    written: datetime.date | None,
    days: dates.Period | None,
    ahead: bool,
) -> datetime.date | None:
    """Return the first day on which what a sentence says can have happened, if it was to come."""
    if written is None or written == datetime.date.max:
        return None
    if days and days[0] > written:
        # "If he does not win, a second round will take place": of another clause it says nothing.
        clause = max(sentence[0], *(text.rfind(mark, 0, answer[0]) for mark in ",;:"))
        # "Not until Friday" is on Friday.
        denied = dates.denies(text, clause, answer[0]) and not _UNTIL.search(
            text, clause, answer[0]
        )
        return None if denied or _HAD_BEEN.search(text, clause, answer[0]) else days[0]
    if days and days[1] < written:
        return None
    if not dates.announces(text, *answer, after=ahead):
        return None
    if days:
        return written + _DAY
    coming = [time for time in _times(found, sentence) if time[0] > written]
    first, _ = min(coming, key=_exactness, default=(written + _DAY, None))
    return first


def planned(draft: Draft) -> datetime.date | None:
    """Return the first day on which what a draft says can have happened, if it was to come.

    None also where it says several things: reports that differ, or a sentence.
    """
    if len(draft.claims) != 1 or draft.claims[0].kind != "words":
        return None
    return draft.claims[0].spans[0].timing.due


def report(plan: Claim, later: Draft) -> Claim | None:
    """Return what one of a later draft's answers reports of a plan; None if none does.

    It was written on the day that the plan was due, or after, and not as a plan. Where the plan
    names days, so does the report: of them, or up to a fortnight after the last; the most exact
    counts. Else the words of one are among those of the other. Of places that are not the draft's
    own answer, the sentence has to be like the plan's.
    """
    found = [_reporting(claim, plan) for claim in later.claims]
    found += [
        _reporting(claim, plan)
        for claim in later.others
        if _shared(claim.spans[0].quote, plan.spans[0].quote) >= _SHARED
    ]
    return min((claim for claim in found if claim.spans), key=_vagueness, default=None)


def _reporting(claim: Claim, plan: Claim) -> Claim:
    """Return a claim with those of its spans that report a plan."""
    spans = tuple(span for span in claim.spans if _reports(claim.text, span, plan))
    return replace(claim, spans=spans)


def _vagueness(claim: Claim) -> int:
    days = claim.spans[0].timing.days
    return dates.length(days) if days else 0


def _shared(one: str, other: str) -> int:
    return len(stems(one) & stems(other))


def _reports(text: str, span: Span, plan: Claim) -> bool:
    before, after = plan.spans[0].timing, span.timing
    if not before.due or not after.written or after.written < before.due or after.due:
        return False
    if before.days:
        first, last = before.days
        return bool(after.days and first <= after.days[1] and after.days[0] <= latest(last))
    return _shared(text, plan.text) >= max(1, min(len(stems(text)), len(stems(plan.text))))


def latest(day: datetime.date) -> datetime.date:
    """Return the last day on which what was to be on a day may be, or be reported on."""
    return day + min(_PUT_OFF, datetime.date.max - day)


def with_report(draft: Draft, found: Claim | None) -> Draft:
    """Return a draft of a plan that says so, with what was reported since, if that was found."""
    (plan,) = draft.claims
    spans = tuple(span for span in plan.spans if not _reports(plan.text, span, plan))
    claims = [told(replace(plan, spans=spans))]
    if found:
        claims.append(told(found))
    return replace(draft, claims=tuple(claims))


def told(claim: Claim) -> Claim:
    """Return what was planned, or reported, with words before it that say so, and when.

    Where these name the days that the claim is of, its sentence follows; else its own words.
    """
    span = claim.spans[0]
    assert span.timing.written is not None
    written, days = day(span.timing.written), span.timing.named
    if not span.timing.due:
        lead = prompts.phrase("reported", written=written)
    elif not days:
        # May be a forecast as well: "inflation will top 11%".
        lead = prompts.phrase("expected", written=written)
    else:
        name = "expected_for" if _EXPECTED.search(span.quote) else "planned_for"
        lead = prompts.phrase(name, days=days, written=written)
    if days:
        # What others share with it is the day, not the sentence.
        return replace(claim, text=span.quote, spans=(span,), kind="sentence", lead=lead)
    return replace(claim, lead=lead)


def _of_answer(found: Sequence[DateExpression], answer: Offsets) -> list[dates.Period]:
    """Return the times that an answer is, or is cut out of: "the 2022 World Cup" is none."""
    return [days for _, days in dates.occasions(_held(found, answer))]


def _held(found: Sequence[DateExpression], answer: Offsets) -> list[DateExpression]:
    start, end = answer
    return [one for one in found if 2 * (min(end, one.end) - max(start, one.start)) >= end - start]


def _times(found: Sequence[DateExpression], stretch: Offsets) -> list[dates.Period]:
    inside = [one for one in found if stretch[0] <= one.start and one.end <= stretch[1]]
    return [days for _, days in dates.occasions(inside)]


def _exactness(days: dates.Period) -> tuple[int, dates.Period]:
    return dates.length(days), days
