"""A question on its way through the stages of the chain, and the seconds that each stage takes."""

import datetime
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from qa.search.question import Asked
from qa.types import Answer, Claim, Draft, Filters, Hit, QuestionKind, Turn
from qa.writing.reply import Reply
from qa.writing.writer import Talk

Staged = TypeVar("Staged", "Work", Answer)


@dataclass(frozen=True, slots=True)
class Work:
    """The state of one question in the chain: each stage adds to it.

    `question` is the question as people put it, and `asked` the question as it was understood,
    after a chat model has rewritten it if one did. `kind` is the form of answer that the question
    wants. `wide` are more hits, which are searched for sentences on a subject and for dated
    sentences; `newest` are those of the newest articles, where people ask for what is new; `more`
    are sentences that stand below the draft's answer. `stages` has the seconds of each finished
    stage.

    Five fields are for a chat model: `talk` is the conversation with the model so far; `handed` are
    the hits that the model was given, numbered from 1; `reply` is the part that it has written;
    `done` says whether that is all; and `unreachable` says why there is no reply.
    """

    question: str
    asked: Asked
    turns: tuple[Turn, ...] = ()
    filters: Filters = field(default_factory=Filters)
    asked_on: datetime.date | None = None
    kind: QuestionKind = "fact"
    hits: tuple[Hit, ...] = ()
    wide: tuple[Hit, ...] = ()
    newest: tuple[Hit, ...] = ()
    draft: Draft = field(default_factory=Draft)
    more: tuple[Claim, ...] = ()
    stages: Mapping[str, float] = field(default_factory=dict)
    talk: Talk = field(default_factory=Talk)
    handed: tuple[Hit, ...] = ()
    reply: Reply = field(default_factory=Reply)
    done: bool = True
    unreachable: str = ""

    @property
    def alone(self) -> bool:
        """Whether the question asks the same without the turns before it."""
        return not (self.asked.depends and self.turns)


def timed(name: str, stage: Callable[[Any], Staged]) -> Callable[[Any], Staged]:
    """Return a stage that adds its own seconds to those of the stages before."""

    def run(given: Any) -> Staged:
        started = time.perf_counter()
        done = stage(given)
        earlier = given.stages if isinstance(given, Work) else {}
        return replace(done, stages={**earlier, name: time.perf_counter() - started})

    return run


def timed_pieces(
    name: str, stage: Callable[[Work], Iterator[Work]]
) -> Callable[[Work], Iterator[Work]]:
    """Return a stage that yields its work in pieces, each with the seconds until that piece."""

    def run(work: Work) -> Iterator[Work]:
        started = time.perf_counter()
        for piece in stage(work):
            yield replace(piece, stages={**work.stages, name: time.perf_counter() - started})

    return run
