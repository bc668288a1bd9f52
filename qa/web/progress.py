"""A question → what is being done about it, as it is done, and the answer at last."""

import queue
import threading
from collections.abc import Iterator, Mapping
from typing import Any

from langchain_core.callbacks import BaseCallbackHandler

from qa.assistant import Assistant
from qa.types import Answer

# What is said while a stage of the chain works; {0} is the number of articles, {1} of passages.
_STAGES = {
    "retrieve": "Searching {0} articles …",
    "read": "Reading {1} passages …",
    "update": "Looking for later reports …",
    "cite": "Checking the quotes …",
}


class _Stages(BaseCallbackHandler):
    """Hears of each stage of the chain as it starts."""

    def __init__(self, said: "queue.Queue[str | Answer | BaseException]", articles: int) -> None:
        self._said = said
        self._articles = articles

    def on_chain_start(self, serialized: Any, inputs: Any, **options: Any) -> None:
        if words := _STAGES.get(options.get("name") or ""):
            # What comes into the later stages holds the hits.
            passages = len(getattr(inputs, "hits", ()))
            self._said.put(words.format(f"{self._articles:,}", passages))


def progress(assistant: Assistant, asked: Mapping[str, Any]) -> Iterator[str | Answer]:
    """Yield what is being done, in words, and then the answer.

    `asked` is what `Assistant.chain` takes. Raises as `Assistant.answer` does.
    """
    said: queue.Queue[str | Answer | BaseException] = queue.Queue()
    articles, _ = assistant.library.counts(asked.get("filters"))

    def work() -> None:
        try:
            handler = _Stages(said, articles)
            said.put(assistant.chain.invoke(dict(asked), {"callbacks": [handler]}))
        except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
            said.put(error)

    # A thread of its own: when the person stops it, the page goes on and it ends by itself.
    threading.Thread(target=work, daemon=True).start()
    while True:
        step = said.get()
        if isinstance(step, BaseException):
            raise step
        yield step
        if isinstance(step, Answer):
            return
