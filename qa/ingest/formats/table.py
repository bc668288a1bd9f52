"""Tables as text: CSV and TSV, their marks found out, read row by row."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from qa.ingest.encoding import encoding_of
from qa.ingest.fields import articles_of_rows
from qa.ingest.parsed import Format, Found, Input, Unreadable

_MARKS = ",;\t|"
_SAMPLE = 2**16
# Python's own bound, 128 KB, is shorter than a long article.
_LONGEST_FIELD = 2**31 - 1


def parse(given: Input) -> Found:
    """Yield the article of each row."""
    with _opened(given) as (stream, warnings):
        yield from articles_of_rows(_rows(stream, warnings), given)


def count(given: Input) -> int:
    """Return the number of rows, which may go over many lines each."""
    with _opened(given) as (stream, _):
        return max(sum(1 for _ in _reader(stream)) - 1, 0)


@contextmanager
def _opened(given: Input) -> Iterator[tuple[TextIO, tuple[str, ...]]]:
    csv.field_size_limit(_LONGEST_FIELD)
    with given.open() as stream:
        encoding, warnings = encoding_of(stream)
    with (
        given.open() as stream,
        io.TextIOWrapper(stream, encoding, errors="replace", newline="") as text,
    ):
        yield text, warnings


def _reader(stream: TextIO) -> Iterator[list[str]]:
    head = stream.read(_SAMPLE)
    lines = head.splitlines(keepends=True)
    # The last line goes on in the stream.
    last = lines.pop() if lines else ""
    mark = _mark("".join(lines) or last)

    def all_lines() -> Iterator[str]:
        yield from lines
        yield last + stream.readline()
        yield from stream

    try:
        # A NUL would end the parser's work.
        yield from csv.reader((line.replace("\0", "") for line in all_lines()), delimiter=mark)
    except csv.Error as error:
        raise Unreadable(f"not valid CSV: {error}") from None


def _mark(head: str) -> str:
    """Return what stands between the fields: what parts the header into the most names."""
    first = next(iter(csv.reader(io.StringIO(head))), [])
    best = max(_MARKS, key=lambda mark: len(_header(head, mark)))
    return best if len(_header(head, best)) > len(first) else ","


def _header(head: str, mark: str) -> list[str]:
    try:
        return next(iter(csv.reader(io.StringIO(head), delimiter=mark)), [])
    except csv.Error:
        return []


def _rows(stream: TextIO, warnings: tuple[str, ...]) -> Iterator[tuple[int, Any, tuple[str, ...]]]:
    reader = _reader(stream)
    names = [name.strip() for name in next(reader, [])]
    number = 0
    for row in reader:
        if not row:
            continue
        number += 1
        if any(row[len(names) :]):
            yield number, Unreadable("more fields than the header has: put the text in quotes"), ()
            continue
        named = {name: value for name, value in zip(names, row, strict=False) if name}
        yield number, named, warnings
        warnings = ()


FORMAT = Format("CSV", (".csv", ".tsv", ".tab"), parse, count=count, known_by_url=True)
