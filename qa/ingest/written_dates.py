"""A date as people and programs write it → its day.

Numbers alone may be read two ways, 07/11/2023; `Order` says which. All patterns are bounded, so
that the time taken grows with the text's length and no faster.
"""

import datetime
import email.utils
import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, Literal

from babel import Locale, UnknownLocaleError

# Which of two numbers before a year is the month.
Order = Literal["month first", "day first"]

FIRST_YEAR = 1500
_WORD = r"[^\W\d_]{3,15}"
_YEAR = r"(?P<year>\d{4})"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|[.ºª°])?"
# "September of 2021", "settembre del 2021"; Portuguese, Spanish, Catalan.
_OF = r"(?:(?:de|del|of|di)\s+|d['’]\s?)?"
_SHAPES = tuple(
    re.compile(shape)
    for shape in (
        rf"(?<!\d){_YEAR}(?P<mark>[-/.])\s?(?P<month>\d{{1,2}})(?P=mark)\s?(?P<day>\d{{1,2}})(?!\d)",
        rf"(?<!\d){_YEAR}\s?[年년]\s?(?P<month>\d{{1,2}})\s?[月월]\s?(?P<day>\d{{1,2}})\s?[日일]",
        r"(?<![\d./-])(?P<one>\d{1,2})(?P<mark>[./-])\s?(?P<two>\d{1,2})(?P=mark)\s?"
        r"(?P<year>\d{4}|\d{2})(?![\d/-]|\.\d)",
        rf"(?<!\d){_DAY}[\s,-]{{1,3}}{_OF}(?P<word>{_WORD})[.,]?[\s,/-]{{1,3}}{_OF}{_YEAR}(?!\d)",
        rf"(?<![^\W\d_])(?P<word>{_WORD})\.?\s{{1,3}}{_DAY},?\s{{1,3}}{_YEAR}(?!\d)",
        rf"(?<!\d){_YEAR}[.,]?[\s-]{{1,3}}(?:m\.\s)?(?P<word>{_WORD})\.?[\s-]{{1,3}}{_DAY}(?!\d)",
    )
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T?\d{4,6}.*)?")
_PROBE = 300
# Seconds, milliseconds, microseconds, nanoseconds since 1970: news of 1973 to 2286.
_EPOCHS = ((10**8, 1), (10**11, 10**3), (10**14, 10**6), (10**17, 10**9))
# The Buddhist era, by which Thailand counts, is 543 years ahead.
_BUDDHIST = 2400, 543
# Languages in which most news is written; months of others are known where a page names its own.
_LANGUAGES = """en de fr es it pt nl pl cs sk sv da nb fi hu ro hr sr sl bg ru uk el tr id vi lt lv
et ca gl eu ar fa he hi""".split()
_NAMES_OF_MONTHS = ("wide", "abbreviated")


def parse(value: Any, order: Order | None = None) -> datetime.date | None:
    """Return the day of a date: ISO 8601, RFC 822, in words, in numbers, or since 1970.

    None where there is no whole date, or where its order must be known and is not.
    """
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    if isinstance(value, dict):
        # As MongoDB exports a date.
        return parse(value.get("$date") or value.get("$numberLong"), order)
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    text = str(value).strip()[:_PROBE]
    number = text.removesuffix(".0")
    if number.isdecimal():
        return _compact(number) or _since_1970(int(number))
    if (match := _COMPACT.fullmatch(text)) and (day := _day(*match.groups())):
        return day
    if mail := _of_mail(text):
        return mail
    return next((day for _, day in find(text, order)), None)


def find(
    text: str, order: Order | None = None, language: str = ""
) -> Iterator[tuple[int, datetime.date]]:
    """Yield the whole dates in a text, each with its place, as they stand."""
    found = []
    for shape in _SHAPES:
        for match in shape.finditer(text):
            if day := _matched(match.groupdict(), order, language):
                found.append((match.start(), day))
    yield from sorted(found)


def plausible(day: datetime.date | None) -> bool:
    """Tell whether a page of the web can be of a day: none is of the future."""
    return day is not None and day <= datetime.date.today() + datetime.timedelta(2)


def order_of(values: Iterable[Any]) -> Order | None:
    """Return the order that dates in numbers must have: one has a 13 or more in one place.

    None if none of them tells, or if they tell both.
    """
    told: set[Order] = set()
    for value in values:
        for one, two in _pairs(value):
            if one > 12 >= two:
                told.add("day first")
            elif two > 12 >= one:
                told.add("month first")
    return told.pop() if len(told) == 1 else None


def needs_order(value: Any) -> bool:
    """Tell whether a date can be read two ways: 07/11/2023."""
    return any(one <= 12 and two <= 12 and one != two for one, two in _pairs(value))


def _pairs(value: Any) -> Iterator[tuple[int, int]]:
    if isinstance(value, str):
        for match in _SHAPES[2].finditer(value[:_PROBE]):
            yield int(match["one"]), int(match["two"])


def _matched(
    parts: dict[str, str | None], order: Order | None, language: str
) -> datetime.date | None:
    year, day = parts["year"] or "", parts.get("day")
    if word := parts.get("word"):
        month = _month(word, language)
        return _day(year, month, day) if month else None
    if day:
        return _day(year, parts["month"], day)
    one, two = parts["one"], parts["two"]
    first_month, first_day = _day(year, one, two), _day(year, two, one)
    if order is None and first_month and first_day and first_month != first_day:
        return None
    return (first_month or first_day) if order == "month first" else (first_day or first_month)


def _day(year: Any, month: Any, day: Any) -> datetime.date | None:
    whole = int(year)
    if len(str(year)) == 2:
        whole += 2000 if whole <= datetime.date.today().year % 100 + 1 else 1900
    if whole > _BUDDHIST[0]:
        whole -= _BUDDHIST[1]
    try:
        return datetime.date(whole, int(month), int(day)) if whole >= FIRST_YEAR else None
    except ValueError:
        return None


def _compact(number: str) -> datetime.date | None:
    match = _COMPACT.fullmatch(number)
    found = _day(*match.groups()) if match and len(number) in (8, 12, 14) else None
    # Seconds since 1970 have eight figures until March 1973 only: 20240514 is a day.
    return found if found and found.year < datetime.date.max.year else None


def _since_1970(number: int) -> datetime.date | None:
    for least, unit in reversed(_EPOCHS):
        if number >= least:
            seconds = number // unit
            break
    else:
        return None
    try:
        return datetime.datetime.fromtimestamp(seconds, datetime.UTC).date()
    except (ValueError, OverflowError, OSError):
        return None


def _of_mail(text: str) -> datetime.date | None:
    """Return the day of a date that mails and feeds have: Tue, 14 May 2024 18:20:00 -0500."""
    if not text[:1].isalnum() or ":" not in text:
        return None
    try:
        found = email.utils.parsedate(text)
    except (ValueError, IndexError, TypeError):
        return None
    # It also takes what is no date of mails, such as 2024-05-14T10:00:00.
    named = bool(re.search(r"[A-Za-z]{3}", text.split(",")[-1]))
    return _day(str(found[0]).zfill(4), found[1], found[2]) if found and named else None


def _month(word: str, language: str) -> int | None:
    name = word.casefold()
    for table in (_months(language[:2].lower()), _months("en"), _months_of_all()):
        if month := table.get(name):
            return month
        # "Sept.", "Juill.": more than the short form, and less than the long one.
        starts = {number for whole, number in table.items() if whole.startswith(name)}
        if len(starts) == 1:
            return starts.pop()
    return None


@cache
def _months(language: str) -> dict[str, int]:
    """Return the months of a language by their names in lower case; none for an unknown one."""
    try:
        locale = Locale.parse(language)
    except (UnknownLocaleError, ValueError, TypeError):
        return {}
    names = {}
    for context in ("format", "stand-alone"):
        for width in _NAMES_OF_MONTHS:
            for number, name in locale.months[context][width].items():
                names[str(name).casefold().rstrip(".")] = int(number)
    return names


@cache
def _months_of_all() -> dict[str, int]:
    """Return the months of many languages, but for names that are two months in two of them."""
    names: dict[str, set[int]] = {}
    for language in _LANGUAGES:
        for name, number in _months(language).items():
            names.setdefault(name, set()).add(number)
    return {name: numbers.pop() for name, numbers in names.items() if len(numbers) == 1}
