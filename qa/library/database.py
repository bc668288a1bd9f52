"""What the catalogue and the conversations ask of an engine that speaks SQL.

Statements are written in what SQLite and PostgreSQL both understand, with `?` for a value.
"""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol, Self

Row = tuple[Any, ...]


class Rows(Protocol):
    """What a statement has found."""

    def fetchone(self) -> Any:
        """Return the next row, or None."""

    def fetchall(self) -> list[Any]:
        """Return all rows that are left."""


class Connection(Protocol):
    """A connection inside a transaction."""

    def execute(self, query: str, values: Sequence[object] = ()) -> Rows:
        """Run a statement."""

    def executemany(self, query: str, rows: Iterable[Sequence[object]]) -> object:
        """Run a statement once for each row of values."""


class Database(Protocol):
    """An engine that threads share."""

    def rows(self, query: str, values: Sequence[object] = ()) -> list[Row]:
        """Return all that a query finds; inside a transaction of this thread, by its connection."""

    def transaction(self) -> AbstractContextManager[Connection]:
        """Write what is written within at once, or not at all."""

    def close(self) -> None:
        """Let go of the engine."""


class OnDatabase:
    """What stands in a database. Closes it at the end of a `with`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _rows(self, query: str, values: Sequence[object] = ()) -> list[Row]:
        return self._database.rows(query, values)

    def _transaction(self) -> AbstractContextManager[Connection]:
        return self._database.transaction()
