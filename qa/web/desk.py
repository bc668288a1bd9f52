"""What every part of the page is given, and what the page may call of it."""

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from qa.assistant import Assistant
from qa.library.conversations import Conversations
from qa.library.protocols import Catalogue, Library
from qa.settings import Settings

# Takes whose conversations are meant and then, by name, what the page's script hands over; returns
# what JSON can say. Wrong types are refused before it is called. May be a coroutine function.
Function = Callable[..., Any]
Functions = Mapping[str, Function]


@dataclass(frozen=True)
class Desk:
    """What the page works with.

    The assistant is still to come while the models are being loaded: the page is served before.
    Nothing on the page adds or removes articles unless it `may_change` the archive.
    """

    stores: Library
    conversations: Conversations
    settings: Settings
    loading: "Future[Assistant]"
    may_change: bool = False

    @property
    def library(self) -> Catalogue:
        """The catalogue of the library."""
        return self.stores.catalogue

    def assistant(self) -> Assistant:
        """Return the assistant, as soon as its models are loaded. Raises as `Assistant.load`."""
        return self.loading.result()
