"""Lessons as machines write them, too: in lower case, with blanks before full stops."""

import random
import re
from dataclasses import replace

from qa.training.entailment.lessons import Lesson

# How often a sentence, and how often its quotes too, are put into pieces as tokenisers leave them.
_PIECES = 0.08
_QUOTES_TOO = 0.5
_MARK = re.compile(r"(?<=\w)([.,;:!?])(?=\s|$)|([\"“”()])")


def as_tokenised(lesson: Lesson, draw: random.Random) -> Lesson:
    """Return a lesson as it is, or, now and then, as tokenised text in lower case."""
    if draw.random() >= _PIECES:
        return lesson
    lower = draw.random() < 0.6
    quotes = _pieces(lesson.quotes, lower) if draw.random() < _QUOTES_TOO else lesson.quotes
    return replace(lesson, sentence=_pieces(lesson.sentence, lower), quotes=quotes)


def _pieces(text: str, lower: bool) -> str:
    apart = re.sub(r"\s+", " ", _MARK.sub(lambda mark: f" {mark.group()} ", text)).strip()
    return apart.lower() if lower else apart
