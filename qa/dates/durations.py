"""How long, and how often: "three days", "the past two months", "daily"."""

import re

from qa.dates.lexicon import NUMBERS, SIZES, UNITS
from qa.dates.rules import Context, Grammar, Resolved
from qa.text.vocabulary import any_of

durations = Grammar()

_MANY = r"(?:a\s+few|a\s+couple(?:\s+of)?|couple\s+of|several|many|some|few|recent|countless)"
NUMBER = (
    r"(?:(?<!\d[,.])\d+(?:,\d{3})*(?:\.\d+)?(?:\s+\d/\d)?|"
    + any_of(NUMBERS).replace(r"\ ", r"\s+")
    + rf"|{_MANY})(?:[\s-]+and[\s-]+a[\s-]+half)?"
)
UNIT = any_of([*UNITS, "centurie"])
QUALIFIER = (
    r"(?:almost|nearly|over|under|only|just|exactly|"
    r"(?:more|less|fewer)\s+than|at\s+least|at\s+most|up\s+to|some|as\s+many\s+as|no\s+more\s+than)"
)


def unit(word: str) -> str:
    """Return the singular of a unit."""
    return "century" if word.lower() == "centurie" else word.lower()


def number(words: str) -> float | None:
    """Return what a number says, or None for "several"."""
    plain = " ".join(words.lower().replace(",", "").split())
    if half := re.fullmatch(r"(.+?)[\s-]+and[\s-]+a[\s-]+half", plain):
        count = number(half[1])
        return None if count is None else count + 0.5
    if plain in NUMBERS:
        return NUMBERS[plain]
    whole, _, part = plain.partition(" ")
    try:
        above, _, below = part.partition("/")
        return float(whole) + (int(above) / int(below) if below else 0)
    except (ValueError, ZeroDivisionError):
        return 2 if "couple" in plain else None


def duration(count: float | None, name: str) -> str:
    """Return the value of so many units: P3D, PT16H, PXY."""
    letter = UNITS[name]
    time, letter = ("T", letter[1]) if letter.startswith("T") else ("", letter)
    if count is None:
        return f"P{time}X{letter}"
    if time and count % 1 == 0.5 and letter in "HM":
        smaller = {"H": "M", "M": "S"}[letter]
        whole = f"{int(count)}{letter}" if count >= 1 else ""
        return f"PT{whole}30{smaller}"
    return f"P{time}{count * SIZES.get(name, 1):g}{letter}"


_OFTEN = {
    **{"hourly": "PT1H", "daily": "P1D", "nightly": "P1D", "weekly": "P1W", "biweekly": "P2W"},
    **{"monthly": "P1M", "bimonthly": "P2M", "quarterly": "P1Q"},
    **dict.fromkeys(("yearly", "annually", "annual"), "P1Y"),
}


@durations.rule(rf"(?i:{any_of(_OFTEN)})")
def _regularly(match: re.Match[str], context: Context) -> Resolved:
    if match[0][0].isupper() and context.text[match.end() : match.end() + 2].strip()[:1].isupper():
        # A name: "Daily Telegraph".
        return None
    return _OFTEN[match[0].lower()]


@durations.rule(
    rf"""(?i:(?:(?:once|twice|\w+\s+times)\s+)?(?:every|each)\s+(?:(?P<number>{NUMBER})\s+)?
    (?P<unit>{UNIT}|morning|afternoon|evening)s?)"""
)
def _every(match: re.Match[str], context: Context) -> Resolved:
    name = unit(match["unit"])
    count = number(match["number"]) if match["number"] else 1
    return duration(count, name if name in UNITS else "day")


@durations.rule(
    rf"""(?i:(?:(?:the|a)\s+)?(?P<span>past|last|next|first|coming|final|previous|recent|following|
    remaining)\s+(?:{QUALIFIER}\s+)?(?:(?P<number>{NUMBER})\s+)?(?P<unit>{UNIT})s)"""
)
def _span(match: re.Match[str], context: Context) -> Resolved:
    if not match["number"] and match["span"].lower() not in ("recent", "coming", "past", "final"):
        return None
    return duration(number(match["number"]) if match["number"] else None, unit(match["unit"]))


@durations.rule(
    rf"""(?i:(?:(?P<more>{QUALIFIER})\s+)?(?:(?:another|the)\s+)?(?P<number>{NUMBER})
    (?:\s+(?:more|full|long|consecutive|straight|whole|additional))?(?P<gap>\s+|-)
    (?P<unit>{UNIT})(?P<s>s?)(?P<half>\s+and\s+a\s+half)?(?:-long)?)
    (?!-|\s+(?i:ago|old|of\s+age)\b)"""
)
def _count(match: re.Match[str], context: Context) -> Resolved:
    name, count = unit(match["unit"]), number(match["number"])
    if match["half"] and count is not None:
        count += 0.5
    words = match["number"].lower()
    if match["unit"][0].isupper() and match["number"][0].isdigit():
        # A title: "60 Minutes".
        return None
    if name in ("night", "second", "quarter", "weekend") and (
        not match["s"] or name in ("second", "quarter")
    ):
        return None
    if words in ("a", "an") and (match["gap"] == "-" or _rate(match, context)):
        return None
    more = (match["more"] or "").lower()
    if name == "decade" and more.startswith(("less", "under")):
        count = None
    return duration(count, name)


def _rate(match: re.Match[str], context: Context) -> bool:
    """Tell whether "a day" is a rate: "$20 a barrel", "three times a day"."""
    before = context.text[max(0, match.start() - 14) : match.start()]
    return bool(
        re.search(r"(?:\d|times|once|twice|million|billion|dollars|barrels|tons)\s+$", before)
    )


@durations.rule(r"(?i:(?P<unit>decade|century|year|month|week|day|hour|minute)s?-long)")
def _long(match: re.Match[str], context: Context) -> Resolved:
    plural = match[0].lower().split("-")[0].endswith("s")
    return duration(None if plural else 1, unit(match["unit"]))


@durations.rule(r"(?i:(?P<unit>year|month|week|decade|day|hour|centurie)s)(?!\s+(?i:old|ago)\b|-)")
def _bare(match: re.Match[str], context: Context) -> Resolved:
    before = context.text[max(0, match.start() - 24) : match.start()]
    if not re.search(
        r"(?i:\b(?:for|in|after|within|over|of|took|takes?|spent|by|last|lasted)\s+(?:the\s+)?)$",
        before,
    ):
        return None
    return duration(None, unit(match["unit"]))
