"""Whether a sentence follows from its quotes, as far as can be told without a model.

Three things are compared: figures, days and names that no quote has; denials, by
`qa.checking.contradiction`; and the share of the sentence's words that the quotes have, or how near
the sentence is to the quotes in meaning.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from qa.checking.contradiction import against
from qa.models.loading import load_calibration
from qa.text.amounts import quantities
from qa.text.demonyms import roots
from qa.text.vocabulary import MONTH_WORDS, OBJECTS, ONES, POSSESSIVES, SUBJECTS
from qa.text.words import FUNCTION_WORDS, WORD, stems

# They begin a sentence and are no names.
_BEGINS = frozenset(
    """according across although amid among around at because before between both despite during
    each earlier every few however in last later many most near neither next several since under
    no never nothing nobody none unlike until when while within without yet""".split()
) | {*ONES[1:7], ONES[10]}
# Names that look like words which begin a sentence: "Italy approved", "Boeing recalled".
_LIKE_WORDS = frozenset(
    """ahmed beijing boeing chongqing connors davies emily flanders fred italy kelly mohammed
    nanjing netherlanders peters reading rogers sanders sayed sicily wyoming""".split()
)
_PRONOUNS = SUBJECTS | OBJECTS | POSSESSIVES | frozenset("i we you".split())
# https://a.example/b, //a.example, a.example/b, a[.]example; but not "p.m." or "U.S.".
_ADDRESS = re.compile(r"\S*//\S+|\b[\w-]+(?:\.|\[\.\])[a-z]{2,}\S*|\]\(\S*")
# Of these, what a browser would follow; "Change.org" is a name.
_LINK = re.compile(r"(?:\w+:)?//[\w-]+\.|www\.", re.IGNORECASE)
# Figures in words that are no number, and what one is in another unit.
_IN_WORDS = (
    (re.compile(r"\ban hour and a half\b", re.IGNORECASE), "90 minutes"),
    (re.compile(r"\bhalf an hour\b", re.IGNORECASE), "30 minutes"),
    # "The two countries" are those that are named.
    (re.compile(r"\bthe two\b", re.IGNORECASE), "the"),
    (re.compile(r"\ba decade\b", re.IGNORECASE), "10 years"),
    (re.compile(r"\ba century\b", re.IGNORECASE), "100 years"),
)
_UNITS = {"year": ("month", 12.0), "hour": ("minute", 60.0), "week": ("day", 7.0)}
_OF_UNIT = re.compile(r"\b([\w.,]+)[ -](year|month|hour|minute|week|day)s?\b", re.IGNORECASE)
# The cosine of two texts.
Alike = Callable[[str, str], float]


@dataclass(frozen=True, slots=True)
class Quote:
    """A quote, and what its dates stand for."""

    text: str
    known: str = ""


def fault(sentence: str, quotes: Sequence[Quote], alike: Alike | None = None) -> str:
    """Return what speaks against a sentence's following from its quotes; '' if nothing does.

    `alike` tells how near two texts are in meaning; without it, words alone tell.
    """
    said = " ".join(quote.text for quote in quotes)
    known = _figured(" ".join(f"{quote.text} {quote.known}" for quote in quotes))
    sentence = _figured(sentence)
    tokens = WORD.findall(sentence)
    addresses = (found.rstrip(".,;:!?\"'’”)") for found in _ADDRESS.findall(sentence))
    for address in addresses:
        if address not in said:
            return "an address that no quote has"
        if _LINK.match(address):
            # Whoever wrote the article may want people to go there.
            return "an address: leave it out"
    if re.search(r"[\[\]]", sentence):
        return "brackets that hold no copied words"
    return (
        _figures(sentence, known)
        or _names(tokens, known, WORD.findall(said))
        or against(sentence, [_figured(quote.text) for quote in quotes], known)
        or _added(tokens, known, alike(sentence, said) if alike else None)
    )


def _figured(text: str) -> str:
    """Return a text with "half an hour" as 30 minutes, and the like."""
    for pattern, figure in _IN_WORDS:
        text = pattern.sub(figure, text)
    return text


def _figures(sentence: str, known: str) -> str:
    """Return whether figures or days of a sentence are not in what is known."""
    one, other = quantities(sentence), quantities(known)
    months = {month for month, _ in other.days}
    if any(day not in other.days and (day[1] or day[0] not in months) for day in one.days):
        return "a day that no quote names"
    numbers = one.amounts | one.years
    if not re.search(r"\b1\b", sentence):
        # "One of the ministers" counts nothing.
        numbers -= {1.0}
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


def _names(tokens: Sequence[str], known: str, own: Sequence[str]) -> str:
    """Return a name of a sentence that is not in what is known."""
    there = {root for word in WORD.findall(known) for root in roots(word)}
    common = {word for word in own if word.islower()}
    for place, token in enumerate(tokens):
        # "The WHO" and "the IT minister" are no pronouns.
        plain = (
            token.lower() in FUNCTION_WORDS | MONTH_WORDS | _PRONOUNS and not token[1:].isupper()
        )
        if not token[0].isupper() or plain:
            continue
        if any(char.isdigit() for char in token) or roots(token) & there:
            continue
        # The first word has its capital anyway; a name begins most sentences that have one.
        following = tokens[place + 1] if place + 1 < len(tokens) else ""
        if not place and (stems(token) & stems(" ".join(common)) or _plain_start(token, following)):
            continue
        return f"the name {token}, which no quote has"
    return ""


def _plain_start(token: str, following: str) -> bool:
    """Tell whether a sentence's first word is hardly a name: "Officials said", "According to"."""
    lower = token.lower()
    if lower in _BEGINS or lower in _LIKE_WORDS:
        return lower in _BEGINS
    if lower.endswith(("ing", "ly", "ed")):
        return True
    return not following[:1].isupper() and lower.endswith(
        ("tion", "ment", "ists", "ers", "ors", "ials", "ents", "ants", "ies")
    )


def _added(tokens: Sequence[str], known: str, near: float | None) -> str:
    """Return whether too many words, or too many in a row, are in no quote, and no synonyms."""
    limits = load_calibration().support
    if near is not None and near < limits.far:
        return "no quote says anything like it"
    there = stems(known) | _rooted(known)
    found = {
        place: bool((stems(token) | _rooted(token)) & there)
        for place, token in enumerate(tokens)
        if token.lower() not in FUNCTION_WORDS
    }
    row = "".join("x" if one else "o" for one in found.values())
    # What is said of somebody must be there too, not the name alone.
    plain = [
        one
        for place, one in found.items()
        if tokens[place].islower() and not any(map(str.isdigit, tokens[place]))
    ]
    covered = sum(found.values()) >= limits.covered * len(found)
    covered = covered and sum(plain) >= limits.plain * len(plain)
    # Somebody's name brings near whatever is said of him.
    least = limits.near if any(plain) else limits.nearer
    synonyms = near is not None and near >= least
    if not found or ((not covered or "o" * limits.added in row) and not synonyms):
        return "words that no quote has"
    return ""


def _rooted(text: str) -> frozenset[str]:
    return stems(" ".join(root for word in WORD.findall(text) for root in roots(word)))
