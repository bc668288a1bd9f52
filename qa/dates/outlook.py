"""How likely a date is still to come, by the words around it: a linear model."""

import math
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.dates.tense import sentence_around
from qa.text.vocabulary import BE, DO, HAVE, MODALS, STRONG_PASTS

WEIGHTS = Path(__file__).parents[1] / "weights" / "direction" / "weights.npy"
# Features are hashed to so many places (Weinberger et al., "Feature Hashing for Large Scale
# Multitask Learning", 2009); one more place holds the bias.
PLACES = 1 << 14
# Words of the sentence that count, before the date and after it.
_BEFORE, _AFTER = 13, 11
_TOKEN = re.compile(r"\d+|[A-Za-z]+(?:['’][a-z]+)?|[,;:()\"“”—–-]")
_AUXILIARIES = BE | HAVE | DO | MODALS
# Words that keep their own shape; of all others the ending tells enough.
_KEPT = _AUXILIARIES | frozenset(
    """to not until by before after since as of at least early late soon when who which that if on
    in from for through starting beginning said ahead due set likely""".split()
)
_VERBS = ("-ed", "-ing", "-s")
# As likely as this to come, a date looks forward; less likely than the other, back.
_FORWARD, _BACK = 0.65, 0.35


def direction(text: str, start: int, end: int) -> int:
    """Return -1 if the words around a stretch look back, 1 if they look forward, 0 if neither."""
    likely = ahead(text, start, end)
    return (likely >= _FORWARD) - (likely < _BACK)


def ahead(text: str, start: int, end: int, gone: int | None = None) -> float:
    """Return how likely a date at a place in a text is still to come, from 0 to 1.

    `gone` is how many days before the text's own date the last such weekday was: of yesterday's
    name, news seldom means the day in six days.
    """
    left, right = sentence_around(text, start, end)
    return _likely(text[left:right], start - left, end - left, gone)


# The same words over and over, as a menu has them, are weighed once.
@lru_cache(maxsize=2048)
def _likely(sentence: str, start: int, end: int, gone: int | None) -> float:
    weights = _weights()
    places = hashed(_features(sentence, start, end, gone))
    score = float(weights[places].sum()) / math.sqrt(len(places)) + float(weights[PLACES])
    return 1 / (1 + math.exp(-score))


@cache
def _weights() -> NDArray[np.float32]:
    weights: NDArray[np.float32] = np.load(WEIGHTS).astype(np.float32)
    return weights


def hashed(names: Iterable[str]) -> NDArray[np.intp]:
    """Return the places of some features, each once."""
    return np.array(sorted({zlib.crc32(name.encode()) % PLACES for name in names}), dtype=np.intp)


def features(text: str, start: int, end: int, gone: int | None) -> Iterator[str]:
    """Return the names of the features of a date at a place in a text.

    The words of its sentence on both sides, alone, with their neighbours, by nearness, and by their
    last two letters; the shapes of words in runs; the nearest verbs; what stands beside the date;
    whether it is a possessive; and `gone`, see `ahead`.
    """
    left, right = sentence_around(text, start, end)
    return _features(text[left:right], start - left, end - left, gone)


def _features(sentence: str, start: int, end: int, gone: int | None) -> Iterator[str]:
    owner = sentence[end : end + 2] in ("'s", "’s")
    before = _tokens(sentence[:start])[-_BEFORE:]
    after = _tokens(sentence[end + 2 * owner :])[:_AFTER]
    yield from (f"gone {gone}", f"gone {owner} {gone}", f"words {min(4, len(sentence) // 40)}")
    yield f"first {len(before) < 2}"
    yield f"beside {before[-1] if before else '^'} {gone}"
    yield f"next {owner} {' '.join(after[:2]) or '$'}"
    yield from _side("before", before[::-1])
    yield from _side(f"after {owner}", after)
    yield from _side("after", after)
    for place in range(max(0, len(before) - 8), len(before) - 2):
        yield f"three {' '.join(before[place : place + 3])}"
    yield from _shapes(before, after, str(owner))


def _shapes(before: Sequence[str], after: Sequence[str], owner: str) -> Iterator[str]:
    """Yield runs of shapes around a date, and the nearest verbs on both sides."""
    left, right = [_shape(word) for word in before], [_shape(word) for word in after]
    for size in (2, 3, 4):
        for place in range(max(0, len(left) - 9), len(left) - size + 1):
            yield f"left {' '.join(left[place : place + size])}"
        for place in range(min(7, len(right) - size + 1)):
            yield f"right {' '.join(right[place : place + size])}"
        yield f"up to {size} {' '.join(left[-size:])}"
        yield f"from {size} {owner} {' '.join(right[:size])}"
    verbs = [shape for shape in left if shape in _VERBS or shape in _AUXILIARIES]
    later = [shape for shape in right if shape in _VERBS or shape in _AUXILIARIES]
    beside = before[-1] if before else "^"
    yield from (f"verb {verbs[-1:]}", f"verbs {verbs[-2:]}", f"verb {beside} {verbs[-1:]}")
    yield from (f"later {owner} {later[:1]}", f"later {later[:2]}")
    yield f"verbs {owner} {verbs[-1:]} {later[:1]}"


def _shape(word: str) -> str:
    if word in _KEPT or not word[0].isalpha():
        return word
    if word in STRONG_PASTS or (word.endswith("ed") and len(word) > 4):
        return "-ed"
    if word.endswith("ing") and len(word) > 5:
        return "-ing"
    return "-s" if word.endswith("s") and len(word) > 3 and not word.endswith("ss") else "*"


def _side(name: str, words: Sequence[str]) -> Iterator[str]:
    """Yield the features of the words on one side of a date, the nearest first."""
    for place, word in enumerate(words):
        yield f"{name} {word}"
        yield f"{name} {min(place // 3, 3)} {word}"
        yield f"{name} -{word[-2:] if len(word) > 3 else ''}"
        yield f"{name} {' '.join(words[place : place + 2])}"
    yield f"{name} beside {words[0] if words else '.'}"


def _tokens(text: str) -> list[str]:
    return [
        "#" if token[0].isdigit() else token.lower().replace("’", "'")
        for token in _TOKEN.findall(text)
    ]
