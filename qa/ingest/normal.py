"""Text as it is stored: one form for what looks alike, and nothing that a terminal cannot show."""

import re
import unicodedata
from typing import Any

from qa.text.printable import storable

# Zero-width joiners shape letters from Arabic to Mongolian; elsewhere they only hide in words.
_STRAY_JOINERS = re.compile("[\u200c\u200d](?![\u0600-\u1cff])|(?<![\u0600-\u1cff])[\u200c\u200d]")
_BLANK_LINES = re.compile(r"\n{3,}")


class _Table(dict[int, int | str | None]):
    """Each character → what is stored in its place, found out when it is first met."""

    def __missing__(self, code: int) -> int | str | None:
        self[code] = stored = self._stored(chr(code))
        return stored

    @staticmethod
    def _stored(char: str) -> int | str | None:
        category = unicodedata.category(char)
        if char in "\n\t\u200c\u200d":
            return ord(char)
        if category in ("Zl", "Zp") or char in "\x0b\x0c\x85":
            return "\n"
        if category == "Zs":
            return " "
        # Soft hyphens, marks of direction, controls, and code points that stand for no character.
        return None if category in ("Cc", "Cf", "Cn") else ord(char)


_STORED = _Table()


def canonical(value: Any) -> str:
    """Return a text as it is stored: every offset counts in this form; '' for what is no text."""
    if not isinstance(value, str):
        return ""
    text = unix_lines(storable(value)).translate(_STORED)
    text = _STRAY_JOINERS.sub("", unicodedata.normalize("NFC", text))
    return text.strip()


def tidy(text: str) -> str:
    """Return a text that was taken out of markup: no space around lines, single blank lines."""
    lines = (line.strip() for line in unix_lines(text).split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()


def line(value: Any) -> str:
    """Return a text on one line."""
    return " ".join(canonical(value).split())


def unix_lines(text: str) -> str:
    """Return a text with a line feed at the end of each line."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
