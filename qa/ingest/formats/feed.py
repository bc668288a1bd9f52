"""RSS and Atom files, by feedparser: an article for each entry."""

from typing import Any

from qa.ingest.boilerplate import without_pleas
from qa.ingest.fields import authors
from qa.ingest.markup import plain
from qa.ingest.normal import line
from qa.ingest.parsed import MAX_FILE_BYTES, Format, Found, Input, Parsed, Unreadable


def parse(given: Input) -> Found:
    """Yield the article of each entry."""
    yield from entries(given.read(MAX_FILE_BYTES))


def entries(data: bytes) -> Found:
    """Yield the article of each entry of a feed, given its bytes.

    Raises `Unreadable` if it is no feed.
    """
    import feedparser

    feed = feedparser.parse(data)
    if not feed.entries:
        raise Unreadable("no entries: not a feed of RSS or Atom, or an empty one")
    for number, entry in enumerate(feed.entries, start=1):
        yield _entry(entry, f":{number}")


def _entry(entry: Any, part: str) -> Parsed | Unreadable:
    whole = max((one.get("value", "") for one in entry.get("content", ())), key=len, default="")
    text = without_pleas(plain(max(whole, entry.get("summary", ""), key=len)).strip())
    if not text:
        return Unreadable("empty: it holds no text", part)
    names = [one.get("name", "") for one in entry.get("authors", ()) if one]
    fields = {
        "title": line(plain(entry.get("title", ""))),
        "date": entry.get("published") or entry.get("created") or entry.get("updated"),
        "url": entry.get("link", ""),
        "authors": authors(names or entry.get("author", "")),
        "text": text,
    }
    return Parsed(fields, part)


FORMAT = Format(
    "RSS and Atom",
    (".rss", ".atom"),
    parse,
    modules=("feedparser",),
    known_by_url=True,
    library="feedparser",
)
