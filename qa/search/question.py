"""A question and the turns before it → what it asks for: understood once, and carried along."""

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from qa.dates import Period, find, length, period
from qa.search.followups import depends, with_names
from qa.text.sentences import sentences
from qa.text.vocabulary import (
    AUXILIARIES,
    DEMONSTRATIVES,
    MONTHS,
    POSSESSIVES,
    SHORT_MONTHS,
    WEEKDAYS,
    any_of,
)
from qa.text.words import content_words
from qa.types import Turn

_AUXILIARY = any_of(AUXILIARIES)
_YES_NO = re.compile(rf"(?:and |but |so )?{_AUXILIARY}(?:n[’']t)?\b", re.IGNORECASE)
_WH = re.compile(r"\b(?:who|whom|whose|what|which|when|where|why|how)\b", re.IGNORECASE)
_EXPLAIN = re.compile(
    r"\bwhy\b|\bhow come\b|\bfor what reasons?\b|"
    # "How" with a measure asks for a number; "how is … called" for a name.
    r"(?:^|, )(?:(?:and|but|so|exactly) )*how\b(?! (?:many|much|long|old|far|big|large|"
    r"high|tall|often|fast|heavy|wide|deep|soon|late|early|few|little|small|likely|close|"
    r"hot|cold|strong)\b)"
    r"(?! (?:is|was|are|were) .{0,60}\b(?:called|named|known)\b)",
    re.IGNORECASE,
)
_LEAD = r"^(?:\W|(?:and|but|so|by|from|since|until|exactly) )*"
# "Wowed viewers when NASA revealed them" asks nothing.
_WHEN = re.compile(
    rf"{_LEAD}when\b|\bwhen\W*$|\bwhen {_AUXILIARY}\b",
    re.IGNORECASE,
)
# Asks when, whatever follows: "When was the man who shot Abe arrested?"
_WHEN_WAS = re.compile(rf"{_LEAD}when {_AUXILIARY}(?:n[’']t)?\b", re.IGNORECASE)
_WHICH_DAY = re.compile(
    r"\b(?:what|which) (?:(?:day|date|year|month|season|decade)s?|centur(?:y|ies)|time)\b",
    re.IGNORECASE,
)
_HOW_LONG = re.compile(r"\bhow long\b", re.IGNORECASE)
# "Due to the storm" and "the rescue plan" do not look forward, "due to arrive" does.
_CAUSE = (
    rf"to (?:the|an?|{any_of(POSSESSIVES | DEMONSTRATIVES)}|"
    r"\w+(?:ing|ions?|ages?|ness|ment|ity))\b"
)
_AHEAD = re.compile(
    r"\b(?:will|shall|going to|plans? (?:to|for|on)|planned|planning|expected|scheduled|"
    rf"set (?:to|for)|due(?! {_CAUSE})|supposed to|intends?|upcoming)\b|"
    r"\b(?:do|does|did)\b.*\bplan\b|\bto be \w+(?:ed|n)\b",
    re.IGNORECASE,
)
_HAPPENED = re.compile(
    r"(?:and |so )?what(?:(?:['’]s| has| have| had)? happened| took place| occurred| went on|"
    r" was (?:happening|going on)| (?:was|were) (?:in )?the (?:news(?! conf)|headlines|events))\b"
    r"(?!.*\b(?:before(?! yesterday)|after(?! tomorrow)|since|until|by)\b)"
    r"(?: (?:in|around) the world\b)?",
    re.IGNORECASE,
)
_CHOICES = re.compile(
    r"\b(?:of|from|among) (?:these|the following|the below)\b|\btrue or false\b|"
    r"\ball\b.*\bexcept\b|\bexcept\b\W*$",
    re.IGNORECASE,
)
# Typed without capitals, as questions are: "may" and "march" are months only beside a figure.
_VERBS = {"may", "march"}
_NAMES = re.compile(
    rf"\b{any_of({name.lower() for name in (*MONTHS, *WEEKDAYS)} - _VERBS)}\b|"
    rf"\b{any_of({*map(str.lower, SHORT_MONTHS), *_VERBS})}\b(?=\.?,? \d)|"
    r"(?:(?<=\d )|(?<=\d[snrt][tdh] )|(?<=\bof ))(?:may|march)\b"
)
# A time so long says little of when an article on it was written, unless it is named in full.
_SHORT = 31
# Stands before a time, or for a subject, and is none.
_IDLE = frozenset(
    """during within between around throughout toward towards near outside early earlier late later
    night morning evening day week first last next news headlines him her them me us""".split()
)


@dataclass(frozen=True, slots=True)
class Happening:
    """What "What happened in Mariupol on 16 March 2022?" asks of: '' if of no subject."""

    subject: str
    period: Period


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, understood once: `understand` makes it.

    `text` is the question as people put it, in the archive's spelling, or as a chat model rewrote
    it. `whole` is the question rewritten to stand alone, which differs if the question `depends` on
    the turns before. `proper` is its last sentence: what goes before only sets the scene. `today`
    is the day of asking, from which "last week" counts.

    The flags tell what is asked for: a date (`when`), a duration (`how_long`), something still to
    come (`ahead`), yes or no, one of several `choices` that only the question's own page shows, or
    an `explanation`. `period` is the time that the question names, and `happening` is there if it
    asks what happened in a period of at most 31 days.
    """

    text: str
    whole: str
    proper: str
    today: datetime.date | None
    depends: bool
    when: bool
    how_long: bool
    ahead: bool
    yes_or_no: bool
    choices: bool
    explanation: bool
    period: Period | None
    happening: Happening | None

    @property
    def wants_sentence(self) -> bool:
        """Whether a few words would be a poor answer, or a guess."""
        return self.explanation or self.yes_or_no or self.choices

    def on(self, today: datetime.date) -> Self:
        """Return the same question as if its period were told from another day."""
        return replace(
            self,
            today=today,
            period=period_asked(self.whole, self.proper, today),
        )


def understand(
    question: str, turns: Sequence[Turn] = (), today: datetime.date | None = None
) -> Asked:
    """Return what a question asks for, in the light of the turns before it.

    `today` is the day of asking; None leaves "last week" without a place in the calendar.
    """
    needs = depends(question)
    whole = with_names(question, turns) if needs else question
    asked = proper(question)
    wh = {word.lower() for word in _WH.findall(asked)}
    may_be_yes = bool(_YES_NO.match(asked))
    return Asked(
        text=question,
        whole=whole,
        proper=asked,
        today=today,
        depends=needs,
        when=_asks_when(asked, only=wh == {"when"} and not may_be_yes),
        how_long=bool(_HOW_LONG.search(asked)),
        ahead=bool(_AHEAD.search(asked)),
        yes_or_no=may_be_yes and not wh,
        choices=lists_choices(question),
        explanation=bool(_EXPLAIN.search(asked)),
        period=period_asked(whole, asked, today),
        happening=_happening(asked, today),
    )


def proper(question: str) -> str:
    """Return the last sentence of a question: what goes before only sets the scene.

    "(Hint: …)" and the like are no part of it.
    """
    plain = re.sub(r"\([^()]*\)", " ", question).strip() or question
    *_, (start, end) = [(0, len(plain)), *sentences(plain)]
    return plain[start:end]


def lists_choices(question: str) -> bool:
    """Tell whether a question refers to choices: "which of these", "all … except"."""
    return bool(_CHOICES.search(question))


def _asks_when(asked: str, *, only: bool) -> bool:
    """Tell whether a question asks for a date; `only` says that "when" is all that it asks.

    "Who resigned when it fell?" and "Did it fall when it rained?" ask for something else.
    """
    when = _WHEN_WAS.match(asked) or (only and _WHEN.search(asked))
    return bool(when or _WHICH_DAY.search(asked))


def period_asked(question: str, asked: str, today: datetime.date | None) -> Period | None:
    """Return the period that a question proper names, or else what stands before it.

    What stands before may name another time, as the names of earlier turns do.
    """
    named = named_period(asked, today)
    return named or (named_period(question, today) if question != asked else None)


def _happening(asked: str, today: datetime.date | None) -> Happening | None:
    """Return what happened is asked of, and when.

    None for other questions, and where the time is of more than 31 days, is not named, or only
    bounds what is asked, as in "since March".
    """
    what = _HAPPENED.match(asked)
    days = named_period(asked, today) if what else None
    if not what or not days or length(days) >= _SHORT:
        return None
    rest = _named(asked)[what.end() :]
    for one in reversed(find(rest, today)):
        rest = f"{rest[: one.start]} {rest[one.end :]}"
    subject = [word for word in content_words(rest) if word not in _IDLE]
    return Happening(" ".join(subject), days)


def named_period(question: str, day: datetime.date | None = None) -> Period | None:
    """Return the first and the last day of the time that a question names.

    From the earliest to the latest, if it names several; None, if it names none. "Last week" is
    that before `day`, on which the question is asked; of more than a month, such as "last year",
    only what is named with its year counts.
    """
    found = [
        days
        for one in find(_named(question), day)
        if (days := period(one.value)) and (length(days) < _SHORT or str(days[0].year) in one.text)
    ]
    if not found:
        return None
    return min(first for first, _ in found), max(last for _, last in found)


def _named(question: str) -> str:
    """Return a question with the names of months and weekdays in capitals, as in the news."""
    return _NAMES.sub(lambda name: name[0].capitalize(), question)
