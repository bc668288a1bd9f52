"""Examples → the same in other forms: questions as people type them, and news of other years."""

import datetime
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from qa.training.examples import Example
from qa.types import Source

# How often a question is put in another form.
SHARE = 0.4
_BEFORE = (
    "I'd like to know",
    "can you tell me",
    "do you know",
    "does anyone know",
    "I was wondering",
    "tell me",
    "please",
    "hey,",
    "any idea",
    "so",
    "find out",
    "I want to know",
    "quick question:",
    "my question is",
)
# What people leave out who type keywords, but for the word that asks.
_SMALL = frozenset(
    "a an the is are was were be been do does did has have had of in on at to for from by with "
    "that this it its their his her and as will would could can".split()
)
_WORD = re.compile(r"[A-Za-z]{5,}")
# How often an example without a heading gets one.
HEADINGS = 0.4
# How often a passage also stands with a question on something else; and how often that is none.
ASTRAY = 0.08
_NO_QUESTION = 0.3
_SAID = (
    "hi", "hello", "hello there", "hey", "good morning", "thanks", "thank you!", "ok", "great",
    "bye", "?", "??", "...", "!", "test", "testing 123", "a", "b", "x", "asdf", "lol", "yes", "no",
    "what", "who", "why", "when", "how", "and", "help", "help me", "who are you", "what can you do",
    "are you there", "tell me a joke", "how are you", "what is this", "write a poem", "1", "42",
    "news", "anything new", "more", "continue", "start", "stop", "please", "sorry", "never mind",
    "what is the meaning of life", "how do i cook rice", "translate this", "what is 2 + 2",
)  # fmt: skip
# How often an example keeps its years; and by how many they move at most, back and on.
_SAME_YEARS = 0.15
_BACK, _ON = 25, 8
_YEAR = re.compile(r"\b(?:19[5-9]\d|20[0-4]\d)\b")
# How often a heading is missing, and how often its day is.
_NO_HEADING = 0.1
_NO_DAY = 0.1
_DAY = re.compile(r" \(\d{1,2} \w+ \d{4}\)$")


def in_other_forms(examples: Iterable[Example], seed: int) -> Iterator[Example]:
    """Yield the examples, `SHARE` of the questions in another form."""
    chosen = random.Random(seed)
    for example in examples:
        if chosen.random() < SHARE:
            form = chosen.choice((_plain, _keywords, _behind, _slipped))
            yield replace(example, question=form(example.question, chosen))
        else:
            yield example


def of_other_years(examples: Iterable[Example], seed: int) -> Iterator[Example]:
    """Yield the examples with all their years moved alike, and some without their heading or day.

    All the news here is of 2022: a network would learn that what is of another year answers
    nothing. What is moved has as many characters as before, so that answers stay where they are.
    """
    chosen = random.Random(seed)
    for example in examples:
        move = 0 if chosen.random() < _SAME_YEARS else chosen.randint(-_BACK, _ON)
        heading, draw = example.heading, chosen.random()
        if draw < _NO_HEADING:
            heading = ""
        elif draw < _NO_HEADING + _NO_DAY:
            heading = _DAY.sub("", heading)
        yield replace(
            example,
            question=_moved(example.question, move),
            passage=_moved(example.passage, move),
            heading=_moved(heading, move),
        )


def with_headings(examples: Iterable[Example], seed: int) -> Iterator[Example]:
    """Yield the examples, `HEADINGS` of them below the first words of their passage and some day.

    So articles without a title are headed. Without these, only news would have headings, and of
    these most do not answer.
    """
    chosen = random.Random(seed)
    for example in examples:
        if chosen.random() < HEADINGS:
            words = example.passage.split()
            title = " ".join(words[: chosen.randint(4, 14)])
            day = datetime.date(1990, 1, 1) + datetime.timedelta(chosen.randrange(15_000))
            yield replace(example, heading=Source("", f"{title}…", day).label)
        else:
            yield example


def astray(examples: Sequence[Example], seed: int) -> Iterator[Example]:
    """Yield, for `ASTRAY` of the examples, their passage with a question that it does not answer.

    That is another example's, most often on something else altogether, or no question at all. What
    is found for a question is at least near to it: only these tell what is far.
    """
    chosen = random.Random(seed)
    for example in examples:
        if chosen.random() < ASTRAY:
            other = chosen.choice(examples).question
            question = chosen.choice(_SAID) if chosen.random() < _NO_QUESTION else other
            if question != example.question:
                yield replace(example, question=question, spans=(), kind="")


def _moved(text: str, years: int) -> str:
    return _YEAR.sub(lambda year: str(int(year[0]) + years), text)


def _plain(question: str, chosen: random.Random) -> str:
    return question.rstrip("?. ").replace("'", "").replace("’", "")


def _keywords(question: str, chosen: random.Random) -> str:
    words = _plain(question, chosen).split()
    kept = [word for word in words if word.lower().strip(",") not in _SMALL]
    return " ".join(kept if len(kept) >= 3 else words)


def _behind(question: str, chosen: random.Random) -> str:
    return f"{chosen.choice(_BEFORE)} {question[:1].lower()}{question[1:]}"


def _slipped(question: str, chosen: random.Random) -> str:
    """Return a question with two letters of a word swapped, or one lost or doubled."""
    words = list(_WORD.finditer(question))
    if not words:
        return question
    word = chosen.choice(words)
    at = chosen.randrange(word.start() + 1, word.end() - 1)
    one, two = question[at], question[at + 1]
    slip = chosen.choice((two + one, one, one + one + two))
    return f"{question[:at]}{slip}{question[at + 2 :]}"
