"""A question with what is known of its answer, and sets of these."""

import datetime
from dataclasses import dataclass

from qa.evaluation.nuggets import Nugget
from qa.types import Turn


@dataclass(frozen=True, slots=True)
class Question:
    """A question, and what is known of its answer.

    `answers` are alternatives: each is the whole answer. `articles` are the ids of articles
    to find it in, and `quote` is the sentence that gives it, word for word. `unanswerable`
    says that the archive does not hold it. `date` is the day on which it is asked, and
    `history` what was said before. `note` is what a person remarked on it. `nuggets` are the facts
    that a good answer of several sentences tells.
    """

    id: str
    text: str
    answers: tuple[str, ...] = ()
    unanswerable: bool = False
    articles: tuple[str, ...] = ()
    quote: str = ""
    date: datetime.date | None = None
    history: tuple[Turn, ...] = ()
    tags: tuple[str, ...] = ()
    note: str = ""
    nuggets: tuple[Nugget, ...] = ()


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Questions with different ids. `sha256` is that of the file, or of the questions.

    `note` is what people must know who see figures of it. `left_out` counts questions that
    refer to choices ("which of these"), which nobody who asks an archive can see.
    """

    name: str
    questions: tuple[Question, ...]
    sha256: str = ""
    left_out: int = 0
    note: str = ""

    @property
    def marks_unanswerable(self) -> bool:
        """Whether some question is marked as one that the archive cannot answer."""
        return any(question.unanswerable for question in self.questions)
