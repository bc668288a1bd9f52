"""The form of answer that a question wants, and what fills forms of several sentences."""

from dataclasses import dataclass
from typing import Self

from qa.models.calibration import Selection
from qa.models.loading import load_question_kinds, load_selection
from qa.models.question_kinds import QuestionKinds
from qa.settings import Settings


@dataclass(frozen=True, slots=True)
class Forms:
    """What tells the kinds of questions, and which sentences tell of a subject."""

    kinds: QuestionKinds
    selection: Selection

    @classmethod
    def load(cls, settings: Settings) -> Self:
        """Load both. Raises `ModelError` if one is missing, damaged or another version's."""
        return cls(load_question_kinds(settings), load_selection())
