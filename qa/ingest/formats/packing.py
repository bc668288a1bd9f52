"""Files packed by themselves: .gz, .bz2, .xz and .zst, which may end any name that qa reads."""

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path, PurePath
from typing import Any, BinaryIO, cast

from qa.ingest.parsed import Unreadable

# A damaged file can end early or hold what does not unpack.
READ_ERRORS = (OSError, EOFError, zlib.error, lzma.LZMAError)


def _zstandard(source: Any) -> BinaryIO:
    if find_spec("zstandard") is None:
        raise Unreadable(
            "it is packed as .zst, which needs the extra formats (zstandard not found): "
            "in qa's folder, pip install '.[formats]'"
        )
    import zstandard

    # By itself it has no `readline`.
    stream = source.open("rb") if isinstance(source, Path) else source
    reader = zstandard.ZstdDecompressor().stream_reader(stream, read_across_frames=True)
    return io.BufferedReader(reader)


PACKERS: dict[str, Callable[[Any], Any]] = {
    ".gz": gzip.open,
    ".bz2": bz2.open,
    ".xz": lzma.open,
    ".zst": _zstandard,
}


def unpacked_name(name: str) -> str:
    """Return a name in lower case, without the ending that says how the file is packed."""
    low = name.lower()
    for short, long in ((".tgz", ".tar.gz"), (".tbz2", ".tar.bz2"), (".txz", ".tar.xz")):
        low = low.removesuffix(short) + long if low.endswith(short) else low
    ending = PurePath(low).suffix
    return low.removesuffix(ending) if ending in PACKERS else low


def unpacked(name: str, source: Path | BinaryIO) -> BinaryIO:
    """Return the bytes of a file, or of a stream, unpacked if its name says that it is packed."""
    low = name.lower()
    ending = {".tgz": ".gz", ".tbz2": ".bz2", ".txz": ".xz"}.get(
        PurePath(low).suffix, PurePath(low).suffix
    )
    packer = PACKERS.get(ending)
    if packer:
        return cast(BinaryIO, packer(source))
    return source.open("rb") if isinstance(source, Path) else source
