"""A text and its date → the date expressions in it, each with its value."""

import datetime
import re
from collections.abc import Callable
from functools import lru_cache

from qa.dates.clock import clock
from qa.dates.days import days
from qa.dates.durations import durations
from qa.dates.holidays import NAMES, holidays
from qa.dates.lexicon import LEADING, TELLING
from qa.dates.months import months
from qa.dates.relative import relative
from qa.dates.rules import Context, Value
from qa.dates.tense import sentence_around
from qa.dates.values import period
from qa.dates.weekdays import weekdays
from qa.dates.years import years
from qa.types import DateExpression

_RULES = [*days, *months, *years, *holidays, *weekdays, *clock, *relative, *durations]
# Where any of them may begin: their patterns in one, without the names of their groups.
_ANY = re.compile(
    "|".join(re.sub(r"\(\?P<\w+>", "(?:", rule.pattern.pattern) for rule in _RULES), re.VERBOSE
)
_WORD = re.compile(r"[QqHh][1-4]\b|[ap]\.m\b|[A-Za-z]+|\d[\d/.:-]*(?:s|st|nd|rd|th)?")
# Of figures: a year, a decade, a day of the month, and what has strokes; no other gives one away.
_FIGURES = re.compile(r"(?:1[5-9]|20)\d\d|\d0s|\d+[/.:-]\d|[0-2]\d{3}|\d{1,2}(?:st|nd|rd|th)")
_TELLING = TELLING | {name.split()[-1] for name in NAMES}
_LEADING = LEADING | {word for name in NAMES for word in re.split(r"[\s-]", name)}
_BREAK = re.compile(r"\n\s*\n")
# How far the beginning of an expression may be from the word that gives it away.
_REACH = 48


# Two days without anything in common: what resolves to the same against both needs neither.
_YEARS = range(1500, 2201)
_UNLIKE = (datetime.date(1987, 2, 11), datetime.date(2030, 8, 24))


def find(
    text: str, date: datetime.date | None, step: Callable[[], object] | None = None
) -> list[DateExpression]:
    """Return the date expressions of a text, in order, resolved against the text's own date.

    Of a text without a date, those that need none: "March 2015", but not "Thursday". So too of one
    that is said to be of the year 1 or 9999, as missing dates sometimes are. `step` is called
    before each word that may be of a date: what it raises ends the search.
    """
    if date is None or date.year not in _YEARS:
        one, other = (find(text, day, step) for day in _UNLIKE)
        same = set(other)
        return [expression for expression in one if expression in same]
    context = Context(text, date)
    found: list[DateExpression] = []
    place = 0
    # Where an expression may begin that has not come to a telling word yet.
    begins: list[int] = []
    for word in _WORD.finditer(text):
        lower, start = word[0].lower(), word.start()
        telling = lower in _TELLING
        if telling or lower in _LEADING or lower[0].isdigit():
            begins.append(start)
        if start < place or not (telling or _FIGURES.match(lower)):
            continue
        if step is not None:
            step()
        begins = [begin for begin in begins if begin >= max(place, start - _REACH)]
        for begin in begins:
            if begin >= place and _ANY.match(text, begin) and (best := _best(begin, context)):
                found += best
                place = best[-1].end
                _remember(best[-1], context)
                if place > start:
                    break
        begins.clear()
    return found


def _remember(found: DateExpression, context: Context) -> None:
    if "-Q" in found.value:
        context.quarter = found.value
        context.quarter_ends = sentence_around(context.text, found.start, found.end)[1]
    if span := period(found.value):
        context.last_start = span[0]
        if span[0] == span[1]:
            context.last = span[0]


def _best(start: int, context: Context) -> list[DateExpression]:
    """Return the longest expression that begins at a place, or the two of a range."""
    matches = [(rule, rule.pattern.match(context.text, start)) for rule in _RULES]
    ordered = sorted(
        ((match.end(), rule, match) for rule, match in matches if match), key=lambda row: -row[0]
    )
    for _, rule, match in ordered:
        if _BREAK.search(context.text, *match.span()):
            # "Season 4", and below it "May 27".
            continue
        value = rule.resolve(match, context)
        if value is None:
            continue
        values = value if isinstance(value, dict) else {0: value}
        return [_expression(match, group, one) for group, one in values.items()]
    return []


def _expression(match: re.Match[str], group: str | int, value: Value | str) -> DateExpression:
    one = value if isinstance(value, Value) else Value(value)
    start, end = match.span(group)
    return DateExpression(start, end, match[group], one.value, one.uncertain)


@lru_cache(maxsize=512)
def kept(text: str, date: datetime.date | None) -> tuple[DateExpression, ...]:
    """Return what `find` does, and keep it: many sentences of one text are looked at in turn."""
    return tuple(find(text, date))
