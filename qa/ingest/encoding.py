"""Bytes → text: which encoding they are in, and whether they were decoded wrongly before."""

import re
from collections.abc import Iterator
from typing import BinaryIO

import ftfy
from charset_normalizer import from_bytes

from qa.ingest.parsed import Unreadable

_PROBE = 8192
_SAMPLE = 2**20
_HTML_CHARSET = re.compile(
    rb"""<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)=\s?["']?([A-Za-z0-9_:.-]+)""",
    re.IGNORECASE,
)
# What browsers take these names for, by the WHATWG's standard: pages that state the one are in the
# other.
_MEANT = {
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "iso-8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
}
# The encodings of Western European text that charset-normalizer cannot tell apart in a few bytes.
_WESTERN = ("cp1252", "mac_roman")
# A share of characters beyond ASCII above this is no Western European text.
_WESTERN_SHARE = 0.2
# In a word, what follows a small letter is another one, an apostrophe, or the word's end: the wrong
# encoding puts signs and capitals there.
_BREAK = re.compile(r"[a-zß-öø-ÿ](?:[^\W\d_a-zß-öø-ÿœžšﬁﬂ]|[^\w\s\x00-\x7f–—’‘”“…»«°€£])")
_MARKS = re.compile("[\x80-\x9f\ufffd¤¸¯¬†‡ˆ˜◊∞∂∑∏∫Ω≠√≈∆\uf8ff]")

Decoded = tuple[str, tuple[str, ...]]


def decode(data: bytes, *, html: bool = False, declared: str = "") -> Decoded:
    """Return the text of some bytes, and warnings.

    A byte-order mark comes first, then UTF-8; then an encoding that an HTML page or a mail
    declares; then, if the bytes are UTF-8 but for a few, UTF-8 with those replaced; then the best
    guess. Text that was decoded wrongly before is repaired.

    Raises `Unreadable` for binary data.
    """
    text, warnings = _decoded(data, html=html, declared=declared)
    return repaired(text, warnings)


def repaired(text: str, warnings: tuple[str, ...] = ()) -> Decoded:
    """Return a text in which UTF-8 that was read as another encoding is put right, if any is."""
    if text.isascii() or not ftfy.badness.is_bad(text):
        return text, warnings
    fixed = ftfy.fix_encoding(text)
    if fixed == text:
        return text, warnings
    return fixed, (*warnings, "its text was decoded wrongly before: repaired")


def encoding_of(stream: BinaryIO) -> tuple[str, tuple[str, ...]]:
    """Return the encoding of a stream that is too long to be held, and warnings.

    Raises `Unreadable` for binary data.
    """
    sample = stream.read(_SAMPLE)
    if mark := _marked(sample):
        return mark, ()
    if b"\x00" in sample[:_PROBE]:
        raise Unreadable("binary file: only text can be ingested")
    broken = _first_broken(sample, stream)
    if broken is None:
        return "utf-8-sig", ()
    text, warnings = _guessed(broken)
    return ("utf-8-sig" if "\ufffd" in text else _name(warnings)), warnings


def _first_broken(sample: bytes, stream: BinaryIO) -> bytes | None:
    """Return the first stretch of a stream that is no UTF-8."""
    for chunk in _whole_lines(sample, stream):
        try:
            chunk.decode("utf-8")
        except UnicodeDecodeError:
            return chunk[:_SAMPLE]
    return None


def _whole_lines(sample: bytes, stream: BinaryIO) -> Iterator[bytes]:
    kept = b""
    while sample:
        # A character must not be cut in two, and no line break is part of one.
        chunk, mark, rest = (kept + sample).rpartition(b"\n")
        yield chunk + mark
        kept = rest
        sample = stream.read(_SAMPLE)
    yield kept


def _decoded(data: bytes, *, html: bool, declared: str) -> Decoded:
    if mark := _marked(data):
        return data.decode(mark, errors="replace"), ()
    if b"\x00" in data[:_PROBE]:
        raise Unreadable("binary file: only text can be ingested")
    try:
        return data.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        pass
    found = _HTML_CHARSET.search(data[:4096]) if html else None
    named = (found[1].decode("ascii") if found else declared).lower()
    if named:
        try:
            return data.decode(_MEANT.get(named, named)), ()
        except (UnicodeError, LookupError):
            pass
    return _guessed(data)


def _marked(data: bytes) -> str:
    """Return the encoding that a byte-order mark tells, or the zero bytes of UTF-16 without one."""
    if data.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return "utf-32"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    probe = data[:_PROBE]
    even, odd = probe[0::2], probe[1::2]
    for zeros, others, encoding in ((odd, even, "utf-16-le"), (even, odd, "utf-16-be")):
        if zeros and zeros.count(0) > len(zeros) / 2 and not others.count(0):
            return encoding
    return ""


def _guessed(data: bytes) -> Decoded:
    replaced = data.decode("utf-8-sig", errors="replace")
    broken = replaced.count("\ufffd")
    beyond = sum(not char.isascii() for char in replaced)
    if beyond > 2 * broken:
        return replaced, (f"broken UTF-8: {broken} bytes replaced by \ufffd",)
    high = sum(byte > 0x7F for byte in data[:_SAMPLE])
    if high < _WESTERN_SHARE * len(data[:_SAMPLE]):
        name = min(_WESTERN, key=lambda one: _oddity(data[:_SAMPLE], one))
        best = from_bytes(data[:_SAMPLE]).best()
        if best is None or _oddity(data[:_SAMPLE], name) <= _oddity(data[:_SAMPLE], best.encoding):
            return data.decode(name, errors="replace"), (f"not UTF-8: read as {name}",)
    best = from_bytes(data).best()
    if best is None:
        raise Unreadable("binary file, or an unknown encoding: save it as UTF-8")
    return str(best), (f"not UTF-8: read as {best.encoding}",)


def _oddity(data: bytes, encoding: str) -> int:
    """Return how many places of a text, read in an encoding, look like no text of Europe's."""
    text = data.decode(encoding, errors="replace")
    return len(_BREAK.findall(text)) + 2 * len(_MARKS.findall(text))


def _name(warnings: tuple[str, ...]) -> str:
    return warnings[0].rsplit(" ", 1)[1]
