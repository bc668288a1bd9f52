"""An article and its passages ↔ their rows in the catalogue."""

import datetime
import hashlib
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from qa.library.days import delete_days, insert_days
from qa.library.places import Place
from qa.types import Article, DateExpression, Passage, Source

# The columns that make a source, of the table `articles` as `a`.
SOURCE_COLUMNS = "a.id, a.title, a.date, a.place, a.url, a.authors"


@dataclass(frozen=True, slots=True)
class Entry:
    """An article to be written: the file that it came from, its passages, the dates in its text.

    `place` is where it stands, if that is to be written with it.
    """

    article: Article
    origin: str
    passages: tuple[Passage, ...]
    dates: tuple[DateExpression, ...] = ()
    place: Place | None = None


def fingerprint(article: Article) -> str:
    """Return a hash of all of an article's fields: tells whether it has changed."""
    source = article.source
    fields = [source.title, str(source.date), source.place, source.url, *source.authors]
    return hashlib.sha256("\0".join([*fields, article.text]).encode()).hexdigest()


def content_mark(title: str, text: str) -> str:
    """Return a hash of an article's title and text: tells an article that was moved or renamed."""
    return hashlib.sha256(f"{title}\0{text}".encode()).hexdigest()


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


def source_of(row: Sequence[Any]) -> Source:
    """Return the source in the columns of `SOURCE_COLUMNS`, the first ones of a row."""
    id_, title, date, place, url, authors = row[:6]
    day = datetime.date.fromisoformat(date) if date else None
    return Source(id_, title, day, place, url, tuple(json.loads(authors)))
