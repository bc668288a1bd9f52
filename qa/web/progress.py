"""A question → what is being done about it, as it is done, and the answer as it grows."""

import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from langchain_core.callbacks import BaseCallbackHandler

from qa.assistant import Assistant
from qa.types import Answer

# Questions answered at once: the models take turns, and more would only wait for each other.
ANSWERS = 4
# What is said while a stage of the chain works; {0} is the number of articles, {1} of passages.
_STAGES = {
    "retrieve": "Searching {0} articles …",
    "rewrite": "Putting the question into words …",
    "read": "Reading {1} passages …",
    "update": "Looking for later reports …",
    "cite": "Checking the quotes …",
    "answer": "Writing …",
}
# Who stops an answer may ask the next, but what was begun still takes the models' time.
_TURNS = threading.BoundedSemaphore(ANSWERS)


class _Stages(BaseCallbackHandler):
    """Hears of each stage of the chain as it starts."""

    def __init__(self, say: Callable[[str], None], articles: int) -> None:
        self._say = say
        self._articles = articles

    def on_chain_start(self, serialized: Any, inputs: Any, **options: Any) -> None:
        if words := _STAGES.get(options.get("name") or ""):
            # What comes into the later stages holds the hits.
            passages = len(getattr(inputs, "hits", ()))
            self._say(words.format(f"{self._articles:,}", passages))


def progress(
    assistant: Assistant,
    asked: Mapping[str, Any],
    say: Callable[[str], None],
    stopped: Callable[[], bool],
) -> Iterator[Answer]:
    """Yield the answer as it grows; the last is whole. What is being done is said as it begins.

    `asked` is what `Assistant.stream` takes. Raises as it does. What was stopped before its turn
    came yields nothing.
    """
    articles, _ = assistant.library.counts(asked.get("filters"))
    with _TURNS:
        if stopped():
            # While it waited for its turn.
            return
        yield from assistant.stream(**asked, callbacks=[_Stages(say, articles)])
