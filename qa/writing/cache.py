"""Replies of chat models, kept in a file under a hash of everything that they depend on."""

import sqlite3
import threading
from contextlib import suppress
from pathlib import Path
from typing import Self

from qa.errors import ModelError

FILE = "replies.sqlite3"


class ReplyCache:
    """A file of replies. Threads and processes may share it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open the replies in a folder, or begin them. Raises `ModelError`."""
        try:
            connection = sqlite3.connect(
                folder / FILE, timeout=30, isolation_level=None, check_same_thread=False
            )
            connection.execute(
                "CREATE TABLE IF NOT EXISTS replies (key TEXT PRIMARY KEY, reply TEXT NOT NULL)"
            )
        except sqlite3.Error as error:
            raise ModelError(
                f"cannot keep replies in {folder / FILE} ({error}): delete it, or unset "
                "QA_MODEL_CACHE"
            ) from None
        return cls(connection)

    def get(self, key: str) -> str | None:
        """Return a reply, None if there is none."""
        query = "SELECT reply FROM replies WHERE key = ?"
        # A file that is locked or damaged only costs another reply.
        with self._lock, suppress(sqlite3.Error):
            row = self._connection.execute(query, (key,)).fetchone()
            return str(row[0]) if row else None
        return None

    def put(self, key: str, reply: str) -> None:
        """Keep a reply."""
        with self._lock, suppress(sqlite3.Error):
            self._connection.execute("REPLACE INTO replies VALUES (?, ?)", (key, reply))

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()
