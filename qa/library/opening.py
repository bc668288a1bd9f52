"""Settings → the library that they name: a folder, or a database and a server of vectors."""

from collections.abc import Mapping
from pathlib import Path

from qa.errors import LibraryError, require_extra
from qa.library import copies
from qa.library.chroma.server import ServerVectors
from qa.library.chroma.snapshots import FOLDER, Snapshots
from qa.library.conversations import Conversations
from qa.library.protocols import Catalogue, Library
from qa.library.sqlite.catalogue import FILE, SQLiteCatalogue
from qa.library.sqlite.conversations import open_conversations as conversations_in
from qa.settings import Settings, servers


def open_library(settings: Settings) -> Library:
    """Open the library that the settings name.

    Raises `LibraryMissing` if there is none, `LibraryNewer` if a newer qa wrote it, `LibraryError`
    if it is damaged or cannot be reached, `LibraryBusy` if it has to be migrated while another
    process writes.
    """
    if not servers(settings):
        return open_folder(settings.library)
    url = _database(settings)
    from qa.library.postgres.catalogue import PostgresCatalogue

    return _with_server(PostgresCatalogue.open(url), settings)


def create_library(settings: Settings, facts: Mapping[str, str]) -> Library:
    """Open the library, or make one that records `facts`: what its passages are built with.

    Raises as `open_library` and `Catalogue.check` do, and `LibraryError` if it cannot be made.
    """
    if servers(settings):
        url = _database(settings)
        from qa.library.postgres.catalogue import PostgresCatalogue

        return _with_server(PostgresCatalogue.create(url, facts), settings)
    folder = settings.library
    if (folder / FOLDER).exists() and not (folder / FILE).exists():
        raise LibraryError(
            f"{folder} has a folder named {FOLDER} but no catalogue: choose another folder"
        )
    return _with_snapshots(SQLiteCatalogue.create(folder, facts))


def open_conversations(settings: Settings) -> Conversations:
    """Open the conversations of the library that the settings name, or begin them.

    Those of a library that nobody here may write to stand in the cache folder.

    Raises `ConversationError` if they cannot be read, or a newer qa wrote them.
    """
    if not servers(settings):
        return conversations_in(copies.beside(settings.library))
    url = _database(settings)
    from qa.library.postgres.conversations import open_conversations as conversations_at

    return conversations_at(url)


def open_folder(folder: Path) -> Library:
    """Open the library in a folder, whatever the settings name, or a copy of it.

    Raises as `open_library` does. A copy is opened where nobody here may write.
    """
    if not (folder / FILE).is_file() or copies.writable(folder):
        return _with_snapshots(SQLiteCatalogue.open(folder))
    return _with_snapshots(SQLiteCatalogue.open(copies.copied(folder), original=folder))


def _database(settings: Settings) -> str:
    """Return the database's address, once what speaks to it is there. Raises `ExtraMissing`."""
    require_extra("scale", "QA_DATABASE_URL", "psycopg", "psycopg_pool", "alembic")
    assert settings.database_url is not None
    return settings.database_url.get_secret_value()


def _with_server(catalogue: Catalogue, settings: Settings) -> Library:
    return Library(catalogue, ServerVectors(settings, catalogue.sites))


def _with_snapshots(catalogue: SQLiteCatalogue) -> Library:
    return Library(catalogue, Snapshots(catalogue.folder, catalogue.passing))
