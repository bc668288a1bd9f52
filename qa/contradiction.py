"""Whether a sentence says what its quotes deny: a "not", an opposite, other doers, other figures.

Each is told by words alone: which content words stand behind a "not", before and after a verb, or
beside a figure.
"""

import re
from collections.abc import Callable, Sequence
from functools import partial

from qa.amounts import value
from qa.names import roots
from qa.wording import FUNCTION_WORDS, WORD, stems

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
_BE = frozenset("is are was were be been being am got gets get".split())
# What is done to somebody, beside all that ends in -ed.
_DONE = frozenset(
    """won beat met gave told sent sold bought led left lost made paid saw shot held hit built
    fought taught caught took began wrote drove struck hurt chose fell flew grew threw stole
    broke""".split()
)
_WILL = frozenset("will would may might can could must shall should did does do".split())
# Before a noun, not a verb.
_HEADS = frozenset("of the a an in with for on at by from its his her their and some any".split())
_ORDINALS = frozenset("first second third fourth fifth sixth seventh eighth ninth tenth".split())
_MONTHS = frozenset(
    """january february march april may june july august september october november december
    jan feb mar apr jun jul aug sep sept oct nov dec""".split()
)
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
_BASE = dict(
    pair.split(":")
    for pair in """took:take taken:take gave:give given:give made:make went:go gone:go met:meet
    held:hold sold:sell bought:buy left:leave won:win lost:lose began:begin begun:begin fell:fall
    fallen:fall rose:rise risen:rise sent:send told:tell saw:see seen:see came:come became:become
    wrote:write written:write built:build led:lead kept:keep found:find brought:bring spoke:speak
    broke:break broken:break chose:choose chosen:choose drove:drive flew:fly flown:fly grew:grow
    struck:strike shot:shoot""".split()
)
# Who meets somebody is met by him.
_MUTUAL = frozenset("met meet meets agreed agree agrees talked spoke begins began begin".split())
# They stand beside so much that one word beside them says little.
_PLACES = frozenset("before after above below up down inside outside for against".split())
# Words on both sides of one, which tell what it is said of.
_BESIDE = 3
# Words of a noun that is no name: "the new transport minister".
_NOUN = 3
_FIRST = re.compile(r"\bfirst\b.*\b(?:since|in|ever)\b", re.IGNORECASE | re.DOTALL)
_SO_LONG = re.compile(
    r"\b(?:since|before|until|ever|for \w+ (?:years|months|days))\b", re.IGNORECASE
)
_CLAUSE = re.compile(r"[,;:.](?=\s)")
_PAUSE = re.compile(
    r"[,;:](?!\d)(?=\s)(?!\s\d{4}\b)|\.(?=\s+[A-Z“\"])(?<!\b[A-Z]\.)|\s(?:and|but|while)\s(?!\d)"
)
_MONTH_OF_YEAR = re.compile(
    r"\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?(?: \d{1,2},)? (\d{4})\b"
)

# Of each word, by its stem: who may do it, and whom it may be done to.
Acts = dict[str, tuple[frozenset[str], frozenset[str]]]


def against(sentence: str, quotes: Sequence[str], known: str) -> str:
    """Return what in a sentence its quotes deny; '' if nothing is seen.

    `known` are the quotes with what their dates stand for.
    """
    tokens = WORD.findall(sentence)
    own = [WORD.findall(quote) for quote in quotes]
    clauses = [clause for quote in quotes for clause in _clauses(quote)]
    for found in (
        _other_year(sentence, known),
        _elsewhere(sentence, clauses),
        _negated(sentence, quotes),
        _opposite(tokens, [token for some in own for token in some]),
        _roles(sentence, quotes),
    ):
        if found:
            return found
    return ""


def _other_year(sentence: str, known: str) -> str:
    """Return a month that the quotes put into no year, or the year into another month."""
    pairs, there = set(_MONTH_OF_YEAR.findall(sentence)), set(_MONTH_OF_YEAR.findall(known))
    years = {year for _, year in there}
    if any(
        pair not in there and pair[1] in years and not _month_alone(pair, known) for pair in pairs
    ):
        return "a month that the quotes put into another year"
    return ""


def _month_alone(pair: tuple[str, str], known: str) -> bool:
    """Tell whether a month is also named without its year, which the sentence may have put in."""
    return bool(re.search(rf"\b\d{{1,2}} {pair[0]}[a-z]* {pair[1]}\b", known))


def _elsewhere(sentence: str, clauses: Sequence[str]) -> str:
    """Return whether a figure is said of what the quotes say another one of: "5 dead" for "9"."""
    said = [(_numbers(clause), stems(clause)) for clause in clauses]
    for part in _clauses(sentence):
        wanted = frozenset(
            stem for stem in stems(part) if not stem[0].isdigit() and stem not in _MONTHS
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


def _stems(token: str) -> frozenset[str]:
    """Return the stem of a word: of "took", that of "take"."""
    return stems(_BASE.get(token.lower(), token))


def _numbers(text: str) -> dict[float, str]:
    """Return the numbers of a text, each with whether it is a year, a day or a count."""
    found = value(text)
    days = {100.0 * month + day: "day" for month, day in found.days if day}
    return {
        **dict.fromkeys(found.amounts - {1.0}, "count"),
        **dict.fromkeys(found.years, "year"),
        **days,
    }


def _clauses(text: str) -> list[str]:
    """Return the parts of a text between its commas and its "and"s, but for those in a date."""
    return [part for part in _PAUSE.split(text) if part.strip()]


def _negated(sentence: str, quotes: Sequence[str]) -> str:
    """Return whether the sentence denies what the quotes say, or says what they deny.

    Where both have a "not", it is not told what of.
    """
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
                denied[-1] |= _stems(token)
                left -= 1
            else:
                if left and reach >= 0:
                    denied[-1].add("")
                said |= _stems(token)
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
    ordinals = (_ORDINALS & set(here)) - set(there)
    if ordinals and (_ORDINALS & set(there)) - set(here):
        return f"“{min(ordinals)}”, of which the quotes have another"
    for place, word in enumerate(here):
        others = _OPPOSITE.get(word, frozenset()) & set(there)
        if not others:
            continue
        if word not in there and word.endswith(("er", "est")):
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


def _roles(sentence: str, quotes: Sequence[str]) -> str:
    """Return whether those do something to whom it is done in the quotes, and the other way."""
    names = {token for quote in quotes for token in WORD.findall(quote) if token[0].isupper()}
    here = _acts(sentence, partial(_done, names=names), nearest=True)
    there: Acts = {}
    for quote in quotes:
        for verb, (doers, others) in _acts(quote, lambda *_: True).items():
            known = there.get(verb, (frozenset(), frozenset()))
            there[verb] = known[0] | doers, known[1] | others
    said = {root for quote in quotes for token in WORD.findall(quote) for root in roots(token)}
    everybody = _nouns(WORD.findall(sentence), True)
    for verb, (doers, _) in here.items():
        likely = there[verb][0] if verb in there else frozenset[str]()
        # Each of them is there, and has changed places with the other.
        if doers & said and likely & (everybody - doers) and not doers & likely:
            return f"who {verb}: not those who do in the quotes"
    return ""


def _acts(
    text: str, counts: Callable[[Sequence[str], int], bool], *, nearest: bool = False
) -> Acts:
    """Return of each word that counts who may do it, and to whom: who stands before and after it.

    In the passive it is done by whom its "by" names; without one, nobody says. What comes after
    ends with the clause. Names count with every word, other nouns with those that are surely verbs.
    """
    found: Acts = {}
    before: list[str] = []
    for clause in _clauses(text):
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
            first, last = [*before, *tokens[:place]], tokens[place + 1 :]
            by = next((n for n in (place + 1, place + 2) if tokens[n : n + 1] == ["by"]), None)
            passive = any(word.lower() in _BE for word in tokens[max(0, place - 3) : place])
            if verb and passive and not by:
                continue
            if by and (passive or verb):
                first, last = _group(tokens[by + 1 :]), first
            elif nearest:
                own = [word for word in tokens[:place] if word.lower() not in FUNCTION_WORDS]
                first = _last_group(tokens[:place] if own else before)
            known = found.get(min(_stems(token), default=""), (frozenset(), frozenset()))
            pair = (known[0] | _nouns(first, verb), known[1] | _nouns(last, verb))
            for stem in _stems(token):
                found[stem] = pair
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
    if _surely(tokens, place) or before.lower() in _WILL:
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
        named = token[0].isupper() and lower not in FUNCTION_WORDS | _MONTHS
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
