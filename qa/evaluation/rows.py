"""qa's own format of a question set: a checked row → a question."""

import datetime
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import (
    AliasChoices,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from qa.errors import EvaluationError
from qa.evaluation.nuggets import Nugget
from qa.evaluation.question_set import Question
from qa.types import Role, Turn


def question_of(fields: Mapping[str, Any], place: str) -> Question:
    """Return the question of a row. Raises `EvaluationError`, with its place, for a wrong one."""
    try:
        return _Row.model_validate(fields).question_of()
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"][:1])
        if first["type"] == "extra_forbidden":
            known = ", ".join(_Row.model_fields)
            raise EvaluationError(
                f"{place}: {field!r} is not a field; the fields are {known}"
            ) from None
        raise EvaluationError(f"{place}: {field}: {first['msg']}: mend the line") from None
    except ValueError as error:
        raise EvaluationError(f"{place}: {error}: mend the line") from None


class _Turn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    role: Role
    text: str


class _Support(BaseModel):
    model_config = ConfigDict(extra="forbid")

    article: str = Field(min_length=1, validation_alias=AliasChoices("article", "url"))
    quote: str = Field(min_length=1)


class _Nugget(BaseModel):
    model_config = ConfigDict(extra="forbid")

    fact: str
    vital: bool = True
    support: list[_Support] = []
    keys: list[Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]] = []

    def nugget_of(self) -> Nugget:
        if not self.support and not self.keys:
            raise ValueError(f"the nugget {self.fact!r} has neither support nor keys")
        support = tuple((one.article, one.quote) for one in self.support)
        return Nugget(self.fact, self.vital, support, tuple(self.keys))


class _Row(BaseModel):
    """A line of our own format, which docs/evaluation.md documents."""

    model_config = ConfigDict(extra="forbid")

    id: str | int
    question: str = Field(min_length=1)
    answers: list[str] | str = []
    unanswerable: bool = False
    article: str = ""
    urls: list[str] = []
    quote: str = ""
    date: datetime.date | None = None
    history: list[_Turn] = []
    tags: list[str] = []
    note: str = ""
    nuggets: list[_Nugget] = []

    def question_of(self) -> Question:
        answers = [self.answers] if isinstance(self.answers, str) else self.answers
        kept = tuple(answer for answer in answers if answer.strip())
        if kept and self.unanswerable:
            raise ValueError("unanswerable is true, and yet there are answers")
        return Question(
            id=str(self.id),
            text=self.question,
            answers=kept,
            unanswerable=self.unanswerable,
            articles=tuple(
                dict.fromkeys([self.article, *self.urls] if self.article else self.urls)
            ),
            quote=self.quote,
            date=self.date,
            history=tuple(Turn(turn.role, turn.text) for turn in self.history),
            tags=tuple(self.tags),
            note=self.note,
            nuggets=tuple(one.nugget_of() for one in self.nuggets),
        )
