"""A library's folder that nobody here may write to → a copy in the cache folder, to be read.

SQLite and Chroma write beside what they open, even to read it. So a library on a read-only disk, or
of another user, is copied once for each of its commits, and the copy is opened.
"""

import hashlib
import logging
import os
import shutil
import sqlite3
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import platformdirs

from qa.errors import LibraryError
from qa.library.chroma import seal, snapshots
from qa.library.sqlite.catalogue import FILE, SQLiteCatalogue
from qa.text.printable import printable

_LOG = logging.getLogger(__package__)
_TRIES = 3
# Seconds after which a copy that nobody has opened since goes.
_KEPT = 24 * 3600.0


def writable(folder: Path) -> bool:
    """Tell whether all that is opened in a library's folder can be written to."""
    opened = [folder, folder / FILE, folder / snapshots.FOLDER]
    opened += (folder / snapshots.FOLDER).glob("*")
    return all(os.access(path, os.W_OK) for path in opened if path.exists())


def beside(folder: Path) -> Path:
    """Return where files of a library that is only read are kept: its folder, or one for it.

    Raises `LibraryError` if that cannot be made.
    """
    return folder if writable(folder) else _cache(folder)


def copied(folder: Path) -> Path:
    """Return a copy of a library as it is now; the same one while nothing is committed to it.

    Who has it open goes on with that commit, and sees later ones when it is started anew.

    Raises `LibraryError` if there is no room for it, or the library cannot be read.
    """
    place = _cache(folder)
    for _ in range(_TRIES):
        stamp = _stamp(folder)
        copy = place / stamp
        if copy.is_dir() and _is_damaged(copy):
            shutil.rmtree(copy, ignore_errors=True)
        try:
            if not copy.is_dir():
                made = Path(tempfile.mkdtemp(prefix=f"{stamp}.", dir=place))
                try:
                    _make(folder, made)
                    if _stamp(folder) != stamp:
                        continue
                    with suppress(OSError):
                        # Another process may have been faster.
                        made.rename(copy)
                finally:
                    shutil.rmtree(made, ignore_errors=True)
                _LOG.warning(
                    "qa: %s cannot be written to: a copy in %s is read",
                    printable(str(folder)),
                    printable(str(copy)),
                )
            os.utime(copy)
        except (OSError, sqlite3.Error) as error:
            if _stamp(folder) == stamp:
                raise LibraryError(_no_copy(folder, place, error)) from None
            continue
        _sweep(place, copy)
        return copy
    raise LibraryError(f"{folder} changes while it is copied: run this again in a minute")


def _cache(folder: Path) -> Path:
    mark = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:16]
    place = Path(platformdirs.user_cache_dir("qa", appauthor=False)) / mark
    try:
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise LibraryError(_no_copy(folder, place, error)) from None
    return place


def _make(folder: Path, made: Path) -> None:
    for name in (FILE, f"{FILE}-wal"):
        if (folder / name).exists():
            shutil.copyfile(folder / name, made / name)
    with SQLiteCatalogue.open(made) as catalogue:
        vectors = catalogue.state().vectors
    if vectors:
        (made / snapshots.FOLDER).mkdir()
        snapshots.copy(folder / snapshots.FOLDER / vectors, made / snapshots.FOLDER / vectors)


def _is_damaged(copy: Path) -> bool:
    """Whether a file of a copy is gone or cut off, as by what tidies up caches."""
    places = (copy / snapshots.FOLDER).glob("*")
    return not (copy / FILE).is_file() or any(seal.changed(place) for place in places)


def _stamp(folder: Path) -> str:
    """Return a mark of the catalogue's last commit, from its files alone."""
    found = []
    for name in (FILE, f"{FILE}-wal"):
        with suppress(FileNotFoundError):
            stat = (folder / name).stat()
            # An empty log comes and goes with each process that only opens the catalogue.
            found += [stat.st_size, stat.st_mtime_ns] if stat.st_size else []
    return hashlib.sha256(repr(found).encode()).hexdigest()[:16]


def _sweep(place: Path, keep: Path) -> None:
    """Remove old copies: one that was opened today may still be read."""
    for old in place.iterdir():
        with suppress(OSError):
            if old != keep and old.is_dir() and time.time() - old.stat().st_mtime > _KEPT:
                shutil.rmtree(old, ignore_errors=True)


def _no_copy(folder: Path, place: Path, error: Exception) -> str:
    return (
        f"{folder} cannot be written to, and a copy of it cannot be made in {place} "
        f"({getattr(error, 'strerror', None) or error}): give this user write access to the "
        "library, or set XDG_CACHE_HOME to a folder with room for it"
    )
