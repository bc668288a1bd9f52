"""True sentences → false ones, by one change that leaves them fluent.

As Kryściński et al., "Evaluating the Factual Consistency of Abstractive Text Summarization", 2020,
section 3.1, made theirs: names, figures, dates and negations changed; here also opposites, roles,
degrees and additions. The word lists only make examples: nothing at run time looks into them.
"""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from qa.text.vocabulary import MONTHS, WEEKDAYS
from qa.training.entailment.lessons import FALSE, NEITHER, OPPOSITE

_NAME = re.compile(
    r"\b[A-Z][\w’'-]*[a-z](?:[ -](?:of |de |van |bin |al-)?[A-Z][\w’'-]*[a-z])*(?:’s|'s)?"
)
_NUMBER = re.compile(r"(?<![\w.,-])(?:\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)(?![\w,]*\d)(?![:.]\d)")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_WORD_NUMBERS = (
    "two three four five six seven eight nine ten eleven twelve dozens hundreds thousands".split()
)
_WORD_NUMBER = re.compile(rf"\b(?:{'|'.join(_WORD_NUMBERS)})\b")
_MONTH = re.compile(rf"\b(?:{'|'.join(MONTHS)})\b")
_WEEKDAY = re.compile(rf"\b(?:{'|'.join(WEEKDAYS)})\b")
_NO_NAMES = frozenset((*MONTHS, *WEEKDAYS, "The", "This", "That", "These", "Those", "It", "He"))
_AUXILIARY = re.compile(
    r"\b(is|are|was|were|has|have|had|will|would|can|could|should|must|may|might|does|did|do)\b"
    r"(?! not\b|n['’]t\b)"
)
_NEGATION = re.compile(r" (?:not|never|no longer)\b|n['’]t\b")
_PAST = re.compile(r"(?<=[a-z’] )([a-z]{3,}ed)(?= (?:the|a|an|his|her|its|their|to|that|on|in)\b)")
_OPPOSITES = (
    "rise/fall rose/fell rising/falling increase/decrease increased/decreased increased/declined "
    "gained/lost grew/shrank higher/lower highest/lowest more/fewer more/less most/least "
    "above/below before/after approved/rejected accepted/refused agreed/refused allowed/banned "
    "lifted/imposed win/lose won/lost opened/closed open/close began/ended start/end started/ended "
    "supported/opposed support/oppose supports/opposes confirmed/denied bought/sold buy/sell "
    "raised/cut raised/lowered raise/lower first/last largest/smallest biggest/smallest "
    "north/south east/west northern/southern eastern/western arrived/left "
    "succeeded/failed survived/died guilty/innocent convicted/acquitted "
    "arrested/released alive/dead public/private early/late "
    "earlier/later oldest/youngest old/new resumed/suspended passed/rejected hottest/coldest "
    "better/worse best/worst possible/impossible strengthened/weakened joined/left "
    "appointed/dismissed success/failure victory/defeat majority/minority strong/weak "
    "stronger/weaker inside/outside safe/dangerous doubled/halved men/women man/woman "
    "brother/sister son/daughter father/mother husband/wife with/without long/short "
    "high/low many/few often/rarely always/never cheaper/dearer easy/hard easier/harder "
    "include/exclude included/excluded expand/reduce expanded/reduced praised/criticized "
    "praised/condemned welcomed/condemned allow/prevent allowed/prevented help/hinder "
    "improve/worsen improved/worsened added/removed gain/loss profit/loss defeated/lost_to "
    "Democrats/Republicans Democratic/Republican warm/cold kept/dropped "
    "unanimously/narrowly temporarily/permanently voluntarily/reluctantly"
)
_DEGREES = (
    "some/all many/all several/all most/all may/will might/will could/will can/must "
    "likely/certain partly/entirely nearly/more_than almost/more_than about/exactly "
    "at_least/exactly at_least/at_most up_to/at_least one_of_the/the among_the/the "
    "suspected/convicted accused/convicted charged/convicted alleged/proven allegedly/admittedly "
    "plans_to/refused_to wants_to/managed_to hopes_to/managed_to expected_to/forced_to "
    "considering/rejecting proposed/passed asked/forced urged/ordered suggested/proved "
    "injured/killed wounded/killed arrested/charged nominated/elected tested_positive/died "
    "often/always usually/always sometimes/always rarely/never believes/knows thinks/knows "
    "said/denied says/denies told/warned planned/completed offered/sold seeking/granted "
    "if/because unless/because when/because after/because_of"
)
_ADDED = (
    "for the first time", "for the second time", "in New York", "in London", "in Washington",
    "despite protests", "after months of talks", "because of the costs", "because of the pandemic",
    "because of the weather", "to save money", "without giving a reason", "last week",
    "last year", "earlier this month", "with his wife", "with help from abroad", "by mistake",
    "at the age of 62", "in front of hundreds of supporters", "against the advice of experts",
    "for $2 million", "after a public outcry", "by a wide margin", "on live television",
    "amid rising inflation", "and several others were hurt", "and will appeal",
    "and apologised later", "which caused widespread anger", "as a result of the war",
    "under pressure from the White House", "to attract younger people", "according to police",
    "according to the company", "in a letter to Congress", "over safety concerns",
)  # fmt: skip
_SAME_PLACE = 3
Draw = random.Random


@dataclass(frozen=True, slots=True)
class Changed:
    """A sentence after a change, what it is then to the old one, and what was changed."""

    sentence: str
    label: int
    kind: str


def names(text: str) -> list[str]:
    """Return the names of a text: capitalised words, but for those that only begin a sentence."""
    found = dict.fromkeys(match.group() for match in _NAME.finditer(text))
    inside = {match.group() for match in re.finditer(rf"(?<=[a-z,;] ){_NAME.pattern}", text)}
    return [name for name in found if name in inside and name not in _NO_NAMES]


def false_versions(
    sentence: str, around: str, draw: Draw, kinds: Sequence[str] = ()
) -> Iterator[Changed]:
    """Yield false versions of a sentence of an article, `around`, in random order of kinds."""
    chosen = [kind for kind in _CHANGES if not kinds or kind in kinds]
    draw.shuffle(chosen)
    for kind in chosen:
        change, label = _CHANGES[kind]
        made = change(sentence, around, draw)
        if made and made != sentence:
            yield Changed(made[0].upper() + made[1:], label, kind)


def _name(sentence: str, around: str, draw: Draw) -> str:
    known = names(around)
    here = [name for name in known if name in sentence]
    if not here:
        return ""
    old = draw.choice(here)
    words = len(old.split())
    others = [
        name for name in known if name not in sentence and not set(name.split()) & set(old.split())
    ]
    alike = [name for name in others if len(name.split()) == words] or others
    return _once(sentence, old, draw.choice(alike)) if alike else ""


def _roles(sentence: str, around: str, draw: Draw) -> str:
    here = [name for name in names(around) if name in sentence]
    draw.shuffle(here)
    for one in here:
        for other in here:
            first, second = sentence.find(one), sentence.find(other)
            between = sentence[first + len(one) : second]
            # Those that an "and" joins do the same.
            if first < 0 or second <= first or len(between.split()) < _SAME_PLACE:
                continue
            if set(one.split()) & set(other.split()) or re.fullmatch(r"[\s,]*and[\s,]*", between):
                continue
            rest = sentence[second + len(other) :]
            return f"{sentence[:first]}{other}{between}{one}{rest}"
    return ""


def _figure(sentence: str, around: str, draw: Draw) -> str:
    found = [*_NUMBER.finditer(sentence), *_WORD_NUMBER.finditer(sentence)]
    found = [match for match in found if not _YEAR.fullmatch(match.group())]
    if not found:
        return ""
    match = draw.choice(found)
    old = match.group()
    if old in _WORD_NUMBERS:
        new = draw.choice([word for word in _WORD_NUMBERS if word != old])
    else:
        others = {m.group() for m in _NUMBER.finditer(around)} - {old}
        others = {one for one in others if one not in sentence and not _YEAR.fullmatch(one)}
        new = draw.choice(sorted(others)) if others and draw.random() < 0.5 else _near(old, draw)
    return sentence[: match.start()] + new + sentence[match.end() :]


def _near(number: str, draw: Draw) -> str:
    value = float(number.replace(",", ""))
    factor = draw.choice((0.5, 0.8, 0.9, 1.1, 1.25, 1.5, 2, 3, 10))
    changed = value * factor
    if "." in number:
        text = f"{changed:.{len(number.split('.')[1])}f}"
    else:
        text = f"{max(1, round(changed)):,}" if "," in number else f"{max(1, round(changed))}"
    if text == number:
        text = f"{int(value) + draw.choice((1, 2, 3))}"
    return text


def _date(sentence: str, around: str, draw: Draw) -> str:
    found = [
        *((match, MONTHS) for match in _MONTH.finditer(sentence)),
        *((match, WEEKDAYS) for match in _WEEKDAY.finditer(sentence)),
        *((match, ()) for match in _YEAR.finditer(sentence)),
    ]
    if not found:
        return ""
    match, others = draw.choice(found)
    old = match.group()
    if others:
        new = draw.choice([one for one in others if one != old])
    else:
        new = str(int(old) + draw.choice((-10, -3, -2, -1, 1, 2, 5)))
    return sentence[: match.start()] + new + sentence[match.end() :]


def _negation(sentence: str, around: str, draw: Draw) -> str:
    if found := _NEGATION.search(sentence):
        before = sentence[: found.start()]
        # "cannot", "won't" leave a stem that is no word.
        broken = before.endswith(("wo", "ca", "sha")) and found.group()[0] == "n"
        return "" if broken else before + sentence[found.end() :]
    found_all = list(_AUXILIARY.finditer(sentence))
    if found_all:
        match = draw.choice(found_all)
        word = draw.choice(("not", "not", "not", "never"))
        return f"{sentence[: match.end()]} {word}{sentence[match.end() :]}"
    if match_past := _PAST.search(sentence):
        word = draw.choice(("never", "refused to", "denied having", "failed to"))
        verb = match_past.group(1)
        if word.endswith("to"):
            return ""
        return f"{sentence[: match_past.start()]}{word} {verb}{sentence[match_past.end() :]}"
    return ""


def _from(pairs: str, both: bool) -> Callable[[str, str, Draw], str]:
    changes = []
    for pair in pairs.split():
        one, other = pair.replace("_", " ").split("/")[:2]
        changes.append((one, other))
        if both:
            changes.append((other, one))

    def change(sentence: str, around: str, draw: Draw) -> str:
        fitting = [
            (match, new)
            for old, new in changes
            for match in re.finditer(rf"\b{re.escape(old)}\b", sentence)
        ]
        if not fitting:
            return ""
        match, new = draw.choice(fitting)
        return sentence[: match.start()] + new + sentence[match.end() :]

    return change


def _added(sentence: str, around: str, draw: Draw) -> str:
    end = re.search(r"[.!?”\"’']*$", sentence)
    assert end
    body = sentence[: end.start()].rstrip()
    if draw.random() < 0.6:
        # What is said of something else in the same article.
        parts = re.findall(
            r"(?<=\w )(?:after|because of|because|during|in|at|despite|for|with|while|when"
            r"|as part of|in order to|following|who|which) [^.,;:“”\"]{8,60}(?=[.,])",
            around,
        )
        new = [part for part in parts if part not in sentence]
        if new:
            return f"{body} {draw.choice(new)}{sentence[end.start() :]}"
    return f"{body} {draw.choice(_ADDED)}{sentence[end.start() :]}"


def _once(text: str, old: str, new: str) -> str:
    if old.endswith(("’s", "'s")) and not new.endswith(("’s", "'s")):
        new += old[-2:]
    elif new.endswith(("’s", "'s")) and not old.endswith(("’s", "'s")):
        new = new[:-2]
    return text.replace(old, new, 1)


_CHANGES: dict[str, tuple[Callable[[str, str, Draw], str], int]] = {
    "name": (_name, FALSE),
    "roles": (_roles, FALSE),
    "figure": (_figure, OPPOSITE),
    "date": (_date, OPPOSITE),
    "negation": (_negation, OPPOSITE),
    "opposite": (_from(_OPPOSITES, both=True), OPPOSITE),
    "degree": (_from(_DEGREES, both=False), FALSE),
    "added": (_added, NEITHER),
}
