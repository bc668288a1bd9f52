"""What every catalogue answers with the same SQL: articles, passages, filters, generations."""

import datetime
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from qa.dates import Period
from qa.errors import LibraryMismatch
from qa.library import places
from qa.library.articles import SOURCE_COLUMNS, source_of
from qa.library.database import Connection, OnDatabase
from qa.library.filters import condition_on_articles, condition_on_passages
from qa.library.places import Place
from qa.library.protocols import Known, State
from qa.types import Article, Filters, Passage, Source

# SQLite allows 32,766 variables in one statement; older builds allow 999.
_CHUNK = 900
_ALL = 2**62


class SQLCatalogue(OnDatabase, ABC):
    """The part of a `Catalogue` that engines share; each adds its words, its days, its writing."""

    @property
    @abstractmethod
    def where(self) -> str:
        """What people call the library."""

    @property
    def _rebuild(self) -> str:
        """The command that makes the library anew."""
        return f"qa doctor --rebuild --library {self.where}"

    @property
    @abstractmethod
    def _content(self) -> str:
        """SQL for the `content_mark` of a row of articles."""

    @abstractmethod
    def _having_all(self, words: Sequence[str]) -> tuple[str, list[object]]:
        """Return SQL for the numbers of the articles of which a passage has all words; values."""

    def _condition_on_passages(self, filters: Filters) -> tuple[str, list[str]]:
        """Return SQL that is true for a row `p` of passages whose article passes; its values."""
        return condition_on_passages(filters)

    # What the library was built with

    def facts(self) -> dict[str, str]:
        """Return what the library records of itself."""
        found = self._rows("SELECT name, value FROM facts WHERE name NOT LIKE '.%'")
        return {str(name): str(value) for name, value in found}

    def record(self, facts: Mapping[str, str]) -> None:
        """Write what the library is built with from now on."""
        with self._transaction() as connection:
            record(connection, facts)

    def check(self, facts: Mapping[str, str]) -> None:
        """Compare what the library was built with to what would be used now.

        Raises `LibraryMismatch` if they differ: vectors of two makings cannot be compared.
        """
        found = self.facts()
        changed = [name for name, value in facts.items() if found.get(name) != value]
        if changed:
            name = changed[0]
            raise LibraryMismatch(
                f"the library in {self.where} was built with {name} "
                f"{found.get(name, 'unknown')}, now it is {facts[name]}: "
                f"rebuild it with `{self._rebuild}`"
            )

    # Reading

    def state(self) -> State:
        """Return the generation and the vectors of the last commit."""
        rows = self._rows("SELECT name, value FROM facts WHERE name LIKE '.%'")
        found = {str(name): str(value) for name, value in rows}
        return State(int(found.get(".generation", 0)), str(found.get(".vectors", "")))

    def counts(self, filters: Filters | None = None) -> tuple[int, int]:
        """Return the numbers of articles that pass the filters and of their passages.

        Raises `QuestionError` for a source that is no site.
        """
        given = filters or Filters()
        (where, values), (of_passages, more) = (
            condition_on_articles(given),
            self._condition_on_passages(given),
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
            [*values, _ALL if newest is None else newest],
        )
        return [source_of(row) for row in found]

    def months(self, filters: Filters | None = None, words: Sequence[str] = ()) -> dict[str, int]:
        """Return how many of the articles that pass are of each month, named 2022-03, in order.

        Only those count of which a passage has all the words. Raises `QuestionError` for a source
        that is no site.
        """
        where, limits = condition_on_articles(filters or Filters())
        values: list[object] = [*limits]
        if words:
            among, of_words = self._having_all(words)
            where, values = f"{where} AND number IN ({among})", [*limits, *of_words]
        found = self._rows(
            "SELECT substr(date, 1, 7) AS month, count(*) FROM articles "
            f"WHERE date IS NOT NULL AND {where} GROUP BY month ORDER BY month",
            values,
        )
        return {str(month): int(count) for month, count in found}

    def sites(self) -> list[str]:
        """Return the hosts of the articles' urls, those of the most articles first."""
        found = self._rows(
            "SELECT host(url) AS site FROM articles WHERE host(url) != '' "
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
        found = self._by_keys(
            "SELECT p.name, min(a.id) FROM places p JOIN articles a ON a.id = p.article "
            "WHERE p.name IN",
            names,
            "GROUP BY p.name HAVING min(a.id) = max(a.id)",
        )
        return {str(name): str(id_) for name, id_ in found}

    def known(self, id_: str | None = None) -> dict[str, Known]:
        """Return what tells each article from others and from itself changed, by its id."""
        found = self._rows(
            f"SELECT id, fingerprint, {self._content}, date, url FROM articles"
            + (" WHERE id = ?" if id_ is not None else ""),
            () if id_ is None else (id_,),
        )
        return {str(row[0]): Known(*row[1:]) for row in found}

    def places(self, id_: str | None = None) -> list[tuple[str, Place]]:
        """Return every place at which an article stands, or that one does, with its id."""
        found = self._rows(
            "SELECT article, origin, part, name FROM places"
            + (" WHERE article = ?" if id_ is not None else ""),
            () if id_ is None else (id_,),
        )
        return [(str(one), Place(origin, part, name)) for one, origin, part, name in found]

    def dates_set(self) -> dict[str, datetime.date | None]:
        """Return the dates that people have set, by the articles' ids."""
        found = self._rows("SELECT article, date FROM edits")
        return {str(id_): datetime.date.fromisoformat(d) if d else None for id_, d in found}

    def origin(self, id_: str) -> str:
        """Return the file that an article, by its id, was last written from."""
        return str(self._rows("SELECT origin FROM articles WHERE id = ?", (id_,))[0][0])

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
        where, values = self._condition_on_passages(filters)
        found = self._rows(f"SELECT p.id FROM passages p WHERE {where}", values)
        return [str(row[0]) for row in found]

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

    # Writing

    def place(
        self, new: Sequence[tuple[str, Place]], gone: Sequence[tuple[str, Place]] = ()
    ) -> None:
        """Record where articles, by their ids, stand now, and where no more."""
        with self._transaction() as connection:
            places.delete_places(connection, gone)
            places.insert_places(connection, new)

    def set_date(self, id_: str, date: datetime.date | None) -> None:
        """Record a date that somebody sets: no later ingest changes it."""
        with self._transaction() as connection:
            places.set_date(connection, id_, date)

    def _by_keys(
        self, query: str, keys: Sequence[str], rest: str = ""
    ) -> Iterator[tuple[Any, ...]]:
        for first in range(0, len(keys), _CHUNK):
            some = keys[first : first + _CHUNK]
            yield from self._rows(f"{query} ({', '.join('?' * len(some))}) {rest}", some)


def record(connection: Connection, facts: Mapping[str, str]) -> None:
    """Write facts, in place of others of the same names."""
    connection.executemany(
        "INSERT INTO facts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        list(facts.items()),
    )
