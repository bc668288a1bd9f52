"""XML of news agencies, NewsML-G2 and NITF, by lxml; a feed under the ending .xml is one too."""

from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

from lxml import etree

from qa.ingest.boilerplate import without_pleas
from qa.ingest.fields import authors
from qa.ingest.formats import feed
from qa.ingest.formats.packed_xml import xml
from qa.ingest.markup import html_text
from qa.ingest.normal import line
from qa.ingest.parsed import MAX_FILE_BYTES, Format, Found, Input, Parsed, Unreadable

_FEEDS = ("rss", "feed", "RDF")
_PARAGRAPHS = ("p", "hl2", "h2", "h3", "li", "td")


def parse(given: Input) -> Found:
    """Yield the articles of an XML file, by what its root is called."""
    data = given.read(MAX_FILE_BYTES)
    root = xml(data)
    if _name(root) in _FEEDS:
        if find_spec("feedparser") is None:
            raise Unreadable("a feed needs the extra formats (feedparser not found)")
        yield from feed.entries(data)
        return
    items = [node for node in root.iter() if _name(node) == "newsItem"]
    found = items or [node for node in root.iter() if _name(node) == "nitf"]
    if not found:
        raise Unreadable(f"XML of no news format that qa knows: its root is <{_name(root)}>")
    for number, item in enumerate(found, start=1):
        fields = _news_item(item) if items else _nitf(item)
        part = f":{number}" if len(found) > 1 else ""
        if fields["text"]:
            yield Parsed(fields, part)
        else:
            yield Unreadable("empty: it holds no text", part)


def _name(node: Any) -> str:
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def _all(node: Any, *names: str) -> Iterator[Any]:
    for name in names:
        yield from node.iter(f"{{*}}{name}")


def _text(node: Any, *names: str) -> str:
    return next((text for one in _all(node, *names) if (text := line("".join(one.itertext())))), "")


def _news_item(item: Any) -> dict[str, Any]:
    """Return the fields of an item of NewsML-G2; its text may be NITF or XHTML."""
    inner = next(_all(item, "nitf"), None)
    inside = _nitf(inner) if inner is not None else {}
    content = next(_all(item, "contentSet"), None)
    text = inside.get("text") or ("" if content is None else _body(content))
    day = (
        _text(item, "contentCreated")
        or _text(item, "firstCreated")
        or _text(item, "versionCreated")
    )
    place = next((_text(one, "name") for one in _all(item, "located")), "")
    return {
        "title": _text(item, "headline") or inside.get("title", ""),
        "date": day or inside.get("date"),
        "place": place or inside.get("place", ""),
        "url": next((a for one in _all(item, "remoteContent") if (a := one.get("href"))), ""),
        "authors": authors(_text(item, "by")) or inside.get("authors", ()),
        "text": text,
    }


def _nitf(item: Any) -> dict[str, Any]:
    body = next(_all(item, "body.content"), None)
    issued = next((one.get("norm") for one in _all(item, "date.issue", "story.date")), None)
    return {
        "title": _text(item, "hl1") or _text(item, "title"),
        "date": issued or _text(item, "story.date"),
        "place": _text(item, "location"),
        "authors": authors(_text(item, "person") or _text(item, "byline")),
        "text": _body(body) if body is not None else "",
    }


def _body(node: Any) -> str:
    found = [
        line("".join(one.itertext()))
        for one in _all_in_order(node)
        if not any(_name(up) in ("media", "head") for up in one.iterancestors())
    ]
    text = "\n\n".join(filter(None, found))
    if not text:
        # Text without paragraphs, or HTML that is escaped.
        whole = "".join("".join(one.itertext()) for one in _all(node, "inlineData")) or "".join(
            node.itertext()
        )
        text = html_text(whole) if "<" in whole else whole.strip()
    return without_pleas(text)


def _all_in_order(node: Any) -> Iterator[Any]:
    for one in node.iter():
        inner = _name(one) in _PARAGRAPHS
        # A paragraph in a list's item is told with the item.
        if inner and not any(_name(up) in _PARAGRAPHS for up in one.iterancestors()):
            yield one


FORMAT = Format("news XML", (".xml", ".nitf", ".newsml"), parse, library="lxml")
