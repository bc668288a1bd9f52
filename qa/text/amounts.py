"""Whether two answers name the same day or the same amount, however they are written."""

import re
from dataclasses import dataclass
from typing import TypeVar

from qa.text.vocabulary import MONTH_WORDS, MONTHS, ONES, TENS, any_of

Named = TypeVar("Named")

_MONTH = {name[:3].lower(): number for number, name in enumerate(MONTHS, start=1)}
_M = rf"(?P<month>{any_of(MONTH_WORDS)})\b\.?"
_D = r"(?:the )?(?P<{}>[0-3]?\d)(?:st|nd|rd|th)?(?![\d.,:]{{0,12}}\d|%)"
_TO = r"(?: ?[-–—/] ?| (?:to|and|or|through|until) )"
_DAYS = [
    re.compile(r"\b(?P<year>[12]\d{3})-(?P<month>[01]\d)-(?P<first>[0-3]\d)\b"),
    # 27 April, 27–28 April, 27 to 28 of April.
    re.compile(rf"\b{_D.format('first')}(?:{_TO}{_D.format('last')})? (?:of )?{_M}"),
    # April 27, April 27 to 28; but in "Aug. 28 and Sept. 5" the 5 is September's.
    re.compile(rf"\b{_M} ?{_D.format('first')}(?:{_TO}{_D.format('last')})?"),
    re.compile(rf"\b{_M}"),
]
_YEAR = re.compile(r"\b[12]\d{3}\b")

_WORDS = {word: float(number) for number, word in enumerate(ONES)}
_WORDS |= {word: 10.0 * number for number, word in enumerate(TENS, start=2)}
_SCALES = {
    "hundred": 1e2,
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
    "bn": 1e9,
    "tn": 1e12,
    "dozen": 12,
}
_SIGNS = {"$": " dollar ", "£": " pound ", "€": " euro ", "¥": " yen ", "%": " percent "}
# "£2m" and "27m people"; but "the 100m final" is one of metres.
_MONEY = re.compile(r"(?P<number>[$£€¥] ?\d+(?:,\d{3})*(?:\.\d+)?) ?(?P<scale>[mk])\b")
_COUNTED = re.compile(
    r"\b(?P<number>\d+(?:,\d{3})*(?:\.\d+)?)(?P<scale>[mk])(?= (?:barrels|children|copies|dollars|"
    r"euros|followers|homes|households|jobs|others|passengers|people|pounds|tonnes|tons|users|"
    r"viewers|voters|votes|workers|yen)\b)"
)
_HALF = re.compile(
    rf"(?<!and a )\bhalf[- ](?:an?[- ])?(?={any_of(_SCALES.keys() - {'bn', 'tn'})}\b)"
)
_RESULT = re.compile(r"\b(\d{1,3}) ?[-–—] ?(\d{1,3})\b")
_UNITS = {"km": "kilometer", "kilometre": "kilometer", "metre": "meter", "kg": "kilogram"}
_AMOUNT = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?|[a-z]+")
# Words beside an amount that do not name the things counted.
_PLAIN = frozenset(
    "a about almost an and approximately around at by for from in least more most nearly of on "
    "over per roughly some than the to up under".split()
)


@dataclass(frozen=True, slots=True)
class Quantities:
    """The days of a text, as (month, day) with day 0 for a whole month; years; amounts; and units.

    `results`, such as "2-1", are amounts whose order counts.
    """

    days: frozenset[tuple[int, int]]
    years: frozenset[float]
    amounts: frozenset[float]
    units: frozenset[str]
    results: tuple[tuple[str, str], ...]


def same_value(one: str, other: str) -> bool:
    """Tell whether two short answers name the same dates, or the same amounts.

    "27–28 April 2017" and "April 27 to 28" are the same: one side may leave out the year, or a
    unit. "2-1" and "1-2" are not. Without a date or a number on both sides the result is False.
    """
    first, second = quantities(one), quantities(other)
    within = first.units <= second.units or second.units <= first.units
    return within and _same(first, second)


def other_value(one: str, other: str) -> bool:
    """Tell whether both name dates or amounts, and these differ in value or in unit."""
    first, second = quantities(one), quantities(other)
    days = bool(first.days and second.days)
    numbers = bool(first.amounts | first.years) and bool(second.amounts | second.years)
    return (days or numbers) and not (_agree(first.units, second.units) and _same(first, second))


def _same(first: Quantities, second: Quantities) -> bool:
    if first.results and second.results and first.results != second.results:
        return False
    if first.days or second.days:
        same = first.days == second.days and _agree(first.years, second.years)
        both = first.amounts and second.amounts
        return same and (not both or first.amounts == second.amounts)
    # "1500" may be a year or an amount.
    amounts = first.amounts | first.years
    return bool(amounts) and amounts == second.amounts | second.years


def _agree(one: frozenset[Named], other: frozenset[Named]) -> bool:
    return not one or not other or bool(one & other)


def quantities(text: str) -> Quantities:
    """Return the dates and amounts that a text names."""
    rest = text.lower()
    days: set[tuple[int, int]] = set()
    years: set[float] = set()

    def take(match: re.Match[str]) -> str:
        found = match.groupdict()
        name = found["month"]
        month = int(name) if name.isdigit() else _MONTH[name[:3]]
        named = [int(found[part]) for part in ("first", "last") if found.get(part)]
        days.update((month, day) for day in named or [0])
        return f" {found['year']} " if found.get("year") else " "

    for pattern in _DAYS:
        rest = pattern.sub(take, rest)
    if not re.search(r"[$£€¥%]", rest):
        years.update(float(year) for year in _YEAR.findall(rest))
        rest = _YEAR.sub(" ", rest)
    amounts, units = _amounts(rest)
    if days == {(5, 0)} and units:
        # Theresa May is no month.
        days.clear()
    results = tuple(_RESULT.findall(text))
    return Quantities(
        frozenset(days), frozenset(years), frozenset(amounts), frozenset(units), results
    )


def _amounts(text: str) -> tuple[set[float], set[str]]:
    text = _HALF.sub("0.5 ", _COUNTED.sub(_in_full, _MONEY.sub(_in_full, text)))
    for sign, word in _SIGNS.items():
        text = text.replace(sign, word)
    amounts: list[float] = []
    units: set[str] = set()
    reading = _Number()
    for token in _AMOUNT.findall(text.replace("per cent", "percent")):
        if not reading.takes(token):
            amounts += reading.named()
            reading = _Number()
            if not reading.takes(token) and token not in _PLAIN:
                units.add(_UNITS.get(token.rstrip("s"), token.rstrip("s")))
    return {*amounts, *reading.named()}, units


def _in_full(found: re.Match[str]) -> str:
    return f"{found['number']} {'million' if found['scale'] == 'm' else 'thousand'}"


class _Number:
    """A number as it is read, word by word: two thousand five hundred and eighty-three."""

    def __init__(self) -> None:
        self._total = 0.0
        self._group: float | None = None
        self._scaled = False

    def takes(self, token: str) -> bool:
        """Take the next word in if it belongs to the number; tell whether it does."""
        if token == "and":
            # "A hundred and twenty" is one number, "20 and three" are two.
            return self._scaled
        if token in _SCALES:
            return self._scale(_SCALES[token])
        digits = token[0].isdigit()
        if not digits and token not in _WORDS:
            return False
        found = float(token.replace(",", "")) if digits else _WORDS[token]
        if self._group is not None and not self._room(found, digits):
            return False
        if self._group is None and self._scaled and found >= 1000:
            return False
        self._group = (self._group or 0.0) + found
        self._scaled = False
        return True

    def _scale(self, scale: float) -> bool:
        if self._group is None and self._scaled:
            return False
        group = 1.0 if self._group is None else self._group
        if scale == 100:
            self._group = group * scale
        else:
            self._total += group * scale
            self._group = None
        self._scaled = True
        return True

    def _room(self, found: float, digits: bool) -> bool:
        """Tell whether a number fits behind the digits read so far: five fits behind twenty."""
        assert self._group is not None
        if digits:
            return False
        after_hundred = self._scaled and found < 100
        return after_hundred or (self._group % 100 >= 20 and self._group % 10 == 0 and found < 10)

    def named(self) -> list[float]:
        """Return the number, if there is one."""
        if self._group is None and not self._total and not self._scaled:
            return []
        return [self._total + (self._group or 0.0)]
