"""Who does what to whom, by what stands before and after a verb, or behind its "by"."""

from collections.abc import Callable, Sequence
from functools import partial

from qa.checking.clauses import clauses, word_stems
from qa.text.demonyms import roots
from qa.text.vocabulary import BE, DO, MODALS, MONTH_WORDS
from qa.text.words import FUNCTION_WORDS, WORD

_PASSIVE = BE | frozenset("got gets get".split())
# What is done to somebody, beside all that ends in -ed.
_DONE = frozenset(
    """won beat met gave told sent sold bought led left lost made paid saw shot held hit built
    fought taught caught took began wrote drove struck hurt chose fell flew grew threw stole
    broke""".split()
)
_BEFORE_VERB = MODALS | DO
# Before a noun, not a verb.
_HEADS = frozenset("of the a an in with for on at by from its his her their and some any".split())
# Who meets somebody is met by him.
_MUTUAL = frozenset("met meet meets agreed agree agrees talked spoke begins began begin".split())
# Words of a noun that is no name: "the new transport minister".
_NOUN = 3
# Of each word, by its stem: who may do it.
Doers = dict[str, frozenset[str]]


def swapped(sentence: str, quotes: Sequence[str]) -> str:
    """Return whether those do something to whom it is done in the quotes, and the other way."""
    names = {token for quote in quotes for token in WORD.findall(quote) if token[0].isupper()}
    here = _doers(sentence, partial(_done, names=names), nearest=True)
    there: Doers = {}
    for quote in quotes:
        for verb, doers in _doers(quote, lambda *_: True).items():
            there[verb] = there.get(verb, frozenset()) | doers
    said = {root for quote in quotes for token in WORD.findall(quote) for root in roots(token)}
    everybody = _nouns(WORD.findall(sentence), True)
    for verb, doers in here.items():
        likely = there.get(verb, frozenset())
        # Each of them is there, and has changed places with the other.
        if doers & said and likely & (everybody - doers) and not doers & likely:
            return f"who {verb}: not those who do in the quotes"
    return ""


def _doers(
    text: str, counts: Callable[[Sequence[str], int], bool], *, nearest: bool = False
) -> Doers:
    """Return of each word that counts who may do it: all who stand before it, or the nearest.

    In the passive it is done by whom its "by" names; without one, nobody says. Names count with
    every word, other nouns with those that are surely verbs.
    """
    found: Doers = {}
    before: list[str] = []
    for clause in clauses(text):
        tokens = WORD.findall(clause)
        for place, token in enumerate(tokens):
            lower = token.lower()
            if token[0].isupper() or lower in FUNCTION_WORDS or any(map(str.isdigit, token)):
                continue
            if lower in _MUTUAL or not counts(tokens, place):
                continue
            if nearest and _qualifying(tokens, place, bool(before)):
                continue
            verb = _surely(tokens, place)
            doers = [*before, *tokens[:place]]
            by = next((n for n in (place + 1, place + 2) if tokens[n : n + 1] == ["by"]), None)
            passive = any(word.lower() in _PASSIVE for word in tokens[max(0, place - 3) : place])
            if verb and passive and not by:
                continue
            if by and (passive or verb):
                doers = _group(tokens[by + 1 :])
            elif nearest:
                own = [word for word in tokens[:place] if word.lower() not in FUNCTION_WORDS]
                doers = _last_group(tokens[:place] if own else before)
            for stem in word_stems(token):
                found[stem] = found.get(stem, frozenset()) | _nouns(doers, verb)
        before += tokens
    return found


def _nouns(tokens: Sequence[str], all_: bool) -> frozenset[str]:
    kept = (
        word
        for word in tokens
        if (all_ or word[0].isupper())
        and word.lower() not in FUNCTION_WORDS
        and not any(map(str.isdigit, word))
    )
    return frozenset(root for word in kept for root in roots(word))


def _surely(tokens: Sequence[str], place: int) -> bool:
    """Tell whether a word is surely a verb: "met", "visited", but not "of refined petroleum"."""
    word, before = tokens[place].lower(), tokens[place - 1].lower() if place else ""
    if word in _DONE:
        return True
    following = tokens[place + 1 : place + 2]
    qualifies = before in _HEADS and bool(following) and following[0].lower() not in FUNCTION_WORDS
    return word.endswith("ed") and not qualifies


def _done(tokens: Sequence[str], place: int, *, names: set[str]) -> bool:
    """Tell whether a word is said to be done by somebody: "visited", "Abe visits", "will visit"."""
    word, before = tokens[place].lower(), tokens[place - 1] if place else ""
    if _surely(tokens, place) or before.lower() in _BEFORE_VERB:
        return True
    return word.endswith("s") and word[-2:-1] not in "'’" and before in names


def _qualifying(tokens: Sequence[str], place: int, later: bool) -> bool:
    """Tell whether a verb only tells of which: "the treaty, signed in 1855", "systems deployed in".

    `later` says that another clause stands before this one.
    """
    following = tokens[place + 1].lower() if place + 1 < len(tokens) else ""
    before = tokens[place - 1] if place else ""
    return (later and not place) or (before.islower() and following in ("in", "on", "at"))


def _last_group(tokens: Sequence[str]) -> list[str]:
    """Return the names that stand last, if there are any: "the agency and Abe have"."""
    kept: list[str] = []
    for place, token in enumerate(reversed(tokens)):
        lower = token.lower()
        named = token[0].isupper() and lower not in FUNCTION_WORDS | MONTH_WORDS
        if named or (kept and lower == "and"):
            kept.append(token)
        elif kept or place >= _NOUN:
            break
    return kept or list(tokens)


def _group(tokens: Sequence[str]) -> list[str]:
    """Return the words of one noun: up to the next that is neither a name nor in front of it."""
    kept: list[str] = []
    for token in tokens:
        named = token[0].isupper() or token.lower() in ("the", "and", "a", "of")
        if kept and any(word[0].isupper() for word in kept) and not named:
            break
        if len(kept) >= _NOUN and not named:
            break
        kept.append(token)
    return kept
