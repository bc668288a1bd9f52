"""The fields that a format found → an article, its date resolved, its text in the stored form."""

import datetime
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

from qa.ingest.fields import authors
from qa.ingest.normal import canonical, line
from qa.ingest.pages.head import original
from qa.ingest.parsed import Parsed, Unreadable
from qa.ingest.written_dates import Order, needs_order, order_of, parse
from qa.text.language import foreign_language
from qa.text.printable import storable
from qa.text.sentences import sentences
from qa.types import Article, Source

TITLE_CHARS = 90
# Characters that tell the language of a text, at least and at most.
_TELLING, _PROBE = 100, 1000
# Articles whose dates can be read two ways wait for one that tells, but no more of them than this.
_WAITING_CHARS = 32 * 2**20
_ASSUMED: Order = "month first"
_UNTOLD = "nothing in the file tells whether dates such as this have the day or the month first"


def article(found: Parsed, identity: str, order: Order | None) -> tuple[Article, tuple[str, ...]]:
    """Return an article and the warnings about it.

    Raises `Unreadable` if there is no text.
    """
    fields = found.fields
    text = canonical(fields.get("text"))
    if not text:
        raise Unreadable("empty: it holds no text", found.part)
    date, warnings = _date(fields.get("date"), order)
    # Less says little of the language.
    if len(text) >= _TELLING and (language := foreign_language(text[:_PROBE])):
        warnings = (*warnings, f"it seems to be in '{language}': the models know English only")
    source = Source(
        id=identity,
        title=line(fields.get("title")) or _first_words(text),
        date=date,
        place=line(fields.get("place")),
        url=original(storable(str(fields.get("url") or ""))),
        authors=tuple(filter(None, map(line, authors(fields.get("authors"))))),
    )
    return Article(source, text), found.warnings + warnings


def in_order(found: Iterable[Parsed | Unreadable]) -> Iterator[tuple[Parsed | Unreadable, Order]]:
    """Yield what a file holds, each with the order of its dates, which the file as a whole tells.

    Nothing waits but what stands between a date that can be read two ways and one that tells.
    """
    order: Order | None = None
    waiting: deque[Parsed | Unreadable] = deque()
    size = 0
    for one in found:
        date = one.fields.get("date") if isinstance(one, Parsed) else None
        order = order or order_of([date])
        if order is None and (waiting or needs_order(date)) and size < _WAITING_CHARS:
            waiting.append(one)
            size += len(str(one.fields.get("text", ""))) if isinstance(one, Parsed) else 0
            continue
        while waiting:
            yield waiting.popleft(), order or _assumed(date)
        yield one, order or _assumed(date)
    untold: tuple[str, ...] = (_UNTOLD,)
    while waiting:
        one = waiting.popleft()
        date = one.fields.get("date") if isinstance(one, Parsed) else None
        if isinstance(one, Parsed) and needs_order(date):
            one, untold = one.warned(untold), ()
        yield one, _assumed(date)


def _assumed(date: Any) -> Order:
    """Return the order of a date in numbers where its file tells none: 5/6/2024 is American."""
    return _ASSUMED if isinstance(date, str) and "/" in date else "day first"


def _date(value: Any, order: Order | None) -> tuple[datetime.date | None, tuple[str, ...]]:
    if value in (None, ""):
        return None, ()
    if day := parse(value, order):
        return day, ()
    return None, (f"its date {str(value)[:40]!r} is none that qa can read: stored without a date",)


def _first_words(text: str) -> str:
    """Return a title for an article that has none: its first sentence, cut at a word."""
    start, end = next(iter(sentences(text)))
    title = " ".join(text[start:end].split())
    if len(title) <= TITLE_CHARS:
        return title
    return title[:TITLE_CHARS].rsplit(" ", 1)[0].rstrip(",;:—–- ") + "…"
