"""Whether a sentence says what its quotes deny: a "not", an opposite, other doers, other figures.

Each is told by words alone: which content words stand behind a "not", before and after a verb, or
beside a figure.
"""

import re
from collections.abc import Sequence

from qa.checking.clauses import clauses, word_stems
from qa.checking.roles import swapped
from qa.text.amounts import quantities
from qa.text.vocabulary import MONTH_WORDS, MONTHS, ORDINALS
from qa.text.words import FUNCTION_WORDS, WORD, stems

_NOT = frozenset(
    """not no never none nobody nothing neither nor without cannot denied denies deny refused
    refuses refuse rejected rejects reject failed fails fail unable lack lacked lacks""".split()
)
# "No more than two" denies nothing.
_AT_MOST = frozenset("more less fewer later earlier".split())
# Between a "not" and the words that it denies: "not yet decided", "no reports of damage".
_BETWEEN = frozenset(
    "yet ever even still any longer only just quite actually already take took taken".split()
)
_OF = frozenset("report reports sign signs evidence word mention trace".split())
# Content words that a "not" denies, and words behind it among which they stand.
_DENIED, _REACH = 2, 5
_OPPOSITES = """
    rise fall; rose fell; risen fallen; rising falling; increase decrease; increased decreased;
    increase decline; increased declined; gain lose; gained lost; grow shrink; grew shrank; up
    down; higher lower; highest lowest; more fewer; more less; above below; before after;
    approve reject; approved rejected; accept reject; accepted rejected; accept refuse; accepted
    refused; agreed refused; agree disagree; agreed disagreed; allow forbid; allowed forbade;
    allow ban; allowed banned; allowed forbidden; lift impose; lifted imposed; win lose; won
    lost; open close; opened closed; begin end; began ended; start stop; started stopped; begin
    finish; began finished; support oppose; supported opposed; for against; confirm deny;
    confirmed denied; import export; imports exports; buy sell; bought sold; raise cut; raised
    cut; raise lower; raised lowered; first last; largest smallest; biggest smallest; north
    south; east west; northern southern; eastern western; arrive leave; arrived left; enter
    leave; entered left; succeed fail; succeeded failed; survive die; survived died; guilty
    innocent; guilty acquitted; convicted acquitted; arrested released; alive dead; true false;
    public private; early late; earlier later; oldest youngest; old new; rare common; agree
    differ; agreed differed; continue stop; continued stopped; resume suspend; resumed
    suspended; won lost; ally enemy; enacted rejected; passed rejected; adopted rejected;
    richest poorest; hottest coldest; longest shortest; good bad; better worse; best worst;
    possible impossible; strengthen weaken; strengthened weakened; join quit; joined quit; join
    leave; joined left; appointed dismissed; hired fired; success failure; victory defeat;
    majority minority; weak strong; weaker stronger; weakest strongest; foreshock aftershock;
    small large; smaller larger; cheaper dearer; slow fast; slower faster; inside outside; safe
    dangerous; peace war; friend enemy; day night
"""
_OPPOSITE: dict[str, frozenset[str]] = {}
for _pair in _OPPOSITES.split(";"):
    _one, _other = _pair.split()
    _OPPOSITE[_one] = _OPPOSITE.get(_one, frozenset()) | {_other}
    _OPPOSITE[_other] = _OPPOSITE.get(_other, frozenset()) | {_one}
# They stand beside so much that one word beside them says little.
_PLACES = frozenset("before after above below up down inside outside for against".split())
_NOT_COMPARED = _PLACES | {"west", "enter", "differ"}
# Words on both sides of one, which tell what it is said of.
_BESIDE = 3
_FIRST = re.compile(r"\bfirst\b.*\b(?:since|in|ever)\b", re.IGNORECASE | re.DOTALL)
_SO_LONG = re.compile(
    r"\b(?:since|before|until|ever|for \w+ (?:years|months|days))\b", re.IGNORECASE
)
_CLAUSE = re.compile(r"[,;:.](?=\s)")
_MONTH_OF_YEAR = re.compile(
    rf"\b({'|'.join(name[:3] for name in MONTHS)})[a-z]*\.?(?: \d{{1,2}},)? (\d{{4}})\b"
)


def against(sentence: str, quotes: Sequence[str], known: str) -> str:
    """Return what in a sentence its quotes deny; '' if nothing is seen.

    `known` are the quotes with what their dates stand for.
    """
    tokens = WORD.findall(sentence)
    own = [WORD.findall(quote) for quote in quotes]
    parts = [part for quote in quotes for part in clauses(quote)]
    for found in (
        _other_year(sentence, known),
        _elsewhere(sentence, parts),
        _negated(sentence, quotes),
        _opposite(tokens, [token for some in own for token in some]),
        swapped(sentence, quotes),
    ):
        if found:
            return found
    return ""


def _other_year(sentence: str, known: str) -> str:
    """Return a month that the quotes put into no year, or the year into another month."""
    pairs, there = set(_MONTH_OF_YEAR.findall(sentence)), set(_MONTH_OF_YEAR.findall(known))
    years = {year for _, year in there}
    if any(pair not in there and pair[1] in years for pair in pairs):
        return "a month that the quotes put into another year"
    return ""


def _elsewhere(sentence: str, parts: Sequence[str]) -> str:
    """Return whether a figure is said of what the quotes say another one of: "5 dead" for "9"."""
    said = [(_numbers(clause), stems(clause)) for clause in parts]
    for part in clauses(sentence):
        wanted = frozenset(
            stem for stem in stems(part) if not stem[0].isdigit() and stem not in MONTH_WORDS
        )
        for number, kind in _numbers(part).items():
            fits: dict[float, int] = {}
            for numbers, words in said:
                for here in (one for one, other in numbers.items() if other == kind):
                    fits[here] = max(fits.get(here, 0), len(wanted & words))
            beside = _numbers(part)
            best = max((fit for here, fit in fits.items() if here not in beside), default=0)
            if number in fits and best > fits[number]:
                return "a figure that is said of something else"
    return ""


def _numbers(text: str) -> dict[float, str]:
    """Return the numbers of a text, each with whether it is a year, a day or a count."""
    found = quantities(text)
    days = {100.0 * month + day: "day" for month, day in found.days if day}
    return {
        **dict.fromkeys(found.amounts - {1.0}, "count"),
        **dict.fromkeys(found.years, "year"),
        **days,
    }


def _negated(sentence: str, quotes: Sequence[str]) -> str:
    """Return whether the sentence denies what the quotes say, or says what they deny."""
    here, mine = _denied(sentence)
    texts = [_denied(quote) for quote in quotes]
    said = frozenset(word for words, _ in texts for word in words)
    theirs = [no for _, all_ in texts for no in all_]
    # "Not for eleven years" is "for the first time in eleven years".
    first = any(_FIRST.search(quote) for quote in quotes) and _SO_LONG.search(sentence)
    for no in () if first else mine:
        if no and no <= said and not any(no & other for other in theirs):
            return "a “not” that no quote has"
    # "Japan had ratified it, Congress never had": what is denied, is left out.
    if any(not no for no in mine):
        return ""
    for no in theirs:
        if no and no <= here and not no <= said and not any(no & own for own in mine):
            return "the “not” of a quote is left out"
    return ""


def _denied(text: str) -> tuple[frozenset[str], list[frozenset[str]]]:
    """Return the content words that a text says, and for each "not" those that it denies."""
    said: set[str] = set()
    denied: list[set[str]] = []
    for clause in _CLAUSE.split(text):
        tokens = WORD.findall(clause)
        left, reach, without = 0, 0, False
        for place, token in enumerate(tokens):
            if _is_not(tokens, place):
                without = token.lower() == "without"
                left, reach = 1 if without else _DENIED, _REACH
                denied.append(set())
                continue
            reach -= 1
            lower, following = token.lower(), tokens[place + 1 : place + 2]
            passed = lower in _BETWEEN or (lower in _OF and following == ["of"])
            if lower in FUNCTION_WORDS or passed:
                continue
            # Whoever is named is there all the same.
            if left and reach >= 0 and without and not token.islower():
                # "Without the United States": it denies no more than that.
                left = 0
            if left and reach >= 0 and token.islower():
                denied[-1] |= word_stems(token)
                left -= 1
            else:
                if left and reach >= 0:
                    denied[-1].add("")
                said |= word_stems(token)
    # What is denied of names alone denies no word.
    kept = [frozenset(no - {""}) if no != {""} else frozenset({""}) for no in denied]
    return frozenset(said), kept


def _is_not(tokens: Sequence[str], place: int) -> bool:
    lower = tokens[place].lower()
    following = tokens[place + 1].lower() if place + 1 < len(tokens) else ""
    no = lower in _NOT or lower.endswith(("n't", "n’t")) or (lower, following) == ("yet", "to")
    return no and following not in _AT_MOST


def _opposite(tokens: Sequence[str], own: Sequence[str]) -> str:
    """Return a word in whose place, beside the same words, the quotes have its opposite."""
    here, there = ([token.lower() for token in some] for some in (tokens, own))
    mine, theirs = (set(ORDINALS) & set(some) for some in (here, there))
    if mine - theirs and theirs - mine:
        return f"“{min(mine - theirs)}”, of which the quotes have another"
    for place, word in enumerate(here):
        others = _OPPOSITE.get(word, frozenset()) & set(there)
        if not others:
            continue
        if word not in there and word.endswith(("er", "est")) and word not in _NOT_COMPARED:
            return f"“{word}”, of which the quotes have the opposite"
        beside = _beside(here, place)
        same = max(
            (len(beside & _beside(there, n)) for n, w in enumerate(there) if w == word), default=0
        )
        most = max(len(beside & _beside(there, n)) for n, w in enumerate(there) if w in others)
        if most > same + (word in _PLACES):
            return f"“{word}”, of which the quotes have the opposite"
    return ""


def _beside(tokens: Sequence[str], place: int) -> frozenset[str]:
    near = [*tokens[max(0, place - _BESIDE) : place], *tokens[place + 1 : place + 1 + _BESIDE]]
    return stems(" ".join(near)) - FUNCTION_WORDS
