"""Texts → the same without characters that no terminal should show, or no file can store."""

import re
import unicodedata

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_FORMULA = re.compile(r"(?<!\w)[=+@\-＝＋－＠]")


def printable(text: str) -> str:
    """Return a text with control characters escaped: a file's name cannot drive a terminal."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape", "replace").decode()
        for char in storable(text)
    )


def without_controls(text: str) -> str:
    """Return a text without control characters, which command a terminal or turn its direction.

    Line breaks and tabs stay.
    """
    kept = (char for char in text if char in "\n\t" or unicodedata.category(char)[0] != "C")
    return "".join(kept)


def storable(text: str) -> str:
    """Return a text with "?" for each half of a surrogate pair, which no file can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def inert(line: str) -> str:
    """Return a line of JSON that means the same, in which no spreadsheet finds a formula.

    Spreadsheets cut a line where they like, and compute what begins with one of a few signs: within
    strings these are written as JSON's escapes, unless they stand inside a word.
    """
    return _STRING.sub(lambda string: _FORMULA.sub(_escaped, string[0]), line)


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
