"""The time that a question names, or the event by which it names one."""

import calendar
import datetime
import re
from dataclasses import dataclass

from qa.dates import Period, find, length, period
from qa.text.vocabulary import MONTHS, SHORT_MONTHS, WEEKDAYS, any_of
from qa.text.words import content_words
from qa.types import DateExpression

# A time so long says little of when an article on it was written, unless it is named in full.
LONGEST = 31
# Typed without capitals, as questions are: "may" and "march" are months only beside a figure, or
# after a word that stands before a time.
_VERBS = {"may", "march"}
_BEFORE = "in since by until during early late mid of last next this between from".split()
_AFTER_WORD = "|".join(rf"(?<=\b{word} )" for word in _BEFORE)
_NAMES = re.compile(
    rf"\b{any_of({name.lower() for name in (*MONTHS, *WEEKDAYS)} - _VERBS)}\b|"
    rf"\b{any_of({*map(str.lower, SHORT_MONTHS), *_VERBS})}\b(?=\.?,? \d)|"
    rf"(?:{_AFTER_WORD}|(?<=\d )|(?<=\d[snrt][tdh] ))"
    r"(?:may|march)\b|(?<=\band )(?:may|march)\b(?=\W*$)"
)
_SINCE = re.compile(r"(?i)\b(?:since|ever since)\s+(?:the\s+)?$")
_PART = re.compile(r"(?i)\b(early|beginning|start|mid|middle|late|end)\b")
_THIRDS = {"e": (1, 10), "b": (1, 10), "s": (1, 10), "m": (11, 20), "l": (21, 31)}
# How long after an event, or before it, its consequences or its causes are looked for.
_FORTNIGHT, _DAY, _WEEK, _MONTH = (datetime.timedelta(days) for days in (14, 1, 7, 31))
_AROUND = re.compile(
    r"(?i)(?:\b(?P<one>the|a) (?P<unit>day|week|month) (?P<side>before|after)|"
    r"\b(?:in )?the (?:run-?up|lead-?up|build-?up) to|"
    r"\b(?:in |over )?the (?:days|weeks) (?P<some>before|after|leading up to|following)|"
    r"\bin the (?P<wake>wake|aftermath) of|\b(?P<plain>before|after))\s+(?P<event>.+?)\W*$"
)
# "After a long search", "before dawn": no event of which the archive knows the day.
_EVENT = re.compile(r"(?:the|its|his|her|their|[A-Z]\w+)\b")


@dataclass(frozen=True, slots=True)
class Around:
    """An event by which a time is named, "the day before the vote", and which days are meant.

    They are counted from the event's day: `first` and `last` are negative before it.
    """

    event: str
    first: datetime.timedelta
    last: datetime.timedelta

    def period(self, day: datetime.date) -> Period:
        """Return the days that are meant if the event was on a day."""
        return day + self.first, day + self.last


def around(asked: str, today: datetime.date | None) -> Around | None:
    """Return the event by which a question names a time; None if it names a day, or neither."""
    found = _AROUND.search(asked)
    if not found or not _EVENT.match(found["event"]) or not content_words(found["event"]):
        return None
    if any(period(one.value) for one in find(in_capitals(found["event"]), today)):
        return None
    zero = datetime.timedelta(0)
    size = {"day": _DAY, "week": _WEEK, "month": _MONTH}.get((found["unit"] or "").lower())
    side = found["side"] or found["some"] or found["plain"] or ""
    after = bool(found["wake"]) or side.lower() in ("after", "following")
    if found["unit"] and size == _DAY:
        return Around(found["event"], _DAY if after else -_DAY, _DAY if after else -_DAY)
    size = size or _FORTNIGHT
    return Around(found["event"], zero, size) if after else Around(found["event"], -size, zero)


def period_asked(question: str, asked: str, today: datetime.date | None) -> Period | None:
    """Return the period that a question proper names, or else what stands before it.

    What stands before may name another time, as the names of earlier turns do.
    """
    named = named_period(asked, today)
    return named or (named_period(question, today) if question != asked else None)


def named_period(question: str, day: datetime.date | None = None) -> Period | None:
    """Return the first and the last day of the time that a question names.

    From the earliest to the latest, if it names several; None, if it names none. "Last week" is
    that before `day`, on which the question is asked, and "since May" lasts until then; of more
    than a month, such as "last year", only what is named with its year counts.
    """
    text = in_capitals(question)
    found = [
        (one, _narrowed(one, days))
        for one in find(text, day)
        if (days := period(one.value)) and (length(days) < LONGEST or str(days[0].year) in one.text)
    ]
    if not found:
        return None
    first, last = min(days[0] for _, days in found), max(days[1] for _, days in found)
    since = len(found) == 1 and _SINCE.search(text, 0, found[0][0].start)
    return (first, max(last, day)) if since and day else (first, last)


def _narrowed(one: DateExpression, days: Period) -> Period:
    """Return the third of a month that is meant: "early April" ends on the 10th."""
    part = _PART.search(one.text)
    if not part or not re.fullmatch(r"\d{4}-\d\d", one.value):
        return days
    first, last = _THIRDS.get(part[1][0].lower(), (21, 31))
    end = calendar.monthrange(days[0].year, days[0].month)[1]
    return days[0].replace(day=first), days[0].replace(day=min(last, end))


def in_capitals(question: str) -> str:
    """Return a question with the names of months and weekdays in capitals, as in the news."""
    return _NAMES.sub(lambda name: name[0].capitalize(), question)
