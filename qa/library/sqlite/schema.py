"""The tables of the catalogue, and the steps that bring an older one up to date."""

import sqlite3

from qa.errors import LibraryError, LibraryNewer
from qa.library.sqlite.days import insert_days_of_all
from qa.library.sqlite.rows import insert_places_of_all

# "qaNW" in ASCII: tells a catalogue from any other SQLite file.
APPLICATION_ID = 0x71614E57

# Step N brings version N to N + 1. A step is never edited once released: add another.
STEPS = (
    """
    CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE articles (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        title TEXT NOT NULL,
        date TEXT,
        place TEXT NOT NULL,
        url TEXT NOT NULL,
        authors TEXT NOT NULL,
        text TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        origin TEXT NOT NULL
    );
    CREATE INDEX articles_by_date ON articles (date);
    CREATE INDEX articles_by_origin ON articles (origin);
    CREATE TABLE passages (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        article INTEGER NOT NULL REFERENCES articles (number),
        start INTEGER NOT NULL,
        "end" INTEGER NOT NULL,
        text TEXT NOT NULL
    );
    CREATE INDEX passages_by_article ON passages (article);
    -- Without content: the words alone, since the text stands in `passages`.
    CREATE VIRTUAL TABLE words USING fts5 (
        title, text, content = '', tokenize = 'porter unicode61 remove_diacritics 2'
    );
    """,
    # The days that passages speak of: what happened, or is to, from `first` to `last`.
    """
    CREATE TABLE events (
        passage INTEGER NOT NULL REFERENCES passages (number),
        first TEXT NOT NULL,
        last TEXT NOT NULL
    );
    CREATE INDEX events_by_day ON events (first, last, passage);
    CREATE INDEX events_by_passage ON events (passage);
    """,
    # The rules by which days are found have changed.
    """
    DELETE FROM events;
    """,
    # They have changed again: weekdays that are to come, months that share a year, holidays.
    """
    DELETE FROM events;
    """,
    # Where articles stand, and what people have set of them. Both outlive the rows of an article,
    # which are written anew when it changes: they name it by its id.
    """
    CREATE TABLE IF NOT EXISTS places (
        article TEXT NOT NULL,
        origin TEXT NOT NULL,
        part TEXT NOT NULL,
        name TEXT NOT NULL,
        PRIMARY KEY (article, origin, part)
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS places_by_name ON places (name);
    CREATE TABLE IF NOT EXISTS edits (article TEXT PRIMARY KEY, date TEXT) WITHOUT ROWID;
    DROP INDEX IF EXISTS articles_by_origin;
    """,
)
VERSION = len(STEPS)
# The version since which days are found by today's rules: older catalogues get theirs anew. A step
# that empties `events` raises it.
DAYS_VERSION = 4
# The version since which places are written down.
PLACES_VERSION = 5
# What else is in the folder, conversations, stays.
_ANEW = "delete catalogue.sqlite3* and vectors/ in the library's folder and ingest again"


def version(connection: sqlite3.Connection) -> int:
    """Return a catalogue's schema version; 0 for a new file.

    Raises `LibraryNewer` if a newer qa wrote it, `LibraryError` if it is no catalogue.
    """
    try:
        found = int(connection.execute("PRAGMA user_version").fetchone()[0])
        application = int(connection.execute("PRAGMA application_id").fetchone()[0])
        tables = int(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
    except sqlite3.OperationalError as error:
        raise LibraryError(
            f"the catalogue cannot be opened ({error}): check the permissions of its folder"
        ) from None
    except sqlite3.DatabaseError as error:
        raise LibraryError(f"the catalogue is damaged ({error}): {_ANEW}") from None
    if tables and application != APPLICATION_ID:
        raise LibraryError("catalogue.sqlite3 is no catalogue of qa: choose another folder")
    if found > VERSION:
        raise LibraryNewer(
            f"the library has schema version {found}, this qa knows {VERSION}: "
            "take the newer qa that wrote it"
        )
    return found


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a catalogue to the current version, all steps or none.

    The caller holds the writer's lock. Raises as `version` does.
    """
    found = version(connection)
    if found == VERSION:
        return
    try:
        connection.execute("BEGIN IMMEDIATE")
        for step in STEPS[found:]:
            for statement in step.split(";"):
                connection.execute(statement)
        if 0 < found < DAYS_VERSION:
            insert_days_of_all(connection)
        if 0 < found < PLACES_VERSION:
            insert_places_of_all(connection)
        connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise LibraryError(
            f"the library could not be brought to schema version {VERSION} ({error}): {_ANEW}"
        ) from None
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
