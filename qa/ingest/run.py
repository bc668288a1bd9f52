"""Files → library: what is new or changed is written in rounds, what is gone is removed.

An ingest that is killed leaves the last round that was committed, and the next run does the rest.
"""

import datetime
import logging
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol, Self, runtime_checkable

from qa.errors import CorpusError
from qa.ingest.files import Loaded, Skipped, Walk, absolute, files, passed_over, read
from qa.ingest.identity import Identities
from qa.ingest.rounds import Round, entry
from qa.library.articles import content_mark, fingerprint
from qa.library.catalogue import Library
from qa.library.places import Place
from qa.library.recipe import facts
from qa.library.vectors import sweep
from qa.models.embedder import Embedder
from qa.models.loading import load_embedder
from qa.settings import Settings
from qa.text.printable import printable
from qa.types import Article

_LOG = logging.getLogger(__package__)

# Passages in a round, at least. A round copies the snapshot before it, so it grows with
# the library: copying stays a small share of the work.
ROUND = 4096
_ROUND_SHARE = 0.2
# A round that takes longer is committed as it is: with the rest of its work, within a minute.
ROUND_SECONDS = 45.0


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
        Library.create(settings.library, facts(settings)) as library,
        library.writing(),
        _Ingest(library, settings, listener or Logged(), round_size) as run,
    ):
        for path in places:
            walk = Walk()
            for item in read(path, settings.max_article_mb, columns, walk):
                run.take(item)
            run.summary.passed_over += walk.passed_over
        run.finish([absolute(path) for path in places] if prune else [])
        return run.summary


def remove(ids: Sequence[str], library: Library) -> None:
    """Remove articles from a library, all of them or, if one is not there, none.

    Raises `CorpusError` if one of them is not there, and `LibraryError`s.
    """
    with library.writing():
        known = _all_known(ids, library)
        with Round(library, base=library.state().vectors) as round_:
            round_.commit(list(dict.fromkeys(known)))


def edit(id_: str, library: Library, settings: Settings, *, date: datetime.date | None) -> None:
    """Set the date of an article, or that it has none; a later ingest leaves it so.

    Raises `CorpusError` if the article is not there, and `LibraryError`s.
    """
    library.check(facts(settings))
    with library.writing():
        [known] = _all_known([id_], library)
        article = library.articles([known])[known]
        changed = Article(replace(article.source, date=date), article.text)
        # The date is embedded with each passage, and the dates in the text are told by it.
        embedder = load_embedder(settings)
        with Round(library, library.state().vectors, embedder) as round_:
            round_.add(entry(changed, library.origin(known), embedder, settings))
            library.set_date(known, date)
            round_.commit([])


def _all_known(ids: Sequence[str], library: Library) -> list[str]:
    """Return the ids of articles, each given by its id or by another name that it has."""
    known = library.fingerprints()
    others = library.resolved([id_ for id_ in ids if id_ not in known])
    for id_ in ids:
        if id_ not in known and id_ not in others:
            raise CorpusError(f"no article {printable(id_)}: `qa list` shows the ids")
    return [others.get(id_, id_) for id_ in ids]


def rebuild(settings: Settings, listener: Listener) -> int:
    """Cut and embed every article of the catalogue anew; return the number of passages.

    Raises `LibraryError`s.
    """
    embedder = load_embedder(settings)
    with Library.open(settings.library) as library, library.writing():
        with Round(library, "", embedder) as round_:
            for article, origin in library.entries():
                round_.add(entry(article, origin, embedder, settings))
                listener.progress(1)
            round_.commit([], anew=facts(settings))
        return library.counts()[1]


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
        self._settings = settings
        self._listener = listener
        self._watcher = listener if isinstance(listener, Watcher) else None
        self._round_size = round_size
        self._enough = 0
        self._identities = Identities(library)
        self._set = library.dates_set()
        self._marks: dict[str, str] = {}
        self._doubtful: set[str] = set()
        self._embedder: Embedder | None = None
        self._round: Round | None = None
        # What a killed run left behind goes, even if there is nothing new to write.
        sweep(library.folder, keep=library.state().vectors)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._round is not None:
            self._round.close()

    def take(self, item: Loaded | Skipped) -> None:
        """Take in an article, or note why there is none."""
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
        gone = gone if pruned else []
        self.summary.removed = len(gone)
        removed = [*gone, *self._identities.replaced.values()]
        if removed and self._round is None:
            self._round = self._new_round()
        self._commit(removed)
        self._library.place(self._identities.new, stale)

    def _take(self, item: Loaded) -> None:
        id_, place = self._identities.of(item)
        item = self._as_set(item, id_)
        mark = fingerprint(item.article)
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
        known = self._identities.known.get(id_)
        if known is not None and known.fingerprint == mark:
            self.summary.unchanged += 1
            self._listener.progress(1)
            return
        replaced = known is not None or id_ in self._identities.replaced
        self.summary.changed += replaced
        self.summary.added += not replaced
        self._write(item, place)

    def _as_set(self, item: Loaded, id_: str) -> Loaded:
        """Return an article under its id, with the date that somebody has set of it."""
        source = item.article.source
        known = self._identities.known.get(id_)
        date = source.date
        if id_ in self._set:
            date = self._set[id_]
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

    def _write(self, item: Loaded, place: Place) -> None:
        # Loaded only now: an ingest that finds nothing new does without the model.
        if self._embedder is None:
            self._show("loading the model")
            self._embedder = load_embedder(self._settings)
            self._show("")
        if self._round is None:
            self._round = self._new_round(self._embedder)
        self._round.add(entry(item.article, item.origin, self._embedder, self._settings, place))
        if self._round.passages >= self._enough:
            self._commit([])

    def _new_round(self, embedder: Embedder | None = None) -> Round:
        self._enough = max(self._round_size, int(_ROUND_SHARE * self._library.counts()[1]))
        state = self._library.state().vectors
        return Round(self._library, state, embedder, self._embedded)

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
