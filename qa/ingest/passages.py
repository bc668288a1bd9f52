"""An article → its passages: whole paragraphs and sentences, with offsets into the text.

A change that cuts the same text into other passages raises `PASSAGE_VERSION`, in
`qa.library.recipe`.
"""

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from qa.models.embedder import EMBEDDER
from qa.text.sentences import Offsets, by_paragraph
from qa.types import Article, Passage, Source, text_hash

# In UTF-8. A byte is at most one token, in any script: a heading never fills the window.
_HEADING_BYTES = 120
# Characters of a sentence: what is longer is none, and is cut before its tokens are counted.
_LONGEST = 10_000
# No text has more characters to a token; a run of digits, which is one token, has.
_PER_TOKEN = 50
# Characters that are tokenised at once: each token takes a hundred bytes and more of memory.
_AT_ONCE = 500_000


class Tokenizer(Protocol):
    """Counts as the embedder counts."""

    def token_offsets(self, texts: Sequence[str]) -> list[list[Offsets]]:
        """Return the (start, end) of each token of each text, in code points."""
        ...


def split(
    article: Article, tokenizer: Tokenizer, limit: int, step: Callable[[], object] | None = None
) -> list[Passage]:
    """Cut an article into passages of at most `limit` tokens, in order, without overlap.

    A passage ends with a paragraph where one ends in its second half, else with a
    sentence; only a sentence of more than `limit` tokens is cut, between two tokens. `step` is
    called before each paragraph is put into passages: what it raises ends the work.
    """
    text = article.text
    above = EMBEDDER.passage_prefix + heading(article.source)
    room = EMBEDDER.window - EMBEDDER.special_tokens - _count(tokenizer, above)
    limit = min(limit, room)
    spans: list[Offsets] = []
    size = 0
    for pieces in _tokenised(text, tokenizer):
        if step is not None:
            step()
        whole = sum(_weight(*piece) for piece in pieces)
        starts_new = size > limit / 2 and size + whole > limit
        for (start, end), tokens in pieces:
            weight = _weight((start, end), tokens)
            near = spans and end - spans[-1][0] <= limit * _PER_TOKEN
            if near and not starts_new and size + weight <= limit:
                spans[-1] = (spans[-1][0], end)
                size += weight
                continue
            starts_new = False
            for part in range(0, max(len(tokens), 1), limit):
                inside = tokens[part : part + limit]
                left = start + inside[0][0] if part else start
                right = start + inside[-1][1] if part + limit < len(tokens) else end
                spans.append((left, right))
                size = max(len(inside), weight if part == 0 else 0)
    return _passages(article, spans)


def _weight(place: Offsets, tokens: Sequence[Offsets]) -> int:
    """Return how many tokens a piece counts for: a word of a thousand characters is one token."""
    return max(len(tokens), (place[1] - place[0]) // _PER_TOKEN)


def _tokenised(text: str, tokenizer: Tokenizer) -> Iterator[list[tuple[Offsets, list[Offsets]]]]:
    """Yield, for each paragraph, its sentences with the offsets of their tokens.

    A paragraph of very many characters is yielded in parts.
    """
    for batch in _batches(text):
        flat = [text[start:end] for group in batch for start, end in group]
        tokens = iter(tokenizer.token_offsets(flat))
        for group in batch:
            yield [(piece, next(tokens)) for piece in group]


def _batches(text: str) -> Iterator[list[list[Offsets]]]:
    """Yield the sentences of some paragraphs at a time, of about `_AT_ONCE` characters."""
    batch: list[list[Offsets]] = []
    size = 0
    for paragraph in by_paragraph(text):
        group: list[Offsets] = []
        for start, end in paragraph:
            for left in range(start, end, _LONGEST):
                right = min(left + _LONGEST, end)
                group.append((left, right))
                size += right - left
                if size >= _AT_ONCE:
                    yield [*batch, group]
                    batch, group, size = [], [], 0
        if group:
            batch.append(group)
    if batch:
        yield batch


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
    return f"{EMBEDDER.passage_prefix}{heading(source)}\n{passage.text}"
