"""Months, seasons and quarters: "in late April", "April to June 2017", "the third quarter"."""

import datetime
import re
from functools import lru_cache

from qa.dates.days import (
    AGENCY_MONTH,
    FULL_MONTH,
    MONTH,
    PART,
    SHIFT,
    YEAR,
    full_year,
    month_of,
    shifted,
    year_in,
    year_of,
)
from qa.dates.lexicon import NTH, SEASONS
from qa.dates.rules import Context, Grammar, Resolved, Value
from qa.text.vocabulary import POSSESSIVES, any_of

months = Grammar()

# A month beside a noun, "its June estimate", is as a rule the one before.
_MODIFIER = re.compile(r"\s+[a-z]")
_OWNED = re.compile(rf"(?i:\b(?:an?|{any_of(POSSESSIVES)}|our|my)|['’]s)\s+$")
_TO = r"(?:\s*[-–—]\s*|\s+(?:to|and|or|through|until|till)\s+)"


@months.rule(
    rf"""{PART}?(?P<month>{MONTH})(?:,?\s+(?:of\s+)?|[-\s]*['’](?=\d\d\b))
    (?:(?P<year>{YEAR})|(?P<shift>{SHIFT})|(?<=['’])(?P<short>\d\d))"""
)
def _month_year(match: re.Match[str], context: Context) -> Resolved:
    month = month_of(match["month"])
    if match["short"]:
        return f"{full_year(int(match['short']), context)}-{month:02}"
    year = year_in(match, context, month)
    return Value(f"{int(year.value):04}-{month:02}", year.uncertain)


@months.rule(
    rf"""(?P<first>{PART}?(?P<month>{FULL_MONTH}|{AGENCY_MONTH}\.?)(?:,?\s+(?P<own>{YEAR}))?){_TO}
    (?P<second>{PART}?(?P<month2>{FULL_MONTH}|{AGENCY_MONTH}\.)(?:,?\s+(?:of\s+)?
    (?:(?P<year>{YEAR})|(?P<shift>{SHIFT})))?)(?!\s*\d)"""
)
def _month_range(match: re.Match[str], context: Context) -> Resolved:
    if match["month"].isupper() != match["month2"].isupper():
        return None
    first, second = month_of(match["month"]), month_of(match["month2"])
    year = year_in(match, context, second)
    own = int(match["own"] or int(year.value) - (first > second))
    return {
        "first": Value(f"{own:04}-{first:02}", year.uncertain and not match["own"]),
        "second": Value(f"{int(year.value):04}-{second:02}", year.uncertain),
    }


@months.rule(
    rf"(?:(?P<which>(?i:last|this\s+past|this|next|this\s+coming|past))\s+|(?P<part>{PART}))?"
    rf"(?P<month>{FULL_MONTH}|{AGENCY_MONTH}\.)(?!\s*\d)"
)
def _month(match: re.Match[str], context: Context) -> Resolved:
    month, which = month_of(match["month"]), " ".join((match["which"] or "").lower().split())
    date = context.date
    if which:
        step = {"last": -1, "past": -1, "this past": -1, "next": 1, "this coming": 1}.get(which, 0)
        if not step:
            return Value(f"{date.year}-{month:02}")
        away = -(month >= date.month) if step < 0 else month <= date.month
        return Value(f"{date.year + away}-{month:02}")
    if not match["part"] and _is_name(match, context):
        return None
    year = year_of(match, context, month)
    if _names_a_past_one(match, context) and month != date.month:
        year = Value(str(date.year - (month > date.month)), uncertain=year.uncertain)
    return Value(f"{int(year.value):04}-{month:02}", year.uncertain)


def _names_a_past_one(match: re.Match[str], context: Context) -> bool:
    """Tell whether a month stands as in "an April survey" or "its June estimate"."""
    before = context.text[max(0, match.start() - 12) : match.start()]
    return bool(_OWNED.search(before) and _MODIFIER.match(context.text, match.end()))


# Before a month that could be a name, a modal or a verb.
_BEFORE_MONTH = re.compile(
    r"(?i:\b(?:the|in|since|by|until|till|of|from|to|through|for|during|before|after|and|or|as|"
    r"between|late|early|mid|around|last|this|next|following|than|-))[\s-]+$"
)
_AMBIGUOUS = frozenset("May March April June August".split())
# What comes after the first name of a person: "June Carter".
_NAME = re.compile(r"\s[A-Z][a-z]+\b(?!\s*\d)")


def _is_name(match: re.Match[str], context: Context) -> bool:
    """Tell whether a month's name is one of a person, a modal or a verb, as far as can be told."""
    name, text, end = match["month"], context.text, match.end()
    before = text[max(0, match.start() - 14) : match.start()]
    if name == "May" and _tells_of_mrs_may(text):
        dated = re.search(r"\b(?:in|since|until|during)\s+$", before, re.IGNORECASE)
        if not dated or text[end : end + 2] in ("'s", "’s"):
            return True
    if name in ("MAY", "MARCH"):
        return True
    if name.capitalize() not in _AMBIGUOUS:
        return False
    if _NAME.match(text, end) and not re.search(r"\b[Ii]n\s+$", before):
        return True
    if name == "March" and re.match(r"\s+on\b", text[end : end + 5]) and "the " in before:
        return True
    owned = _OWNED.search(before) and _MODIFIER.match(text, end)
    return not (owned or _BEFORE_MONTH.search(before))


# Of whom "before May called an election" speaks.
_MRS_MAY = re.compile(r"\b(?:Theresa|Mrs\.?|Minister)\s+May\b")


@lru_cache(maxsize=4)
def _tells_of_mrs_may(text: str) -> bool:
    return bool(_MRS_MAY.search(text))


# "Fall" and "spring" are verbs as well, and a season that nobody dates is any year's.
_IN_SEASON = re.compile(
    rf"\b(?:in|since|by|until|during|of|early|late|mid)[\s-]+(?:the\s+)?{any_of(SEASONS)}$",
    re.IGNORECASE,
)


@months.rule(
    rf"""(?i:(?:(?P<which>last|this\s+coming|this\s+past|this|next|past|coming)\s+)?{PART}?
    (?:the\s+)?(?P<season>spring|summer|fall|autumn|winter)
    (?:,?\s+(?:of\s+)?(?:(?P<year>{YEAR})|(?P<shift>{SHIFT})))?)"""
)
def _season(match: re.Match[str], context: Context) -> Resolved:
    season, which = SEASONS[match["season"].lower()], (match["which"] or "").lower()
    if match["year"] or match["shift"]:
        # "The winter of 2022" may begin in it or end in it.
        return Value(f"{year_in(match, context, 1).value}-{season}", uncertain=season == "WI")
    if not which and not _IN_SEASON.search(context.text, max(0, match.start() - 10), match.end()):
        return None
    middle = {"SP": 4, "SU": 7, "FA": 10, "WI": 1}[season]
    date = context.date
    # A winter is named after the year that it ends in.
    year_ = date.year + (season == "WI" and date.month > 8)
    which = which.split()[-1] if which else which
    if which in ("last", "past"):
        return f"{year_ - (season == 'WI' or middle >= date.month - 1)}-{season}"
    if which in ("next", "coming"):
        return f"{year_ + (season == 'WI' or middle <= date.month + 1)}-{season}"
    if which == "this":
        return f"{year_}-{season}"
    return Value(f"{year_of(match, context, middle).value}-{season}", uncertain=True)


_PERIOD = (
    r"(?:(?P<fiscal>fiscal\s+(?:year\s+)?)?(?P<year>\d{4})|"
    r"(?P<shift>(?:last|this|next|that|the)\s+year))"
)
_OF_A_GAME = re.compile(
    r"touchdown|yards|point|coach|goal|lead|score|game|match|minute|basket|rebound|pass|punt"
)


@months.rule(
    rf"""(?i:(?:(?:the|last|this)\s+)?(?:(?:fiscal|financial)[\s-]+)?
    (?P<place>{any_of(NTH)}|latter|opening)[\s-]+
    (?P<unit>quarter|half)(?:,?\s+(?:of\s+|in\s+)?(?:{_PERIOD}))?)
    |(?P<letter>[QH])(?P<number>[1-4])(?:[-\s]+(?:of\s+)?(?:FY\s?)?(?P<year_>\d{{4}})|
    \s?['’](?P<short>\d\d))?"""
)
def _quarter(match: re.Match[str], context: Context) -> Resolved:
    place = int(match["number"] or 0) or _place(match["place"].lower())
    letter = match["letter"] or ("H" if match["unit"].lower() == "half" else "Q")
    written = match["year"] or match["year_"]
    if match["short"]:
        written = str(full_year(int(match["short"]), context))
    if letter == "H" and (place > 2 or not (written or match["shift"] or match["letter"])):
        # Of a match, as a rule.
        return None
    if written:
        return Value(f"{written}-{letter}{place}", uncertain=bool(match["fiscal"]))
    if match["shift"]:
        the = match["shift"].lower().startswith("the")
        year = Value(str(context.date.year)) if the else shifted(match["shift"], context)
        return Value(f"{year.value}-{letter}{place}", year.uncertain)
    near = context.text[max(0, match.start() - 40) : match.end() + 50].lower()
    if letter == "Q" and _OF_A_GAME.search(near):
        return None
    value = f"{_year_of_part(match, context, place, 3 if letter == 'Q' else 6)}-{letter}{place}"
    return Value(value, uncertain=True)


def _place(word: str) -> int:
    return {"latter": 2, "opening": 1}.get(word) or NTH[word]


def _year_of_part(match: re.Match[str], context: Context, place: int, size: int) -> int:
    """Return the year of a quarter or a half without one: as a rule the last that has begun."""
    date, likely = context.date, context.ahead(match.start(), match.end())
    begins, ends = size * (place - 1) + 1, size * place
    if begins > date.month:
        # Companies report on what is past.
        return date.year - (likely < (0.45 if begins - date.month == 1 else 0.8))
    over = date.month - ends > 2
    return date.year + (over and likely > 0.7)


@months.rule(
    rf"(?i:the\s+)?(?i:(?P<unit>week|weekend)\s+(?:of|beginning|ending|starting))\s+"
    rf"(?:(?P<month>{MONTH})\s*(?P<day>\d\d?)|(?P<day_>\d\d?)(?:st|nd|rd|th)?\s+(?P<month_>{MONTH}))"
    rf"(?:st|nd|rd|th)?(?:,?\s+(?P<year>{YEAR}))?(?!\d)"
)
def _week_of(match: re.Match[str], context: Context) -> Resolved:
    month = month_of(match["month"] or match["month_"])
    day = int(match["day"] or match["day_"])
    year = year_in(match, context, month, day)
    try:
        found = datetime.date(int(year.value), month, day)
    except ValueError:
        return None
    iso = found.isocalendar()
    ending = "-WE" * (match["unit"].lower() == "weekend")
    return Value(f"{iso.year}-W{iso.week:02}{ending}", year.uncertain)


@months.rule(
    rf"""(?i:the\s+)?(?P<place>(?i:first|second|third|fourth|last|final|opening))\s+
    (?P<unit>(?i:week|weekend|day))\s+(?:of|in)\s+(?P<month>{MONTH})
    (?:,?\s+(?:of\s+)?(?:(?P<year>{YEAR})|(?P<shift>{SHIFT})))?"""
)
def _part_of_month(match: re.Match[str], context: Context) -> Resolved:
    month = month_of(match["month"])
    year = year_in(match, context, month)
    place = {"last": -1, "final": -1, "opening": 0, "first": 0, "second": 1, "third": 2}.get(
        match["place"].lower(), 3
    )
    start = datetime.date(int(year.value), month, 1)
    after = datetime.date(start.year + month // 12, month % 12 + 1, 1)
    unit = match["unit"].lower()
    size = datetime.timedelta(1 if unit == "day" else 7)
    day = after - size if place < 0 else start + place * size
    if unit == "day":
        return Value(day.isoformat(), year.uncertain)
    if unit == "weekend":
        day += datetime.timedelta((5 - day.weekday()) % 7)
    iso = (day + datetime.timedelta(0 if unit == "weekend" else 3)).isocalendar()
    return Value(f"{iso.year}-W{iso.week:02}{'-WE' * (unit == 'weekend')}", uncertain=True)
