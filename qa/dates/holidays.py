"""Holidays by name: those of the United States and of the Christian year."""

import calendar
import datetime
import re
from collections.abc import Callable

from dateutil import easter

from qa.dates.absolute import SHIFT, YEAR, year_in
from qa.dates.relative import enclosing
from qa.dates.rules import Context, Grammar, Resolved
from qa.text.vocabulary import any_of

holidays = Grammar()


def _nth(year: int, month: int, weekday: int, place: int) -> datetime.date:
    """Return the nth weekday of a month, from its end where `place` is negative."""
    days = [
        week[weekday]
        for week in calendar.Calendar().monthdatescalendar(year, month)
        if week[weekday].month == month
    ]
    return days[place - 1 if place > 0 else place]


# What news in English names most.
_HOLIDAYS: dict[str, Callable[[int], datetime.date]] = {
    "new year's day": lambda y: datetime.date(y, 1, 1),
    "new year's eve": lambda y: datetime.date(y, 12, 31),
    "christmas eve": lambda y: datetime.date(y, 12, 24),
    "christmas day": lambda y: datetime.date(y, 12, 25),
    "christmas": lambda y: datetime.date(y, 12, 25),
    "boxing day": lambda y: datetime.date(y, 12, 26),
    "halloween": lambda y: datetime.date(y, 10, 31),
    "valentine's day": lambda y: datetime.date(y, 2, 14),
    "st. patrick's day": lambda y: datetime.date(y, 3, 17),
    "independence day": lambda y: datetime.date(y, 7, 4),
    "fourth of july": lambda y: datetime.date(y, 7, 4),
    "july fourth": lambda y: datetime.date(y, 7, 4),
    "juneteenth": lambda y: datetime.date(y, 6, 19),
    "veterans day": lambda y: datetime.date(y, 11, 11),
    "armistice day": lambda y: datetime.date(y, 11, 11),
    "may day": lambda y: datetime.date(y, 5, 1),
    "bastille day": lambda y: datetime.date(y, 7, 14),
    "martin luther king jr. day": lambda y: _nth(y, 1, 0, 3),
    "martin luther king day": lambda y: _nth(y, 1, 0, 3),
    "presidents' day": lambda y: _nth(y, 2, 0, 3),
    "presidents day": lambda y: _nth(y, 2, 0, 3),
    "memorial day": lambda y: _nth(y, 5, 0, -1),
    "labor day": lambda y: _nth(y, 9, 0, 1),
    "columbus day": lambda y: _nth(y, 10, 0, 2),
    "election day": lambda y: _nth(y, 11, 0, 1) + datetime.timedelta(1),
    "thanksgiving day": lambda y: _nth(y, 11, 3, 4),
    "thanksgiving": lambda y: _nth(y, 11, 3, 4),
    "black friday": lambda y: _nth(y, 11, 3, 4) + datetime.timedelta(1),
    "mother's day": lambda y: _nth(y, 5, 6, 2),
    "father's day": lambda y: _nth(y, 6, 6, 3),
    "good friday": lambda y: easter.easter(y) - datetime.timedelta(2),
    "easter sunday": easter.easter,
    "easter monday": lambda y: easter.easter(y) + datetime.timedelta(1),
    "palm sunday": lambda y: easter.easter(y) - datetime.timedelta(7),
    "ash wednesday": lambda y: easter.easter(y) - datetime.timedelta(46),
    "easter": easter.easter,
}


# "Easter Island", "Christmas tree": no days.
_NO_DAY = re.compile(
    r"\s+(?:Island|Agreement|Kills|Ends|[Tt]rees?|[Cc]arols?|[Mm]arkets?|Bowl|[Cc]ards?|[Mm]ovies?)\b"
)
# The day of another country.
_OTHERS = re.compile(r"['’]s\s+Independence|(?:ian|ani|ese|ish)\s+Independence")
_HOLIDAY = any_of(_HOLIDAYS).replace("'", "['’]")


@holidays.rule(
    rf"""(?:(?P<which>(?i:last|this|next))\s+)?(?P<name>(?i:{_HOLIDAY}))
    (?P<week>\s+week(?:end)?)?(?:,?\s+(?:of\s+)?(?:(?P<year>{YEAR})|(?P<shift>{SHIFT})))?"""
)
def _holiday(match: re.Match[str], context: Context) -> Resolved:
    if not match["name"][0].isupper() or _NO_DAY.match(context.text, match.end()):
        return None
    near = context.text[max(0, match.start() - 30) : match.end()]
    if match["name"].startswith("Independence") and _OTHERS.search(near):
        return None
    day = _HOLIDAYS[" ".join(match["name"].lower().replace("’", "'").split())]
    date, which = context.date, (match["which"] or "").lower()
    if match["year"] or match["shift"]:
        found = day(int(year_in(match, context, 1).value))
    else:
        before = max(d for d in map(day, (date.year - 1, date.year)) if d <= date)
        after = min(d for d in map(day, (date.year, date.year + 1)) if d >= date)
        ahead = which == "next" or (which != "last" and context.direction(match) > 0)
        found = after if ahead else before
        if which == "this":
            found = day(date.year)
        elif not which and not ahead and (after - date).days < 15 < (date - before).days:
            found = after
    if match["week"]:
        return enclosing(found, match["week"].strip())
    return found.isoformat()
