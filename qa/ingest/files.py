"""Files and folders → articles, one at a time; what is no article is named with the reason."""

import gzip
import itertools
import os
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Any

from qa.errors import CorpusError
from qa.ingest.formats import (
    Parsed,
    Unreadable,
    csv_rows,
    decode,
    html_article,
    json_rows,
    row_article,
    text_article,
)
from qa.text.printable import printable
from qa.types import Article

SUFFIXES = (".txt", ".md", ".html", ".htm", ".json", ".jsonl", ".csv")
_ROWS = (".json", ".jsonl", ".csv")
# A file of many articles is read whole where its format cannot be read line by line.
MAX_FILE_BYTES = 2**30
_MEGABYTE = 10**6
# A damaged .gz can end early or hold what does not unpack.
_READ_ERRORS = (OSError, EOFError, zlib.error)


@dataclass(frozen=True, slots=True)
class Loaded:
    """An article, the file that it came from (an absolute path), and warnings about it."""

    article: Article
    origin: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    """What was not ingested, and why. `origin` is the file, `where` names it for people."""

    where: str
    reason: str
    origin: str


def read(path: Path, max_article_mb: float) -> Iterator[Loaded | Skipped]:
    """Yield every article in a file, or in a folder and those below it, in sorted order.

    Names that begin with a dot, README files, files of other kinds, and rows with a `question`
    but no `text` are passed over in silence: they are no articles and were not meant to be.

    Raises `CorpusError` if there is no such path, or nothing in it that qa reads.
    """
    root = path.resolve() if path.is_dir() else absolute(path).parent
    limit = int(max_article_mb * _MEGABYTE)
    unreadable: list[OSError] = []
    found = files(path, unreadable)
    for error in unreadable:
        folder = _storable_name(str(error.filename))
        reason = f"the folder cannot be read ({error.strerror}): check its permissions"
        yield Skipped(printable(folder), reason, folder)
    for file in found:
        yield from _File(file, _relative(file, root), limit).articles()


def absolute(path: Path) -> Path:
    """Return an absolute path. A link to a file keeps its own name, which tells the format."""
    return path.resolve() if path.is_dir() else path.parent.resolve() / path.name


def files(path: Path, unreadable: list[OSError] | None = None) -> list[Path]:
    """Return the files below `path` that qa reads, sorted.

    What went wrong with folders that cannot be read is added to `unreadable`.

    Raises `CorpusError` if there is no such path, or no such file in it.
    """
    if not path.exists():
        raise CorpusError(f"no file or folder at {printable(str(path))}: check the path")
    if path.is_file():
        if _is_readme(path.name):
            raise CorpusError(f"{printable(path.name)}: a README is never an article: rename it")
        if suffix(path) is None:
            raise CorpusError(
                f"{printable(path.name)} is not a file that qa reads "
                f"({' '.join(SUFFIXES)}, each also as .gz): convert it first"
            )
        return [absolute(path)]
    unreadable = [] if unreadable is None else unreadable
    found = sorted(_walk(path.resolve(), unreadable))
    if not found and not unreadable:
        raise CorpusError(
            f"no articles in {printable(str(path))}: "
            f"put files there that qa reads ({' '.join(SUFFIXES)})"
        )
    return found


def count(path: Path) -> int:
    """Return about how many articles there are, for a progress bar: files, and lines in them."""
    total = 0
    for file in files(path):
        if suffix(file) in (".jsonl", ".csv"):
            try:
                with _open(file) as stream:
                    chunks = iter(lambda: stream.read(2**20), b"")
                    total += sum(chunk.count(b"\n") for chunk in chunks)
            except _READ_ERRORS:
                continue
        else:
            total += 1
    return total


def suffix(path: Path) -> str | None:
    """Return the lower-cased ending that tells a file's format, `.gz` aside, or None."""
    ending = Path(path.name.lower().removesuffix(".gz")).suffix
    return ending if ending in SUFFIXES else None


def _walk(root: Path, unreadable: list[OSError]) -> Iterator[Path]:
    seen: set[str] = set()
    for folder, names, leaves in os.walk(root, onerror=unreadable.append, followlinks=True):
        # A link back up the tree would be followed for ever.
        real = os.path.realpath(folder)
        if real in seen:
            names.clear()
            continue
        seen.add(real)
        names[:] = sorted(name for name in names if not name.startswith("."))
        for leaf in leaves:
            file = Path(folder, leaf)
            hidden = leaf.startswith(".") or _is_readme(leaf)
            # A pipe would be waited for for ever; a dead link is named when it is read.
            special = file.exists() and not file.is_file()
            if not hidden and not special and suffix(file) is not None:
                yield file


def _is_readme(name: str) -> bool:
    return name.lower().startswith("readme")


def _relative(file: Path, root: Path) -> str:
    return _storable_name(file.relative_to(root).as_posix())


def _storable_name(name: str) -> str:
    # A name that is not valid UTF-8 could not be stored.
    return os.fsencode(name).decode("utf-8", errors="backslashreplace")


def _open(file: Path) -> "gzip.GzipFile | BufferedReader":
    return gzip.open(file) if file.name.lower().endswith(".gz") else file.open("rb")


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    name: str
    limit: int

    def articles(self) -> Iterator[Loaded | Skipped]:
        try:
            if suffix(self.path) in _ROWS:
                yield from self._rows()
            else:
                yield self._loaded(self._single())
        except Unreadable as reason:
            yield self._skipped(str(reason))
        except _READ_ERRORS as error:
            yield self._skipped(f"cannot be read ({getattr(error, 'strerror', None) or error})")

    def _single(self) -> Parsed:
        html = suffix(self.path) in (".html", ".htm")
        text, warnings = decode(self._bytes(self.limit, self._too_long), html=html)
        if html:
            parsed = html_article(text, self.name)
        else:
            parsed = text_article(text, self.name, markdown=suffix(self.path) == ".md")
        return Parsed(parsed.article, warnings + parsed.warnings)

    def _rows(self) -> Iterator[Loaded | Skipped]:
        """Yield the article of each row; a bad row is skipped, not the file."""
        for number, row, warnings in self._parsed_rows():
            place = f"{self.name}:{number}"
            try:
                if isinstance(row, Unreadable):
                    raise row
                if not isinstance(row, dict):
                    raise Unreadable("not an object with a text")
                # Question sets, and their note, may lie beside the articles.
                if ("question" in row or row.keys() == {"note"}) and not row.get("text"):
                    continue
                if len(str(row.get("text") or "").encode("utf-8", "replace")) > self.limit:
                    raise Unreadable(self._too_long)
                parsed = row_article(row, place)
                yield self._loaded(Parsed(parsed.article, warnings + parsed.warnings))
            except Unreadable as reason:
                yield self._skipped(str(reason), f":{number}")

    def _parsed_rows(self) -> Iterator[tuple[int, Any, tuple[str, ...]]]:
        """Yield the number of each row, the row or why it cannot be read, and warnings."""
        if suffix(self.path) == ".jsonl":
            with _open(self.path) as stream:
                for number, line in _lines(stream, 2 * self.limit):
                    yield number, *self._json_line(line)
            return
        text, warnings = decode(self._bytes(MAX_FILE_BYTES, "over 1 GB: save it as .jsonl"))
        rows: Iterable[Any] = csv_rows(text) if suffix(self.path) == ".csv" else json_rows(text)
        for number, row in enumerate(rows, start=1):
            # What there is to say of the file is said once, with its first row.
            yield number, row, warnings
            warnings = ()

    def _json_line(self, line: bytes | None) -> tuple[Any, tuple[str, ...]]:
        if line is None:
            return Unreadable(self._too_long), ()
        try:
            text, warnings = decode(line)
            rows = json_rows(text)
        except Unreadable as reason:
            return reason, ()
        return (rows[0] if len(rows) == 1 else None), warnings

    def _bytes(self, limit: int, too_long: str) -> bytes:
        # One byte more than allowed is asked for, so that a small .gz that unpacks into
        # something huge is noticed without unpacking it.
        with _open(self.path) as stream:
            data = stream.read(limit + 1)
        if len(data) > limit:
            raise Unreadable(too_long)
        return data

    @property
    def _too_long(self) -> str:
        return (
            f"over {self.limit / _MEGABYTE:g} MB in one article: "
            "split it, or raise QA_MAX_ARTICLE_MB"
        )

    def _loaded(self, parsed: Parsed) -> Loaded:
        return Loaded(parsed.article, _storable_name(str(self.path)), parsed.warnings)

    def _skipped(self, reason: str, row: str = "") -> Skipped:
        return Skipped(
            printable(self.name + row), printable(reason), _storable_name(str(self.path))
        )


def _lines(
    stream: "gzip.GzipFile | BufferedReader", limit: int
) -> Iterator[tuple[int, bytes | None]]:
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
