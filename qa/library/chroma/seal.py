"""A snapshot's files ↔ what they were when they were written: damage is told before it is met.

Chroma opens an index whose files were cut off, and misses it only when a search gets that far.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

FILE = "seal.json"
# Chroma counts in this file each time that it opens a snapshot, so its bytes differ.
DATABASE = "chroma.sqlite3"
# An index with nothing in this file is empty: its vectors are still in the database. Chroma writes
# its files anew at each opening, filled with whatever is in memory.
_LINKS = "link_lists.bin"
_READ = 2**20


def seal(place: Path) -> None:
    """Record the size and, but for an empty index, the SHA-256 of a snapshot's files.

    Raises `OSError`.
    """
    found = {
        str(path.relative_to(place)): {
            "size": path.stat().st_size,
            "sha256": "" if _is_idle(path) else _sha256(path),
        }
        for path in _files(place)
    }
    (place / FILE).write_text(json.dumps(found, indent=1, sort_keys=True), encoding="utf-8")


def changed(place: Path) -> str:
    """Return what is wrong with the sizes of a snapshot's files, in words; '' if nothing is.

    Snapshots that were made before there were seals are not compared to anything.
    """
    return next(_changes(place, contents=False), "")


def damaged(place: Path) -> str:
    """Return what is wrong with all that a snapshot's files hold, in words; '' if nothing is."""
    return next(_changes(place, contents=True), "") or _database(place / DATABASE)


def _changes(place: Path, *, contents: bool) -> Iterator[str]:
    if not (place / FILE).exists():
        return
    try:
        sealed = json.loads((place / FILE).read_text(encoding="utf-8"))
        for name, was in sealed.items():
            path = place / name
            if not path.is_file():
                yield f"{name} is missing"
            elif path.stat().st_size != was["size"]:
                yield f"{name} has {path.stat().st_size} bytes, and was written with {was['size']}"
            elif contents and was["sha256"] not in ("", _sha256(path)):
                yield f"{name} is not as it was written"
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        yield f"{FILE} cannot be read: {error}"


def _is_idle(path: Path) -> bool:
    links = path.with_name(_LINKS)
    return links.is_file() and not links.stat().st_size


def _database(path: Path) -> str:
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            [said] = database.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.Error as error:
        return f"{DATABASE}: {error}"
    return "" if said == "ok" else f"{DATABASE}: {' '.join(str(said).split())}"


def _files(place: Path) -> list[Path]:
    kept = {DATABASE, FILE}
    return sorted(p for p in place.rglob("*") if p.is_file() and p.name not in kept)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
