"""Word's .docx, by python-docx: paragraphs and tables in their order."""

import io
from collections.abc import Iterator
from typing import Any

from qa.ingest.formats.documents import document
from qa.ingest.parsed import Format, Parsed, single


def parse(data: bytes) -> Parsed:
    """Return the article of a document.

    Raises `Unreadable` if it has no text.
    """
    from docx import Document

    file = Document(io.BytesIO(data))
    told = file.core_properties
    headed = [
        one.text for one in file.paragraphs if one.style is not None and one.style.name == "Title"
    ]
    title = headed[0] if headed else told.title or ""
    # python-docx's own template has this for an author.
    authors = [name for name in (told.author or "").split(";") if name != "python-docx"]
    return document(list(_paragraphs(file)), title=title, authors=authors, made=told.created)


def _paragraphs(file: Any) -> Iterator[str]:
    for block in file.iter_inner_content():
        if hasattr(block, "rows"):
            for row in block.rows:
                cells = dict.fromkeys(cell.text.strip() for cell in row.cells)
                yield "\t".join(filter(None, cells))
        else:
            yield block.text


FORMAT = Format(
    "Word",
    (".docx",),
    single(parse),
    modules=("docx",),
    named_by_date=True,
    library="python-docx",
)
