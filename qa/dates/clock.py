"""Times of day: "at 9 a.m. Tuesday", "14:30 GMT on Friday", "this morning", "overnight"."""

import datetime
import re

from qa.dates.days import DAY, MONTH, WEEKDAY, YEAR, month_of, number_of, year_in
from qa.dates.lexicon import DAY_PARTS
from qa.dates.rules import Context, Grammar, Resolved, Value
from qa.dates.weekdays import DAY_NAME, at, day_named
from qa.text.vocabulary import any_of

clock = Grammar()

_PARTS = any_of(DAY_PARTS)
ZONE = (
    r"(?:[ECMPB]S?[DS]?T|A[EWC][DS]T|GMT|UTC|CES?T|EES?T|IST|JST|KST|HKT|Z|"
    r"(?:local|(?:Eastern|Central|Mountain|Pacific)(?:\s+(?:Standard|Daylight))?)(?:\s+[Tt]ime)?)"
)
_ZONED = rf"(?:\s+\(?{ZONE}\b\)?)?"
_TIME = (
    # Not the minutes of "5:30-9:30 p.m.".
    rf"(?<![:.\d])(?P<hour>\d{{1,2}})(?:[:.](?P<minute>\d\d))?\s?(?P<half>(?i:[ap]\.?m)\b\.?){_ZONED}"
)
_OF_24 = (
    rf"(?<![:.\d/-])(?:(?P<hour24>[01]?\d|2[0-3]):(?P<minute24>[0-5]\d)(?:\s?h\b)?{_ZONED}"
    rf"|(?P<both>(?:[01]\d|2[0-3])[0-5]\d)(?:\s?h(?:ou)?rs?\b)?{_ZONED.removesuffix('?')})"
)
_DATE = (
    rf"(?:{DAY_NAME}|(?:{WEEKDAY},?\s+)?(?P<month>{MONTH})\s*(?P<day>{DAY})"
    rf"(?:,?\s+(?P<year>{YEAR}))?)"
)
# "5 a.m. local time (0300 GMT) on Saturday".
_ASIDE = r"(?:\s+\([^()]{1,24}\))?"


@clock.rule(
    rf"(?:{_TIME}|(?<![Hh]igh\s)(?i:noon|midday|midnight))(?:{_ASIDE},?\s+(?:on\s+)?{_DATE})?"
)
def _clock(match: re.Match[str], context: Context) -> Resolved:
    day, uncertain = _date(match, context) or (context.last or context.date, True)
    if match["hour"] is None:
        time = "24:00" if match[0].lower().startswith("midn") else "12:00"
        return Value(f"{day.isoformat()}T{time}", uncertain)
    hour, minute = int(match["hour"]) % 12, match["minute"] or "00"
    if match["half"].lower().startswith("p"):
        hour += 12
    return Value(f"{day.isoformat()}T{hour:02}:{minute}", uncertain) if int(minute) < 60 else None


@clock.rule(rf"{_OF_24}{_ASIDE},?\s+(?:on\s+)?{_DATE}")
def _clock_of_24_hours(match: re.Match[str], context: Context) -> Resolved:
    hour, minute = match["hour24"], match["minute24"]
    if match["both"]:
        hour, minute = match["both"][:2], match["both"][2:]
    found = _date(match, context)
    return found and Value(f"{found[0].isoformat()}T{int(hour):02}:{minute}", found[1])


def _date(match: re.Match[str], context: Context) -> tuple[datetime.date, bool] | None:
    """Return the day beside a time, and whether another is as good; None if there is none."""
    if match["weekday"] or match["word"]:
        return day_named(match, context)
    if not match["month"]:
        return None
    month, number = month_of(match["month"]), number_of(match["day"])
    year = year_in(match, context, month, number)
    try:
        return datetime.date(int(year.value), month, number), year.uncertain
    except ValueError:
        return None


@clock.rule(rf"(?i:(?P<when>this|last|earlier\s+this|later\s+this)\s+(?P<part>{_PARTS})|overnight)")
def _part_of_day(match: re.Match[str], context: Context) -> Resolved:
    if not match["part"]:
        return at(context.date, "night")
    before = match["when"].lower() == "last"
    return at(context.date - datetime.timedelta(before), match["part"])


@clock.rule(rf"(?i:the\s+)?(?i:next|following)\s+(?P<part>{_PARTS})")
def _next_part(match: re.Match[str], context: Context) -> Resolved:
    day = (context.last or context.date) + datetime.timedelta(1)
    return Value(at(day, match["part"]), uncertain=True)
