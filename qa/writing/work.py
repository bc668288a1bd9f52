"""A question on its way through the stages of the chain."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from qa.types import Draft, Filters, Hit, Turn
from qa.writing.reply import Reply
from qa.writing.writer import Talk


@dataclass(frozen=True, slots=True)
class Work:
    """What is known of a question so far.

    `whole` is the question rewritten to stand alone. `stages` has the seconds that each
    finished stage took. Five fields are for a chat model: `talk` has what was said to the model so
    far; `handed` has the hits that it was given, numbered from 1; `reply` is as much as it has
    written; `done` says whether that is all; and `unreachable` says why there is no reply.
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
    reply: Reply = field(default_factory=Reply)
    done: bool = True
    unreachable: str = ""
