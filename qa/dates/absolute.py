"""Dates that a calendar knows: days, months, years, seasons, quarters, decades."""

import calendar
import re
from functools import lru_cache

from qa.dates.lexicon import NTH, SEASONS
from qa.dates.rules import Context, Grammar, Resolved, Value
from qa.text.vocabulary import AGENCY_MONTHS, MONTHS, SHORT_MONTHS, WEEKDAYS, any_of

absolute = Grammar()

_FULL = any_of([*MONTHS, *(name.upper() for name in MONTHS)])
_AGENCY = any_of(AGENCY_MONTHS)
_SHORT = rf"(?:{any_of(SHORT_MONTHS)}\b\.?|{_AGENCY.upper()}\.)"
MONTH = f"(?:{_FULL}|{_SHORT})"
# Not the beginning of a larger figure, of a time of day, or of an amount.
DAY = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?(?!\d|[.,:]\d|\s?%|\s?[ap]\.?m\b)"
YEAR = r"(?:1[5-9]|20)\d\d(?!\d|[.,]\d|\s?%)"
WEEKDAY = any_of([*WEEKDAYS, *(name.upper() for name in WEEKDAYS)])
_WEEKDAY_SHORT = r"(?:Mon|Tues?|Wed|Thurs?|Thu|Fri|Sat|Sun)\b\.?"
# Parts of a period, "late November", which the value does not tell.
PART = r"(?:(?:early|mid|late|(?:the\s)?(?:start|beginning|middle|end)\sof)[\s-]+)"
_TO = r"(?:\s*(?:[-–—]|to|and|or|through|until)\s*)"
SHIFT = r"(?:last|this|next|that)\s+year"


def month_of(name: str) -> int:
    """Return the number of a month, 1 to 12, by its name or the beginning of it."""
    return next(i for i, full in enumerate(MONTHS, 1) if full[:3].lower() == name[:3].lower())


def _number(day: str) -> int:
    return int(re.sub(r"\D", "", day))


def _day(year: int, month: int, day: str | int) -> str | None:
    number = _number(day) if isinstance(day, str) else day
    if not (1 <= year <= 9999 and 1 <= number <= calendar.monthrange(year, month)[1]):
        return None
    return f"{year:04}-{month:02}-{number:02}"


def year_of(match: re.Match[str], context: Context, month: int, day: int = 0) -> Value:
    """Return the year of a date written without one, by tense, or else the nearest, mostly past."""
    known = context.years.get((month, day))
    if known:
        return Value(str(known))
    date = context.date
    here = (month, day or date.day)
    before = date.year - (here > (date.month, date.day))
    after = date.year + (here < (date.month, date.day))
    if before == after:
        return Value(str(before))
    ahead = (12 * after + month) - (12 * date.year + date.month)
    direction = context.direction(match)
    # News seldom speaks of what is eleven months away without naming the year.
    if direction > 0 and ahead <= 10:
        return Value(str(after))
    if direction < 0 and ahead > 2:
        return Value(str(before))
    near = ahead <= 2 or ahead >= 9
    return Value(str(after if ahead <= 3 else before), uncertain=bool(direction) or not near)


def _shifted(words: str, context: Context) -> Value:
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
        return _shifted(groups["shift"], context)
    return year_of(match, context, month, day)


# Days that are known by their date alone, whatever the article's year.
@absolute.rule(
    r"(?:September\s+11|Sept\.?\s+11|9/11)(?:th)?(?=,?\s+(?:2001|attack|terror|hijack))|9/11"
    r"|(?P<capitol>Jan(?:uary|\.)?\s+6)(?:th)?(?=,?\s+(?:2021|attack|riot|insurrection|committee|"
    r"hearing|select|House|rioter|panel|investigation|Capitol))"
)
def _by_its_date(match: re.Match[str], context: Context) -> Resolved:
    value = "2021-01-06" if match["capitol"] else "2001-09-11"
    return value if context.date.isoformat() >= value else None


@absolute.rule(r"(?P<year>\d{4})-(?P<month>0[1-9]|1[0-2])-(?P<day>[0-3]\d)(?:T\d\d:\d\d\S*)?")
def _iso(match: re.Match[str], context: Context) -> Resolved:
    return _day(int(match["year"]), int(match["month"]), match["day"])


@absolute.rule(r"(?<![/\d])(?P<one>\d{1,2})/(?P<two>\d{1,2})/(?P<year>(?:19|20)?\d\d)(?!/)")
def _slashed(match: re.Match[str], context: Context) -> Resolved:
    one, two, year = int(match["one"]), int(match["two"]), int(match["year"])
    if year < 100:
        year = _century(year, context)
    # American, unless only the other way makes a date.
    month, day = (one, two) if one <= 12 else (two, one)
    if not (1 <= month <= 12 and day):
        return None
    value = _day(year, month, day)
    return value and Value(value, uncertain=one <= 12 and two <= 12 and one != two)


@absolute.rule(
    rf"""(?:(?:{WEEKDAY}|{_WEEKDAY_SHORT}),?\s+)?
    (?P<first>(?P<month>{MONTH})\s*(?P<day>{DAY})(?:,?\s+(?P<own>{YEAR}))?){_TO}
    (?P<second>(?:(?P<month2>{MONTH})\s*)?(?P<day2>{DAY})(?:(?:,\s*|\s+)(?P<year>{YEAR}))?)
    (?!\s*(?:[-–]\d|percent|people|million|billion|{MONTH}))"""
)
def _days_after_month(match: re.Match[str], context: Context) -> Resolved:
    month = month_of(match["month"])
    later = month_of(match["month2"] or match["month"])
    return _range(match, context, month, later)


@absolute.rule(
    rf"""(?P<first>(?:(?:{WEEKDAY}),?\s+)?(?:the\s+)?(?P<day>{DAY})){_TO}
    (?P<second>(?:the\s+)?(?P<day2>{DAY})\s+(?:of\s+)?(?P<month>{MONTH})(?:,?\s+(?P<year>{YEAR}))?)"""
)
def _days_before_month(match: re.Match[str], context: Context) -> Resolved:
    month = month_of(match["month"])
    return _range(match, context, month, month)


def _range(match: re.Match[str], context: Context, month: int, later: int) -> Resolved:
    own = match.groupdict().get("own")
    second = year_in(match, context, later, _number(match["day2"]))
    year = int(own or second.value) - (not own and month > later)
    values = (_day(year, month, match["day"]), _day(int(second.value), later, match["day2"]))
    if not values[0] or not values[1] or values[0] >= values[1]:
        # "May 24 and 17 others" is no range.
        return None
    return {
        "first": Value(values[0], second.uncertain and not own),
        "second": Value(values[1], second.uncertain),
    }


@absolute.rule(
    rf"""(?:(?:{WEEKDAY}|{_WEEKDAY_SHORT}),?\s+)?
    (?:(?P<month>{MONTH})\s*(?P<day>{DAY})|(?:the\s+)?(?P<day_>{DAY})\s+(?:of\s+)?(?P<month_>{MONTH}))
    (?:(?:,\s*|\s+)(?P<year>{YEAR})|,?\s+(?:of\s+)?(?P<shift>{SHIFT}))?"""
)
def _month_day(match: re.Match[str], context: Context) -> Resolved:
    month = month_of(match["month"] or match["month_"])
    number = _number(match["day"] or match["day_"])
    year = year_in(match, context, month, number)
    value = _day(int(year.value), month, number)
    if match["year"] and not value:
        # There is no such day; of the month there is no doubt.
        return Value(f"{match['year']}-{month:02}", uncertain=True)
    if match["year"]:
        context.years[month, number] = int(match["year"])
    return value and Value(value, year.uncertain)


@absolute.rule(
    rf"""{PART}?(?P<month>{MONTH})(?:,?\s+(?:of\s+)?|[-\s]*['’](?=\d\d\b))
    (?:(?P<year>{YEAR})|(?P<shift>{SHIFT})|(?<=['’])(?P<short>\d\d))"""
)
def _month_year(match: re.Match[str], context: Context) -> Resolved:
    month = month_of(match["month"])
    if match["short"]:
        return f"{_century(int(match['short']), context)}-{month:02}"
    year = year_in(match, context, month)
    return Value(f"{int(year.value):04}-{month:02}", year.uncertain)


def _century(two: int, context: Context) -> int:
    return two + (
        2000 if two <= context.date.year % 100 + 10 and context.date.year >= 2000 else 1900
    )


@absolute.rule(
    rf"(?:(?P<which>(?i:last|this\s+past|this|next|this\s+coming|past))\s+|(?P<part>{PART}))?"
    rf"(?P<month>{_FULL}|{_AGENCY}\.)(?!\s*\d)"
)
def _month(match: re.Match[str], context: Context) -> Resolved:
    month, which = month_of(match["month"]), (match["which"] or "").lower()
    date = context.date
    if which:
        step = {"last": -1, "past": -1, "this past": -1, "next": 1, "this coming": 1}.get(which, 0)
        if not step:
            return Value(f"{date.year}-{month:02}")
        away = -(month >= date.month) if step < 0 else month <= date.month
        return Value(f"{date.year + away}-{month:02}")
    # A name, a modal or a verb, unless something beside it says that it is a month.
    before = context.text[max(0, match.start() - 12) : match.start()]
    if match["month"] == "May" and not match["part"] and _tells_of_mrs_may(context.text):
        month_ = re.search(r"\b(?:in|since|until|during)\s+$", before, re.IGNORECASE)
        if not month_ or context.text[match.end() : match.end() + 2] in ("'s", "’s"):
            return None
    if match["month"] in ("May", "March", "April", "June", "August") and not match["part"]:
        if _NAME.match(context.text, match.end()) and not re.search(r"\b[Ii]n\s+$", before):
            return None
        pattern = (
            r"(?i:\b(?:the|in|since|by|until|of|from|to|through|for|during|before|after|and|or|"
            r"between|late|early|mid|around|-))[\s-]+$"
        )
        if not re.search(pattern, before):
            return None
    year = year_of(match, context, month)
    return Value(f"{int(year.value):04}-{month:02}", year.uncertain)


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


@absolute.rule(
    rf"""(?i:(?:(?P<which>last|this|next|past)\s+)?{PART}?(?:the\s+)?
    (?P<season>spring|summer|fall|autumn|winter)
    (?:\s+(?:of\s+)?(?:(?P<year>{YEAR})|(?P<shift>{SHIFT})))?)"""
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
    if which in ("last", "past"):
        return f"{year_ - (season == 'WI' or middle >= date.month - 1)}-{season}"
    if which == "next":
        return f"{year_ + (season == 'WI' or middle <= date.month + 1)}-{season}"
    if which == "this":
        return f"{year_}-{season}"
    return Value(f"{year_of(match, context, middle).value}-{season}", uncertain=True)


@absolute.rule(
    rf"""(?i:(?:(?:the|last|this)\s+)?(?P<place>{any_of(NTH)})[\s-]+(?P<unit>quarter|half)
    (?:(?:,?\s+(?:of\s+|in\s+)?)(?:(?P<fiscal>fiscal\s+(?:year\s+)?)?(?P<year>{YEAR})|
    (?P<shift>{SHIFT})))?)|Q(?P<q>[1-4])(?:\s+(?:of\s+)?(?P<year_>{YEAR}))?"""
)
def _quarter(match: re.Match[str], context: Context) -> Resolved:
    place = int(match["q"] or 0) or NTH[match["place"].lower()]
    letter = "H" if match["unit"] and match["unit"].lower() == "half" else "Q"
    if letter == "H" and (place > 2 or not (match["year"] or match["shift"])):
        # Of a match, as a rule.
        return None
    if written := match["year"] or match["year_"]:
        return Value(f"{written}-{letter}{place}", uncertain=bool(match["fiscal"]))
    if match["shift"]:
        year = _shifted(match["shift"], context)
        return Value(f"{year.value}-{letter}{place}", year.uncertain)
    before = context.text[max(0, match.start() - 30) : match.end() + 40].lower()
    if re.search(r"touchdown|yards|point|coach|goal|lead|score|game", before):
        return None
    # The last one that was over, or is: companies report on what is past.
    gone = 3 * place - 2 > context.date.month and context.direction(match) <= 0
    return Value(f"{context.date.year - gone}-Q{place}", uncertain=True)


@absolute.rule(
    r"""(?:(?:the\s+)?(?:(?:early|mid|late)[\s-]+)?(?:to\s+late[\s-]+)?)?(?:the\s+)?
    (?:(?P<century>1[5-9]|20)(?P<decade>\d)0['’]?s|(?<=['’])(?P<short>[2-9])0s)"""
)
def _decade(match: re.Match[str], context: Context) -> Resolved:
    if match["short"]:
        return f"19{match['short']}X"
    if match["decade"] == "0":
        # The decade, or the whole century.
        return Value(f"{match['century']}XX" if match["century"] < "20" else "200X", uncertain=True)
    return f"{match['century']}{match['decade']}X"


@absolute.rule(
    r"""(?i:(?:the\s+)?(?:(?:early|mid|late)[\s-]+)?)(?P<number>\d\d?)(?:st|nd|rd|th)[\s-]
    (?i:century)"""
)
def _century_(match: re.Match[str], context: Context) -> Resolved:
    return f"{int(match['number']) - 1:02}XX" if int(match["number"]) > 1 else None


# What comes after the first name of a person: "June Carter".
_NAME = re.compile(r"\s[A-Z][a-z]+\b(?!\s*\d)")
_NOT_YEARS = (
    r"people|men|women|children|troops|soldiers|workers|jobs|employees|dollars|feet|foot|miles|"
    r"meters|metres|kilometers|km|yards|pounds|tons|tonnes|members|points|votes|square|acres|"
    r"shares|students|homes|houses|cases|deaths|mph|hours|years|days|times|words|m\b|percent|"
    r"GMT|degrees|calories|euros|yen|rubles|local\s+time|passengers|seats|flights|games|cars"
)


@absolute.rule(
    rf"""(?:{PART}|(?P<fiscal>(?i:fiscal(?:\s+year)?|FY)[\s-]*)|(?i:pre|post)-)?
    (?P<year>{YEAR})(?:[-–/](?P<second>\d\d(?:\d\d)?)(?![\d-]))?
    (?!\s?(?:{_NOT_YEARS})\b(?!['’]))(?![-–]\w)"""
)
def _year(match: re.Match[str], context: Context) -> Resolved:
    before = context.text[max(0, match.start() - 9) : match.start()]
    if re.search(r"(?:[$£€#.,/:@-]|No\.\s|\d\s|(?i:about|over|nearly|than|some|route)\s)$", before):
        return None
    year = int(match["year"])
    if not 1500 <= year <= context.date.year + 100:
        return None
    if match["second"] and len(match["second"]) == 4 and match["second"] > match["year"]:
        return {"year": str(year), "second": match["second"]}
    return Value(str(year), uncertain=bool(match["fiscal"] or match["second"]))
