"""Holidays by name: those that news in English names, and movable feasts of other calendars."""

import calendar
import datetime
import re
import warnings
from collections.abc import Callable
from functools import lru_cache

from dateutil import easter

from qa.dates.days import SHIFT, YEAR, nearer, year_in
from qa.dates.relative import enclosing
from qa.dates.rules import Context, Grammar, Resolved, Value
from qa.text.vocabulary import any_of
from qa.text.words import FUNCTION_WORDS

holidays = Grammar()

_DAY = datetime.timedelta(1)
_Of = Callable[[int], datetime.date | None]


def _on(month: int, day: int) -> _Of:
    return lambda year: datetime.date(year, month, day)


def _nth(month: int, weekday: int, place: int, after: int = 0) -> _Of:
    """Return the nth weekday of a month, from its end where `place` is negative, or days after."""

    def day(year: int) -> datetime.date:
        found = [
            week[weekday]
            for week in calendar.Calendar().monthdatescalendar(year, month)
            if week[weekday].month == month
        ]
        return found[place - 1 if place > 0 else place] + after * _DAY

    return day


def _easter(after: int = 0, method: int = easter.EASTER_WESTERN) -> _Of:
    def day(year: int) -> datetime.date:
        found: datetime.date = easter.easter(year, method)
        return found + after * _DAY

    return day


def _inauguration(year: int) -> datetime.date | None:
    return datetime.date(year, 1, 20) if year % 4 == 1 and year > 1936 else None


# Feasts of other calendars: the country in whose list each stands, and its name there.
_MOVABLE = {
    "eid al-fitr": ("IN", "Eid al-Fitr"),
    "eid al-adha": ("IN", "Eid al-Adha"),
    "ashura": ("IN", "Ashura"),
    "diwali": ("IN", "Diwali"),
    "holi": ("IN", "Holi"),
    "passover": ("IL", "Pesach"),
    "shavuot": ("IL", "Shavuot"),
    "rosh hashanah": ("IL", "Rosh Hashanah"),
    "yom kippur": ("IL", "Yom Kippur"),
    "sukkot": ("IL", "Sukkot"),
    "lunar new year": ("VN", "Lunar New Year"),
    "chuseok": ("KR", "Chuseok"),
    "nowruz": ("IR", "Nowruz"),
}
_ALIKE = {
    "chinese new year": "lunar new year",
    "tet": "lunar new year",
    "eid ul-fitr": "eid al-fitr",
    "eid ul-adha": "eid al-adha",
    "deepavali": "diwali",
    "norouz": "nowruz",
}


@lru_cache(maxsize=256)
def _movable(name: str, year: int) -> datetime.date | None:
    """Return the first day of a feast in a year, as `holidays` lists or reckons it, if it does."""
    from holidays import country_holidays

    country, listed = _MOVABLE[name]
    with warnings.catch_warnings():
        # Of years without the feast's reckoning it finds nothing, and says so on stderr.
        warnings.simplefilter("ignore")
        found = country_holidays(country, years=year, language="en_US").items()
    return min((day for day, names in found if listed in names.split("; ")), default=None)


def _feast(name: str) -> _Of:
    return lambda year: _movable(name, year)


_ORTHODOX = easter.EASTER_ORTHODOX
_HOLIDAYS: dict[str, _Of] = {
    **dict.fromkeys(("new year's day", "new year's", "new year"), _on(1, 1)),
    "new year's eve": _on(12, 31),
    "christmas eve": _on(12, 24),
    **dict.fromkeys(("christmas day", "christmas"), _on(12, 25)),
    **dict.fromkeys(("orthodox christmas day", "orthodox christmas"), _on(1, 7)),
    "orthodox christmas eve": _on(1, 6),
    "boxing day": _on(12, 26),
    "epiphany": _on(1, 6),
    **dict.fromkeys(("halloween", "halloween night"), _on(10, 31)),
    "valentine's day": _on(2, 14),
    **dict.fromkeys(("st. patrick's day", "st patrick's day", "saint patrick's day"), _on(3, 17)),
    "groundhog day": _on(2, 2),
    "earth day": _on(4, 22),
    "cinco de mayo": _on(5, 5),
    **dict.fromkeys(("independence day", "fourth of july", "july fourth"), _on(7, 4)),
    "juneteenth": _on(6, 19),
    "canada day": _on(7, 1),
    "australia day": _on(1, 26),
    "anzac day": _on(4, 25),
    "victory day": _on(5, 9),
    "ve day": _on(5, 8),
    "international women's day": _on(3, 8),
    **dict.fromkeys(("veterans day", "armistice day", "remembrance day"), _on(11, 11)),
    **dict.fromkeys(("veterans' day",), _on(11, 11)),
    "remembrance sunday": _nth(11, 6, 2),
    **dict.fromkeys(("bonfire night", "guy fawkes night"), _on(11, 5)),
    "may day": _on(5, 1),
    "bastille day": _on(7, 14),
    **dict.fromkeys(
        ("martin luther king jr. day", "martin luther king day", "mlk day"), _nth(1, 0, 3)
    ),
    **dict.fromkeys(("presidents' day", "presidents day"), _nth(2, 0, 3)),
    "memorial day": _nth(5, 0, -1),
    **dict.fromkeys(("labor day", "labour day"), _nth(9, 0, 1)),
    **dict.fromkeys(("columbus day", "indigenous peoples' day"), _nth(10, 0, 2)),
    "election day": _nth(11, 0, 1, 1),
    "inauguration day": _inauguration,
    **dict.fromkeys(("thanksgiving day", "thanksgiving"), _nth(11, 3, 4)),
    "black friday": _nth(11, 3, 4, 1),
    "cyber monday": _nth(11, 3, 4, 4),
    "mother's day": _nth(5, 6, 2),
    "father's day": _nth(6, 6, 3),
    **dict.fromkeys(("ash wednesday",), _easter(-46)),
    "shrove tuesday": _easter(-47),
    "mardi gras": _easter(-47),
    "palm sunday": _easter(-7),
    "maundy thursday": _easter(-3),
    "good friday": _easter(-2),
    "holy saturday": _easter(-1),
    **dict.fromkeys(("easter", "easter sunday", "easter day"), _easter()),
    "easter monday": _easter(1),
    "ascension day": _easter(39),
    "pentecost": _easter(49),
    "orthodox good friday": _easter(-2, _ORTHODOX),
    **dict.fromkeys(("orthodox easter", "orthodox easter sunday"), _easter(0, _ORTHODOX)),
    **{name: _feast(name) for name in _MOVABLE},
    **{name: _feast(known) for name, known in _ALIKE.items()},
}
# The words of which one stands in each of them.
NAMES = frozenset(re.sub(r"['’]s?|\.", "", name) for name in (*_HOLIDAYS, "eid"))
# Alone, these are days; beside a noun, "a Christmas album", they are not.
_BARE = frozenset(
    "christmas thanksgiving halloween easter diwali deepavali holi passover epiphany".split()
) | {"new year", "new year's", "lunar new year", "chinese new year", "eid", "tet", "mardi gras"}
_NOUN = re.compile(r"[\s-]+(?P<word>[A-Za-z]+)")
_OF_THE_DAY = frozenset("morning evening night afternoon holiday holidays day week weekend".split())
_NAME = re.compile(r"\s+(?:Island|Agreement|Kills|Ends|Bowl|Accords?|Party|Museum|Store)\b")
# The day of another country.
_OTHERS = re.compile(r"['’]s\s+Independence|(?:ian|ani|ese|ish)\s+Independence")
_HOLIDAY = any_of((*_HOLIDAYS, "eid")).replace("'", "['’]").replace(r"\ ", r"\s+")


@holidays.rule(
    rf"""(?:(?P<which>(?i:last|this|next))\s+)?(?P<name>(?i:{_HOLIDAY}))
    (?P<week>\s+week(?:end)?)?(?:,?\s+(?:of\s+)?(?:(?P<year>{YEAR})|(?P<shift>{SHIFT})))?"""
)
def _holiday(match: re.Match[str], context: Context) -> Resolved:
    name = " ".join(match["name"].lower().replace("’", "'").split())
    if not match["name"][0].isupper() or _is_no_day(match, name, context):
        return None
    near = context.text[max(0, match.start() - 30) : match.end()]
    if name.startswith("independence") and _OTHERS.search(near):
        return None
    known = ("eid al-fitr", "eid al-adha") if name == "eid" else (name,)
    if match["year"] or match["shift"]:
        year = year_in(match, context, 1)
        found = _HOLIDAYS[known[0]](int(year.value))
        unsure = len(known) > 1 or year.uncertain
    else:
        found, unsure = _without_a_year(match, context, known)
    if found is None:
        return None
    unsure = unsure or name in _MOVABLE or name in _ALIKE
    value = enclosing(found, match["week"].strip()) if match["week"] else found.isoformat()
    return Value(value, unsure)


def _without_a_year(
    match: re.Match[str], context: Context, names: tuple[str, ...]
) -> tuple[datetime.date | None, bool]:
    """Return the day of a holiday that is meant, and whether another year's is as good."""
    date, which = context.date, (match["which"] or "").lower()
    around = range(date.year - 4, date.year + 5) if "inauguration day" in names else ()
    years = around or range(date.year - 1, date.year + 2)
    all_days = sorted(day for name in names for year in years if (day := _HOLIDAYS[name](year)))
    past = [day for day in all_days if day <= date]
    later = [day for day in all_days if day >= date]
    if not past or not later:
        return next(iter(past[-1:] or later[:1]), None), True
    if which == "this":
        return next((day for day in all_days if day.year == date.year), None), False
    if which:
        return (past[-1] if which == "last" else later[0]), False
    likely = context.ahead(match.start(), match.end())
    forward, unsure = nearer(past[-1], later[0], context, likely)
    return (later[0] if forward else past[-1]), unsure


def _is_no_day(match: re.Match[str], name: str, context: Context) -> bool:
    """Tell whether a holiday's name is part of another, or only says of what kind a thing is."""
    if _NAME.match(context.text, match.end()):
        return True
    noun = _NOUN.match(context.text, match.end())
    if name not in _BARE or match["week"] or match["year"] or match["shift"] or not noun:
        return False
    word = noun["word"]
    return word.islower() and word not in FUNCTION_WORDS | _OF_THE_DAY | _MORE_FUNCTION_WORDS


# Other words that follow a day and are no nouns.
_MORE_FUNCTION_WORDS = frozenset(
    """he she until till since during after before because last this next comes came began ends
    starts without despite amid when again approaches""".split()
)
