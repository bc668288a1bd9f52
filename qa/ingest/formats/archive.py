"""Zip and tar files of articles, and WACZ: each file in them is read as if it stood by itself.

A small file can unpack into a huge one, or into itself without end: what is unpacked is bounded in
bytes, in files and in depth.
"""

import io
import tarfile
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import Any, BinaryIO, cast

from qa.ingest.formats.packing import unpacked, unpacked_name
from qa.ingest.parsed import MAX_FILE_BYTES, Format, Found, Input, Parsed, Unreadable

_MOST_BYTES, _MOST_FILES, _DEEPEST = 20 * MAX_FILE_BYTES, 1_000_000, 2
_IN_MEMORY = 64 * 2**20
_CHUNK = 2**20
# The pages of a WACZ stand here; the rest of it is indexes.
_WACZ_PAGES = "archive/"


def parse(given: Input) -> Found:
    """Yield the articles of each file in an archive; what is passed over is told in one line."""
    from qa.ingest.formats import registry

    if given.depth >= _DEEPEST:
        raise Unreadable("an archive in an archive in an archive: unpack it first")
    passed: Counter[str] = Counter()
    left = _MOST_BYTES
    for number, (name, stream) in enumerate(_members(given)):
        if number >= _MOST_FILES:
            raise Unreadable(f"over {_MOST_FILES} files in it: unpack it first")
        if _is_hidden(name):
            continue
        if registry.format_of(name) is None:
            passed[PurePosixPath(name).suffix.lower() or "no ending"] += 1
            continue
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as copy:
            left -= _copy(stream, cast(BinaryIO, copy), min(left, MAX_FILE_BYTES), name)
            inner = Input(name, _opener(name, copy), given.options, given.depth + 1)
            for found in registry.parse(inner):
                yield _placed(found, f"/{name}")
    if passed:
        kinds = ", ".join(f"{count} {kind}" for kind, count in passed.most_common())
        yield Unreadable(f"passed over in it: {kinds}")


def _placed(found: Parsed | Unreadable, part: str) -> Parsed | Unreadable:
    if isinstance(found, Unreadable):
        return Unreadable(str(found), part + found.part)
    return found.at(part)


def _is_hidden(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return any(part.startswith((".", "__MACOSX")) for part in parts) or (
        parts[-1].lower().startswith("readme")
    )


def _opener(name: str, copy: Any) -> Callable[[], BinaryIO]:
    def opened() -> BinaryIO:
        copy.seek(0)
        # Whoever reads it closes what it is given, and may ask for it again.
        return unpacked(name, io.BufferedReader(_Kept(copy)))

    return opened


class _Kept(io.RawIOBase):
    """A view of a file that stays open when the view is closed."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        return int(self._file.seek(offset, whence))

    def tell(self) -> int:
        return int(self._file.tell())


def _copy(stream: Any, copy: BinaryIO, limit: int, name: str) -> int:
    size = 0
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        if size > limit:
            raise Unreadable(f"{name} in it unpacks into too much: unpack it first")
        copy.write(chunk)
    return size


def _members(given: Input) -> Iterator[tuple[str, Any]]:
    low = unpacked_name(given.name)
    with given.open() as stream:
        if low.endswith(".tar"):
            # Read from front to end: a packed tar cannot be gone about in.
            with tarfile.open(fileobj=stream, mode="r|") as tar:
                for member in tar:
                    if member.isfile() and (inner := tar.extractfile(member)):
                        yield member.name, inner
            return
        with zipfile.ZipFile(cast(Any, stream)) as file:
            for entry in file.infolist():
                wanted = not low.endswith(".wacz") or entry.filename.startswith(_WACZ_PAGES)
                if wanted and not entry.is_dir():
                    with file.open(entry) as inner:
                        yield entry.filename, inner


FORMAT = Format("archive", (".zip", ".tar", ".wacz"), parse)
