"""JSON: one article, a list of them, or one that an interface's reply holds."""

import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

from qa.ingest.encoding import decode
from qa.ingest.fields import articles_of_rows, has_text_column
from qa.ingest.formats import json_lines
from qa.ingest.parsed import MAX_FILE_BYTES, Format, Found, Input, Unreadable

# Replies keep their list under {"response": {"results": […]}} or the like, no deeper.
_DEEPEST = 3


def parse(given: Input) -> Found:
    """Yield each article of a JSON file; one whose lines are JSON each is read line by line."""
    text, warnings = decode(given.read(MAX_FILE_BYTES))
    try:
        loaded = json.loads(text)
    except (ValueError, RecursionError) as error:
        if _is_lines(text):
            lines = Input(given.name, lambda: io.BytesIO(text.encode()), given.options)
            yield from json_lines.parse(lines)
            return
        raise Unreadable(f"not valid JSON: {error}") from None
    yield from articles_of_rows(_numbered(rows(loaded, given), warnings), given)


def count(given: Input) -> int:
    """Return the number of rows; 1 if the file cannot be read."""
    try:
        return max(len(rows(json.loads(decode(given.read(MAX_FILE_BYTES))[0]), given)), 1)
    except (ValueError, RecursionError, Unreadable):
        return 1


def rows(loaded: Any, given: Input) -> list[Any]:
    """Return the rows in what a JSON file holds."""
    if isinstance(loaded, list):
        return loaded
    if not isinstance(loaded, Mapping):
        return [loaded]
    if table := _by_column(loaded):
        return table
    if has_text_column(loaded, given.options.columns) and not _lists(loaded):
        return [loaded]
    return _inside(loaded, given, 0) or [loaded]


def _lists(loaded: Mapping[str, Any]) -> bool:
    """Tell whether an object's only texts are lists or objects: it holds rows, and is none."""
    return any(isinstance(v, list) and v and isinstance(v[0], Mapping) for v in loaded.values())


def _inside(loaded: Mapping[str, Any], given: Input, depth: int) -> list[Any]:
    """Return the rows that an object holds: a list of objects, or objects by their names."""
    values = list(loaded.values())
    for value in values:
        found = isinstance(value, list) and value and isinstance(value[0], Mapping)
        if found and has_text_column(value[0], given.options.columns):
            return list(value)
    objects = [value for value in values if isinstance(value, Mapping)]
    if len(objects) == len(values) > 0 and all(
        has_text_column(one, given.options.columns) and not _lists(one) for one in objects
    ):
        return objects
    for one in objects if depth < _DEEPEST else ():
        if found := _inside(one, given, depth + 1):
            return list(found)
    return []


def _by_column(loaded: Mapping[str, Any]) -> list[Any]:
    """Return the rows of a table as pandas writes it: {"text": {"0": …}} or split."""
    names, data = loaded.get("columns"), loaded.get("data")
    if isinstance(names, list) and isinstance(data, list):
        return [dict(zip(map(str, names), row, strict=False)) for row in data]
    columns = list(loaded.values())
    if not columns or not all(isinstance(one, Mapping) and one for one in columns):
        return []
    keys = list(columns[0])
    if not all(key.isdecimal() for key in keys) or any(list(one) != keys for one in columns):
        return []
    return [{name: column[key] for name, column in loaded.items()} for key in keys]


def _is_lines(text: str) -> bool:
    first = next((line for line in text.splitlines() if line.strip()), "")
    try:
        return isinstance(json.loads(first), dict)
    except (ValueError, RecursionError):
        return False


def _numbered(
    found: list[Any], warnings: tuple[str, ...]
) -> Iterator[tuple[int, Any, tuple[str, ...]]]:
    for number, row in enumerate(found, start=1):
        # What there is to say of the file is said once, with its first row.
        yield number, row, warnings
        warnings = ()


FORMAT = Format("JSON", (".json",), parse, count=count, known_by_url=True)
