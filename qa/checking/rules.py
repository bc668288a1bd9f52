"""Certain rules: a sentence that breaks a rule is not shown, whatever the network says.

Names, and figures in words, are left to the network, since people shorten, count and round: a rule
for these stopped more than a third of 163 true sentences that people wrote.
"""

import re
from collections.abc import Iterator

from qa.text.amounts import quantities
from qa.text.words import content_words

# https://a.example/b, //a.example, a.example/b, a[.]example; but not "p.m." or "U.S.".
_ADDRESS = re.compile(r"\S*//\S+|\b[\w-]+(?:\.|\[\.\])[a-z]{2,}\S*|\]\(\S*")
# Addresses that a browser would follow; "Change.org" is a name.
_LINK = re.compile(r"(?:\w+:)?//[\w-]+\.|www\.", re.IGNORECASE)
# Figures in words that are no number word, and the number that each stands for.
_IN_WORDS = (
    (re.compile(r"\ban hour and a half\b", re.IGNORECASE), "90 minutes"),
    (re.compile(r"\bhalf an hour\b", re.IGNORECASE), "30 minutes"),
    # "The two countries" names no figure: the countries are named elsewhere.
    (re.compile(r"\bthe two\b", re.IGNORECASE), "the"),
    (re.compile(r"\ba decade\b", re.IGNORECASE), "10 years"),
    (re.compile(r"\ba century\b", re.IGNORECASE), "100 years"),
)
# A figure with its unit, "$1.5 million"; without these, what is left is written in words.
_DIGITS = re.compile(r"\d[\d.,]*(?:\s*(?:thousand|million|billion|trillion|percent|%))?\w*")
_UNITS = {"year": ("month", 12.0), "hour": ("minute", 60.0), "week": ("day", 7.0)}
_OF_UNIT = re.compile(r"\b([\w.,]+)[ -](year|month|hour|minute|week|day)s?\b", re.IGNORECASE)


def broken_rule(sentence: str, quotes: str) -> str:
    """Return the rule that a sentence breaks, in words for its author; '' if it breaks none.

    `quotes` have their dates resolved, as `premise` resolves them.
    """
    if not quotes.strip() or not content_words(sentence):
        return "nothing that could be checked"
    if re.search(r"[\[\]]", sentence):
        return "brackets that hold no copied words"
    return _addresses(sentence, quotes) or _figures(_figured(sentence), _figured(quotes))


def _figured(text: str) -> str:
    """Return a text with "half an hour" as 30 minutes, and the like."""
    for pattern, figure in _IN_WORDS:
        text = pattern.sub(figure, text)
    return text


def _addresses(sentence: str, known: str) -> str:
    """Return the fault of a sentence's addresses; '' if there is none."""
    for address in (found.rstrip(".,;:!?\"'’”)") for found in _ADDRESS.findall(sentence)):
        if address not in known:
            return "an address that no quote has"
        if _LINK.match(address):
            # The author of an article may want to lure people to an address.
            return "an address: leave it out"
    return ""


def _figures(sentence: str, known: str) -> str:
    """Return a fault if the quotes lack a day, or a figure in digits, of a sentence; else ''."""
    one, other = quantities(sentence), quantities(known)
    months = {month for month, _ in other.days}
    if any(day not in other.days and (day[1] or day[0] not in months) for day in one.days):
        return "a day that no quote names"
    in_words = quantities(_DIGITS.sub(" ", sentence)).amounts
    numbers = (one.amounts | one.years) - in_words
    days = {float(day) for _, day in other.days}
    if numbers - other.amounts - other.years - days - set(_converted(known)):
        return "a figure that no quote has"
    return ""


def _converted(text: str) -> Iterator[float]:
    """Yield the figures of a text in other units: 24 for two years, 2 for 24 months."""
    for words, unit in _OF_UNIT.findall(text):
        for amount in quantities(words).amounts:
            for larger, (smaller, times) in _UNITS.items():
                if unit.lower() == larger:
                    yield amount * times
                elif unit.lower() == smaller:
                    yield amount / times
