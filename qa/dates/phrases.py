"""Date expressions → the words that stand beside them: "Thursday" → 30 March 2017."""

import datetime
import re
from collections.abc import Iterator, Sequence

from dateutil.relativedelta import relativedelta

from qa.dates.values import Period, dated, joined, shown
from qa.types import DateExpression, Source

_TO = re.compile(r"\s*(?:[-–—]|to|through|until)\s*(?:the\s+)?")
_AND = re.compile(r"\s*and\s*(?:the\s+)?")
_BETWEEN = re.compile(r"\b[Bb]etween\s+(?:the\s+)?$")


_Dated = tuple[DateExpression, Period]


def hints(text: str, found: Sequence[DateExpression]) -> list[tuple[str, str]]:
    """Return which of a text's dates stand for more than they say, each with what it stands for.

    `found` are by offsets into `text`. Two that make a range are one: "April 27 to 28" stands for
    27–28 April 2017. "Perhaps" is set before what is uncertain. What is written with its year,
    and what has no place in the calendar, is left out.
    """
    return [(text[start:end], words) for start, end, words in resolved(text, found)]


def resolved(text: str, found: Sequence[DateExpression]) -> list[tuple[int, int, str]]:
    """Return what `hints` does, with where it stands in the text in place of the words."""
    return [
        (group[0][0].start, group[-1][0].end, words)
        for group in _groups(text, found)
        if (words := _words(text, group))
    ]


def _groups(text: str, found: Sequence[DateExpression]) -> Iterator[list[_Dated]]:
    """Yield the dates, those of a range together."""
    left = dated(found)
    while left:
        group = [left.pop(0)]
        if left and _range(text, group[0][0], left[0][0]):
            group.append(left.pop(0))
        yield group


def _range(text: str, first: DateExpression, second: DateExpression) -> bool:
    """Tell whether two dates are the ends of one time: "Monday and Thursday" are not."""
    gap = text[first.end : second.start]
    between = _AND.fullmatch(gap) and _BETWEEN.search(text, 0, first.start)
    one_day = all(re.fullmatch(r"\d{4}-\d\d-\d\d", one.value) for one in (first, second))
    return bool(between or _TO.fullmatch(gap)) and one_day and first.value < second.value


def _words(text: str, group: Sequence[_Dated]) -> str:
    if any("T" in one.value and one.uncertain for one, _ in group):
        # "Opens at 9 a.m.": of which day, nobody says.
        return ""
    if any(str(days[0].year) in text[one.start : one.end] for one, days in group):
        return ""
    (first, days), (last, later) = group[0], group[-1]
    # A time of day is said in the text as well as it could be here.
    words = shown(first.value.partition("T")[0]) if first is last else joined(days[0], later[1])
    if words.lower() in text[first.start : last.end].lower():
        return ""
    return f"perhaps {words}" if any(one.uncertain for one, _ in group) else words


def aged(source: Source) -> str:
    """Return an article's label with its age: "Bridge opened (12 June 2021), 5 years ago"."""
    old = age(source.date, datetime.date.today()) if source.date else ""
    return f"{source.label}, {old}" if old else source.label


def age(date: datetime.date, today: datetime.date) -> str:
    """Return how long ago a day was: today, 3 days ago, 9 years ago; '' if it is to come."""
    days = (today - date).days
    if days < 0:
        return ""
    if days < 2:
        return ("today", "yesterday")[days]
    gone = relativedelta(today, date)
    months = 12 * gone.years + gone.months
    # "10 days", "6 weeks" and "15 months" are more exact than "1 week", "1 month" or "1 year".
    for name, count in (("year", gone.years), ("month", months), ("week", days // 7)):
        if count >= 2:
            return f"{count} {name}s ago"
    return f"{days} days ago"
