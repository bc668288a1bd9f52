"""Years, decades and centuries, and the figures that look like years and are none."""

import re

from qa.dates.clock import ZONE
from qa.dates.days import PART, YEAR, full_year
from qa.dates.lexicon import NUMBERS
from qa.dates.rules import Context, Grammar, Resolved, Value
from qa.text.vocabulary import MONTHS, ONES, TENS, any_of
from qa.text.words import FUNCTION_WORDS

years = Grammar()


@years.rule(
    r"""(?:(?:the\s+)?(?:(?:early|mid|late)[\s-]+)?(?:to\s+late[\s-]+)?)?(?:the\s+)?
    (?:(?P<century>1[5-9]|20)(?P<decade>\d)0['’]?s|(?<=['’])(?P<short>[2-9])0s)
    |(?i:the\s+(?:(?:early|mid|late)[\s-]+)?)(?P<bare>[2-9])0s"""
)
def _decade(match: re.Match[str], context: Context) -> Resolved:
    if match["short"]:
        return f"19{match['short']}X"
    if match["bare"]:
        # "Highs in the 80s" are of the thermometer.
        around = context.text[max(0, match.start() - 60) : match.end() + 40].lower()
        if re.search(r"\b(?:highs?|lows?|degrees|temperatures?|upper|lower|mph|shot)\b", around):
            return None
        return Value(f"19{match['bare']}X", uncertain=True)
    if match["decade"] == "0":
        # The decade, or the whole century.
        return Value(f"{match['century']}XX" if match["century"] < "20" else "200X", uncertain=True)
    return f"{match['century']}{match['decade']}X"


@years.rule(
    r"""(?i:(?:the\s+)?(?:(?:early|mid|late)[\s-]+)?)(?P<number>\d\d?)(?:st|nd|rd|th)[\s-]
    (?i:century)(?P<before>\s+B\.?C\.?(?:E\.?)?)?"""
)
def _century(match: re.Match[str], context: Context) -> Resolved:
    number = int(match["number"])
    if match["before"]:
        return f"BC{number - 1:02}XX" if number else None
    return f"{number - 1:02}XX" if number > 1 else None


_TENS = rf"(?:{any_of(TENS)}(?:-{any_of(ONES[1:10])})?|{any_of(ONES[10:])})"


@years.rule(rf"(?i:(?P<century>eighteen|nineteen)\s+(?P<rest>{_TENS}))(?![-\w])")
def _in_words(match: re.Match[str], context: Context) -> Resolved:
    return f"{NUMBERS[match['century'].lower()] * 100 + NUMBERS[match['rest'].lower()]:.0f}"


@years.rule(r"(?:FY|(?i:fiscal(?:\s+year)?\s))\s?['’]?(?P<two>\d\d)(?!\d|[-–/,.]\d|\s?%)")
def _fiscal(match: re.Match[str], context: Context) -> Resolved:
    return Value(str(full_year(int(match["two"]), context)), uncertain=True)


_FISCAL = r"(?P<fiscal>(?i:(?:fiscal|financial)(?:\s+year)?|FY)[\s-]*)"


@years.rule(
    rf"""(?:{PART}|{_FISCAL}|(?i:pre|post)-)?
    (?P<year>{YEAR})(?:[-–/](?P<second>\d\d(?:\d\d)?)(?![\d-]))?(?![-–]\w)"""
)
def _year(match: re.Match[str], context: Context) -> Resolved:
    year = int(match["year"])
    if not 1500 <= year <= context.date.year + 100:
        return None
    if not match["fiscal"] and not match["second"] and _counts(match, context):
        return None
    if match["second"] and len(match["second"]) == 4 and match["second"] > match["year"]:
        return {"year": str(year), "second": match["second"]}
    return Value(str(year), uncertain=bool(match["fiscal"] or match["second"]))


# Before a number that is no year: an amount, a label, a time of day.
_BEFORE = re.compile(
    r"(?:[$£€#.,/:@-]|\bNo\.\s|\d\s|\b(?i:about|over|nearly|than|some|approximately|exactly|roughly|"
    r"almost|another|only|just|all|route|flight|resolution|section|room|local|highway|chapter|page|"
    r"model|gate|bus|lot)\s)$"
)
_LAST_WORD = re.compile(r"([A-Za-z][\w'’.]*),?\s+$")
_NEXT_WORD = re.compile(r"\s+([A-Za-z][a-z'’]*)")
_STREET = re.compile(
    r"\s+(?:[NSEW]\.?\s+)?(?:[A-Z][\w.]*\s+){1,3}(?:Avenue|Ave|Street|St|Road|Rd|Drive|Dr|Blvd|"
    r"Boulevard|Lane|Ln|Way|Court|Place|Highway|Parkway|Terrace|Square)\b"
)
_ZONE = re.compile(rf"\s?(?:{ZONE}|hours)\b|\s+B\.?C\b")
# Units, and the plurals that do not end in -s.
_MEASURES = frozenset(
    "people men women children feet percent per m km kg mph miles square metre meter km2 "
    "troops mg calories".split()
)
# Of a year that is far away, "2012 engines" are a number; "2019 levels" are of that year.
_YEARLY = frozenset("levels elections games midterms championships finals standards".split())
_TEMPORAL = frozenset("in since until till during before after by from between late early".split())
_NEAR = 2
_LABELLED = 10


def _counts(match: re.Match[str], context: Context) -> bool:
    """Tell whether a figure of four digits is an amount, a label or a time of day, not a year."""
    text, start, end = context.text, match.start("year"), match.end("year")
    before, year = text[max(0, match.start() - 24) : match.start()], int(match["year"])
    if _BEFORE.search(before) or _ZONE.match(text, end) or _STREET.match(text, end):
        return True
    found, following = _LAST_WORD.search(before), _NEXT_WORD.match(text, end)
    last = found[1] if found else ""
    noun = following[1].lower() if following else ""
    away = abs(context.date.year - year)
    # "At 1845" is a time, "at 1990 levels" is none.
    if last.lower() == "at" and noun not in _YEARLY:
        return True
    if last.lower() == "the" and start == match.start() and (not noun or noun in FUNCTION_WORDS):
        return True
    if noun == "of" and re.match(
        r"\s+of\s+(?:the|its|his|her|their|those)\b", text[end : end + 14]
    ):
        return last.lower() not in _TEMPORAL
    if _is_plural(noun) and away > _NEAR and last.lower() not in ("in", "since", "the"):
        return True
    if noun in _MEASURES or (_is_plural(noun) and last.lower() in ("of", "to", "for", "with")):
        return noun not in _YEARLY
    # "Flight 1987", but "Tokyo 2020".
    label = last[:1].isupper() and last.lower() not in FUNCTION_WORDS | _TEMPORAL
    return label and last.rstrip(".")[:3] not in _MONTHS and away > _LABELLED


_MONTHS = frozenset(name[:3] for name in MONTHS)


def _is_plural(word: str) -> bool:
    plural = word.endswith("s") and not word.endswith(("ss", "us", "is"))
    return plural and len(word) > 3 and word not in FUNCTION_WORDS | _YEARLY | {"was", "has"}
