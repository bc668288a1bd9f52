"""A question and the turns before it → its subject, without a language model."""

import re
from collections.abc import Sequence

from qa import prompts
from qa.dates import find
from qa.text.vocabulary import (
    BE,
    DEMONSTRATIVES,
    DO,
    HAVE,
    MODALS,
    MONTHS,
    POSSESSIVES,
    SUBJECTS,
    THIRD_PERSON,
    WEEKDAYS,
    any_of,
)
from qa.text.words import FUNCTION_WORDS, WORD, content_words
from qa.types import Turn

# Words of time: "this week" points to nothing said before.
_TIMES = frozenset(name.lower() for name in (*MONTHS, *WEEKDAYS)) | frozenset(
    """week weekend month year summer winter spring autumn fall season morning afternoon
    evening""".split()
)
# The forms of "be" that he, she, it and they take.
_BE = BE - {"am", "being"}
_AUXILIARIES = _BE | HAVE | DO | MODALS
# Words before "there" and "that" in questions that point to nothing: "Is there a vaccine?", "Will
# there be one?".
_IS = _BE | HAVE | {"will"}
# Words before "the latter" that make it a pointer: "Why did the latter resign?".
_ASKS = _AUXILIARIES - frozenset("be been may might must shall should".split())
# Words before "that" that make it a pointer: "after that", "at that final". After a noun, "that"
# begins a clause: "a firm that …".
_PREPOSITIONS = frozenset(
    """about after against at before behind beside besides by during for from in into of on over
    since than through to under until upon with without""".split()
)
# A subject that a pronoun can mean within its own question: "Which singer canceled her tour?".
_OWN_SUBJECT = re.compile(
    rf"(?:who|(?:which|what) (?!{any_of(_AUXILIARIES)}\b)\w+)\b"
    rf"(?!['’]s {any_of(POSSESSIVES)}\b| {any_of(_IS | DO)}\b|"
    rf" {any_of(_AUXILIARIES)} {any_of(SUBJECTS)}\b)",
    re.IGNORECASE,
)
# Beginnings that go on from the last turn: "And the runner-up?", "What about Pakistan?".
_GOES_ON = re.compile(r"(?:and|but|so|or|what about|how about)\b", re.IGNORECASE)
# A question of at most this many content words that names nothing leaves its subject out: "Since
# when?".
_FEW = 2
# A citation's marker, with qa's own note on dates in brackets before it.
_MARKER = re.compile(r"(?:\s*\([^()]*\))?\s*\[\d+\]")
# qa's own words before a sentence, "Reported on 31 March 2017: “…”", and its quotation marks.
_LEAD = re.compile(r"^(?:[^“”\n]{1,120}: )?“(.*?)”(?=\s*\[\d+\])", re.MULTILINE | re.DOTALL)
# With so many content words behind it, "it" stands for nothing, "How long does it take to fly to
# Mars?"; with so many before it, for something among these.
_MUCH = 3
# How many turns are looked at, and how many names are taken from them, and from an answer: more
# would push the question itself out of the models' window, and an overview's names its subject.
_TURNS = 8
_NAMES = 16
_OF_ANSWER = 6


def depends(question: str) -> bool:
    """Tell whether a question seems to need what was said before it."""
    words = WORD.findall(question)
    if _GOES_ON.match(question.strip()) or any(_points(words, n) for n in range(len(words))):
        return True
    own = _OWN_SUBJECT.match(question.strip())
    pronouns = [n for n, word in enumerate(words) if word.lower() in THIRD_PERSON and word != "IT"]
    if pronouns and not own and _unsaid(words, pronouns):
        return True
    return not names(question) and len(content_words(question)) <= _FEW


def _unsaid(words: Sequence[str], pronouns: Sequence[int]) -> bool:
    """Tell whether a question's pronouns, at these places, mean something said before it."""
    ahead, behind = " ".join(words[: pronouns[0]]), " ".join(words[pronouns[0] + 1 :])
    if {words[place].lower() for place in pronouns} != {"it"}:
        return not names(ahead)
    if not behind:
        # "What did Biden say about it?" does not mean Biden.
        return len(content_words(ahead)) < _MUCH
    return not names(ahead) and len(content_words(behind)) < _MUCH


def standalone(question: str, turns: Sequence[Turn]) -> str:
    """Return a question that stands alone, with the names of the turns in front if needed."""
    return with_names(question, turns) if depends(question) else question


def with_names(question: str, turns: Sequence[Turn]) -> str:
    """Return a question with the names of the turns before it, if there are any, in front."""
    subject = " ".join(_subject(turns[-_TURNS:])[-_NAMES:])
    return f"{subject}. {question}" if subject else question


def before(turns: Sequence[Turn]) -> str:
    """Return the last question and its answer as a query: the subject of the turns."""
    turns = turns[-_TURNS:]
    place = last_question(turns)
    if place is None:
        return ""
    asked = standalone(turns[place].text, turns[:place])
    return f"{asked} {_said(turns[place + 1 :])}".strip()


def subjects(question: str, turns: Sequence[Turn]) -> list[str]:
    """Return the likely subjects of a question that has none ("And there?"), likeliest first.

    Subjects are the names in the last answer and in its question, without times. The names of that
    earlier question come first if the new question says "there".
    """
    place = last_question(turns)
    if place is None:
        return []
    asked, said = turns[place].text, _said(turns[place + 1 :])
    found = [names(_timeless(said), first=True), names(_timeless(asked))]
    if re.search(r"\bthere\b", question, re.IGNORECASE):
        found.reverse()
    return [" ".join(some) for some in found if some]


def _timeless(text: str) -> str:
    for one in reversed(find(text, None)):
        text = f"{text[: one.start]} {text[one.end :]}"
    return text


def names(text: str, first: bool = False) -> list[str]:
    """Return the words of a text that have a capital or a figure, and so name something, in order.

    The first word of a text has a capital anyway, and counts only if `first` is set.
    """
    return [
        word
        for place, word in enumerate(WORD.findall(text))
        if any(char.isdigit() for char in word)
        or (word[0].isupper() and (place or (first and word.lower() not in FUNCTION_WORDS)))
    ]


def _points(words: Sequence[str], place: int) -> bool:
    """Tell whether a word points to something said before."""
    word = words[place].lower()
    last = words[place - 1].lower() if place else ""
    following = words[place + 1].lower() if place + 1 < len(words) else ""
    if word == "that":
        return not place or last in _PREPOSITIONS or last in _IS
    if word == "there":
        return last not in _IS or not following
    if word in ("former", "latter"):
        # "What did the former say?", but not "the former president".
        asked = words[place - 2].lower() in _ASKS if place > 1 else False
        return last == "the" and (asked or not following or following in FUNCTION_WORDS)
    if word == "then":
        # "Then-President Velk" is a name.
        return not words[place + 1 : place + 2] or words[place + 1].islower()
    return word in DEMONSTRATIVES and following not in _TIMES


def _subject(turns: Sequence[Turn]) -> list[str]:
    """Return the names in the last question, in its answer, and in the turns that it needed."""
    place = last_question(turns)
    if place is None:
        return []
    asked = turns[place].text
    earlier = _subject(turns[:place]) if depends(asked) else []
    own = names(asked) or ([] if earlier else content_words(asked))
    return list(dict.fromkeys([*earlier, *own, *_names_of(_said(turns[place + 1 :]))]))


def _names_of(answer: str) -> list[str]:
    """Return the names in an answer; of a long answer the first ones, without its days."""
    # The first word of an answer may be a name; that of a question is not.
    found = names(answer, first=True)
    return found if len(found) <= _OF_ANSWER else names(_timeless(answer), first=True)[:_OF_ANSWER]


def last_question(turns: Sequence[Turn]) -> int | None:
    """Return the index of the last question among the turns; None if there is none."""
    asked = (n for n, turn in enumerate(turns) if turn.role == "user" and turn.text.strip())
    return max(asked, default=None)


def _said(turns: Sequence[Turn]) -> str:
    """Return the answer among the turns, without its markers; '' if there is none."""
    return next((text for turn in turns if (text := said(turn))), "")


def said(turn: Turn) -> str:
    """Return a turn's text without the notes and markers of an answer; '' for a refusal."""
    if turn.said is not None:
        return turn.said
    text = _MARKER.sub("", _LEAD.sub(r"\1", turn.text)).strip()
    refused = turn.role == "assistant" and text.startswith(prompts.refusal_opening())
    return "" if refused else text
