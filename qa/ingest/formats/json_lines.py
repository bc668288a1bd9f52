"""JSON lines: an article on each line."""

import itertools
import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from qa.ingest.encoding import decode
from qa.ingest.fields import articles_of_rows
from qa.ingest.parsed import Format, Found, Input, Unreadable

_CHUNK = 2**20


def parse(given: Input) -> Found:
    """Yield the article of each line; a bad line is skipped, not the file."""
    with given.open() as stream:
        yield from articles_of_rows(_rows(stream, given), given)


def count(given: Input) -> int:
    """Return the number of lines."""
    with given.open() as stream:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: stream.read(_CHUNK), b""))


def _rows(stream: BinaryIO, given: Input) -> Iterator[tuple[int, Any, tuple[str, ...]]]:
    for number, line in _lines(stream, 2 * given.options.limit):
        if line is None:
            yield number, Unreadable(given.options.too_long), ()
            continue
        try:
            text, warnings = decode(line)
            yield number, json.loads(text), warnings
        except Unreadable as reason:
            yield number, reason, ()
        except (ValueError, RecursionError) as error:
            yield number, Unreadable(f"not valid JSON: {error}"), ()


def _lines(stream: BinaryIO, limit: int) -> Iterator[tuple[int, bytes | None]]:
    """Yield each line that is not blank with its number; None for one over the limit."""
    for number in itertools.count(1):
        line = stream.readline(limit)
        if not line:
            return
        if line.endswith(b"\n") or len(line) < limit:
            if line.strip():
                yield number, line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(limit)
        yield number, None


FORMAT = Format(
    "JSON lines", (".jsonl", ".ndjson", ".jsonlines"), parse, count=count, known_by_url=True
)
