"""Where articles stand, the ids by which they were known, and what people have set of them."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qa.library.database import Connection


@dataclass(frozen=True, slots=True)
class Place:
    """Where an article stands: a file, an absolute path, and the part of it.

    `name` is the article's path below the folder that was read, with the part: the id that it has,
    unless another had that first.
    """

    origin: str
    part: str
    name: str


def insert_places(connection: Connection, places: Iterable[tuple[str, Place]]) -> None:
    """Write where articles, by their ids, stand."""
    connection.executemany(
        "INSERT INTO places (article, origin, part, name) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (article, origin, part) DO UPDATE SET name = excluded.name",
        [(id_, place.origin, place.part, place.name) for id_, place in places],
    )


def delete_places(connection: Connection, places: Iterable[tuple[str, Place]]) -> None:
    """Remove places at which articles stand no more."""
    connection.executemany(
        "DELETE FROM places WHERE article = ? AND origin = ? AND part = ?",
        [(id_, place.origin, place.part) for id_, place in places],
    )


def forget(connection: Connection, ids: Sequence[str]) -> None:
    """Remove all places of some articles, and what was set of them."""
    for table in ("places", "edits"):
        connection.executemany(
            f"DELETE FROM {table} WHERE article = ?",
            [(id_,) for id_ in ids],
        )


def set_date(connection: Connection, id_: str, date: datetime.date | None) -> None:
    """Record the date that somebody has set of an article."""
    connection.execute(
        "INSERT INTO edits VALUES (?, ?) ON CONFLICT (article) DO UPDATE SET date = excluded.date",
        (id_, date.isoformat() if date else None),
    )
