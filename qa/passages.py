"""An article → its passages: whole paragraphs and sentences, with offsets into the text."""

import dataclasses
import re
from collections.abc import Iterator, Sequence
from typing import Protocol

from sentencex import get_sentence_boundaries

from qa.types import Article, Passage, Source, text_hash

# Raised whenever the same text would be cut into other passages than before.
VERSION = 1
# The embedder reads no further than this (max_seq_length of all-MiniLM-L6-v2), and sets
# its [CLS] and [SEP] around what it reads.
WINDOW = 256
_SPECIAL_TOKENS = 2
_GAP = re.compile(r"\n\s*\n")
# What the segmenter takes for the end of a sentence: "at 5 p.m. Monday".
_NO_END = re.compile(r"[ap]\.m\.\s+(?:[A-Z][a-z]+day\b|[A-Z]{2,4}\b|Eastern\b|Pacific\b)")
_WHITE_SPACE = re.compile(r"[^\S\n]")
# In UTF-8. A byte is at most one token, in any script: a heading never fills the window.
_HEADING_BYTES = 120

Offsets = tuple[int, int]


class Tokenizer(Protocol):
    """Counts as the embedder counts."""

    def token_offsets(self, texts: Sequence[str]) -> list[list[Offsets]]:
        """Return the (start, end) of each token of each text, in code points."""
        ...


def paragraphs(text: str) -> Iterator[Offsets]:
    """Yield the (start, end) of each paragraph: what blank lines set apart."""
    opened = 0
    for gap in _GAP.finditer(text):
        yield from _trimmed(text, opened, gap.start())
        opened = gap.end()
    yield from _trimmed(text, opened, len(text))


def sentences(text: str) -> Iterator[Offsets]:
    """Yield the (start, end) of each sentence, without the white space around it."""
    for start, end in paragraphs(text):
        yield from _sentences(text, start, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[Offsets]:
    piece = text[start:end]
    left = start + len(piece) - len(piece.lstrip())
    right = start + len(piece.rstrip())
    if left < right:
        yield left, right


def _sentences(text: str, start: int, end: int) -> Iterator[Offsets]:
    opened: int | None = None
    # The segmenter panics on some white space that is not ASCII ("Plan B\u00a0."). What
    # stands in for it is one character too, so that the offsets hold.
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


def split(article: Article, tokenizer: Tokenizer, limit: int) -> list[Passage]:
    """Cut an article into passages of at most `limit` tokens, in order, without overlap.

    A passage ends with a paragraph where one ends in its second half, else with a
    sentence; only a sentence of more than `limit` tokens is cut, between two tokens.
    """
    text = article.text
    limit = min(limit, WINDOW - _SPECIAL_TOKENS - _count(tokenizer, heading(article.source)))
    spans: list[Offsets] = []
    size = 0
    for pieces in _tokenised(text, tokenizer):
        whole = sum(len(tokens) for _, tokens in pieces)
        starts_new = size > limit / 2 and size + whole > limit
        for (start, end), tokens in pieces:
            if spans and not starts_new and size + len(tokens) <= limit:
                spans[-1] = (spans[-1][0], end)
                size += len(tokens)
                continue
            starts_new = False
            for part in range(0, max(len(tokens), 1), limit):
                inside = tokens[part : part + limit]
                left = start + inside[0][0] if part else start
                right = start + inside[-1][1] if part + limit < len(tokens) else end
                spans.append((left, right))
                size = len(inside)
    return _passages(article, spans)


def _tokenised(text: str, tokenizer: Tokenizer) -> Iterator[list[tuple[Offsets, list[Offsets]]]]:
    """Yield, for each paragraph, its sentences with the offsets of their tokens."""
    grouped = [list(_sentences(text, start, end)) for start, end in paragraphs(text)]
    flat = [text[start:end] for group in grouped for start, end in group]
    tokens = iter(tokenizer.token_offsets(flat))
    for group in grouped:
        yield [(piece, next(tokens)) for piece in group]


def _count(tokenizer: Tokenizer, text: str) -> int:
    return len(tokenizer.token_offsets([text])[0])


def _passages(article: Article, spans: Sequence[Offsets]) -> list[Passage]:
    # The text's hash is part of the id: a changed article's passages never share an id
    # with the old ones, so that old and new vectors can stand side by side for a moment.
    stem = text_hash(f"{article.id}\0{heading(article.source)}\0{article.text}")[:20]
    return [
        Passage(f"{stem}-{number}", article.id, start, end, article.text[start:end])
        for number, (start, end) in enumerate(spans)
    ]


def heading(source: Source) -> str:
    """Return the line of title and date that is embedded above each of an article's passages."""
    title = source.title.encode()[:_HEADING_BYTES].decode(errors="ignore")
    return dataclasses.replace(source, title=title).label


def embedded_text(passage: Passage, source: Source) -> str:
    """Return what is embedded for a passage: its article's title and date, then its text."""
    return f"{heading(source)}\n{passage.text}"
