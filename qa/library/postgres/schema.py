"""The version of a database's tables, and bringing it up to date by Alembic."""

from pathlib import Path
from typing import Any

import psycopg

from qa.errors import LibraryNewer

# The last of the steps in `migrations/versions`.
VERSION = 1
# "qaNW" in ASCII: the advisory lock of who changes the tables.
_LOCK = 0x71614E57


def version(connection: "psycopg.Connection[Any]") -> int:
    """Return the version of a database's tables, 0 if there are none.

    Raises `LibraryNewer` if a newer qa wrote them.
    """
    there = connection.execute("SELECT to_regclass('alembic_version')").fetchone()
    if not there or there[0] is None:
        return 0
    found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    number = int(found[0]) if found else 0
    if number > VERSION:
        raise LibraryNewer(
            f"the database has schema version {number}, this qa knows {VERSION}: "
            "take the newer qa that wrote it"
        )
    return number


def migrate(connection: "psycopg.Connection[Any]") -> None:
    """Bring a database to the current version, all steps or none.

    Raises as `version` does, and `psycopg.Error` where the database's user may not do it.
    """
    if version(connection) == VERSION:
        return
    # Imported late: it takes most of a second, and is needed once a release.
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine
    from sqlalchemy.exc import DBAPIError
    from sqlalchemy.pool import StaticPool

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("version_path_separator", "os")
    autocommit = connection.autocommit
    connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
    try:
        connection.autocommit = False
        engine = create_engine(
            "postgresql+psycopg://", creator=lambda: connection, poolclass=StaticPool
        )
        with engine.begin() as begun:
            config.attributes["connection"] = begun
            command.upgrade(config, "head")
    except DBAPIError as error:
        raise error.orig or error from None
    finally:
        connection.rollback()
        connection.autocommit = autocommit
        connection.execute("SELECT pg_advisory_unlock(%s)", (_LOCK,))
