"""Files → library: what is new or changed is written in rounds, what is gone is removed.

An ingest that is killed leaves the last round that was committed, and the next run does the rest.
"""

import datetime
import time
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from qa.ingest.files import Loaded, Skipped, Walk, absolute, files, passed_over, read
from qa.ingest.identity import Identities
from qa.ingest.listener import Listener, Logged, Watcher
from qa.ingest.parsed import Unreadable
from qa.ingest.rounds import Round, entry
from qa.library.articles import Entry, content_mark, fingerprint
from qa.library.opening import create_library
from qa.library.protocols import Library
from qa.library.recipe import facts
from qa.models.embedder import Embedder
from qa.models.loading import load_embedder
from qa.settings import Settings
from qa.text.printable import printable
from qa.types import Article

# Passages in a round, at least. A round copies the snapshot before it, so it grows with
# the library: copying stays a small share of the work.
ROUND = 4096
_ROUND_SHARE = 0.2
# A round that takes longer is committed as it is: with the rest of its work, within a minute.
ROUND_SECONDS = 45.0
# Seconds between two looks at what another process has in work.
_PATIENCE = 1.0


@dataclass(slots=True)
class Summary:
    """What an ingest did, in articles; `skipped` counts files and rows.

    `undated` counts the articles without a date, `passed_over` files of kinds that qa does not
    read, by their endings. Neither tells two summaries apart.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    skipped: int = 0
    undated: int = field(default=0, compare=False)
    passed_over: Counter[str] = field(default_factory=Counter, compare=False)

    def __str__(self) -> str:
        undated = f", without a date {self.undated}" if self.undated else ""
        told = passed_over(self.passed_over)
        return (
            f"added {self.added}, changed {self.changed}, unchanged {self.unchanged}, "
            f"removed {self.removed}, skipped {self.skipped}{undated}"
            f"{'; passed over: ' if told else ''}{told}"
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
    columns: Mapping[str, str] | None = None,
) -> Summary:
    """Bring a library up to date with files and folders.

    With `prune`, articles that once came from these paths and are gone from them are removed.
    Every `round_size` passages, and every minute, the work so far becomes visible. `columns` names
    the columns that hold an article's fields, where rows have unusual ones. Without a listener,
    what people should read is logged.

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
        walk = Walk()
        while True:
            for path in places:
                for item in read(path, settings.max_article_mb, columns, walk):
                    run.take(item)
            if not run.wait():
                break
            walk = Walk()
        run.summary.passed_over += walk.passed_over
        run.finish([absolute(path) for path in places] if prune else [])
        return run.summary


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
        self._watcher = listener if isinstance(listener, Watcher) else None
        self._round_size = round_size
        self._enough = 0
        self._identities = Identities(library.catalogue)
        self._marks: dict[str, str] = {}
        # Where articles stand that another process has in work, with their ids; and those that are
        # looked at once more.
        self._left: dict[tuple[str, str], str] = {}
        self._again: Collection[tuple[str, str]] | None = None
        self._doubtful: set[str] = set()
        self._embedder: Embedder | None = None
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
        self._catalogue.cleared({})
        first = min(self._left.values())
        while not self._catalogue.claim(first):
            time.sleep(_PATIENCE)
            self.recover()
        self._again, self._left = self._left, {}
        return True

    def take(self, item: Loaded | Skipped) -> None:
        """Take in an article, or note why there is none."""
        if self._again is not None and not (
            isinstance(item, Loaded) and (item.origin, item.part) in self._again
        ):
            return
        if isinstance(item, Skipped):
            self._doubtful.add(item.origin)
            self._skip(item)
        else:
            self._take(item)
        if self._round is not None and time.monotonic() - self._round.begun > ROUND_SECONDS:
            self._commit([])

    def finish(self, pruned: Sequence[Path]) -> None:
        """Commit what is left, and remove what is gone from the `pruned` files and folders."""
        gone, stale = self._identities.gone(pruned, self._doubtful)
        # What another process has in work is not gone.
        gone = [id_ for id_ in gone if pruned and self._catalogue.claim(id_)]
        self.summary.removed = len(gone)
        replaced = self._identities.replaced.values()
        removed = [*gone, *(id_ for id_ in replaced if self._catalogue.claim(id_))]
        if removed and self._round is None:
            self._round = self._new_round()
        self._commit(removed)
        self._catalogue.place(self._identities.new, stale)

    def _take(self, found: Loaded) -> None:
        id_ = self._identities.of(found)
        item = self._as_set(found, id_)
        mark = fingerprint(item.article)
        known = self._identities.known.get(id_)
        made: Entry | None = None
        if id_ not in self._identities.seen and (known is None or known.fingerprint != mark):
            if not self._catalogue.claim(id_):
                self._identities.guess(found, id_)
                self._left[found.origin, found.part] = id_
                return
            if self._identities.changed_meanwhile(id_):
                self._take(found)
                return
            made = self._made(item)
            if made is None:
                self._identities.leave(id_)
                if self._round is None:
                    # No commit may follow that lets go of it.
                    self._catalogue.cleared({})
                return
        place = self._identities.note(found, id_)
        if id_ in self._identities.seen:
            # One article at several places is one; another with its address is not.
            if item.known_by_url and self._marks[id_] != mark:
                reason = "another article of this run has the same id: the first one is kept"
                self._skip(Skipped(printable(id_), reason, item.origin))
            return
        self._identities.seen[id_] = place
        self._marks[id_] = mark
        for warning in item.warnings:
            self._listener.notice(printable(f"warning: {id_}: {warning}"))
        self.summary.undated += item.article.source.date is None
        if made is None:
            self.summary.unchanged += 1
            self._listener.progress(1)
            return
        replaced = known is not None or id_ in self._identities.replaced
        self.summary.changed += replaced
        self.summary.added += not replaced
        self._write(replace(made, place=place))

    def _as_set(self, item: Loaded, id_: str) -> Loaded:
        """Return an article under its id, with the date that somebody has set of it."""
        source = item.article.source
        known = self._identities.known.get(id_)
        date = source.date
        if id_ in self._identities.dates_set:
            date = self._identities.dates_set[id_]
        elif date is None and known is not None and known.date and not item.known_by_url:
            # A copy of it, whose name or head tells no date.
            copy = known.content == content_mark(source.title, item.article.text)
            elsewhere = id_ != source.id or self._identities.stands_elsewhere(id_, item.origin)
            date = datetime.date.fromisoformat(known.date) if copy and elsewhere else None
        made = replace(source, id=id_, date=date)
        return replace(item, article=Article(made, item.article.text))

    def _skip(self, item: Skipped) -> None:
        self.summary.skipped += 1
        self._listener.notice(f"skipped {item.where}: {item.reason}")

    def _made(self, item: Loaded) -> Entry | None:
        """Return an article as it is written, or none if that costs more than any is worth."""
        # Loaded only now: an ingest that finds nothing new does without the model.
        if self._embedder is None:
            self._show("loading the model")
            self._embedder = load_embedder(self._settings)
            self._show("")
        article, origin = item.article, item.origin
        try:
            return entry(article, origin, self._embedder, self._settings, bounded=True)
        except Unreadable as reason:
            # What the library has of it stays, as with a file that cannot be read.
            self._doubtful.add(origin)
            self._skip(Skipped(printable(article.source.id), str(reason), origin))
            return None

    def _write(self, made: Entry) -> None:
        if self._round is None:
            self._round = self._new_round(self._embedder)
        self._round.add(made)
        if self._round.passages >= self._enough:
            self._commit([])

    def _new_round(self, embedder: Embedder | None = None) -> Round:
        share = _ROUND_SHARE if self._library.vectors.copied else 0.0
        self._enough = max(self._round_size, int(share * self._catalogue.counts()[1]))
        return Round(self._library, embedder, self._embedded)

    def _embedded(self, articles: int, passages: int) -> None:
        self._show("", passages)
        for _ in range(articles):
            self._listener.progress(1)

    def _show(self, on: str, passages: int = 0) -> None:
        if self._watcher is not None:
            self._watcher.working(on, passages)

    def _commit(self, removed: Sequence[str]) -> None:
        if self._round is None:
            return
        self._round.commit(removed)
        self._round.close()
        self._round = None
