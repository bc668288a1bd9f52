"""Who is told how an ingest goes on."""

import logging
from typing import Protocol, runtime_checkable

_LOG = logging.getLogger(__package__)


class Listener(Protocol):
    """Is told how an ingest goes on."""

    def progress(self, articles: int) -> None:
        """So many more articles have been taken in."""

    def notice(self, line: str) -> None:
        """There is something that people should read: one printable line."""


class Logged:
    """A listener that logs what people should read, as warnings, and shows no progress."""

    def progress(self, articles: int) -> None:
        """Leave it."""

    def notice(self, line: str) -> None:
        """Log the line."""
        _LOG.warning("%s", line)


@runtime_checkable
class Watcher(Listener, Protocol):
    """A listener that also shows what an ingest is doing, and its passages."""

    def working(self, on: str, passages: int = 0) -> None:
        """It is at work on this, '' for the articles; so many more passages are embedded."""
