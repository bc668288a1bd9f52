"""A question → what is being done about it, as it is done, and the answer at last."""

import queue
import threading
from collections.abc import Iterator, Mapping
from typing import Any

from langchain_core.callbacks import BaseCallbackHandler

from qa.assistant import Assistant
from qa.types import Answer
from qa.web.listeners import ANSWERS

# What is said while a stage of the chain works; {0} is the number of articles, {1} of passages.
_STAGES = {
    "retrieve": "Searching {0} articles …",
    "rewrite": "Putting the question into words …",
    "read": "Reading {1} passages …",
    "update": "Looking for later reports …",
    "cite": "Checking the quotes …",
    "answer": "Writing …",
}


# Seconds between two signs of life.
_BEAT = 0.25
# Who stops an answer may ask the next, but what was begun still takes the models' time.
_TURNS = threading.BoundedSemaphore(ANSWERS)
_Said = queue.Queue["str | Answer | BaseException | None"]


class _Stages(BaseCallbackHandler):
    """Hears of each stage of the chain as it starts."""

    def __init__(self, said: _Said, articles: int) -> None:
        self._said = said
        self._articles = articles

    def on_chain_start(self, serialized: Any, inputs: Any, **options: Any) -> None:
        if words := _STAGES.get(options.get("name") or ""):
            # What comes into the later stages holds the hits.
            passages = len(getattr(inputs, "hits", ()))
            self._said.put(words.format(f"{self._articles:,}", passages))


def _next(said: _Said) -> str | Answer | BaseException | None:
    """Return what was said next; '' if that takes longer than a person's patience with Stop."""
    try:
        return said.get(timeout=_BEAT)
    except queue.Empty:
        return ""


def progress(assistant: Assistant, asked: Mapping[str, Any]) -> Iterator[str | Answer]:
    """Yield what is being done, in words, and the answer as it grows; the last is whole.

    While nothing new is to be said it yields '' a few times a second: Gradio ends a generator
    only between two values, so that one which is silent could not be stopped. `asked` is what
    `Assistant.stream` takes. Raises as it does.
    """
    said: _Said = queue.Queue()
    articles, _ = assistant.library.counts(asked.get("filters"))
    stopped = threading.Event()

    def work() -> None:
        with _TURNS:
            if stopped.is_set():
                # While it waited for its turn.
                return
            try:
                for answer in assistant.stream(**asked, callbacks=[_Stages(said, articles)]):
                    said.put(answer)
                    if stopped.is_set():
                        break
            except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
                said.put(error)
            said.put(None)

    # A thread of its own: when the person stops it, the page goes on at once.
    threading.Thread(target=work, daemon=True).start()
    try:
        while (step := _next(said)) is not None:
            if isinstance(step, BaseException):
                raise step
            yield step
    finally:
        stopped.set()
