"""Plain text: an article, or the articles of a database's export."""

import datetime
import re

from qa.ingest.boilerplate import without_pleas
from qa.ingest.encoding import decode
from qa.ingest.formats import front_matter
from qa.ingest.formats.exports import split_export
from qa.ingest.normal import unix_lines
from qa.ingest.parsed import Format, Found, Input, Parsed
from qa.ingest.written_dates import find

# ` date 2017-03-31 TOKYO —`; the article may begin behind the dash or on a later line.
_HEADER = re.compile(
    r"\A\s*date[ \t]+(\d{4}-\d{1,2}-\d{1,2})\b"
    r"[ \t]*([^\n—–]{0,60}?)[ \t]*(?:[—–]|--|-(?=\s)|(?=\n)|\Z)[ \t]*"
)


# A line that is a date stands among the first of a text, and is short.
_HEAD_CHARS, _LINES, _DATE_CHARS = 1000, 4, 40
_ENDS = ".!?,;:"


def parse(given: Input) -> Found:
    """Yield the article of a text, or those of an export, each at its number."""
    text, warnings = decode(given.read())
    text = unix_lines(text)
    exported = split_export(text)
    if not exported:
        yield article(text, warnings)
        return
    for number, fields in enumerate(exported, start=1):
        yield Parsed(fields, f":{number}", warnings)
        warnings = ()


def article(text: str, warnings: tuple[str, ...] = ()) -> Parsed:
    """Return the article of a text: front matter, a header line, the rest."""
    fields, text = front_matter.split(text)
    return dated_line(fields, text, warnings)


def dated_line(fields: dict[str, object], text: str, warnings: tuple[str, ...]) -> Parsed:
    """Return an article, its day and place taken from a line `date 2017-03-31 TOKYO —` above it."""
    header = _HEADER.match(text)
    if header:
        fields = {"date": header[1], "place": header[2]} | fields
        text = text[header.end() :]
    if not fields.get("date"):
        fields = {**fields, "date": _line_of_date(text)}
    return Parsed({**fields, "text": without_pleas(text)}, warnings=warnings)


def _line_of_date(text: str) -> datetime.date | None:
    """Return the day of a line above a text that is a date and no more: May 14, 2024."""
    for line in [line.strip() for line in text[:_HEAD_CHARS].split("\n") if line.strip()][:_LINES]:
        if len(line) <= _DATE_CHARS and line[-1] not in _ENDS:
            for _, day in find(line, "month first"):
                return day
    return None


FORMAT = Format("plain text", (".txt", ".text"), parse, named_by_date=True)
