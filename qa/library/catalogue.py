"""The catalogue in SQLite: articles, passages, full-text search. The source of truth."""

import datetime
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from qa.dates import Period
from qa.errors import LibraryError, LibraryMismatch, LibraryMissing
from qa.library import places, schema
from qa.library.articles import (
    SOURCE_COLUMNS,
    Entry,
    content_mark,
    delete_article,
    insert_article,
    source_of,
)
from qa.library.database import Database
from qa.library.days import search_days
from qa.library.filters import condition_on_articles, condition_on_passages, register_host
from qa.library.fulltext import SCORED, FullText, all_of
from qa.library.lock import writer_lock
from qa.library.places import Place
from qa.types import Article, Filters, Passage, Source

CATALOGUE = "catalogue.sqlite3"
# Where the snapshots of the vectors stand, in the library's folder.
VECTORS = "vectors"
# SQLite allows 32,766 variables in one statement; older builds allow 999.
_CHUNK = 900


@dataclass(frozen=True, slots=True)
class State:
    """What a reader has to know of the last commit.

    `generation` grows with each commit; `vectors` names the folder of its vectors, ''
    while there are none.
    """

    generation: int
    vectors: str


@dataclass(frozen=True, slots=True)
class Known:
    """What an ingest compares an article to: all its fields, its title and text, and its date."""

    fingerprint: str
    content: str
    date: str | None
    url: str


class Library(Database):
    """A folder with a catalogue in it. Open it with `Library.open` or `Library.create`.

    Any number of processes and threads may read; one process at a time may write, inside
    `with library.writing():`.
    """

    def __init__(self, folder: Path, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self.folder = folder
        self._words = FullText(connection)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open a library.

        Raises `LibraryMissing` if there is none, `LibraryNewer` if a newer qa wrote it,
        `LibraryError` if it is damaged, `LibraryBusy` if it has to be migrated while
        another process writes.
        """
        if not (folder / CATALOGUE).is_file():
            raise LibraryMissing(
                f"no library in {folder}: make one with `qa ingest FOLDER --library {folder}`"
            )
        return cls._connect(folder)

    @classmethod
    def create(cls, folder: Path, facts: Mapping[str, str]) -> Self:
        """Open a library, or make one that records `facts`: what its passages are built with.

        Raises as `open` and `check` do, and `LibraryError` if the folder cannot be made.
        """
        if (folder / VECTORS).exists() and not (folder / CATALOGUE).exists():
            raise LibraryError(
                f"{folder} has a folder named {VECTORS} but no catalogue: choose another folder"
            )
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LibraryError(
                f"cannot make a library in {folder} ({error.strerror}): choose another folder"
            ) from None
        library = cls._connect(folder)
        try:
            if not library.facts():
                with library.writing():
                    library.record(facts)
            library.check(facts)
        except LibraryError:
            library.close()
            raise
        return library

    @classmethod
    def _connect(cls, folder: Path) -> Self:
        try:
            connection = sqlite3.connect(
                folder / CATALOGUE, timeout=30, isolation_level=None, check_same_thread=False
            )
        except sqlite3.Error as error:
            raise LibraryError(f"cannot open {folder / CATALOGUE} ({error})") from None
        register_host(connection)
        library = cls(folder, connection)
        try:
            if schema.version(connection) < schema.VERSION:
                with library.writing():
                    # Readers go on while a writer commits.
                    connection.execute("PRAGMA journal_mode = WAL")
                    schema.migrate(connection)
        except LibraryError:
            connection.close()
            raise
        return library

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the writer's lock; it ends with the process, however that ends.

        Raises `LibraryBusy` if another process holds it.
        """
        with writer_lock(self.folder):
            yield

    # What the library was built with

    def facts(self) -> dict[str, str]:
        """Return what the library records of itself."""
        found = self._rows("SELECT name, value FROM facts WHERE name NOT LIKE '.%'")
        return {str(name): str(value) for name, value in found}

    def record(self, facts: Mapping[str, str]) -> None:
        """Write what the library is built with from now on."""
        with self._transaction() as connection:
            connection.executemany("REPLACE INTO facts VALUES (?, ?)", list(facts.items()))

    def check(self, facts: Mapping[str, str]) -> None:
        """Compare what the library was built with to what would be used now.

        Raises `LibraryMismatch` if they differ: vectors of two makings cannot be compared.
        """
        found = self.facts()
        changed = [name for name, value in facts.items() if found.get(name) != value]
        if changed:
            name = changed[0]
            raise LibraryMismatch(
                f"the library in {self.folder} was built with {name} "
                f"{found.get(name, 'unknown')}, now it is {facts[name]}: "
                f"rebuild it with `qa doctor --rebuild --library {self.folder}`"
            )

    # Reading

    def state(self) -> State:
        """Return the generation and the vectors of the last commit."""
        found = dict(self._rows("SELECT name, value FROM facts WHERE name LIKE '.%'"))
        return State(int(found.get(".generation", 0)), str(found.get(".vectors", "")))

    def counts(self, filters: Filters | None = None) -> tuple[int, int]:
        """Return the numbers of articles that pass the filters and of their passages.

        Raises `QuestionError` for a source that is no site.
        """
        given = filters or Filters()
        (where, values), (of_passages, more) = (
            condition_on_articles(given),
            condition_on_passages(given),
        )
        [(articles, passages)] = self._rows(
            f"SELECT (SELECT count(*) FROM articles WHERE {where}), "
            f"(SELECT count(*) FROM passages p WHERE {of_passages})",
            [*values, *more],
        )
        return int(articles), int(passages)

    def extent(self, filters: Filters | None = None) -> Period | None:
        """Return the first and the last date of the articles that pass the filters.

        None if none of them has a date.
        """
        where, values = condition_on_articles(filters or Filters())
        # Each by itself: SQLite looks one end of the index up, but reads all of it for both.
        ends = ", ".join(f"(SELECT {e}(date) FROM articles WHERE {where})" for e in ("min", "max"))
        first, last = self._rows(f"SELECT {ends}", [*values, *values])[0]
        if first is None:
            return None
        return datetime.date.fromisoformat(first), datetime.date.fromisoformat(last)

    def sources(self, filters: Filters | None = None, *, newest: int | None = None) -> list[Source]:
        """Return the articles that pass the filters, without their texts, oldest first.

        Or only so many of the `newest`, newest first. Those without a date stand last. Raises
        `QuestionError` for a source that is no site.
        """
        where, values = condition_on_articles(filters or Filters())
        order = "a.date" if newest is None else "a.date DESC"
        found = self._rows(
            f"SELECT {SOURCE_COLUMNS} FROM articles a WHERE {where} "
            f"ORDER BY a.date IS NULL, {order}, a.id LIMIT ?",
            [*values, -1 if newest is None else newest],
        )
        return [source_of(row) for row in found]

    def months(self, filters: Filters | None = None, words: Sequence[str] = ()) -> dict[str, int]:
        """Return how many of the articles that pass are of each month, named 2022-03, in order.

        Only those count of which a passage has all the words. Raises `QuestionError` for a source
        that is no site.
        """
        where, values = condition_on_articles(filters or Filters())
        if words:
            where += (
                " AND number IN (SELECT p.article FROM words "
                "JOIN passages p ON p.number = words.rowid WHERE words MATCH ?)"
            )
            values = [*values, all_of(words)]
        found = self._rows(
            "SELECT substr(date, 1, 7) AS month, count(*) FROM articles "
            f"WHERE date IS NOT NULL AND {where} GROUP BY month ORDER BY month",
            values,
        )
        return {str(month): int(count) for month, count in found}

    def sites(self) -> list[str]:
        """Return the hosts of the articles' urls, those of the most articles first."""
        found = self._rows(
            "SELECT host(url) AS site FROM articles WHERE site != '' "
            "GROUP BY site ORDER BY count(*) DESC, site"
        )
        return [str(row[0]) for row in found]

    def articles(self, ids: Sequence[str]) -> dict[str, Article]:
        """Return the articles with these ids, those that exist.

        An article is also found, under the name that is asked for, by its path below any folder
        that it was read from, if no other article has that name.
        """
        found = self._by_keys(f"SELECT {SOURCE_COLUMNS}, a.text FROM articles a WHERE a.id IN", ids)
        articles = {str(row[0]): Article(source_of(row), str(row[6])) for row in found}
        others = self.resolved([id_ for id_ in ids if id_ not in articles])
        if not others:
            return articles
        renamed = self.articles(list(others.values()))
        return articles | {name: renamed[id_] for name, id_ in others.items() if id_ in renamed}

    def resolved(self, names: Sequence[str]) -> dict[str, str]:
        """Return the ids of the articles that have these names beside their ids."""
        with self._lock:
            return places.named(self._connection, names)

    def known(self) -> dict[str, Known]:
        """Return what tells each article from others and from itself changed, by its id."""
        self._connection.create_function("content_mark", 2, content_mark, deterministic=True)
        found = self._rows(
            "SELECT id, fingerprint, content_mark(title, text), date, url FROM articles"
        )
        return {str(row[0]): Known(*row[1:]) for row in found}

    def places(self) -> list[tuple[str, Place]]:
        """Return every place at which an article stands, with the article's id."""
        with self._lock:
            return places.places_of_all(self._connection)

    def dates_set(self) -> dict[str, datetime.date | None]:
        """Return the dates that people have set, by the articles' ids."""
        with self._lock:
            return places.dates_set(self._connection)

    def set_date(self, id_: str, date: datetime.date | None) -> None:
        """Record a date that somebody sets: no later ingest changes it."""
        with self._transaction() as connection:
            places.set_date(connection, id_, date)

    def fingerprints(self) -> dict[str, tuple[str, str]]:
        """Return the fingerprint and the origin of each article, by its id."""
        found = self._rows("SELECT id, fingerprint, origin FROM articles")
        return {str(id_): (str(mark), str(origin)) for id_, mark, origin in found}

    def passages(self, ids: Sequence[str]) -> dict[str, tuple[Passage, Source]]:
        """Return the passages with these ids, those that exist, with their sources."""
        found = self._by_keys(
            f'SELECT {SOURCE_COLUMNS}, p.id, p.start, p."end", p.text FROM passages p '
            "JOIN articles a ON a.number = p.article WHERE p.id IN",
            ids,
        )
        return {
            str(row[6]): (Passage(row[6], row[0], row[7], row[8], row[9]), source_of(row))
            for row in found
        }

    def passage_ids(self, article_ids: Sequence[str] | None = None) -> list[str]:
        """Return the ids of all passages, or of those of some articles."""
        if article_ids is None:
            return [str(row[0]) for row in self._rows("SELECT id FROM passages ORDER BY number")]
        found = self._by_keys(
            "SELECT p.id FROM passages p JOIN articles a ON a.number = p.article WHERE a.id IN",
            article_ids,
        )
        return [str(row[0]) for row in found]

    def passing(self, filters: Filters) -> list[str]:
        """Return the ids of the passages whose articles pass the filters.

        Raises `QuestionError` for a source that is no site.
        """
        where, values = condition_on_passages(filters)
        found = self._rows(f"SELECT p.id FROM passages p WHERE {where}", values)
        return [str(row[0]) for row in found]

    def search(
        self,
        words: Sequence[str],
        limit: int,
        filters: Filters | None = None,
        *,
        most: int = SCORED,
    ) -> list[tuple[str, float]]:
        """Return the passages in which any of the words stands, as `FullText.search` does."""
        with self._lock:
            generation = self.state().generation
            return self._words.search(words, limit, filters or Filters(), most, generation)

    def nearest_words(self, words: Sequence[str]) -> dict[str, str]:
        """Return the archive's spelling of words that it lacks, as `FullText.nearest` does."""
        with self._lock:
            return self._words.nearest(words, self.state().generation)

    def passages_on(self, days: Period, limit: int, filters: Filters | None = None) -> list[str]:
        """Return the ids of passages that speak of these days, as `search_days` does."""
        with self._lock:
            return search_days(self._connection, days, limit, filters or Filters())

    def entries(self) -> Iterator[tuple[Article, str]]:
        """Yield every article with its origin."""
        numbers = [row[0] for row in self._rows("SELECT number FROM articles ORDER BY number")]
        for number in numbers:
            found = self._rows(
                f"SELECT {SOURCE_COLUMNS}, a.text, a.origin FROM articles a WHERE a.number = ?",
                (number,),
            )
            for row in found:
                yield Article(source_of(row), str(row[6])), str(row[7])

    def origin(self, id_: str) -> str:
        """Return the file that an article, by its id, was last written from."""
        return str(self._rows("SELECT origin FROM articles WHERE id = ?", (id_,))[0][0])

    def faults(self) -> list[str]:
        """Return what is wrong inside the catalogue itself, one line each."""
        try:
            found = [str(row[0]) for row in self._rows("PRAGMA integrity_check(3)")]
            # A contentless index can only be counted: its rows are its documents.
            words = int(self._rows("SELECT count(*) FROM words_docsize")[0][0])
        except sqlite3.DatabaseError as error:
            return [f"the catalogue is damaged: {error}"]
        faults = [f"the catalogue is damaged: {line}" for line in found if line != "ok"]
        passages = self.counts()[1]
        if words != passages:
            faults.append(f"the full-text index holds {words} passages of {passages}")
        return faults

    # Writing

    def commit(
        self,
        entries: Sequence[Entry],
        removed: Sequence[str],
        vectors: str,
        *,
        anew: Mapping[str, str] | None = None,
    ) -> None:
        """Write articles, remove others and switch to new vectors, all at once or not at all.

        An article whose id exists replaces it. With `anew`, all that was there goes first,
        and these facts are recorded.
        """
        with self._transaction() as connection:
            if anew is not None:
                connection.execute("DELETE FROM events")
                connection.execute("DELETE FROM passages")
                connection.execute("DELETE FROM articles")
                connection.execute("INSERT INTO words (words) VALUES ('delete-all')")
            for id_ in [*removed, *(entry.article.id for entry in entries)]:
                delete_article(connection, id_)
            places.forget(connection, removed)
            for entry in entries:
                insert_article(connection, entry)
                if entry.place is not None:
                    places.insert_places(connection, [(entry.article.id, entry.place)])
            generation = str(self.state().generation + 1)
            facts = {**(anew or {}), ".generation": generation, ".vectors": vectors}
            connection.executemany("REPLACE INTO facts VALUES (?, ?)", list(facts.items()))

    def place(
        self, new: Sequence[tuple[str, Place]], gone: Sequence[tuple[str, Place]] = ()
    ) -> None:
        """Record where articles, by their ids, stand now, and where no more."""
        with self._transaction() as connection:
            places.delete_places(connection, gone)
            places.insert_places(connection, new)

    def _by_keys(self, query: str, keys: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        for first in range(0, len(keys), _CHUNK):
            some = keys[first : first + _CHUNK]
            yield from self._rows(f"{query} ({', '.join('?' * len(some))})", some)
