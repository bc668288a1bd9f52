"""Where articles disagree on a value: a toll, a price, a date. Both are shown, the newest first."""

import datetime
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from qa import prompts
from qa.dates import length
from qa.text.amounts import Quantities, quantities
from qa.text.words import stems
from qa.types import Claim, Span, day

# Reports further apart are hardly of one event: last year's toll does not correct this year's.
_APART = datetime.timedelta(31)
# Two sentences are of one event if they share at least this part of the shorter one's words,
# figures aside, and at least two words.
_ALIKE = 0.5
# "Nearly 40" does not contradict "38".
_ROUND = 0.1
_SHOWN = 3
# Only periods shorter than this, in days, contradict: a month does not contradict one of its days.
_LONG = 8
_ABOUT = re.compile(
    r"\b(?:about|around|nearly|almost|roughly|approximately|some|over|more than)\b", re.IGNORECASE
)
_NEXT_WORD = re.compile(r"\W{0,2}\w+")


def differing(
    answer: Claim, others: Sequence[Claim], otherwise: Callable[[Claim, Claim], bool]
) -> tuple[Claim, ...]:
    """Return an answer with the claims that give another figure or day for the same event.

    If no claim differs, the answer is returned alone, else each claim with its date, the newest
    first. Each of `others` has one span; of several claims with one value, the first is taken.
    `otherwise` decides whether the second of two claims really answers differently from the first,
    since another number may count something else.
    """
    kept = [answer]
    for other in others:
        if len(kept) < _SHOWN and all(
            _differ(one, other) and otherwise(one, other) for one in kept
        ):
            kept.append(other)
    if len(kept) == 1:
        return (answer,)
    return tuple(sorted(map(_dated, kept), key=_written, reverse=True))


def _dated(claim: Claim) -> Claim:
    return replace(claim, lead=prompts.phrase("reported", written=day(_written(claim))))


def _written(claim: Claim) -> datetime.date:
    return claim.spans[0].timing.written or datetime.date.min


def _differ(one: Claim, other: Claim) -> bool:
    """Tell whether two claims of different days are of one event and give different values."""
    span, rival = one.spans[0], other.spans[0]
    written, later = span.timing.written, rival.timing.written
    if not written or not later or not datetime.timedelta(0) < abs(later - written) <= _APART:
        return False
    # The same "Monday" may be two days.
    same = one.text.lower() == other.text.lower()
    if not same and (_says(rival.quote, one.text) or _says(span.quote, other.text)):
        return False
    if span.timing.days and rival.timing.days:
        (first, last), (begin, end) = days = span.timing.days, rival.timing.days
        exact = all(length(some) < _LONG for some in days)
        apart = exact and (last < begin or end < first)
    else:
        apart = _apart(_phrase(one.text, span), _phrase(other.text, rival))
    return apart and _alike(span.quote, rival.quote)


def _phrase(text: str, span: Span) -> tuple[str, Quantities]:
    """Return an answer with the two words before it, and the amounts in it and the next word."""
    start = max(0, span.quote.find(text))
    after = _NEXT_WORD.match(span.quote, start + len(text))
    named = quantities(span.quote[start : after.end() if after else None])
    return " ".join([*span.quote[:start].split()[-2:], text]), named


def _apart(one: tuple[str, Quantities], other: tuple[str, Quantities]) -> bool:
    """Tell whether two answers give different amounts of the same thing."""
    (text, first), (words, second) = one, other
    if not first.amounts or not second.amounts or first.amounts & second.amounts:
        return False
    if first.units != second.units and not first.units & second.units:
        return False
    low, high = sorted((min(first.amounts), min(second.amounts)))
    return high - low > _ROUND * high or not _ABOUT.search(f"{text} {words}")


def _says(quote: str, words: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(words)}(?!\w)", quote))


def _alike(quote: str, other: str) -> bool:
    words, rival = (
        {stem for stem in stems(text) if not stem[0].isdigit()} for text in (quote, other)
    )
    return len(words & rival) >= max(2, _ALIKE * min(len(words), len(rival)))
