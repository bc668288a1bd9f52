"""Weekdays, yesterday and tomorrow: "agreed Thursday", "a week from Sunday", "Two Mondays ago"."""

import datetime
import re

from qa.dates.days import MONTH, SHIFT, WEEKDAY, YEAR, month_of, year_in
from qa.dates.lexicon import DAY_PARTS, NTH, NUMBERS
from qa.dates.rules import Context, Grammar, Resolved, Value
from qa.text.vocabulary import WEEKDAYS, any_of

weekdays = Grammar()

_WEEK = datetime.timedelta(7)
_PARTS = any_of(DAY_PARTS)
_TO = r"\s*(?:[-–—]|to|through|until|till)\s*"
# As likely as this, a weekday is still to come; between the others, nobody can be sure.
_AHEAD = 0.6
_UNSURE = (0.3, 0.75)
# Names that have a day in them: "USA TODAY", "Bloody Sunday", "Saturday Night Live".
_NAMED = re.compile(
    r"(?:USA|Ruby|Bloody|Super|Fat|Cyber|Giving|Taco|Freaky|Sheffield|Happy|Good|Black|Ash|Palm|"
    r"Easter|Remembrance|Whit|Shrove|Maundy)\s+$"
)
_TITLE = re.compile(
    r"\s+(?:Night\s+(?:Live|Football)|Live|Times|Mail|Mirror|Telegraph|Post|Show|Addams|Agreement)\b"
)
_OTHER_WEEK = r"(?:(?:,?\s+(?:of\s+)?)(?P<week>last|next|this)\s+week)"
DAY_NAME = (
    rf"(?:(?:(?P<which>(?i:last|next|this\s+past|this\s+coming|this|past|early|late))\s+)?"
    rf"(?P<weekday>{WEEKDAY})(?!,?\s+(?:{MONTH}\s*\d|\d\d?\s+{MONTH}\b))"
    rf"(?:\s+(?P<part>{_PARTS}))?(?![a-z])"
    rf"|(?P<word>(?i:today|tonight|yesterday|tomorrow))(?:\s+(?P<part_>{_PARTS}))?)"
)
_COUNT = rf"(?:{any_of([word for word in NUMBERS if ' ' not in word])}|\d)"


def at(day: datetime.date, part: str | None) -> str:
    """Return the value of a day, or of a part of a day: "morning"."""
    return day.isoformat() + (f"T{DAY_PARTS[part.lower()]}" if part else "")


def _number(name: str) -> int:
    """Return the number of a weekday, Monday being 0."""
    return [full.lower() for full in WEEKDAYS].index(name.lower())


def coming(date: datetime.date, number: int, *, strictly: bool = False) -> datetime.date:
    """Return the next day that is a weekday; not the day itself if `strictly`."""
    days = (number - date.weekday()) % 7
    return date + datetime.timedelta(days or 7 * strictly)


def gone(date: datetime.date, number: int, *, strictly: bool = False) -> datetime.date:
    """Return the last day that was a weekday; not the day itself if `strictly`."""
    days = (date.weekday() - number) % 7
    return date - datetime.timedelta(days or 7 * strictly)


def _likely(match: re.Match[str], context: Context, group: str = "weekday") -> float:
    number = _number(match[group])
    passed = (context.date.weekday() - number) % 7
    return context.ahead(match.start(group), match.end(group), passed)


def _either(context: Context, number: int, likely: float) -> tuple[datetime.date, bool]:
    """Return the day of a weekday that may be past or to come, and whether that is unsure."""
    date = context.date
    if number == date.weekday():
        return date, False
    day = coming(date, number) if likely > _AHEAD else gone(date, number)
    return day, _UNSURE[0] < likely < _UNSURE[1]


def day_named(match: re.Match[str], context: Context) -> tuple[datetime.date, bool]:
    """Return the day that `DAY_NAME` has matched, and whether another is as good."""
    date = context.date
    if match["word"]:
        step = {"yesterday": -1, "tomorrow": 1}.get(match["word"].lower(), 0)
        return date + datetime.timedelta(step), False
    number, which = _number(match["weekday"]), " ".join((match["which"] or "").lower().split())
    if which in ("last", "past", "this past"):
        return gone(date, number, strictly=True), False
    if which in ("next", "this coming"):
        found = coming(date, number, strictly=True)
        # Said on a Monday, "next Friday" may be this week's or the one after.
        return found, which == "next" and found.isocalendar()[:2] == date.isocalendar()[:2]
    likely = _likely(match, context)
    return _either(context, number, min(1.0, likely + 0.3 * (which == "this")))


@weekdays.rule(rf"(?i:the\s+)?(?i:day\s+(?P<side>before|after))\s+{DAY_NAME}")
def _day_beside(match: re.Match[str], context: Context) -> Resolved:
    day, uncertain = day_named(match, context)
    day += datetime.timedelta(-1 if match["side"].lower() == "before" else 1)
    return Value(day.isoformat(), uncertain)


@weekdays.rule(
    rf"(?i:every|each)\s+(?i:other\s+)?{WEEKDAY}(?:\s+{_PARTS})?|{WEEKDAY}s\b(?!\s+(?i:ago)\b)"
    rf"|{WEEKDAY}\s+{_PARTS}s\b"
)
def _every_weekday(match: re.Match[str], context: Context) -> Resolved:
    name = re.search(WEEKDAY, match[0])
    assert name
    return f"XXXX-WXX-{_number(name[0]) + 1}"


@weekdays.rule(
    rf"(?P<day>{WEEKDAY}){_OTHER_WEEK}|(?P<week_>last|next)\s+week['’]?s?\s+(?P<day_>{WEEKDAY})"
)
def _of_another_week(match: re.Match[str], context: Context) -> Resolved:
    return _in_week(match["day"] or match["day_"], match["week"] or match["week_"], context)


def _in_week(name: str, which: str, context: Context) -> str:
    monday = context.date - datetime.timedelta(context.date.weekday())
    step = {"last": -1, "next": 1}.get(which, 0)
    return (monday + step * _WEEK + datetime.timedelta(_number(name))).isoformat()


@weekdays.rule(
    rf"""(?P<back>(?i:{_COUNT}))\s+weeks?\s+ago,?\s+(?:on\s+)?(?P<past>{WEEKDAY})
    |(?P<count>(?i:{_COUNT}))\s+weeks?\s+(?:from|on|after)\s+(?P<next>{WEEKDAY})
    |(?:this\s+|on\s+)?(?P<british>{WEEKDAY})\s+week(?!\w|['’-])
    |(?P<many>(?i:{_COUNT}))\s+(?P<name>{WEEKDAY})s\s+ago
    |(?i:the\s+)?(?P<before>{WEEKDAY})\s+before\s+last"""
)
def _counted(match: re.Match[str], context: Context) -> Resolved:
    date = context.date
    if match["past"]:
        day = gone(date, _number(match["past"])) - _weeks(match["back"])
    elif match["next"]:
        day = coming(date, _number(match["next"])) + _weeks(match["count"])
    elif match["british"]:
        day = coming(date, _number(match["british"])) + _WEEK
    elif match["before"]:
        day = gone(date, _number(match["before"]), strictly=True) - _WEEK
    else:
        back = _weeks(match["many"]) - _WEEK
        day = gone(date, _number(match["name"]), strictly=True) - back
    return day.isoformat()


def _weeks(words: str) -> datetime.timedelta:
    count = int(words) if words.isdigit() else round(NUMBERS[words.lower()])
    return _WEEK * count


@weekdays.rule(
    rf"""(?i:the\s+)?(?P<place>(?i:{any_of(NTH)}|fifth|last|final))\s+(?P<weekday>{WEEKDAY})\s+
    (?i:in|of)\s+(?P<month>{MONTH})(?:,?\s+(?:of\s+)?(?:(?P<year>{YEAR})|(?P<shift>{SHIFT})))?"""
)
def _nth_of_month(match: re.Match[str], context: Context) -> Resolved:
    month, number = month_of(match["month"]), _number(match["weekday"])
    place = {**NTH, "fifth": 5}.get(match["place"].lower(), -1)
    likely_day = 7 * place - 3 if place > 0 else 28
    year = year_in(match, context, month, min(likely_day, 28))
    first = datetime.date(int(year.value), month, 1)
    after = datetime.date(first.year + month // 12, month % 12 + 1, 1)
    day = coming(first, number) + (place - 1) * _WEEK
    day = gone(after, number, strictly=True) if place < 0 else day
    return Value(day.isoformat(), year.uncertain) if day < after else None


@weekdays.rule(
    rf"(?P<first>{DAY_NAME})(?:(?P<to>{_TO})|\s+(?P<and>and|or)\s+(?:on\s+)?)"
    rf"(?P<second>(?P<last>{WEEKDAY})(?:\s+{_PARTS})?{_OTHER_WEEK}?)(?!\s+{MONTH}\s*\d)(?!['’]s)"
)
def _pair(match: re.Match[str], context: Context) -> Resolved:
    """Return the two days of a range, or of "on Saturday and Sunday", which look one way."""
    last = _number(match["last"])
    if match["week"]:
        first = match["weekday"] and _in_week(match["weekday"], match["week"], context)
        second = _in_week(match["last"], match["week"], context)
        return {"first": first, "second": second} if first else None
    if match["and"]:
        name = match["weekday"]
        if not name or match["which"] or (last - _number(name)) % 7 not in (1, 2, 3):
            return None
        likely = (_likely(match, context) + _likely(match, context, "last")) / 2
        return _both(context, _number(name), last, likely)
    day, unsure = day_named(match, context)
    second = coming(day, last, strictly=True).isoformat()
    return {"first": Value(day.isoformat(), unsure), "second": Value(second, unsure)}


def _both(context: Context, first: int, last: int, likely: float) -> dict[str, Value | str]:
    unsure = _UNSURE[0] < likely < _UNSURE[1]
    if likely > _AHEAD:
        day = coming(context.date, first)
        second = coming(day, last)
    else:
        second = gone(context.date, last)
        day = gone(second, first)
    return {
        "first": Value(day.isoformat(), unsure),
        "second": Value(second.isoformat(), unsure),
    }


@weekdays.rule(DAY_NAME)
def _day(match: re.Match[str], context: Context) -> Resolved:
    before = context.text[max(0, match.start() - 12) : match.start()]
    if _NAMED.search(before) or _TITLE.match(context.text, match.end()):
        return None
    if (match["word"] or "").lower() == "tonight":
        return at(context.date, "night")
    day, uncertain = day_named(match, context)
    # Of "Friday night" the value is the day, as those who annotate news more often have it.
    return Value(at(day, match["part_"]), uncertain)
