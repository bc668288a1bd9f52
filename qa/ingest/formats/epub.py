"""EPUB: an article for each chapter that has text; news is bound into such books by readers."""

import io
import posixpath
import zipfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from qa.ingest.boilerplate import without_pleas
from qa.ingest.encoding import decode
from qa.ingest.formats.packed_xml import part, texts, xml
from qa.ingest.markup import html_text
from qa.ingest.markup import parse as parse_html
from qa.ingest.normal import line
from qa.ingest.parsed import MAX_FILE_BYTES, Format, Found, Input, Parsed, Unreadable

# Fewer words are a cover, a title page or a table of contents.
_LEAST_WORDS = 12


def parse(given: Input) -> Found:
    """Yield the article of each chapter."""
    with zipfile.ZipFile(io.BytesIO(given.read(MAX_FILE_BYTES))) as file:
        box = xml(part(file, "META-INF/container.xml"))
        place = next((node.get("full-path") for node in box.iter("{*}rootfile")), "")
        book = xml(part(file, place or ""))
        told = {
            "title": line(next(iter(texts(book, "title")), "")),
            "date": next(iter(texts(book, "date")), None),
            "authors": tuple(line(name) for name in texts(book, "creator")),
        }
        chapters = list(_chapters(file, book, posixpath.dirname(place or "")))
    if not chapters:
        raise Unreadable("empty: it holds no text")
    for number, (title, text) in enumerate(chapters, start=1):
        alone = len(chapters) == 1
        fields = {**told, "text": text, "title": (told["title"] or title) if alone else title}
        yield Parsed(fields, "" if alone else f":{number}")


def _chapters(file: zipfile.ZipFile, book: Any, folder: str) -> Iterator[tuple[str, str]]:
    files = {node.get("id"): node for node in book.iter("{*}item")}
    for entry in book.iter("{*}itemref"):
        item = files.get(entry.get("idref"))
        if item is None or "nav" in (item.get("properties") or "").split():
            continue
        name = posixpath.normpath(posixpath.join(folder, unquote(item.get("href") or "")))
        tree = parse_html(decode(part(file, name), html=True)[0])
        if tree is None or tree.body is None:
            continue
        heading = next(iter(tree.body.iter("h1", "h2")), None)
        title = line(heading.text_content()) if heading is not None else ""
        if heading is not None:
            heading.drop_tree()
        text = without_pleas(html_text(tree.body))
        if len(text.split()) >= _LEAST_WORDS:
            element = next((line(node.text_content()) for node in tree.iter("title")), "")
            yield title or element, text


FORMAT = Format("EPUB", (".epub",), parse, library="lxml")
