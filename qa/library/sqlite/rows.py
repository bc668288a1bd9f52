"""An article and its passages → their rows in SQLite."""

import json
import re
import sqlite3

from qa.library.articles import Entry, fingerprint
from qa.library.places import Place, insert_places
from qa.library.sqlite.days import delete_days, insert_days

_ROW = re.compile(r":\d+\Z")


def insert_article(connection: sqlite3.Connection, entry: Entry) -> None:
    """Write an article, its passages and their words. The caller holds a transaction."""
    source = entry.article.source
    number = connection.execute(
        "INSERT INTO articles (id, title, date, place, url, authors, text, fingerprint, origin) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            source.id,
            source.title,
            source.date.isoformat() if source.date else None,
            source.place,
            source.url,
            json.dumps(source.authors, ensure_ascii=False),
            entry.article.text,
            fingerprint(entry.article),
            entry.origin,
        ),
    ).lastrowid
    numbers = []
    for passage in entry.passages:
        row = connection.execute(
            'INSERT INTO passages (id, article, start, "end", text) VALUES (?, ?, ?, ?, ?)',
            (passage.id, number, passage.start, passage.end, passage.text),
        ).lastrowid
        connection.execute(
            "INSERT INTO words (rowid, title, text) VALUES (?, ?, ?)",
            (row, source.title, passage.text),
        )
        numbers.append((row, passage.start))
    insert_days(connection, numbers, entry.dates)
    if entry.place is not None:
        insert_places(connection, [(source.id, entry.place)])


def delete_article(connection: sqlite3.Connection, id_: str) -> None:
    """Remove an article, its passages and their words, if it is there."""
    row = connection.execute("SELECT number FROM articles WHERE id = ?", (id_,)).fetchone()
    if row is None:
        return
    # A contentless full-text index forgets a row only when told the words it was given.
    connection.execute(
        "INSERT INTO words (words, rowid, title, text) "
        "SELECT 'delete', p.number, a.title, p.text FROM passages p "
        "JOIN articles a ON a.number = p.article WHERE a.number = ?",
        row,
    )
    delete_days(connection, int(row[0]))
    connection.execute("DELETE FROM passages WHERE article = ?", row)
    connection.execute("DELETE FROM articles WHERE number = ?", row)


def insert_places_of_all(connection: sqlite3.Connection) -> None:
    """Write the place of each article of a catalogue that has no places yet."""
    found = connection.execute("SELECT id, url, origin FROM articles").fetchall()
    places = []
    for id_, url, origin in found:
        row = _ROW.search(id_)
        in_rows = id_ != url and row is not None and origin.endswith(id_[: row.start()])
        places.append((id_, Place(origin, row[0] if in_rows and row else "", id_)))
    insert_places(connection, places)
