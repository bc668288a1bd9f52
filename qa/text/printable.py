"""Texts → the same without characters that no terminal should show, or no file can store."""

import unicodedata


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
