"""The catalogue in PostgreSQL: partitioned by year, searched by a GIN index, written by several."""

import datetime
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Self

import psycopg

from qa.dates import Period
from qa.errors import LibraryError, LibraryMissing
from qa.library import places
from qa.library.articles import Entry
from qa.library.catalogue import SQLCatalogue, record
from qa.library.database import Connection
from qa.library.filters import condition_on_days
from qa.library.places import Place
from qa.library.postgres import rows, schema
from qa.library.postgres.database import PostgresDatabase, away, connect, place
from qa.library.postgres.fulltext import SCORED, FullText, condition_on_years, query_of
from qa.library.postgres.writer import Writer
from qa.library.protocols import Published
from qa.types import Filters


class PostgresCatalogue(SQLCatalogue):
    """A catalogue that any number of processes read and write. Open it with `open` or `create`."""

    def __init__(self, database: PostgresDatabase) -> None:
        super().__init__(database)
        self._engine = database
        self._words = FullText(database)
        self._writer: Writer | None = None
        # A page has one catalogue, and may be told to remove two articles at once.
        self._one = threading.RLock()

    @classmethod
    def open(cls, url: str) -> Self:
        """Open the catalogue at an address, such as postgresql://user@host/database.

        Raises `LibraryMissing` if there is none, `LibraryNewer` if a newer qa wrote it, and
        `LibraryError` if the server does not answer.
        """
        catalogue = cls._connect(url, make=False)
        if catalogue.facts():
            return catalogue
        catalogue.close()
        raise _missing(url)

    @classmethod
    def create(cls, url: str, facts: Mapping[str, str]) -> Self:
        """Open a catalogue, or make one that records `facts`: what its passages are built with.

        Raises as `open` and `check` do.
        """
        catalogue = cls._connect(url, make=True)
        try:
            if not catalogue.facts():
                catalogue.record(facts)
            catalogue.check(facts)
        except LibraryError:
            catalogue.close()
            raise
        return catalogue

    @classmethod
    def _connect(cls, url: str, *, make: bool) -> Self:
        with connect(url) as connection:
            try:
                if not make and schema.version(connection) == 0:
                    raise _missing(url)
                schema.migrate(connection)
            except psycopg.Error as error:
                raise away(url, error) from None
        return cls(PostgresDatabase(url))

    @property
    def where(self) -> str:
        """The server and the database, without user and password."""
        return place(self._engine.url)

    @property
    def _rebuild(self) -> str:
        return "qa doctor --rebuild"

    # Reading

    def counts(self, filters: Filters | None = None) -> tuple[int, int]:
        """Return the numbers of articles that pass the filters and of their passages."""
        if filters:
            return super().counts(filters)
        # PostgreSQL counts by reading all of it.
        [(articles, passages)] = self._rows(
            "SELECT coalesce(sum(articles), 0), coalesce(sum(passages), 0) FROM growth"
        )
        return int(articles), int(passages)

    def search(
        self,
        words: Sequence[str],
        limit: int,
        filters: Filters | None = None,
        *,
        most: int | None = None,
    ) -> list[tuple[str, float]]:
        """Return the passages in which any of the words stands, as `FullText.search` does."""
        return self._words.search(words, limit, filters or Filters(), most or SCORED)

    def nearest_words(self, words: Sequence[str]) -> dict[str, str]:
        """Return the archive's spelling of words that it lacks, as `FullText.nearest` does."""
        return self._words.nearest(words, self.state().generation)

    def passages_on(self, days: Period, limit: int, filters: Filters | None = None) -> Published:
        """Return the passages that speak of these days, first and last, nearest first."""
        where, values = self._condition_on_passages(filters or Filters())
        on_days, bounds = condition_on_days(days)
        found = self._rows(
            "SELECT p.id, p.date, min(e.last::date - e.first::date) AS days FROM events e "
            "JOIN passages p ON p.number = e.passage AND p.year = e.year "
            f"WHERE {on_days} AND {where} "
            "GROUP BY p.number, p.id, p.date ORDER BY days, p.number LIMIT ?",
            [*bounds, *values, limit],
        )
        return _published({row[0]: row[1] for row in found})

    def faults(self) -> list[str]:
        """Return what is wrong inside the catalogue itself, one line each."""
        [(known, there)] = self._rows(
            "SELECT (SELECT coalesce(sum(passages), 0) FROM growth), "
            "(SELECT count(*) FROM passages)"
        )
        [(without,)] = self._rows(
            "SELECT count(*) FROM passages p WHERE NOT EXISTS "
            "(SELECT 1 FROM articles a WHERE a.number = p.article)"
        )
        faults = []
        if known != there:
            faults.append(f"the words of {known} passages are counted, there are {there}")
        if without:
            faults.append(f"{without} passages belong to no article")
        return faults

    @property
    def _content(self) -> str:
        return "content"

    def _having_all(self, words: Sequence[str]) -> tuple[str, list[object]]:
        query = " & ".join(filter(None, map(query_of, words)))
        return "SELECT article FROM passages WHERE words @@ ?::tsquery", [query]

    def _condition_on_passages(self, filters: Filters) -> tuple[str, list[str]]:
        return condition_on_years(filters)

    # Writing

    @contextmanager
    def writing(self, *, alone: bool = False) -> Iterator[None]:
        """Begin to write, beside others unless `alone`. Raises `LibraryBusy`."""
        try:
            with self._one, Writer.open(self._engine.url, alone=alone) as writer:
                self._writer = writer
                try:
                    yield
                finally:
                    self._writer = None
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            raise away(self._engine.url, error) from None

    def claim(self, id_: str) -> bool:
        """Take an article for this writer alone, as `Catalogue.claim` says."""
        return self._writing.claim(id_)

    def adopt(self) -> Published:
        """Take over what dead writers had in work."""
        return _published(self._writing.adopt())

    def expect(self, published: Published) -> None:
        """Note that the vectors of these passages are about to be written."""
        self._writing.expect(published)

    def cleared(self, published: Published) -> None:
        """Note that no vectors of these passages are left, and let go of what was claimed."""
        self._writing.clear(published)

    def commit(
        self,
        entries: Sequence[Entry],
        removed: Sequence[str],
        vectors: str,
        *,
        anew: Mapping[str, str] | None = None,
    ) -> None:
        """Write articles, remove others and switch to new vectors, all at once or not at all."""
        if self._writer is None:
            with self.writing():
                self.commit(entries, removed, vectors, anew=anew)
            return
        writer, connection = self._writer, self._writer.connection
        with connection.transaction():
            _one_at_a_time(connection)
            rows.ensure_years(connection, (rows.year_of(e.article.source.date) for e in entries))
        with self._engine.inside(connection) as statements:
            if anew is not None:
                rows.delete_all(connection)
            gone = rows.delete(connection, [*removed, *(entry.article.id for entry in entries)])
            rows.insert(connection, entries)
            writer.expect(gone)
            # Last, since the next commit waits from here on.
            _one_at_a_time(statements)
            places.forget(statements, removed)
            placed = ((entry.article.id, entry.place) for entry in entries)
            places.insert_places(statements, ((id_, one) for id_, one in placed if one is not None))
            rows.gather(connection)
            generation = str(self.state().generation + 1)
            record(statements, {**(anew or {}), ".generation": generation, ".vectors": vectors})

    def place(
        self, new: Sequence[tuple[str, Place]], gone: Sequence[tuple[str, Place]] = ()
    ) -> None:
        """Record where articles, by their ids, stand now, and where no more."""
        with self._transaction() as connection:
            # Two writers that name places in another order would wait for each other.
            _one_at_a_time(connection)
            places.delete_places(connection, gone)
            places.insert_places(connection, new)

    @property
    def _writing(self) -> Writer:
        assert self._writer is not None, "called inside `with catalogue.writing():`"
        return self._writer


def _one_at_a_time(connection: "Connection | psycopg.Connection[Any]") -> None:
    # Until the end of the transaction.
    connection.execute(f"SELECT pg_advisory_xact_lock({0x71614E58})")


def _published(found: Mapping[str, str | None]) -> Published:
    return {id_: datetime.date.fromisoformat(date) if date else None for id_, date in found.items()}


def _missing(url: str) -> LibraryMissing:
    return LibraryMissing(
        f"no library in {place(url)}: make one with `qa ingest FOLDER`, "
        "or move one there with `qa migrate --to`"
    )
