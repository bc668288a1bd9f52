"""Where articles stand, the ids by which they were known, and what people have set of them."""

import datetime
import re
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_ROW = re.compile(r":\d+\Z")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an article stands: a file, an absolute path, and the part of it.

    `name` is the article's path below the folder that was read, with the part: the id that it has,
    unless another had that first.
    """

    origin: str
    part: str
    name: str


def insert_places(connection: sqlite3.Connection, places: Iterable[tuple[str, Place]]) -> None:
    """Write where articles, by their ids, stand."""
    connection.executemany(
        "REPLACE INTO places (article, origin, part, name) VALUES (?, ?, ?, ?)",
        [(id_, place.origin, place.part, place.name) for id_, place in places],
    )


def delete_places(connection: sqlite3.Connection, places: Iterable[tuple[str, Place]]) -> None:
    """Remove places at which articles stand no more."""
    connection.executemany(
        "DELETE FROM places WHERE article = ? AND origin = ? AND part = ?",
        [(id_, place.origin, place.part) for id_, place in places],
    )


def forget(connection: sqlite3.Connection, ids: Iterable[str]) -> None:
    """Remove all places of some articles, and what was set of them."""
    for id_ in ids:
        connection.execute("DELETE FROM places WHERE article = ?", (id_,))
        connection.execute("DELETE FROM edits WHERE article = ?", (id_,))


def places_of_all(connection: sqlite3.Connection) -> list[tuple[str, Place]]:
    """Return every place, with the id of the article that stands there."""
    found = connection.execute("SELECT article, origin, part, name FROM places")
    return [(str(id_), Place(origin, part, name)) for id_, origin, part, name in found]


def named(connection: sqlite3.Connection, names: Sequence[str]) -> dict[str, str]:
    """Return the ids of articles by other names that they have: those that are one article's."""
    ids: dict[str, str] = {}
    for name in names:
        found = connection.execute(
            "SELECT DISTINCT article FROM places WHERE name = ? LIMIT 2", (name,)
        ).fetchall()
        if len(found) == 1:
            ids[name] = str(found[0][0])
    return ids


def dates_set(connection: sqlite3.Connection) -> dict[str, datetime.date | None]:
    """Return the dates that people have set, by the articles' ids; None for no date."""
    found = connection.execute("SELECT article, date FROM edits").fetchall()
    return {str(id_): datetime.date.fromisoformat(d) if d else None for id_, d in found}


def set_date(connection: sqlite3.Connection, id_: str, date: datetime.date | None) -> None:
    """Record the date that somebody has set of an article."""
    connection.execute(
        "REPLACE INTO edits VALUES (?, ?)", (id_, date.isoformat() if date else None)
    )


def insert_places_of_all(connection: sqlite3.Connection) -> None:
    """Write the place of each article of a catalogue that has no places yet."""
    found = connection.execute("SELECT id, url, origin FROM articles").fetchall()
    places = []
    for id_, url, origin in found:
        row = _ROW.search(id_)
        in_rows = id_ != url and row is not None and origin.endswith(id_[: row.start()])
        places.append((id_, Place(origin, row[0] if in_rows and row else "", id_)))
    insert_places(connection, places)
