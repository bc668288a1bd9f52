"""Files → library: what is new or changed is written in rounds, what is gone is removed.

An ingest that is killed leaves the last round that was committed, and the next run does the rest.
"""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

from qa.errors import CorpusError, LibraryBusy
from qa.ingest.files import Loaded, Skipped, absolute, files, read
from qa.ingest.rounds import Round, entry
from qa.library.articles import fingerprint
from qa.library.opening import create_library, open_library
from qa.library.protocols import Library
from qa.library.recipe import facts
from qa.models.embedder import Embedder
from qa.models.loading import load_embedder
from qa.settings import Settings
from qa.text.printable import printable

_LOG = logging.getLogger(__package__)

# Passages in a round, at least. A round copies the snapshot before it, so it grows with
# the library: copying stays a small share of the work.
ROUND = 4096
_ROUND_SHARE = 0.2
# Seconds between two looks at what another process has in work.
_PATIENCE = 1.0


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


@dataclass(slots=True)
class Summary:
    """What an ingest did, in articles; `skipped` counts files and rows."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    skipped: int = 0

    def __str__(self) -> str:
        return (
            f"added {self.added}, changed {self.changed}, unchanged {self.unchanged}, "
            f"removed {self.removed}, skipped {self.skipped}"
        )

    @property
    def articles(self) -> int:
        """How many articles the ingest had anything to do with."""
        return self.added + self.changed + self.unchanged + self.removed


def ingest(
    paths: Sequence[Path | str],
    settings: Settings,
    listener: Listener | None = None,
    *,
    prune: bool = False,
    round_size: int = ROUND,
) -> Summary:
    """Bring a library up to date with files and folders.

    With `prune`, articles that once came from these paths and are gone from them are removed.
    Every `round_size` passages the work so far becomes visible. Without a listener, what people
    should read is logged.

    Raises `CorpusError` if a path does not exist or holds nothing that qa reads, and
    `LibraryError`s.
    """
    places = [Path(path) for path in paths]
    for path in places:
        files(path)
    with (
        create_library(settings, facts(settings)) as library,
        library.catalogue.writing(),
        _Ingest(library, settings, listener or Logged(), round_size) as run,
    ):
        run.recover()
        while True:
            for path in places:
                for item in read(path, settings.max_article_mb):
                    run.take(item)
            if not run.wait():
                break
        run.finish([absolute(path) for path in places] if prune else [])
        return run.summary


def remove(ids: Sequence[str], library: Library) -> None:
    """Remove articles from a library, all of them or, if one is not there, none.

    Raises `CorpusError` if one of them is not there, and `LibraryError`s.
    """
    with library.catalogue.writing():
        known = library.catalogue.fingerprints()
        for id_ in ids:
            if id_ not in known:
                raise CorpusError(f"no article {printable(id_)}: `qa list` shows the ids")
            if library.catalogue.claim(id_) is None:
                raise LibraryBusy(
                    f"{printable(id_)} is being written by another process: try again in a minute"
                )
        with Round(library) as round_:
            round_.commit(list(dict.fromkeys(ids)))


def rebuild(settings: Settings, listener: Listener) -> int:
    """Cut and embed every article of the catalogue anew; return the number of passages.

    Raises `LibraryError`s.
    """
    embedder = load_embedder(settings)
    with open_library(settings) as library, library.catalogue.writing(alone=True):
        with Round(library, embedder, anew=True) as round_:
            for article, origin in library.catalogue.entries():
                round_.add(entry(article, origin, embedder, settings))
                listener.progress(1)
            round_.commit([], anew=facts(settings))
        return library.catalogue.counts()[1]


class _Ingest:
    """One run: compares what is read to the catalogue, and fills rounds with the changes."""

    def __init__(
        self,
        library: Library,
        settings: Settings,
        listener: Listener,
        round_size: int,
    ) -> None:
        self.summary = Summary()
        self._library = library
        self._catalogue = library.catalogue
        self._settings = settings
        self._listener = listener
        self._round_size = round_size
        self._enough = 0
        self._known = library.catalogue.fingerprints()
        # Articles that another process has in work, and those that are looked at once more.
        self._left: set[str] = set()
        self._again: set[str] | None = None
        self._seen: dict[str, str] = {}
        self._moved: dict[str, str] = {}
        self._doubtful: set[str] = set()
        self._round: Round | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._round is not None:
            self._round.close()

    def recover(self) -> None:
        """Remove what killed runs left behind, even if there is nothing new to write."""
        name = self._catalogue.state().vectors
        self._library.vectors.sweep(name)
        if orphaned := self._catalogue.adopt():
            self._library.vectors.remove(name, orphaned)
            self._catalogue.cleared(orphaned)

    def wait(self) -> bool:
        """Wait until others let go of what they had in work; tell if there was any.

        Then all is to be read once more: a process that has died has left it to this one.
        """
        if not self._left:
            return False
        # Another process may be waiting for this one.
        self._commit([])
        first = min(self._left)
        while self._catalogue.claim(first) is None:
            time.sleep(_PATIENCE)
            self.recover()
        self._again, self._left = self._left, set()
        return True

    def take(self, item: Loaded | Skipped) -> None:
        """Take in an article, or note why there is none."""
        if self._again is not None and not self._is_left(item):
            return
        if isinstance(item, Skipped):
            self._doubtful.add(item.origin)
            self._skip(item)
        else:
            self._take(item)

    def _take(self, item: Loaded) -> None:
        id_ = item.article.id
        mark = fingerprint(item.article)
        known_mark, known_origin = self._known.get(id_, ("", item.origin))
        if self._seen.get(id_) == mark:
            if known_origin == item.origin:
                self._moved.pop(id_, None)
            return
        if known_mark != mark:
            now = self._catalogue.claim(id_)
            if now is None:
                self._left.add(id_)
                return
            if now[0] != known_mark:
                # Written by another process since this one began.
                self._known[id_] = now
                known_mark, known_origin = now
        if reason := self._conflict(item, mark):
            self._skip(Skipped(printable(id_), reason, item.origin))
            return
        self._seen[id_] = mark
        for warning in item.warnings:
            self._listener.notice(printable(f"warning: {id_}: {warning}"))
        if known_mark == mark:
            self.summary.unchanged += 1
            # Where it was seen last: it may be gone from the file it was in before.
            if known_origin != item.origin:
                self._moved[id_] = item.origin
        else:
            self.summary.changed += bool(known_mark)
            self.summary.added += not known_mark
            self._write(item)
        self._listener.progress(1)

    def finish(self, pruned: Sequence[Path]) -> None:
        """Commit what is left, and remove what is gone from the `pruned` files and folders."""
        # What another process has in work is not gone.
        gone = [id_ for id_ in self._gone(pruned) if self._catalogue.claim(id_) is not None]
        self.summary.removed = len(gone)
        if gone and self._round is None:
            self._round = self._new_round()
        self._commit(gone)
        self._catalogue.move(self._moved)

    def _is_left(self, item: Loaded | Skipped) -> bool:
        return isinstance(item, Loaded) and item.article.id in (self._again or ())

    def _skip(self, item: Skipped) -> None:
        self.summary.skipped += 1
        self._listener.notice(f"skipped {item.where}: {item.reason}")

    def _conflict(self, item: Loaded, mark: str) -> str:
        """Return why an article must not take the place of another with its id, or ''."""
        id_ = item.article.id
        if id_ in self._seen:
            return "another article of this run has the same id: the first one is kept"
        if id_ not in self._known:
            return ""
        known_mark, origin = self._known[id_]
        by_path = id_ != item.article.source.url
        # A path is only unique below its own folder; a url is the same article anywhere.
        if by_path and known_mark != mark and origin != item.origin and Path(origin).exists():
            return f"its id is taken by {origin}: rename the file, or `qa remove` that one first"
        return ""

    def _write(self, item: Loaded) -> None:
        # Loaded only now: an ingest that finds nothing new does without the model.
        embedder = load_embedder(self._settings)
        if self._round is None:
            self._round = self._new_round(embedder)
        self._round.add(entry(item.article, item.origin, embedder, self._settings))
        if self._round.passages >= self._enough:
            self._commit([])

    def _new_round(self, embedder: Embedder | None = None) -> Round:
        share = _ROUND_SHARE if self._library.vectors.copied else 0.0
        self._enough = max(self._round_size, int(share * self._catalogue.counts()[1]))
        return Round(self._library, embedder)

    def _commit(self, removed: Sequence[str]) -> None:
        if self._round is None:
            return
        self._round.commit(removed)
        self._round.close()
        self._round = None

    def _gone(self, pruned: Sequence[Path]) -> list[str]:
        """Return the ids of articles that came from these paths and are there no more."""
        gone = []
        for id_, (_, origin) in self._known.items():
            file = Path(self._moved.get(id_, origin))
            inside = any(file == path or path in file.parents for path in pruned)
            # A file or folder that could not be read this time has not lost its articles.
            doubtful = any(str(place) in self._doubtful for place in (file, *file.parents))
            if inside and id_ not in self._seen and not doubtful:
                gone.append(id_)
        return gone
