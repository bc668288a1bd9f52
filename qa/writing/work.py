"""A question on its way through the stages of the chain."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from qa.types import Draft, Filters, Hit, Turn
from qa.writing.reply import Written
from qa.writing.writer import Talk


@dataclass(frozen=True, slots=True)
class Work:
    """What is known of a question so far.

    `whole` is it with what it needs of the turns. With a chat model: `handed` are the hits that it
    was given, numbered from 1, `written` is its reply as far as it is there, the whole of it where
    `done`, and `unreachable` is why there is none.
    """

    question: str
    whole: str
    turns: tuple[Turn, ...] = ()
    filters: Filters = field(default_factory=Filters)
    asked_on: datetime.date | None = None
    hits: tuple[Hit, ...] = ()
    draft: Draft = field(default_factory=Draft)
    stages: Mapping[str, float] = field(default_factory=dict)
    talk: Talk = field(default_factory=Talk)
    handed: tuple[Hit, ...] = ()
    written: Written = field(default_factory=Written)
    done: bool = True
    unreachable: str = ""
