"""The conversations in a file of SQLite, beside the catalogue."""

import secrets
import sqlite3
from pathlib import Path

from qa.errors import ConversationError
from qa.library.conversations import FEEDBACK, Conversations
from qa.library.sqlite.database import SQLiteDatabase

FILE = "conversations.sqlite3"
_VERSION = 1
_TABLES = """
    CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE conversations (
        id TEXT PRIMARY KEY,
        owner TEXT NOT NULL,
        title TEXT NOT NULL,
        changed TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX conversations_by_owner ON conversations (owner, changed);
    -- Numbers are never used twice: feedback outlives what was asked again.
    CREATE TABLE exchanges (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        conversation TEXT NOT NULL REFERENCES conversations (id),
        content TEXT NOT NULL
    );
    CREATE INDEX exchanges_by_conversation ON exchanges (conversation);
    CREATE TABLE feedback (
        exchange INTEGER PRIMARY KEY,
        conversation TEXT NOT NULL REFERENCES conversations (id),
        rating TEXT NOT NULL,
        row TEXT NOT NULL
    );
    CREATE INDEX feedback_by_conversation ON feedback (conversation)
"""


def open_conversations(folder: Path) -> Conversations:
    """Open the conversations of the library in a folder, or begin them.

    Raises `ConversationError` for a file that cannot be read, or that a newer qa wrote.
    """
    path = folder / FILE
    try:
        # What people ask is nobody else's business on this machine either.
        path.touch(0o600)
        connection = sqlite3.connect(
            path, timeout=30, isolation_level=None, check_same_thread=False
        )
        # Readers go on while another process writes.
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("BEGIN IMMEDIATE")
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        if version == 0:
            for statement in _TABLES.split(";"):
                connection.execute(statement)
            connection.execute(
                "INSERT INTO facts VALUES ('secret', ?)", (secrets.token_urlsafe(32),)
            )
            connection.execute(f"PRAGMA user_version = {_VERSION}")
        connection.execute("COMMIT")
    except (sqlite3.Error, OSError) as error:
        raise ConversationError(
            f"cannot read the conversations in {path} ({error}): check the disk and its "
            "permissions, or move the file away to begin anew"
        ) from None
    if version > _VERSION:
        connection.close()
        raise ConversationError(f"{path} was written by a newer qa: take that one")
    return Conversations(SQLiteDatabase(connection), folder / FEEDBACK)
