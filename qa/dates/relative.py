"""Dates told from the article's own: weekdays, "last month", "two weeks ago", "the next day"."""

import datetime
import re

from dateutil.relativedelta import relativedelta

from qa.dates.absolute import DAY, MONTH, WEEKDAY, YEAR, month_of, year_in, year_of
from qa.dates.durations import NUMBER, QUALIFIER, UNIT, duration, number, unit
from qa.dates.lexicon import DAY_PARTS
from qa.dates.rules import Context, Grammar, Resolved, Value
from qa.text.vocabulary import WEEKDAYS, any_of

relative = Grammar()

# "2,000 years ago" is no year.
_FAR = 300

_PARTS = any_of(DAY_PARTS)
_TIME = (
    # Not the minutes of "5:30-9:30 p.m.".
    r"(?<![:.\d])(?P<hour>\d{1,2})(?:[:.](?P<minute>\d\d))?\s?(?P<half>[ap]\.?m\b\.?)"
    r"(?:\s+\(?(?:E[SD]T|C[SD]T|M[SD]T|P[SD]T|GMT|UTC|BST|CET|ET|PT|local\s+time|Eastern(?:\s+time)?)\)?)?"
)


def _at(day: datetime.date, part: str | None) -> str:
    return day.isoformat() + (f"T{DAY_PARTS[part.lower()]}" if part else "")


def enclosing(date: datetime.date, name: str) -> str:
    """Return the value of the week, month, year … in which a day lies."""
    match name:
        case "week" | "weekend":
            year, week, _ = date.isocalendar()
            return f"{year}-W{week:02}" + "-WE" * (name == "weekend")
        case "month":
            return f"{date:%Y-%m}"
        case "quarter":
            return f"{date.year}-Q{(date.month + 2) // 3}"
        case "year":
            return f"{date.year:04}"
        case "decade":
            return f"{date.year // 10:03}X"
        case "century":
            return f"{date.year // 100:02}XX"
    return date.isoformat()


def moved(date: datetime.date, name: str, count: float) -> datetime.date | None:
    """Return the day so many units away, or None beyond the calendar."""
    months = {"month": 1, "quarter": 3, "year": 12, "decade": 120, "century": 1200}
    try:
        if name in months:
            there: datetime.date = date + relativedelta(months=round(months[name] * count))
            return there
        days = {"week": 7, "weekend": 7, "fortnight": 14, "hour": 1 / 24, "minute": 0, "second": 0}
        return date + datetime.timedelta(round(days.get(name, 1) * count))
    except (OverflowError, ValueError):
        return None


def weekday(name: str) -> int:
    """Return the number of a weekday, Monday being 0."""
    return [full.lower() for full in WEEKDAYS].index(name.lower())


def _coming(date: datetime.date, number: int, *, strictly: bool) -> datetime.date:
    days = (number - date.weekday()) % 7
    return date + datetime.timedelta(days or 7 * strictly)


def _gone(date: datetime.date, number: int, *, strictly: bool) -> datetime.date:
    days = (date.weekday() - number) % 7
    return date - datetime.timedelta(days or 7 * strictly)


_TO = r"\s*(?:[-–—]|to|through|until)\s*"
# Names that have a day in them: "USA TODAY", "Bloody Sunday", "Saturday Night Live".
_NAMED = re.compile(r"(?:USA|Ruby|Bloody|Super|Fat|Palm|Cyber|Giving|Taco)\s+$")
_TITLE = re.compile(
    r"\s+(?:Night\s+(?:Live|Football)|Live|Times|Mail|Mirror|Telegraph|Post|Show|Addams)\b"
)
_DAY = (
    rf"(?:(?:(?P<which>(?i:last|next|this\s+past|this\s+coming|this|past|early|late))\s+)?"
    rf"(?P<weekday>{WEEKDAY})(?!,?\s+(?:{MONTH}\s*\d|\d\d?\s+{MONTH}\b))(?:\s+{_PARTS})?"
    rf"|(?P<word>(?i:today|tonight|yesterday|tomorrow))(?:\s+(?P<part_>{_PARTS}))?)"
)


def _day(match: re.Match[str], context: Context) -> tuple[datetime.date, bool]:
    date = context.date
    if match["word"]:
        step = {"yesterday": -1, "tomorrow": 1}.get(match["word"].lower(), 0)
        return date + datetime.timedelta(step), False
    number_, which = weekday(match["weekday"]), " ".join((match["which"] or "").lower().split())
    if which in ("last", "past", "this past"):
        return _gone(date, number_, strictly=True), False
    if which in ("next", "this coming"):
        found = _coming(date, number_, strictly=True)
        # Said on a Monday, "next Friday" may be this week's or the one after.
        return found, found.isocalendar()[:2] == date.isocalendar()[:2]
    # "Would look for ways around Wednesday's ruling": it is the ruling's day.
    if context.text[match.end() : match.end() + 2] in ("'s", "’s"):
        return _gone(date, number_, strictly=False), False
    direction = context.direction(match)
    if direction > 0 or (which == "this" and not direction):
        return _coming(date, number_, strictly=False), False
    # Without a verb, as in a headline, it may be to come; not if it is the day itself.
    return _gone(date, number_, strictly=False), not direction and number_ != date.weekday()


@relative.rule(
    rf"(?:{_TIME}|(?<![Hh]igh\s)(?i:noon|midday|midnight))"
    rf"(?:,?\s+(?:on\s+)?(?:{_DAY}|(?:{WEEKDAY},?\s+)?(?P<month>{MONTH})\s*(?P<day>{DAY})(?:,?\s+(?P<year>{YEAR}))?))?"
)
def _clock(match: re.Match[str], context: Context) -> Resolved:
    day, uncertain = context.last or context.date, True
    if match["weekday"] or match["word"]:
        day, uncertain = _day(match, context)
    elif match["month"]:
        month, number_ = month_of(match["month"]), int(re.sub(r"\D", "", match["day"]))
        year = year_in(match, context, month, number_)
        try:
            day, uncertain = datetime.date(int(year.value), month, number_), year.uncertain
        except ValueError:
            return None
    if match["hour"] is None:
        time = "24:00" if match[0].lower().startswith("midn") else "12:00"
        return Value(f"{day.isoformat()}T{time}", uncertain)
    hour, minute = int(match["hour"]) % 12, match["minute"] or "00"
    if match["half"].lower().startswith("p"):
        hour += 12
    return Value(f"{day.isoformat()}T{hour:02}:{minute}", uncertain) if int(minute) < 60 else None


@relative.rule(rf"(?i:the\s+)?(?i:day\s+(?P<side>before|after))\s+{_DAY}")
def _day_beside(match: re.Match[str], context: Context) -> Resolved:
    day, uncertain = _day(match, context)
    day += datetime.timedelta(-1 if match["side"].lower() == "before" else 1)
    return Value(day.isoformat(), uncertain)


@relative.rule(rf"(?i:every)\s+{WEEKDAY}(?:\s+{_PARTS})?|(?P<name>{WEEKDAY})s\b")
def _every_weekday(match: re.Match[str], context: Context) -> Resolved:
    number_ = weekday(re.sub("s$", "", match["name"] or match[0].split()[1]))
    return f"XXXX-WXX-{number_ + 1}"


@relative.rule(
    rf"(?P<first>{_DAY}){_TO}(?P<second>(?P<last>{WEEKDAY}))(?!\s+{MONTH}\s*\d)(?!['’]s)"
)
def _weekdays(match: re.Match[str], context: Context) -> Resolved:
    first, uncertain = _day(match, context)
    second = _coming(first, weekday(match["last"]), strictly=True)
    return {
        "first": Value(first.isoformat(), uncertain),
        "second": Value(second.isoformat(), uncertain),
    }


@relative.rule(_DAY)
def _days(match: re.Match[str], context: Context) -> Resolved:
    before = context.text[max(0, match.start() - 9) : match.start()]
    if _NAMED.search(before) or _TITLE.match(context.text, match.end()):
        return None
    if (match["word"] or "").lower() == "tonight":
        return _at(context.date, "night")
    day, uncertain = _day(match, context)
    # Of "Friday night" the value is the day, as those who annotate news more often have it.
    return Value(_at(day, match["part_"]), uncertain)


@relative.rule(
    rf"(?i:(?P<when>this|last|earlier\s+this|later\s+this)\s+(?P<part>{_PARTS})|overnight)"
)
def _part_of_day(match: re.Match[str], context: Context) -> Resolved:
    if not match["part"]:
        return _at(context.date, "night")
    before = match["when"].lower() == "last"
    return _at(context.date - datetime.timedelta(before), match["part"])


@relative.rule(
    rf"""(?i:(?:(?P<more>{QUALIFIER})\s+)?(?P<number>{NUMBER})\s+(?P<unit>{UNIT})s?
    \s+(?P<side>ago|earlier|later|before(?=[.,;)\s]*$|[.,;])|hence|from\s+now))"""
)
def _ago(match: re.Match[str], context: Context) -> Resolved:
    name, count = unit(match["unit"]), number(match["number"])
    side = match["side"].lower()
    if count is None:
        return "PAST_REF" if side == "ago" else duration(None, name)
    back = side in ("ago", "earlier", "before")
    # "A year earlier" counts from what was spoken of; of years and quarters that is, mostly, now.
    near = side in ("earlier", "later", "before") and name in ("day", "week")
    known = context.last if near else context.last_start if side == "later" else None
    start = known or context.date
    if name in ("hour", "minute", "second"):
        return f"PT{count:g}{name[0].upper()}"
    if count * {"decade": 10, "century": 100, "month": 1 / 12}.get(name, 1) > _FAR:
        return None
    day = moved(start, name, -count if back else count)
    # As exact as the unit: "50 years ago" is a year, "11 days ago" a day.
    size = {"decade": "year", "century": "year", "fortnight": "week", "weekend": "week"}
    if day is None:
        return None
    if side == "later" and day > context.date and context.direction(match) <= 0:
        # "He was freed ten years later": after what, is not known.
        return duration(count, name)
    round_ = bool(match["more"]) or (name in ("year", "decade", "century") and count % 10 == 0)
    return Value(enclosing(day, size.get(name, name)), round_ or side not in ("ago", "from now"))


@relative.rule(
    r"""(?i:(?:(?:early|late|mid)[\s-]+|(?:the\s+)?(?:end|beginning|start|middle|rest|
    remainder)\s+of\s+)?(?:the\s+)?(?P<which>last|this|next|past|coming|current|previous|following|
    same|that\s+same|that|preceding|prior)\s+
    (?P<unit>day|week|weekend|month|quarter|year|decade|century)
    (?!\s+(?:ago|earlier|olds?)\b|-))"""
)
def _which(match: re.Match[str], context: Context) -> Resolved:
    which, name = match["which"].lower().split()[-1], match["unit"].lower()
    date = context.date
    from_before = which in ("following", "same", "that", "preceding", "previous", "prior")
    if from_before or (name == "day" and which in ("next", "past", "last")):
        # Told from what was spoken of before, which is the date found last.
        known = context.last if name == "day" else context.last_start
        if known is None and which in ("that", "same"):
            return None
        date = known or date
    step = {"last": -1, "past": -1, "previous": -1, "preceding": -1, "prior": -1}.get(which, 0)
    step = 1 if which in ("next", "coming", "following") else step
    if which == "past":
        return "P2D" if name == "weekend" else duration(1, name)
    day = moved(date, name, step)
    # "Over the last year" is how long, "the next week" may be the one after another.
    the = re.match(r"(?:the|The)\s", match[0])
    return Value(enclosing(day, name), uncertain=from_before or bool(the)) if day else None


@relative.rule(rf"(?i:the\s+)?(?i:next|following)\s+(?P<part>{_PARTS})")
def _next_part(match: re.Match[str], context: Context) -> Resolved:
    day = (context.last or context.date) + datetime.timedelta(1)
    return Value(_at(day, match["part"]), uncertain=True)


@relative.rule(
    rf"(?i:the\s+)?(?i:(?P<unit>week|month|weekend)\s+of)\s+(?P<month>{MONTH})\s*(?P<day>\d\d?)(?:st|nd|rd|th)?"
)
def _week_of(match: re.Match[str], context: Context) -> Resolved:
    month, day = month_of(match["month"]), int(match["day"])
    year = year_of(match, context, month, day)
    try:
        found = datetime.date(int(year.value), month, day)
    except ValueError:
        return None
    return Value(enclosing(found, match["unit"].lower()), year.uncertain)


@relative.rule(r"(?i:the|this)\s+weekend")
def _weekend(match: re.Match[str], context: Context) -> Resolved:
    direction = context.direction(match)
    back = context.date.weekday() < 5 and direction <= 0
    day = context.date - datetime.timedelta(7 * back)
    return Value(enclosing(day, "weekend"), uncertain=not direction)


@relative.rule(r"(?i:now|currently|nowadays|at\s+present|at\s+the\s+moment|these\s+days)")
def _now(match: re.Match[str], context: Context) -> Resolved:
    return "PRESENT_REF"


@relative.rule(r"(?i:recently|the\s+(?:recent\s+|distant\s+)?past(?=[.,;]|\s+and\b))")
def _past(match: re.Match[str], context: Context) -> Resolved:
    return "PAST_REF"


@relative.rule(r"(?i:the\s+(?:near\s+|foreseeable\s+)?future)(?!\s+of)")
def _future(match: re.Match[str], context: Context) -> Resolved:
    return "FUTURE_REF"
