"""A question with its gold answers and articles, and sets of questions."""

import datetime
from dataclasses import dataclass

from qa.evaluation.nuggets import Nugget
from qa.types import Turn


@dataclass(frozen=True, slots=True)
class Question:
    """A question, with its gold answers and the articles that give them.

    `answers` are alternatives: each is a whole answer. `articles` are the ids of the articles in
    which the answer stands, and `quote` is the sentence that gives the answer, word for word.
    `unanswerable` says that the archive does not hold the answer. `date` is the day of asking, and
    `history` the turns before. `note` is a remark for people. `nuggets` are the facts that a good
    answer of several sentences tells.
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

    `note` is shown beside the figures of the set. `left_out` counts the questions that refer to
    choices ("which of these"), since an archive is asked without choices.
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
