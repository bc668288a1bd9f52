"""Days that a calendar knows by month and day: "March 27, 2015", "27/3/2015", "April 27 to 28"."""

import calendar
import datetime
import math
import re

from qa.dates.rules import Context, Grammar, Resolved, Value
from qa.text.vocabulary import AGENCY_MONTHS, MONTHS, ORDINALS, SHORT_MONTHS, WEEKDAYS, any_of

days = Grammar()

FULL_MONTH = any_of([*MONTHS, *(name.upper() for name in MONTHS)])
AGENCY_MONTH = any_of(AGENCY_MONTHS)
_SHORT = rf"(?:{any_of(SHORT_MONTHS)}\b\.?|{AGENCY_MONTH.upper()}\.)"
MONTH = f"(?:{FULL_MONTH}|{_SHORT})"
# Not the beginning of a larger figure, of a time of day, or of an amount.
DAY = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?(?!\d|[.:]\d|,\d{3}(?!\d)|\s?%|\s?[ap]\.?m\b)"
YEAR = r"(?:1[5-9]|20)\d\d(?!\d|[.,]\d|\s?%)"
WEEKDAY = any_of([*WEEKDAYS, *(name.upper() for name in WEEKDAYS)])
WEEKDAY_SHORT = r"(?:Mon|Tues?|Wed|Thurs?|Thu|Fri|Sat|Sun)\b\.?"
# Parts of a period, "late November", which the value does not tell.
PART = r"(?:(?:early|mid|late|(?:the\s)?(?:start|beginning|middle|end)\sof)[\s-]+)"
TO = r"(?:\s*(?:[-–—]|to|and|or|through|until|till)\s*)"
SHIFT = r"(?:last|this|next|that)\s+year"
_ORDINALS = {
    word: place
    for place, word in enumerate([*ORDINALS, "eleventh", "twelfth", "thirteenth", "fourteenth"], 1)
}
# How far the distances of two dates count beside the words around them, in the logarithm of the
# odds: a date in a week is meant rather than the same date last year, whatever the words say.
_NEARNESS = 1.3
_WEEK = 7
_UNSURE = 0.7


def month_of(name: str) -> int:
    """Return the number of a month, 1 to 12, by its name or the beginning of it."""
    return next(i for i, full in enumerate(MONTHS, 1) if full[:3].lower() == name[:3].lower())


def number_of(day: str) -> int:
    """Return the number that a day is written with: "27th" → 27."""
    return int(re.sub(r"\D", "", day))


def day_value(year: int, month: int, day: str | int) -> str | None:
    """Return the value of a day; None if there is no such day."""
    number = number_of(day) if isinstance(day, str) else day
    if not (1 <= year <= 9999 and 1 <= number <= calendar.monthrange(year, month)[1]):
        return None
    return f"{year:04}-{month:02}-{number:02}"


def nearer(
    before: datetime.date, after: datetime.date, context: Context, likely: float
) -> tuple[bool, bool]:
    """Return whether the later of two days is meant, and whether that is unsure.

    `likely` is how likely the words say that it is to come; the nearer day is likelier as well.
    """
    back, ahead = (context.date - before).days, (after - context.date).days
    odds = math.log(max(likely, 0.01) / max(1 - likely, 0.01))
    score = odds + _NEARNESS * math.log((back + _WEEK) / (ahead + _WEEK))
    # Where the words speak strongly for the other day, nearness alone makes nobody sure.
    against = (score > 0) != (odds > 0) and abs(odds) > 2 * _UNSURE
    return score > 0, against or abs(score) < _UNSURE


def year_of(match: re.Match[str], context: Context, month: int, day: int = 0) -> Value:
    """Return the year of a date written without one: by the words around it, and by nearness."""
    known = context.years.get((month, day))
    if known:
        return Value(str(known))
    date = context.date
    here = (month, day or date.day)
    before = date.year - (here > (date.month, date.day))
    after = date.year + (here < (date.month, date.day))
    if before == after:
        return Value(str(before))
    on = min(day or date.day, 28)
    likely = context.ahead(match.start(), match.end())
    later, unsure = nearer(
        datetime.date(before, month, on), datetime.date(after, month, on), context, likely
    )
    return Value(str(after if later else before), unsure)


def shifted(words: str, context: Context) -> Value:
    """Return the year of "last year", "this year", "next year" or "that year"."""
    which = words.split()[0].lower()
    if which == "that":
        return Value(str((context.last_start or context.date).year), uncertain=True)
    return Value(str(context.date.year + {"last": -1, "this": 0, "next": 1}[which]))


def year_in(match: re.Match[str], context: Context, month: int, day: int = 0) -> Value:
    """Return the year that a date is written with, or else as `year_of` does."""
    groups = match.groupdict()
    if groups.get("year"):
        return Value(groups["year"])
    if groups.get("shift"):
        return shifted(groups["shift"], context)
    return year_of(match, context, month, day)


def full_year(two: int, context: Context) -> int:
    """Return the year that two digits stand for: at most ten years after the text's own."""
    return two + (
        2000 if two <= context.date.year % 100 + 10 and context.date.year >= 2000 else 1900
    )


# Days that are known by their date alone, whatever the article's year.
@days.rule(
    r"(?:September\s+11|Sept\.?\s+11|9/11)(?:th)?(?=,?\s+(?:2001|attack|terror|hijack))|9/11"
    r"|(?P<bombing>7/7)(?=\s+(?:bomb|attack))"
    r"|(?P<capitol>Jan(?:uary|\.)?\s+6)(?:th)?(?=,?\s+(?:2021|attack|riot|insurrection|committee|"
    r"hearing|select|House|rioter|panel|investigation|Capitol))"
)
def _by_its_date(match: re.Match[str], context: Context) -> Resolved:
    value = "2005-07-07" if match["bombing"] else "2001-09-11"
    value = "2021-01-06" if match["capitol"] else value
    return value if context.date.isoformat() >= value else None


@days.rule(
    r"(?P<year>\d{4})(?:-(?P<month>0[1-9]|1[0-2])-(?P<day>[0-3]\d)(?:T\d\d:\d\d\S{0,16})?"
    r"|/(?P<month_>1[0-2]|0?[1-9])/(?P<day_>[0-3]?\d)(?![\d/]))"
)
def _iso(match: re.Match[str], context: Context) -> Resolved:
    month, day = match["month"] or match["month_"], match["day"] or match["day_"]
    return day_value(int(match["year"]), int(month), day)


@days.rule(
    r"(?<![/.\d])(?P<one>\d{1,2})[/.](?P<two>\d{1,2})(?P<mark>[/.])"
    r"(?P<year>(?:19|20)?\d\d)(?![/\d])"
)
def _figures(match: re.Match[str], context: Context) -> Resolved:
    one, two, year = int(match["one"]), int(match["two"]), int(match["year"])
    dots = match["mark"] == "."
    if match[0].count(match["mark"]) != 2 or (dots and year < 100):
        # A version, or a score: "3.11.12".
        return None
    if year < 100:
        year = full_year(year, context)
    # With strokes American, unless only the other way makes a date; with dots never.
    month, day = (two, one) if dots or one > 12 else (one, two)
    if not (1 <= month <= 12 and day):
        return None
    value = day_value(year, month, day)
    return value and Value(value, uncertain=not dots and one <= 12 and two <= 12 and one != two)


@days.rule(rf"(?P<day>\d{{1,2}})-(?P<month>{MONTH})-(?P<year>(?:19|20)?\d\d)")
def _hyphens(match: re.Match[str], context: Context) -> Resolved:
    year = int(match["year"])
    year = full_year(year, context) if year < 100 else year
    return day_value(year, month_of(match["month"]), match["day"])


@days.rule(
    rf"""(?:(?:{WEEKDAY}|{WEEKDAY_SHORT}),?\s+)?
    (?P<first>(?P<month>{MONTH})\s*(?P<day>{DAY})(?:,?\s+(?P<own>{YEAR}))?){TO}
    (?P<second>(?:(?P<month2>{MONTH})\s*)?(?P<day2>{DAY})(?:(?:,\s*|\s+)(?P<year>{YEAR}))?)
    (?!\s*(?:[-–]\d|percent|people|million|billion|{MONTH}))"""
)
def _days_after_month(match: re.Match[str], context: Context) -> Resolved:
    month = month_of(match["month"])
    later = month_of(match["month2"] or match["month"])
    return _range(match, context, month, later)


@days.rule(
    rf"""(?P<first>(?:(?:{WEEKDAY}),?\s+)?(?:the\s+)?(?P<day>{DAY})){TO}
    (?P<second>(?:the\s+)?(?P<day2>{DAY})\s+(?:of\s+)?(?P<month>{MONTH})(?:,?\s+(?P<year>{YEAR}))?)"""
)
def _days_before_month(match: re.Match[str], context: Context) -> Resolved:
    month = month_of(match["month"])
    return _range(match, context, month, month)


@days.rule(
    rf"""(?P<first>(?:(?:{WEEKDAY}),?\s+)?(?:the\s+)?(?P<day>{DAY})\s+(?:of\s+)?(?P<month>{MONTH}))
    {TO}(?P<second>(?:the\s+)?(?P<day2>{DAY})\s+(?:of\s+)?(?P<month2>{MONTH})
    (?:,?\s+(?P<year>{YEAR}))?)"""
)
def _days_before_months(match: re.Match[str], context: Context) -> Resolved:
    return _range(match, context, month_of(match["month"]), month_of(match["month2"]))


def _range(match: re.Match[str], context: Context, month: int, later: int) -> Resolved:
    own = match.groupdict().get("own")
    second = year_in(match, context, later, number_of(match["day2"]))
    year = int(own or second.value) - (not own and month > later)
    values = (
        day_value(year, month, match["day"]),
        day_value(int(second.value), later, match["day2"]),
    )
    if not values[0] or not values[1] or values[0] >= values[1]:
        # "May 24 and 17 others" is no range.
        return None
    return {
        "first": Value(values[0], second.uncertain and not own),
        "second": Value(values[1], second.uncertain),
    }


@days.rule(
    rf"""(?:(?P<name>{WEEKDAY}|{WEEKDAY_SHORT}),?\s+)?
    (?:(?P<month>{MONTH})\s*(?P<day>{DAY})|(?:the\s+)?(?P<day_>{DAY})\s+(?:of\s+)?(?P<month_>{MONTH}))
    (?:(?:,\s*|\s+)(?P<year>{YEAR})|,?\s+(?:of\s+)?(?P<shift>{SHIFT}))?"""
)
def _month_day(match: re.Match[str], context: Context) -> Resolved:
    month = month_of(match["month"] or match["month_"])
    number = number_of(match["day"] or match["day_"])
    year = _by_weekday(match, context, month, number) or year_in(match, context, month, number)
    value = day_value(int(year.value), month, number)
    if match["year"] and not value:
        # There is no such day; of the month there is no doubt.
        return Value(f"{match['year']}-{month:02}", uncertain=True)
    if match["year"]:
        context.years[month, number] = int(match["year"])
    return value and Value(value, year.uncertain)


def _by_weekday(match: re.Match[str], context: Context, month: int, number: int) -> Value | None:
    """Return the one year near the text's own in which a day is the weekday that it is said to be.

    None if the year is written, no weekday is, or it fits no year.
    """
    if not match["name"] or match["year"] or match["shift"]:
        return None
    weekday = next(i for i, name in enumerate(WEEKDAYS) if name[:3] == match["name"][:3].title())
    fitting = [
        year
        for year in (context.date.year, context.date.year - 1, context.date.year + 1)
        if number <= calendar.monthrange(year, month)[1]
        and datetime.date(year, month, number).weekday() == weekday
    ]
    return Value(str(fitting[0])) if len(fitting) == 1 else None


@days.rule(
    rf"""(?i:the\s+)?(?P<place>(?i:{any_of(_ORDINALS)}))\s+(?:day\s+)?of\s+(?P<month>{MONTH})
    (?:,?\s+(?:(?P<year>{YEAR})|(?P<shift>{SHIFT})))?"""
)
def _ordinal_of_month(match: re.Match[str], context: Context) -> Resolved:
    month, number = month_of(match["month"]), _ORDINALS[match["place"].lower()]
    year = year_in(match, context, month, number)
    value = day_value(int(year.value), month, number)
    return value and Value(value, year.uncertain)


# After these, and at the end of a clause, "the 14th" is a day: "the 14th hole" is none.
_ENDS = r"(?=\s*(?:[.;:!?)]|,\s|$|(?:and|or|but|when|while|in|to|as|because|with)\b))"


@days.rule(
    rf"""(?P<name>{WEEKDAY}),?\s+(?:the\s+)?(?P<day>(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th))
    (?!\s+(?:of\s+)?{MONTH})
    |(?<=\b[Oo]n\s)the\s+(?P<on>(?:3[01]|[12]\d|[1-9])(?:st|nd|rd|th)){_ENDS}
    |(?:(?<=day\sof\s)|(?<=night\sof\s)|(?<=morning\sof\s)|(?<=evening\sof\s)|(?<=afternoon\sof\s))
    the\s+(?P<part>(?:3[01]|[12]\d|[1-9])(?:st|nd|rd|th)){_ENDS}
    |(?i:the\s+)?(?P<of>(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th))\s+of\s+
    (?P<which>this|last|next)\s+month"""
)
def _day_alone(match: re.Match[str], context: Context) -> Resolved:
    number = number_of(next(filter(None, map(match.group, ("day", "on", "part", "of")))))
    if match["which"]:
        month = _months_from(context.date, {"last": -1, "this": 0, "next": 1}[match["which"]])
        return day_value(*month, number)
    near = [
        datetime.date(*month, number)
        for month in (_months_from(context.date, step) for step in range(-4, 5))
        if number <= calendar.monthrange(*month)[1]
    ]
    if match["name"]:
        weekday = [name.lower() for name in WEEKDAYS].index(match["name"].lower())
        near = [day for day in near if day.weekday() == weekday]
    elif re.search(r"(?i)\b(?:hole|birdie|bogey|par|fairway|green)\b", _around(match, context)):
        return None
    past = [day for day in near if day <= context.date]
    later = [day for day in near if day >= context.date]
    if not past or not later:
        return min(near, key=lambda day: abs(day - context.date)).isoformat() if near else None
    likely = context.ahead(match.start(), match.end())
    forward, unsure = nearer(past[-1], later[0], context, likely)
    return Value((later[0] if forward else past[-1]).isoformat(), unsure or not match["name"])


def _around(match: re.Match[str], context: Context) -> str:
    return context.text[max(0, match.start() - 120) : match.end() + 120]


def _months_from(date: datetime.date, step: int) -> tuple[int, int]:
    months = 12 * date.year + date.month - 1 + step
    return months // 12, months % 12 + 1
