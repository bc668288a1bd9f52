"""What one writer of several has in work: claimed articles, and vectors that may be for nothing.

A writer holds a connection of its own, and on that the advisory lock of its number: the server lets
go of the lock when the writer ends, however that ends.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg

from qa.errors import LibraryBusy
from qa.library.postgres.database import connect, place

# The advisory locks of writers by their numbers, and of who has to be alone.
_WRITERS, _ALONE = 0x7161, 0x7162


class Writer:
    """A writer's connection, its number, and its claims."""

    def __init__(self, connection: "psycopg.Connection[Any]", holder: int) -> None:
        self.connection = connection
        self.holder = holder

    def claim(self, id_: str) -> bool:
        """Take an article, if no other writer has it."""
        found = self.connection.execute(
            "INSERT INTO claims VALUES (%s, %s) ON CONFLICT (article) DO UPDATE "
            "SET holder = excluded.holder WHERE claims.holder = excluded.holder RETURNING holder",
            (id_, self.holder),
        )
        return found.fetchone() is not None

    def expect(self, published: Mapping[str, Any]) -> None:
        """Note passages whose vectors are written before their article is."""
        with self.connection.transaction(), self.connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO stale VALUES (%s, %s, %s) "
                "ON CONFLICT (passage) DO UPDATE SET holder = excluded.holder",
                [(id_, date and str(date), self.holder) for id_, date in published.items()],
            )

    def adopt(self) -> dict[str, str | None]:
        """Take over what dead writers had in work; return the passages that are not there."""
        holders = self.connection.execute(
            "SELECT holder FROM claims UNION SELECT holder FROM stale"
        ).fetchall()
        for (holder,) in holders:
            if holder != self.holder and self._lock("pg_try_advisory_lock", _WRITERS, holder):
                for table in ("claims", "stale"):
                    self.connection.execute(
                        f"UPDATE {table} SET holder = %s WHERE holder = %s", (self.holder, holder)
                    )
                self._lock("pg_advisory_unlock", _WRITERS, holder)
        found = self.connection.execute(
            "SELECT passage, date FROM stale s WHERE holder = %s "
            "AND NOT EXISTS (SELECT 1 FROM passages p WHERE p.id = s.passage)",
            (self.holder,),
        )
        return {str(id_): date for id_, date in found}

    def clear(self, published: Mapping[str, Any]) -> None:
        """Forget passages that have no vectors any more, and let go of all claims."""
        with self.connection.transaction():
            self.connection.execute(
                "DELETE FROM stale WHERE holder = %s AND (passage = ANY(%s) "
                "OR EXISTS (SELECT 1 FROM passages p WHERE p.id = stale.passage))",
                (self.holder, list(published)),
            )
            self.connection.execute("DELETE FROM claims WHERE holder = %s", (self.holder,))

    def _lock(self, function: str, kind: int, number: int) -> bool:
        found = self.connection.execute(f"SELECT {function}(%s, %s)", (kind, number)).fetchone()
        return bool(found and found[0])

    @classmethod
    @contextmanager
    def open(cls, url: str, *, alone: bool) -> Iterator["Writer"]:
        """Begin to write. Raises `LibraryBusy` if somebody writes alone, or is to wait for that."""
        with connect(url) as connection:
            row = connection.execute("SELECT nextval('holders')").fetchone()
            writer = cls(connection, int(row[0]) if row else 0)
            connection.execute("SELECT pg_advisory_lock(%s, %s)", (_WRITERS, writer.holder))
            function = "pg_try_advisory_lock" if alone else "pg_try_advisory_lock_shared"
            if not writer._lock(function, _ALONE, 0):
                raise LibraryBusy(
                    f"another qa process is writing to {place(url)}: "
                    "wait until it has finished, then run this again"
                )
            yield writer
            connection.execute("DELETE FROM claims WHERE holder = %s", (writer.holder,))
