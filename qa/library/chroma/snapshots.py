"""Passages ↔ Chroma: one snapshot for each commit, written once and then only read.

Embedded Chroma is not made for two processes on one folder: a reader that opens it while
another process writes can see, or even write, a torn index. So a writer copies the last
snapshot to a new folder, changes the copy, closes it, and only then does the catalogue
name it. A writer that is killed leaves a folder that nothing names; the next one removes it.
"""

import re
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from qa.errors import LibraryError
from qa.library.chroma import seal
from qa.library.protocols import Published, State
from qa.models.embedder import Vectors as Embeddings
from qa.types import Filters, Source

# Where the snapshots stand, in the library's folder.
FOLDER = "vectors"
_COLLECTION = "passages"
_HNSW = {
    "space": "cosine",
    # Wider than Chroma's defaults (100, 100): the same neighbours as an exhaustive search
    # for nearly every question, at about a millisecond more.
    "ef_construction": 128,
    "ef_search": 256,
    # What is left in Chroma's log when it is closed is indexed anew by each reader that
    # opens it: a low number keeps that short.
    "sync_threshold": 500,
}
_CHUNK = 4000
_SNAPSHOT = re.compile(r"\d{6,}")


class SnapshotWriter:
    """Makes the next snapshot: a `VectorWriter`. Finish it before the catalogue names it."""

    def __init__(self, folder: Path, name: str, base: str) -> None:
        """Begin the snapshot `name` as a copy of `base`, or empty where `base` is ''.

        Raises `LibraryError` if it cannot be written.
        """
        self.name = name
        self._closed = False
        self._folder = folder
        place = folder / FOLDER / name
        try:
            if base:
                copy(folder / FOLDER / base, place)
            else:
                place.mkdir(parents=True)
        except (OSError, sqlite3.Error) as error:
            raise LibraryError(_damaged(place, _said(error))) from None
        self._place = place
        with _explained(place):
            self._client = _client(place)
            self._collection = self._client.get_or_create_collection(
                _COLLECTION, embedding_function=None, configuration={"hnsw": _HNSW}
            )

    def upsert(self, ids: Sequence[str], sources: Sequence[Source], vectors: Embeddings) -> None:
        """Write the vectors of some passages, shape (passages, dimension).

        Raises `LibraryError` if Chroma cannot.
        """
        for first in range(0, len(ids), _CHUNK):
            last = first + _CHUNK
            with _explained(self._place):
                self._collection.upsert(ids=list(ids[first:last]), embeddings=vectors[first:last])

    def finish(self, stale: Published) -> None:
        """Leave the stale passages out, and close the snapshot. Raises as `upsert` does."""
        ids = list(stale)
        for first in range(0, len(ids), _CHUNK):
            with _explained(self._place):
                self._collection.delete(ids=ids[first : first + _CHUNK])
        self.close()
        try:
            seal.seal(self._place)
        except OSError as error:
            raise LibraryError(_damaged(self._place, _said(error))) from None

    def committed(self, stale: Published) -> None:
        """Remove the snapshots before."""
        _sweep(self._folder, self.name)

    def close(self) -> None:
        """Let go of the snapshot: nothing writes to it from here on."""
        if not self._closed:
            self._closed = True
            self._client.close()


class Snapshots:
    """Searches the snapshot that the catalogue names; opens another when that changes: `Vectors`.

    Threads take turns: a search takes milliseconds, and a client must not be closed while
    another thread is inside it.
    """

    def __init__(self, folder: Path, passing: Callable[[Filters], Sequence[str]]) -> None:
        """Take the library's folder, and what tells the ids of the passages that pass filters."""
        self._folder = folder
        self._passing = passing
        self._lock = threading.Lock()
        self._name = ""
        self._client: Any = None

    @property
    def copied(self) -> bool:
        """Whether a commit copies all vectors."""
        return True

    def search(
        self,
        name: str,
        vector: Embeddings,
        limit: int,
        *,
        filters: Filters | None = None,
        among: Published | None = None,
    ) -> list[tuple[str, float]]:
        """Return the ids nearest to a unit vector in a snapshot, with cosine similarities.

        Of passages that pass the filters, if `among` does not name ids to choose from. Raises
        `LibraryError` if the snapshot is gone or damaged, or lacks one of them.
        """
        if not name:
            return []
        ids = None if among is None else list(among)
        if ids is None and filters:
            ids = list(self._passing(filters))
        with self._opened(name) as collection:
            size = min(limit, collection.count() if ids is None else len(ids))
            if not size:
                return []
            found = collection.query(
                query_embeddings=vector.reshape(1, -1),
                n_results=size,
                ids=ids,
                include=["distances"],
            )
        # Chroma's cosine distance is 1 - cosine.
        pairs = zip(found["ids"][0], found["distances"][0], strict=True)
        return [(str(id_), 1.0 - float(distance)) for id_, distance in pairs]

    def similarities(self, name: str, vector: Embeddings, published: Published) -> dict[str, float]:
        """Return the cosine similarities of some passages to a unit vector, by their ids.

        Ids that the snapshot lacks are left out. Raises as `search` does.
        """
        if not name:
            return {}
        with self._opened(name) as collection:
            found = collection.get(ids=list(published), include=["embeddings"])
        if not found["ids"]:
            return {}
        near = np.asarray(found["embeddings"], np.float32) @ vector
        return dict(zip(found["ids"], near.tolist(), strict=True))

    def vectors(self, name: str, ids: Sequence[str]) -> dict[str, Embeddings]:
        """Return the vectors of some passages, by their ids. Raises as `search` does."""
        found: dict[str, Embeddings] = {}
        for first in range(0, len(ids) if name else 0, _CHUNK):
            with self._opened(name) as collection:
                page = collection.get(ids=list(ids[first : first + _CHUNK]), include=["embeddings"])
            found |= dict(zip(page["ids"], np.asarray(page["embeddings"], np.float32), strict=True))
        return found

    def ids(self, name: str) -> set[str]:
        """Return the ids of all passages in a snapshot. Raises as `search` does."""
        if not name:
            return set()
        with self._opened(name) as collection:
            return set(collection.get(include=[])["ids"])

    def ready(self, name: str) -> None:
        """Do nothing, if the snapshot can be read. Raises `LibraryError`."""
        if name:
            with self._opened(name):
                pass

    def faults(self, name: str) -> list[str]:
        """Return what is wrong with the snapshot's files, and whatever keeps it from being read."""
        if not name:
            return []
        place = self._folder / FOLDER / name
        # First, since opening is what meets the damage.
        if place.is_dir() and (fault := seal.damaged(place)):
            return [_damaged(place, fault)]
        try:
            self.ready(name)
        except LibraryError as error:
            return [str(error)]
        return []

    def write(self, state: State, *, anew: bool = False) -> SnapshotWriter:
        """Begin the snapshot after that of a state. Raises `LibraryError` if it cannot be written.

        A writer that was killed may have left one of its name.
        """
        _sweep(self._folder, state.vectors)
        name = f"{state.generation + 1:06d}"
        return SnapshotWriter(self._folder, name, "" if anew else state.vectors)

    def remove(self, name: str, published: Published) -> None:
        """Do nothing: a snapshot holds nothing that its catalogue lacks."""

    def sweep(self, name: str) -> None:
        """Remove all snapshots but one."""
        _sweep(self._folder, name)

    def close(self) -> None:
        """Let go of the snapshot."""
        with self._lock:
            self._close()

    @contextmanager
    def _opened(self, name: str) -> Iterator[Any]:
        place = self._folder / FOLDER / name
        with self._lock:
            try:
                with _explained(place):
                    if name != self._name:
                        self._close()
                        # Chroma would make an empty one where there is none.
                        if not (place / seal.DATABASE).is_file():
                            raise LibraryError(_damaged(place, "they are missing"))
                        if fault := seal.changed(place):
                            raise LibraryError(_damaged(place, fault))
                        self._client, self._name = _client(place), name
                    yield self._client.get_collection(_COLLECTION, embedding_function=None)
            except LibraryError:
                # Opened anew next time: it may have been mended by then.
                self._close()
                raise

    def _close(self) -> None:
        if self._client is not None:
            # Chroma keeps what is not closed in memory, until the process ends.
            self._client.close()
        self._name, self._client = "", None


def copy(snapshot: Path, place: Path) -> None:
    """Copy a snapshot, also while others open it. Raises `OSError` and `sqlite3.Error`.

    Whoever opens a snapshot writes to Chroma's database, so that is copied under SQLite's locks.
    """
    shutil.copytree(snapshot, place, ignore=shutil.ignore_patterns(f"{seal.DATABASE}*"))
    # Copies keep their mode, which may be that of files nobody writes to.
    for path in (place, *place.rglob("*")):
        path.chmod(path.stat().st_mode | (0o700 if path.is_dir() else 0o600))
    source = f"{(snapshot / seal.DATABASE).absolute().as_uri()}?mode=ro"
    with (
        closing(sqlite3.connect(source, uri=True)) as old,
        closing(sqlite3.connect(place / seal.DATABASE)) as new,
    ):
        old.backup(new)


def _sweep(folder: Path, keep: str) -> None:
    """Remove all snapshots but one. A reader that still searches another has it in memory.

    Whatever is not named as a snapshot is somebody else's, and stays.
    """
    place = folder / FOLDER
    if place.is_dir():
        for old in place.iterdir():
            if old.name != keep and _SNAPSHOT.fullmatch(old.name):
                shutil.rmtree(old, ignore_errors=True)


def _client(place: Path) -> Any:
    # Imported late: it takes a second, and `qa list` does without.
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(str(place), Settings(anonymized_telemetry=False))


@contextmanager
def _explained(place: Path) -> Iterator[None]:
    """Turn Chroma's errors into one that names the fix.

    What a damaged file leads to is an error of Chroma's, of whatever reads its tables, or a panic
    of its core in Rust, which is no `Exception` and has a class without a name to import.
    """
    try:
        yield
    except LibraryError:
        raise
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        first = error
        while first.__context__ is not None:
            # Chroma's tidying up fails too, and says less than what failed first.
            first = first.__context__
        why = (str(first).splitlines() or [type(first).__name__])[0]
        raise LibraryError(_damaged(place, why)) from None


def _said(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error)


def _damaged(place: Path, why: str) -> str:
    return (
        f"the vectors in {place} cannot be used ({why}): "
        "check the disk, then run `qa doctor --rebuild`"
    )
