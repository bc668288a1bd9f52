"""A pool of connections to PostgreSQL, which outlives a restart of the server."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg_pool import ConnectionPool, PoolTimeout

from qa.errors import LibraryError
from qa.library.database import Connection, Row

# Seconds that a server which restarts is waited for, and that a connection may take.
_PATIENCE, _CONNECT = 20.0, 5
# Connections of one process.
_MOST = 16
# A machine that is gone is noticed, and its locks are let go of, within about a minute.
_OPTIONS: dict[str, Any] = {
    "autocommit": True,
    "connect_timeout": _CONNECT,
    "keepalives_idle": 20,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    # The planner takes words for cheap to compare, and would read whole tables; and compiling a
    # query takes longer than any of them.
    "options": "-c tcp_keepalives_idle=20 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3 "
    "-c enable_seqscan=off -c jit=off",
    # A plan for any words is made for rare ones, and reads the whole table for common ones.
    "prepare_threshold": None,
}
_AWAY = (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout)
_Found = TypeVar("_Found")


def place(url: str) -> str:
    """Return what people may read of a database's address: no user, no password."""
    try:
        known = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        return "postgresql://…"
    port = f":{known['port']}" if known.get("port") else ""
    return f"postgresql://{known.get('host', '')}{port}/{known.get('dbname', '')}"


def connect(url: str) -> "psycopg.Connection[Any]":
    """Open one connection, each statement by itself. Raises `LibraryError`."""
    try:
        return psycopg.connect(url, **_OPTIONS)
    except psycopg.Error as error:
        raise away(url, error) from None


def away(url: str, error: BaseException) -> LibraryError:
    """Return the error of a database that does not answer, or not as it should."""
    reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return LibraryError(
        f"cannot use the database at {place(url)} ({reason}): check that it runs, "
        "what QA_DATABASE_URL says and what its user may do, then try again"
    )


class Statements:
    """A connection for statements with `?`: a `Connection`."""

    def __init__(self, connection: "psycopg.Connection[Any]") -> None:
        self._connection = connection

    def execute(self, query: str, values: Sequence[object] = ()) -> "psycopg.Cursor[Any]":
        """Run a statement."""
        return self._connection.execute(_translated(query), _storable(values))

    def executemany(self, query: str, rows: Iterable[Sequence[object]]) -> None:
        """Run a statement once for each row of values."""
        with self._connection.cursor() as cursor:
            cursor.executemany(_translated(query), [_storable(row) for row in rows])


class PostgresDatabase:
    """Connections that threads take in turn: a `Database`."""

    def __init__(self, url: str) -> None:
        """Open the pool. Raises `LibraryError` if the server does not answer."""
        self.url = url
        self._own = threading.local()
        # One by itself first: what is wrong is then said at once, and by the server.
        connect(url).close()
        self._pool = ConnectionPool(
            url,
            kwargs=_OPTIONS,
            min_size=1,
            max_size=_MOST,
            timeout=_PATIENCE,
            check=ConnectionPool.check_connection,
            open=True,
        )

    def rows(self, query: str, values: Sequence[object] = ()) -> list[Row]:
        """Return all that a query finds; a server that restarts meanwhile is waited for."""
        inside = getattr(self._own, "connection", None)
        if inside is not None:
            return list(Statements(inside).execute(query, values))

        def ask() -> list[Row]:
            with self._pool.connection() as connection:
                return list(Statements(connection).execute(query, values))

        return self._patiently(ask)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Write what is written within at once, or not at all."""
        try:
            with self._pool.connection() as connection, self.inside(connection) as statements:
                yield statements
        except _AWAY as error:
            raise away(self.url, error) from None

    @contextmanager
    def inside(self, connection: "psycopg.Connection[Any]") -> Iterator[Connection]:
        """Hold a transaction on a connection; this thread's queries go by it meanwhile."""
        with connection.transaction():
            self._own.connection = connection
            try:
                yield Statements(connection)
            finally:
                self._own.connection = None

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()

    def _patiently(self, ask: Callable[[], _Found]) -> _Found:
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                return ask()
            except _AWAY as error:
                if time.monotonic() > deadline:
                    raise away(self.url, error) from None
                time.sleep(0.2)


def _translated(query: str) -> bytes:
    return query.replace("%", "%%").replace("?", "%s").encode()


def _storable(values: Sequence[object]) -> list[object]:
    # PostgreSQL stores no character of the number 0.
    return [v.replace("\0", "\ufffd") if isinstance(v, str) else v for v in values]
