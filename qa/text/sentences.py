"""Paragraphs and sentences of a text, by their offsets into it."""

import re
from collections.abc import Iterator

from sentencex import get_sentence_boundaries

_GAP = re.compile(r"\n\s*\n")
# Places that the segmenter wrongly takes for the end of a sentence: "at 5 p.m. Monday".
_NO_END = re.compile(r"[ap]\.m\.\s+(?:[A-Z][a-z]+day\b|[A-Z]{2,4}\b|Eastern\b|Pacific\b)")
_WHITE_SPACE = re.compile(r"[^\S\n]")

# Where a stretch of a text starts and ends, in code points.
Offsets = tuple[int, int]


def paragraphs(text: str) -> Iterator[Offsets]:
    """Yield the (start, end) of each paragraph; blank lines separate paragraphs."""
    opened = 0
    for gap in _GAP.finditer(text):
        yield from _trimmed(text, opened, gap.start())
        opened = gap.end()
    yield from _trimmed(text, opened, len(text))


def sentences(text: str) -> Iterator[Offsets]:
    """Yield the (start, end) of each sentence, without the white space around it."""
    for group in by_paragraph(text):
        yield from group


def by_paragraph(text: str) -> Iterator[list[Offsets]]:
    """Yield the sentences of each paragraph, as `sentences` has them."""
    for start, end in paragraphs(text):
        yield list(_sentences(text, start, end))


def _trimmed(text: str, start: int, end: int) -> Iterator[Offsets]:
    piece = text[start:end]
    left = start + len(piece) - len(piece.lstrip())
    right = start + len(piece.rstrip())
    if left < right:
        yield left, right


def _sentences(text: str, start: int, end: int) -> Iterator[Offsets]:
    opened: int | None = None
    # The segmenter panics on some white space that is not ASCII ("Plan B\u00a0."). The substitute
    # has one character too, so that the offsets hold.
    plain = _WHITE_SPACE.sub(" ", text[start:end])
    for found in get_sentence_boundaries("en", plain):
        bounds = _trimmed(text, start + found["start_index"], start + found["end_index"])
        for left, right in bounds:
            opened = left if opened is None else opened
            if _NO_END.match(text, max(opened, right - len("p.m.")), end):
                continue
            yield opened, right
            opened = None
    if opened is not None:
        yield opened, end
