"""Where the lines of a PDF's pages stand → its paragraphs in the order in which they are read.

A page is cut along the white between its blocks, again and again: first where white runs from top
to bottom between columns, else where it runs from side to side.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

_HYPHENS = "-\u00ad\u2010\ufffe\x02"
# In heights of a line: white between columns, between paragraphs, and the indent of a first line.
_GUTTER, _GAP, _INDENT = 0.8, 0.8, 0.6
# A word is narrower or wider than its number of letters tells, by no more than this.
_LOOSE = 1.3
# The part of a page's height, above and below, in which a running head and a page number stand.
_MARGIN = 0.12
_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"\W{0,3}(?:page\s|p\.\s?|seite\s)?\d{1,4}(?:\s?(?:/|of|von)\s?\d{1,4})?\W{0,3}", re.I
)
# Each cut leaves fewer lines; a page that is all noise is read from top to bottom.
_DEEPEST = 40


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text and its box, in points from the page's lower left corner."""

    text: str
    left: float
    bottom: float
    right: float
    top: float

    @property
    def height(self) -> float:
        """The height of the box."""
        return self.top - self.bottom


def paragraphs(pages: Sequence[Sequence[Line]], heights: Sequence[float]) -> list[str]:
    """Return the paragraphs of a document, without what is repeated on the edge of its pages."""
    running = _running(pages, heights)
    found: list[str] = []
    for page, height in zip(pages, heights, strict=True):
        kept = [line for line in page if not _is_running(line, height, running, len(pages))]
        for block, right in _blocks(kept, _right(kept), 0):
            for paragraph in _of_block(block, right):
                if found and _goes_on(found[-1], paragraph):
                    found[-1] = _joined([found[-1], paragraph])
                else:
                    found.append(paragraph)
    return found


def _running(pages: Sequence[Sequence[Line]], heights: Sequence[float]) -> set[str]:
    """Return what stands at the edge of at least half of the pages, numbers aside."""
    counted: Counter[str] = Counter()
    for page, height in zip(pages, heights, strict=True):
        counted.update({_DIGITS.sub("0", one.text) for one in page if _at_edge(one, height)})
    return {text for text, times in counted.items() if times >= max(2, len(pages) / 2)}


def _at_edge(line: Line, height: float) -> bool:
    return line.bottom > height * (1 - _MARGIN) or line.top < height * _MARGIN


def _is_running(line: Line, height: float, running: set[str], pages: int) -> bool:
    if not _at_edge(line, height):
        return False
    number = pages > 1 and bool(_PAGE_NUMBER.fullmatch(line.text.strip()))
    return number or _DIGITS.sub("0", line.text) in running


def _right(lines: Sequence[Line]) -> float:
    return max((line.right for line in lines), default=0.0)


def _blocks(lines: Sequence[Line], right: float, depth: int) -> Iterator[tuple[list[Line], float]]:
    """Yield the blocks of a page, each with where its column ends, in reading order."""
    if not lines:
        return
    unit = median(line.height for line in lines)
    spans = [(line.left, line.right) for line in lines]
    if depth < _DEEPEST and (cut := _widest(spans, _GUTTER * unit)) is not None:
        sides = (
            [one for one in lines if one.left < cut],
            [one for one in lines if one.left >= cut],
        )
        # A number beside a line is no column.
        if min(map(len, sides)) > 1:
            for side in sides:
                yield from _blocks(side, _right(side), depth + 1)
            return
    rows = [(-line.top, -line.bottom) for line in lines]
    cut = _widest(rows, _GAP * unit) if depth < _DEEPEST else None
    if cut is None:
        yield sorted(lines, key=lambda one: (-round(one.top / max(unit, 1)), one.left)), right
        return
    for part in (
        [one for one in lines if -one.top < cut],
        [one for one in lines if -one.top >= cut],
    ):
        yield from _blocks(part, right, depth + 1)


def _widest(spans: Sequence[tuple[float, float]], least: float) -> float | None:
    """Return where the widest white between some spans ends, if it is wide enough."""
    best, place, reached = least, None, float("-inf")
    for start, end in sorted(spans):
        if reached > float("-inf") and start - reached > best:
            best, place = start - reached, start
        reached = max(reached, end)
    return place


def _of_block(lines: Sequence[Line], right: float) -> Iterator[str]:
    """Yield the paragraphs of a block: a first line is indented, or a last line is short.

    A line is short if the first word of the next would have had room on it.
    """
    left = min(line.left for line in lines)
    unit = median(line.height for line in lines)
    paragraph: list[str] = []
    before: Line | None = None
    for line in lines:
        begins = line.left - left > _INDENT * unit and before is not None
        begins = begins and before is not None and before.left - left <= _INDENT * unit
        larger = before is not None and abs(line.height - before.height) > _INDENT * unit
        short = before is not None and _LOOSE * _first_word(line) < right - before.right
        if paragraph and (begins or larger or short):
            yield _joined(paragraph)
            paragraph = []
        paragraph.append(line.text)
        before = line
    yield _joined(paragraph)


def _first_word(line: Line) -> float:
    """Return the width of a line's first word and a space."""
    word = line.text.split()[0]
    return (len(word) + 1) * (line.right - line.left) / max(len(line.text), 1)


def _joined(texts: Sequence[str]) -> str:
    joined = ""
    for text in (one.strip() for one in texts):
        if joined and joined[-1] in _HYPHENS and joined[-2:-1].isalpha() and text[:1].islower():
            joined = joined[:-1] + text
        else:
            joined = f"{joined} {text}".strip()
    return joined


def _goes_on(before: str, after: str) -> bool:
    """Tell whether a paragraph goes on in the next column, or on the next page."""
    return after[:1].islower() and not before.endswith((".", "!", "?", ":", "”", '"', "’"))
