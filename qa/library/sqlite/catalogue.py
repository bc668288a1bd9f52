"""The catalogue in a file of SQLite, in the library's folder."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from qa.dates import Period
from qa.errors import LibraryError, LibraryMissing
from qa.library import places
from qa.library.articles import Entry, content_mark
from qa.library.catalogue import SQLCatalogue, record
from qa.library.filters import host_of
from qa.library.lock import writer_lock
from qa.library.protocols import Published
from qa.library.sqlite import schema
from qa.library.sqlite.database import SQLiteDatabase
from qa.library.sqlite.days import search_days
from qa.library.sqlite.fulltext import SCORED, FullText, all_of
from qa.library.sqlite.rows import delete_article, insert_article
from qa.types import Filters

FILE = "catalogue.sqlite3"


class SQLiteCatalogue(SQLCatalogue):
    """A folder with a catalogue in it. Open it with `open` or `create`.

    Any number of processes and threads may read; one process at a time may write, inside
    `with catalogue.writing():`.
    """

    def __init__(self, folder: Path, database: SQLiteDatabase, original: Path) -> None:
        """Take the folder, its file, and the folder of which this one is a copy, or itself."""
        super().__init__(database)
        self.folder = folder
        self._original = original
        self._lock, self._connection = database.lock, database.connection
        self._words = FullText(database.connection)

    @classmethod
    def open(cls, folder: Path, *, original: Path | None = None) -> Self:
        """Open the catalogue in a folder, to be read only if that is a copy of an `original`.

        Raises `LibraryMissing` if there is none, `LibraryNewer` if a newer qa wrote it,
        `LibraryError` if it is damaged, `LibraryBusy` if it has to be migrated while
        another process writes.
        """
        if not (folder / FILE).is_file():
            raise LibraryMissing(
                f"no library in {folder}: make one with `qa ingest FOLDER --library {folder}`"
            )
        return cls._connect(folder, original or folder)

    @classmethod
    def create(cls, folder: Path, facts: Mapping[str, str]) -> Self:
        """Open a catalogue, or make one that records `facts`: what its passages are built with.

        Raises as `open` and `check` do, and `LibraryError` if the folder cannot be made.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LibraryError(
                f"cannot make a library in {folder} ({error.strerror}): choose another folder"
            ) from None
        catalogue = cls._connect(folder, folder)
        try:
            if not catalogue.facts():
                with catalogue.writing():
                    catalogue.record(facts)
            catalogue.check(facts)
        except LibraryError:
            catalogue.close()
            raise
        return catalogue

    @classmethod
    def _connect(cls, folder: Path, original: Path) -> Self:
        try:
            connection = sqlite3.connect(
                folder / FILE, timeout=30, isolation_level=None, check_same_thread=False
            )
        except sqlite3.Error as error:
            raise LibraryError(f"cannot open {folder / FILE} ({error})") from None
        connection.create_function("host", 1, host_of, deterministic=True)
        connection.create_function("content_mark", 2, content_mark, deterministic=True)
        catalogue = cls(folder, SQLiteDatabase(connection), original)
        try:
            if schema.version(connection) < schema.VERSION:
                with writer_lock(folder):
                    # Readers go on while a writer commits.
                    connection.execute("PRAGMA journal_mode = WAL")
                    schema.migrate(connection)
        except LibraryError:
            connection.close()
            raise
        return catalogue

    @property
    def where(self) -> str:
        """The folder, or that of which it is a copy."""
        return str(self._original)

    # Reading

    def search(
        self,
        words: Sequence[str],
        limit: int,
        filters: Filters | None = None,
        *,
        most: int | None = None,
    ) -> list[tuple[str, float]]:
        """Return the passages in which any of the words stands, as `FullText.search` does."""
        with self._lock:
            seen, passing = self.state().generation, filters or Filters()
            return self._words.search(words, limit, passing, most or SCORED, seen)

    def nearest_words(self, words: Sequence[str]) -> dict[str, str]:
        """Return the archive's spelling of words that it lacks, as `FullText.nearest` does."""
        with self._lock:
            return self._words.nearest(words, self.state().generation)

    def passages_on(self, days: Period, limit: int, filters: Filters | None = None) -> Published:
        """Return the passages that speak of these days, as `search_days` does."""
        with self._lock:
            return search_days(self._connection, days, limit, filters or Filters())

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

    @property
    def _content(self) -> str:
        return "content_mark(title, text)"

    def _having_all(self, words: Sequence[str]) -> tuple[str, list[object]]:
        found = (
            "SELECT p.article FROM words JOIN passages p ON p.number = words.rowid "
            "WHERE words MATCH ?"
        )
        return found, [all_of(words)]

    # Writing

    @contextmanager
    def writing(self, *, alone: bool = True) -> Iterator[None]:
        """Hold the writer's lock, always alone; it ends with the process, however that ends.

        Raises `LibraryBusy` if another process holds it, `LibraryError` for a copy.
        """
        if self._original != self.folder:
            raise LibraryError(f"cannot write to {self._original}: check its permissions")
        with writer_lock(self.folder):
            yield

    def claim(self, id_: str) -> bool:
        """Return true: the writer's lock is on all articles."""
        return True

    def adopt(self) -> Published:
        """Return nothing: what a dead writer left stands in a snapshot that nobody names."""
        return {}

    def expect(self, published: Published) -> None:
        """Do nothing, for the same reason."""

    def cleared(self, published: Published) -> None:
        """Do nothing, for the same reason."""

    def commit(
        self,
        entries: Sequence[Entry],
        removed: Sequence[str],
        vectors: str,
        *,
        anew: Mapping[str, str] | None = None,
    ) -> None:
        """Write articles, remove others and switch to new vectors, all at once or not at all.

        An article whose id exists replaces it. With `anew`, all articles that were there go first,
        and these facts are recorded.
        """
        with self._database.transaction():
            connection = self._connection
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
            generation = str(self.state().generation + 1)
            record(connection, {**(anew or {}), ".generation": generation, ".vectors": vectors})
