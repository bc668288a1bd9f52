"""Planned or happened: what was still to come when it was written, and what was reported since."""

import datetime
from collections.abc import Sequence
from dataclasses import replace

from qa import dates
from qa.passages import Offsets
from qa.types import Claim, DateExpression, Draft, Span, Told, day
from qa.wording import stems

_DAY = datetime.timedelta(1)
# A plan may be put off for so long, and the report still be of it.
_PUT_OFF = datetime.timedelta(14)
# Words that the sentences of a plan and of its report share, where nothing else says they belong.
_SHARED = 3


def told(
    text: str,
    answer: Offsets,
    sentence: Offsets,
    found: Sequence[DateExpression],
    written: datetime.date | None,
) -> Told:
    """Return when a sentence was written, which days the answer in it names, and when it is due.

    `answer` and `sentence` are stretches of `text`, and `found` its dates. Of the answer's days
    the most exact count. If they are later than the day of writing, it was to come; without any,
    or if they begin on that very day, the words around tell. What those announce is due on the
    most exact date in the sentence that is to come, or else the day after.
    """
    days = min(_times(found, answer), key=_exactness, default=None)
    if written is None or written == datetime.date.max:
        return Told(written, days)
    if days and days[0] != written:
        return Told(written, days, days[0] if days[0] > written else None)
    if not dates.announces(text, *answer):
        return Told(written, days)
    coming = [time for time in _times(found, sentence) if time[0] > written]
    first, _ = min(coming, key=_exactness, default=(written + _DAY, None))
    return Told(written, days, first)


def planned(draft: Draft) -> datetime.date | None:
    """Return the first day on which what a draft says can have happened, if it was to come.

    None also where it says several things: reports that differ, or a sentence.
    """
    if len(draft.claims) != 1 or draft.claims[0].text == draft.claims[0].spans[0].quote:
        return None
    return draft.claims[0].spans[0].told.due


def report(plan: Claim, later: Draft) -> Claim | None:
    """Return what one of a later draft's places reports of a plan; None if none does.

    It was written on the day that the plan was due, or after, and not as a plan. Where the plan
    names days, so does the report: of them, or up to a fortnight after the last; the most exact
    counts. Else both have a word in common. Of a refusal, the sentence has to be like the plan's.
    """
    found = [
        Claim(claim.text, (span,))
        for claim in (*later.claims, *later.others)
        for span in claim.spans
        if _reports(claim.text, span, plan) and (later.claims or _alike(span, plan.spans[0]))
    ]
    return min(found, key=_vagueness, default=None)


def _vagueness(claim: Claim) -> int:
    days = claim.spans[0].told.days
    return dates.length(days) if days else 0


def _alike(one: Span, other: Span) -> bool:
    return len(stems(one.quote) & stems(other.quote)) >= _SHARED


def _reports(text: str, span: Span, plan: Claim) -> bool:
    before, after = plan.spans[0].told, span.told
    if not before.due or not after.written or after.written < before.due or after.due:
        return False
    if before.days:
        latest = before.days[1] + min(_PUT_OFF, datetime.date.max - before.days[1])
        return bool(after.days and before.due <= after.days[1] and after.days[0] <= latest)
    return bool(stems(plan.text) & stems(text))


def with_report(draft: Draft, found: Claim | None) -> Draft:
    """Return a draft of a plan that says so, with what was reported since, if that was found."""
    (plan,) = draft.claims
    spans = tuple(span for span in plan.spans if not _reports(plan.text, span, plan))
    claims = [replace(plan, spans=spans, note=note(plan.spans[0]))]
    if found:
        claims.append(replace(found, note=note(found.spans[0])))
    return replace(draft, claims=tuple(claims))


def note(span: Span) -> str:
    """Return what people are told of when a sentence was written, and whether it was to come."""
    reported = f"reported {day(span.told.written)}" if span.told.written else "reported"
    if not span.told.due:
        return reported
    # What names no day may be a forecast as well: "inflation will top 11%".
    return f"{'planned' if span.told.days else 'expected'}, {reported}"


def _times(found: Sequence[DateExpression], stretch: Offsets) -> list[dates.Span]:
    # "Wednesday" may be cut out of "early on Wednesday morning".
    touched = [one for one in found if one.start < stretch[1] and stretch[0] < one.end]
    return [days for _, days in dates.events(touched)]


def _exactness(days: dates.Span) -> tuple[int, dates.Span]:
    return dates.length(days), days
