"""PDF, by pdfium: the text of its pages in reading order, its title and its date."""

from statistics import median
from typing import Any

from qa.ingest.formats.documents import document
from qa.ingest.formats.pdf_layout import Line, paragraphs
from qa.ingest.normal import line as one_line
from qa.ingest.parsed import Format, Parsed, Unreadable, single

_NO_TEXT = "no text: it needs OCR"
# A headline is set larger than the text, by this much at least.
_LARGER = 1.25


def parse(data: bytes) -> Parsed:
    """Return the article of a PDF.

    Raises `Unreadable` if it is damaged, locked with a password, or holds pictures of text only.
    """
    import pypdfium2

    try:
        file = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        locked = "password" in str(error).lower()
        reason = "it is locked with a password" if locked else f"a damaged PDF ({error})"
        raise Unreadable(reason) from None
    try:
        pages = [_lines(page) for page in file]
        heights = [page.get_height() for page in file]
        told = {key: one_line(value) for key, value in file.get_metadata_dict().items()}
    finally:
        file.close()
    made = told.get("CreationDate", "").removeprefix("D:")[:8]
    found = paragraphs(pages, heights)
    title = told.get("Title") or _headline(pages)
    authors = [told["Author"]] if told.get("Author") else []
    return document(found, title=title, authors=authors, made=made, empty=_NO_TEXT)


def _lines(page: Any) -> list[Line]:
    text = page.get_textpage()
    try:
        boxes = [text.get_rect(number) for number in range(text.count_rects())]
        found = [Line(text.get_text_bounded(*box), *box) for box in boxes]
    finally:
        text.close()
    return _merged([line for line in found if line.text.strip()])


def _merged(lines: list[Line]) -> list[Line]:
    """Return lines in which pieces of one line, set in different fonts, are joined again."""
    merged: list[Line] = []
    for line in lines:
        before = merged[-1] if merged else None
        if before is not None and _same_line(before, line):
            space = "" if line.left - before.right < 0.1 * line.height else " "
            merged[-1] = Line(
                f"{before.text.rstrip()}{space}{line.text.lstrip()}",
                before.left,
                min(before.bottom, line.bottom),
                line.right,
                max(before.top, line.top),
            )
        else:
            merged.append(line)
    return merged


def _same_line(before: Line, after: Line) -> bool:
    overlap = min(before.top, after.top) - max(before.bottom, after.bottom)
    near = -0.5 * after.height < after.left - before.right < 0.8 * after.height
    return near and overlap > 0.5 * min(before.height, after.height)


def _headline(pages: list[list[Line]]) -> str:
    """Return what is set largest on the first page, if it is larger than the text."""
    if not pages or not pages[0]:
        return ""
    largest = max(pages[0], key=lambda one: one.height).height
    if largest < _LARGER * median(one.height for one in pages[0]):
        return ""
    return " ".join(one.text.strip() for one in pages[0] if one.height > 0.9 * largest)


FORMAT = Format(
    "PDF",
    (".pdf",),
    single(parse),
    modules=("pypdfium2",),
    named_by_date=True,
    library="pypdfium2",
)
