"""An article as it is written to a catalogue, and how its source is read again."""

import datetime
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

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


def source_of(row: Sequence[Any]) -> Source:
    """Return the source in the columns of `SOURCE_COLUMNS`, the first ones of a row."""
    id_, title, date, place, url, authors = row[:6]
    day = datetime.date.fromisoformat(date) if date else None
    return Source(id_, title, day, place, url, tuple(json.loads(authors)))
