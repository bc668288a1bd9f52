"""Articles → the stretches that are given to the network as quotes."""

import random
import re
from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np

from qa.checking.premise import premise
from qa.models.embedder import Embedder
from qa.text.sentences import Offsets, sentences
from qa.types import Article

# Sentences of fewer characters say little; longer ones are often none.
SHORTEST, LONGEST = 40, 400
# Of an article's sentences so many are compared: what a title tells stands among the first.
_FIRST = 30
# How often quotes stand without the article's title and day, and without what their dates mean.
_BARE = 0.4


@cache
def offsets(text: str) -> tuple[Offsets, ...]:
    """Return where the sentences of a text stand."""
    return tuple(sentences(text))


def whole_sentences(article: Article) -> list[Offsets]:
    """Return where a article's sentences of usual length stand."""
    return [
        (start, end)
        for start, end in offsets(article.text)
        if SHORTEST <= end - start <= LONGEST and re.search(r"[.!?]”?$", article.text[start:end])
    ]


def quoted(
    article: Article, places: Sequence[Offsets], chosen: random.Random | None = None
) -> tuple[str, str]:
    """Return quotes as the network reads them, and the heading above them.

    With `chosen`, some at random stand without heading and without the days of their dates.
    """
    if chosen and chosen.random() < _BARE:
        return " ".join(article.text[start:end] for start, end in places), ""
    parts = [premise(article.text, place, article.source.date) for place in places]
    return " ".join(parts), article.source.label


def nearest(
    embedder: Embedder, texts: Sequence[str], articles: Sequence[Article], count: int
) -> Iterator[list[Offsets]]:
    """Yield the sentences of each text's article that are nearest to it in meaning, in order."""
    for text, article in zip(texts, articles, strict=True):
        places = (whole_sentences(article) or list(offsets(article.text)))[:_FIRST]
        vectors = embedder.embed([text, *(article.text[start:end] for start, end in places)])
        near = np.argsort(-(vectors[1:] @ vectors[0]))[:count]
        yield [places[place] for place in sorted(near.tolist())]
