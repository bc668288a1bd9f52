"""A question and the turns before it → what it asks for: understood once, and carried along."""

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from qa.dates import Period, find, length
from qa.search.followups import depends, with_names
from qa.search.times import LONGEST, Around, around, in_capitals, named_period, period_asked
from qa.text.sentences import sentences
from qa.text.vocabulary import (
    AUXILIARIES,
    DEMONSTRATIVES,
    POSSESSIVES,
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
_HOW_LONG = re.compile(
    r"\bhow (?:long|soon (?:after|before)|much (?:longer|later|earlier|time))\b", re.IGNORECASE
)
_HOW_OFTEN = re.compile(r"\bhow (?:often|frequently|many times an? \w+)\b", re.IGNORECASE)
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
    r"(?:and |so )?(?:what(?:(?:['’]s| has| have| had)? happened| took place| occurred| went on|"
    r"(?:['’]s| is| was) (?:happening|going on|new|planned|on)\b| happens| will happen|"
    r" (?:was|were|is|are) (?:in )?the (?:news(?! conf)|headlines|events))|"
    r"anything new|tell (?:me|us) (?:about )?(?:the |what )?(?:events?|news|happened)"
    r"(?: (?:of|from|in|on|that happened))?)\b"
    r"(?!.*\b(?:before(?! yesterday)|after(?! tomorrow)|until|by)\b)"
    r"(?!.*\bsince\b(?! (?:\w+ ){0,3}\w+\W*$))"
    r"(?: (?:in|around) the world\b)?",
    re.IGNORECASE,
)
# "New York" and "The News" are no wish for what is new.
_LATEST = re.compile(
    r"\b(?:what(?:['’]?s| is)|anything|something) new\b|"
    r"\b(?:latest|newest|most recent|recently|lately|updates?|up to date|right now|these days|"
    r"at the moment|currently|news (?:about|on)|recent (?:news|events|developments?))\b",
    re.IGNORECASE,
)
_SINCE = re.compile(r"\bsince\b", re.IGNORECASE)
_CHOICES = re.compile(
    r"\b(?:of|from|among) (?:these|the following|the below)\b|\btrue or false\b|"
    r"\ball\b.*\bexcept\b|\bexcept\b\W*$",
    re.IGNORECASE,
)
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

    The flags tell what is asked for: a date (`when`), a duration (`how_long`), how often, something
    still to come (`ahead`), what is new (`latest`), yes or no, one of several `choices` that only
    the question's own page shows, or an `explanation`. `period` is the time that the question
    names, `around` an event that it names a time by, and `happening` is there if it asks what
    happens in a period of at most 31 days.
    """

    text: str
    whole: str
    proper: str
    today: datetime.date | None
    depends: bool
    when: bool
    how_long: bool
    how_often: bool
    ahead: bool
    latest: bool
    yes_or_no: bool
    choices: bool
    explanation: bool
    period: Period | None
    around: Around | None
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
    question: str,
    turns: Sequence[Turn] = (),
    today: datetime.date | None = None,
    cased: str = "",
) -> Asked:
    """Return what a question asks for, in the light of the turns before it.

    `today` is the day of asking; None leaves "last week" without a place in the calendar. `cased`
    is the question with its names in capitals, if it was typed without.
    """
    needs = depends(cased or question)
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
        how_often=bool(_HOW_OFTEN.search(asked)),
        ahead=bool(_AHEAD.search(asked)),
        latest=bool(_LATEST.search(asked)),
        yes_or_no=may_be_yes and not wh,
        choices=lists_choices(question),
        explanation=bool(_EXPLAIN.search(asked)),
        period=period_asked(whole, asked, today),
        around=around(asked, today),
        happening=_happening(asked, today),
    )


def proper(question: str) -> str:
    """Return the last sentence of a question: what goes before only sets the scene.

    "(Hint: …)" and the like are no part of it.
    """
    plain = re.sub(r"\([^()]*\)", " ", question).strip() or question
    *_, (start, end) = [(0, len(plain)), *sentences(plain)]
    return plain[start:end]


def is_latest(word: str) -> bool:
    """Tell whether a word asks for what is new: it names no subject."""
    return bool(_LATEST.fullmatch(word)) or word.lower() in ("new", "news", "recent")


def lists_choices(question: str) -> bool:
    """Tell whether a question refers to choices: "which of these", "all … except"."""
    return bool(_CHOICES.search(question))


def _asks_when(asked: str, *, only: bool) -> bool:
    """Tell whether a question asks for a date; `only` says that "when" is all that it asks.

    "Who resigned when it fell?" and "Did it fall when it rained?" ask for something else.
    """
    when = _WHEN_WAS.match(asked) or (only and _WHEN.search(asked))
    return bool(when or _WHICH_DAY.search(asked))


def _happening(asked: str, today: datetime.date | None) -> Happening | None:
    """Return what happened is asked of, and when.

    None for other questions, and where the time is of more than 31 days, is not named, or only
    bounds what is asked, as in "since March".
    """
    what = _HAPPENED.match(asked)
    days = named_period(asked, today) if what else None
    if not what or not days or length(days) >= LONGEST or (not today and _SINCE.search(asked)):
        return None
    rest = in_capitals(asked)[what.end() :]
    for one in reversed(find(rest, today)):
        rest = f"{rest[: one.start]} {rest[one.end :]}"
    subject = [word for word in content_words(rest) if word not in _IDLE]
    return Happening(" ".join(subject), days)
