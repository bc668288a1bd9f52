"""OpenDocument's .odt: its paragraphs, headings and tables, by lxml."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from lxml import etree

from qa.ingest.formats.documents import document
from qa.ingest.formats.packed_xml import part, texts, xml
from qa.ingest.parsed import Format, Parsed, single

_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_UNSEEN = ("note", "tracked-changes", "annotation", "index-title")


def parse(data: bytes) -> Parsed:
    """Return the article of a document.

    Raises `Unreadable` if it is damaged, or has no text.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        content = xml(part(file, "content.xml"))
        meta = xml(part(file, "meta.xml") or b"<meta/>")
    title = next(iter(texts(meta, "title")), "")
    author = texts(meta, "initial-creator") or texts(meta, "creator")
    made = next(iter(texts(meta, "creation-date")), "")
    return document(list(_paragraphs(content)), title=title, authors=author[:1], made=made)


def _paragraphs(root: Any) -> Iterator[str]:
    for node in root.iter(f"{_TEXT}p", f"{_TEXT}h"):
        above = {etree.QName(up).localname for up in node.iterancestors()}
        if not above & set(_UNSEEN):
            yield "".join(_pieces(node))


def _pieces(node: Any) -> Iterator[str]:
    yield node.text or ""
    for inner in node:
        name = etree.QName(inner).localname if isinstance(inner.tag, str) else ""
        if name == "s":
            yield " " * int(inner.get(f"{_TEXT}c") or 1)
        elif name == "tab":
            yield "\t"
        elif name == "line-break":
            yield "\n"
        elif name not in _UNSEEN and name not in ("p", "h", "frame"):
            yield from _pieces(inner)
        yield inner.tail or ""


FORMAT = Format("OpenDocument", (".odt",), single(parse), named_by_date=True, library="lxml")
