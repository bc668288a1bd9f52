"""Dates told from the article's own: "last month", "two weeks ago", "the end of the year"."""

import datetime
import re

from dateutil.relativedelta import relativedelta

from qa.dates.durations import NUMBER, QUALIFIER, UNIT, duration, number, unit
from qa.dates.rules import Context, Grammar, Resolved, Value

relative = Grammar()

# "2,000 years ago" is no year.
_FAR = 300
# On a weekday, Monday first, "this weekend" is the next if that is at least as likely.
_WEEKEND = (0.75, 0.6, 0.45, 0.3, 0.2, 0.0, 0.0)


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


@relative.rule(
    rf"""(?i:(?:(?P<more>{QUALIFIER})\s+)?(?P<number>{NUMBER})\s+(?P<unit>{UNIT})s?
    \s+(?P<half>and\s+a\s+half\s+)?(?P<side>ago|earlier|later|before(?=[.,;)\s]*$|[.,;])|hence|from\s+now)(?:\s+today)?)"""
)
def _ago(match: re.Match[str], context: Context) -> Resolved:
    name, count = unit(match["unit"]), number(match["number"])
    side = match["side"].lower()
    if match["half"]:
        count = (count or 0) + 0.5
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
    if match[0].lower().endswith("today"):
        return day.isoformat()
    if (
        name == "year"
        and count == 1
        and side in ("ago", "earlier", "before")
        and (match.start() < context.quarter_ends)
    ):
        # "Up from 3 percent a year earlier": in the same quarter.
        return Value(f"{int(context.quarter[:4]) - 1}{context.quarter[4:]}", uncertain=True)
    later = side == "later" and day > context.date
    if later and context.ahead(match.start(), match.end()) < 0.65:
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
    if (which, name) == ("this", "weekend"):
        return _weekend(match, context)
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


@relative.rule(r"(?i:the)\s+weekend")
def _weekend(match: re.Match[str], context: Context) -> Resolved:
    likely = context.ahead(match.start(), match.end())
    least = _WEEKEND[context.date.weekday()]
    day = context.date - datetime.timedelta(7 * (likely < least))
    return Value(enclosing(day, "weekend"), uncertain=bool(least) and abs(likely - least) < 0.2)


@relative.rule(
    r"""(?i:(?:the\s+)?(?:(?P<half>first|second|latter)\s+half|(?:very\s+)?(?:end|start|beginning|
    middle|rest|remainder|close|balance|course|turn))\s+of\s+(?:the|(?P<which>this|last|next))\s+
    (?P<unit>week|month|quarter|year|decade|season(?=\b\B)))
    |(?i:(?P<unit_>year|month|quarter|week)(?:['’]s)?[\s-]+end|mid-?(?P<mid>week|month|year))(?![\w-])"""
)
def _part_of_period(match: re.Match[str], context: Context) -> Resolved:
    name = (match["unit"] or match["unit_"] or match["mid"]).lower()
    step = {"last": -1, "next": 1}.get((match["which"] or "").lower(), 0)
    day = moved(context.date, name, step)
    if not day:
        return None
    if match["half"] and name == "year":
        return f"{day.year}-H{1 if match['half'].lower() == 'first' else 2}"
    return enclosing(day, name)


@relative.rule(
    r"(?i:the\s+(?:latest|most\s+recent|year-(?:ago|earlier))\s+(?P<unit>quarter|month|year|week))"
)
def _latest(match: re.Match[str], context: Context) -> Resolved:
    before, name = "year-" in match[0].lower(), match["unit"].lower()
    known = context.last_start if name == "quarter" else None
    date = known or context.date
    day = moved(date, "year", -1) if before else date if known else moved(date, name, -1)
    return Value(enclosing(day, name), uncertain=True) if day else None


@relative.rule(
    r"(?i:now|currently|nowadays|at\s+present|at\s+the\s+moment|these\s+days|current(?=\s+[a-z]))"
)
def _now(match: re.Match[str], context: Context) -> Resolved:
    return "PRESENT_REF"


@relative.rule(r"(?i:recently|the\s+(?:recent\s+|distant\s+)?past(?=[.,;]|\s+and\b))")
def _past(match: re.Match[str], context: Context) -> Resolved:
    return "PAST_REF"


@relative.rule(r"(?i:the\s+(?:near\s+|foreseeable\s+)?future)(?!\s+of)")
def _future(match: re.Match[str], context: Context) -> Resolved:
    return "FUTURE_REF"
