"""TIMEX3 values → the days they stand for, and what people are shown."""

import calendar
import datetime
import re
from collections.abc import Iterable

from qa.dates.lexicon import DAY_PARTS
from qa.text.vocabulary import MONTHS
from qa.types import DateExpression, day

Period = tuple[datetime.date, datetime.date]
# The first and the last month of a season, as the northern half of the world has it. A winter is
# named after the year it ends in here.
_SEASONS = {"SP": (3, 5), "SU": (6, 8), "FA": (9, 11), "WI": (12, 2)}
_NAMES = {"SP": "spring", "SU": "summer", "FA": "autumn", "WI": "winter"}
_PARTS = {code: name for name, code in DAY_PARTS.items()}
# Days in the longest time that can tell when something happened: "the 1990s" cannot.
_LONGEST = 366
_CLOCK = re.compile(r"T\d")
_NAMED = re.compile(rf"(?i:day\b|tonight|tomorrow|\b(?:{'|'.join(name[:3] for name in MONTHS)}))")
_VALUE = re.compile(
    r"(?P<year>\d{4})(?:-(?:(?P<month>\d\d)(?:-(?P<day>\d\d)(?:T(?P<time>\d\d:\d\d|[A-Z]{2}))?)?"
    r"|W(?P<week>\d\d)(?P<weekend>-WE)?|Q(?P<quarter>[1-4])|H(?P<half>[12])|(?P<season>SP|SU|FA|WI)))?"
    r"|(?P<decade>\d{3})X|(?P<century>\d\d)XX"
)


def period(value: str) -> Period | None:
    """Return the first and the last day of a value.

    None for durations, repetitions, and what has no place in the calendar: PRESENT_REF.
    """
    found = _VALUE.fullmatch(value)
    try:
        return _period(found) if found else None
    except ValueError:
        # There is no such day, or the calendar does not reach so far.
        return None


def length(days: Period) -> int:
    """Return how many days the last one is after the first."""
    return (days[1] - days[0]).days


def dated(found: Iterable[DateExpression]) -> list[tuple[DateExpression, Period]]:
    """Return the expressions that have a place in the calendar, with their first and last days."""
    return [(one, days) for one in found if (days := period(one.value))]


def occasions(found: Iterable[DateExpression]) -> list[tuple[DateExpression, Period]]:
    """Return the dated expressions of at most a year: only those tell when something happened.

    "At 9 p.m." is left out where no day stands beside it: of which day, nobody says.
    """
    return [
        (one, days)
        for one, days in dated(found)
        if length(days) <= _LONGEST
        and not (one.uncertain and _CLOCK.search(one.value) and not _NAMED.search(one.text))
    ]


def _period(found: re.Match[str]) -> Period | None:
    if found["century"] or found["decade"]:
        return _years(int(found["century"] or found["decade"]), 100 if found["century"] else 10)
    year = int(found["year"])
    if found["day"]:
        one = datetime.date(year, int(found["month"]), int(found["day"]))
        return one, one
    if found["week"]:
        return _week(year, int(found["week"]), bool(found["weekend"]))
    if found["season"]:
        first, last = _SEASONS[found["season"]]
        return _months(year - (first > last), first, year, last)
    if found["quarter"] or found["half"]:
        size = 3 if found["quarter"] else 6
        last = size * int(found["quarter"] or found["half"])
        return _months(year, last - size + 1, year, last)
    if found["month"]:
        return _months(year, int(found["month"]), year, int(found["month"]))
    return _years(year, 1)


def _months(year: int, month: int, last_year: int, last: int) -> Period | None:
    if not 1 <= year <= last_year <= datetime.MAXYEAR:
        return None
    end = calendar.monthrange(last_year, last)[1]
    return datetime.date(year, month, 1), datetime.date(last_year, last, end)


def _years(number: int, size: int) -> Period | None:
    return _months(number * size, 1, number * size + size - 1, 12)


def _week(year: int, week: int, weekend: bool) -> Period:
    monday = datetime.date.fromisocalendar(year, week, 1)
    return monday + datetime.timedelta(5 * weekend), monday + datetime.timedelta(6)


def shown(value: str) -> str:
    """Return a value as people write it: 30 March 2017, 27 March – 2 April 2017, the 1990s.

    Empty for what is no date of the calendar.
    """
    found, days = _VALUE.fullmatch(value), period(value)
    if not found or not days:
        return ""
    if found["century"]:
        return f"{days[0].year}–{days[1].year}"
    if found["decade"]:
        return f"the {days[0].year}s"
    if found["day"]:
        return day(days[0]) + _time(found["time"])
    if found["season"]:
        name = _NAMES[found["season"]]
        winter = f"{days[0].year}–{days[1].year % 100:02}"
        return f"{name} {winter if found['season'] == 'WI' else days[0].year}"
    if found["month"]:
        return f"{days[0]:%B %Y}"
    if found["week"] or found["quarter"] or found["half"]:
        return joined(*days)
    return str(days[0].year)


def _time(time: str | None) -> str:
    if not time:
        return ""
    return f", {_PARTS[time]}" if time in _PARTS else f", {time}"


def joined(first: datetime.date, last: datetime.date) -> str:
    """Return a stretch of days, as short as it can be said: 27–28 April 2017."""
    if first == last:
        return day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{day(last)}"
    if first.year == last.year:
        return f"{first.day} {first:%B} – {day(last)}"
    return f"{day(first)} – {day(last)}"
