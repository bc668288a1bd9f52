"""Documents of word processors and printers: paragraphs and their properties → an article."""

import datetime
import re
from collections.abc import Sequence
from typing import Any

from qa.ingest.boilerplate import without_pleas
from qa.ingest.normal import line
from qa.ingest.parsed import Parsed, Unreadable
from qa.ingest.written_dates import find

# A line that is a date has little more in it; a title is one line of some words.
_DATE_CHARS, _TITLE_CHARS, _HEAD_LINES = 40, 200, 6
# What programs call a document that nobody named.
_UNNAMED = re.compile(
    r"untitled.*|document\d{0,3}|microsoft word.*|.{0,200}\.(?:docx?|pdf|odt|rtf|indd|qxp)",
    re.IGNORECASE,
)
_MADE = "its date is of the file's making: its text states none"


def document(
    paragraphs: Sequence[str],
    *,
    title: str = "",
    authors: Sequence[str] = (),
    made: Any = None,
    empty: str = "empty: it holds no text",
) -> Parsed:
    """Return the article of a document, given its paragraphs and what its properties say.

    A title and a date that stand above the text are taken from there. Raises `Unreadable`, with
    the reason `empty`, if it has no text.
    """
    lines = [text for text in (one.strip() for one in paragraphs) if text]
    if not lines:
        raise Unreadable(empty)
    named = "" if _UNNAMED.fullmatch(line(title)) else line(title)
    if _is_title(lines, named):
        named = named or line(lines[0])
        lines = lines[1:]
    place, day = _dated(lines)
    if place is not None:
        lines = lines[:place] + lines[place + 1 :]
    warnings = (_MADE,) if day is None and made else ()
    fields = {
        "title": named,
        "date": day or made,
        "authors": tuple(filter(None, map(line, authors))),
        "text": without_pleas("\n\n".join(lines)),
    }
    return Parsed(fields, warnings=warnings)


def _is_title(lines: Sequence[str], named: str) -> bool:
    first = line(lines[0])
    if len(lines) < 2 or len(first) > _TITLE_CHARS or "\n" in lines[0]:
        return False
    return first == named if named else not first.endswith((".", "!", "?", ":", ",", ";", "”", '"'))


def _dated(lines: Sequence[str]) -> tuple[int | None, datetime.date | None]:
    """Return the line above the text that is a date, and its day."""
    for place, text in enumerate(lines[:_HEAD_LINES]):
        if len(text) <= _DATE_CHARS:
            for _, day in find(text, "month first"):
                return place, day
    return None, None
