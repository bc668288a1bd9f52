"""Logits of the tokens of a passage → the likeliest spans, on whole words."""

import math
import re
import unicodedata
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.models.span_model import Reading
from qa.text.sentences import Offsets, sentences

# The longest short answer, in tokens, as in BERT's own decoding for SQuAD.
MAX_TOKENS = 30
# How many of the best starts and ends are combined, and how many spans of a passage are kept.
_EDGES = 20
_KEPT = 8
# Signs that belong to the number beside them: "$10,000", "51.3%".
_BEFORE, _AFTER = "$£€#", "%"
_IN_NUMBER = ".,"
# What is opened in a span is closed in it.
_PAIRS = (("(", ")"), ("[", "]"), ("“", "”"), ('"', '"'))
# The agency that sent the report, at the start of a line: "(CNN) Fans lined up", "London/Paris CNN
# —", "KYIV, March 5 (Reuters) - Fans"; but not in "Cable News Network (CNN) was founded". The
# agency looks like a name, and stands in so many articles that it would be the best attested answer
# to any question.
_PLACE = r"(?:(?:[A-Z\d][\w.'’/-]*,?|and|de|do|of)[ ]+){0,9}?"
_AGENCY = r"(?:CNN(?: ?Business)?|AP|AFP|UPI|PTI|ANI|dpa|Reuters|Xinhua|Kyodo(?: News)?)"
_DASH = r"(?:[—–]|--?[ ])"
_SENT_BY = re.compile(
    rf"^{_PLACE}(?P<open>\()?(?P<agency>{_AGENCY})"
    rf"(?(open)\)(?!\s*[a-z,;])|\s*{_DASH}(?!\s*[a-z]))",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span of a text and the sentence it stands in, each as (start, end) in code points.

    `tokens` are the span's first and last token. `likelihood` is the log-probability that the
    network gives it: that of its start plus that of its end, over all the tokens of the text and
    "no answer here".
    """

    span: Offsets
    sentence: Offsets
    tokens: tuple[int, int]
    likelihood: float


def candidates(text: str, reading: Reading, longest: int = MAX_TOKENS) -> list[Candidate]:
    """Return the likeliest spans of a text, of at most `longest` tokens, best first.

    A span begins and ends on word boundaries, stays inside one sentence, and leaves out the agency
    that sent the report.
    """
    offsets = reading.offsets
    if not offsets:
        return []
    start, end = log_probabilities(reading)
    first, last = np.argsort(-start)[:_EDGES], np.argsort(-end)[:_EDGES]
    scores = start[first][:, None] + end[last][None, :]
    length = last[None, :] - first[:, None]
    scores[(length < 0) | (length >= longest)] = -np.inf
    inside = list(sentences(text))
    agencies = [sent.span("agency") for sent in _SENT_BY.finditer(text)]
    found: dict[Offsets, Candidate] = {}
    for place in np.argsort(-scores, axis=None, kind="stable"):
        row, column = divmod(int(place), len(last))
        if not math.isfinite(scores[row, column]) or len(found) == _KEPT:
            break
        span = widened(text, offsets[first[row]][0], offsets[last[column]][1])
        around = [whole for whole in inside if whole[0] <= span[0] and span[1] <= whole[1]]
        signed = any(left < span[1] and span[0] < right for left, right in agencies)
        if around and not signed and span not in found:
            # Two spans of tokens can be one span of words: the likelier stands for both.
            tokens = int(first[row]), int(last[column])
            found[span] = Candidate(span, around[0], tokens, float(scores[row, column]))
    return list(found.values())


def likeliest_in(text: str, reading: Reading, stretch: Offsets) -> Candidate | None:
    """Return the likeliest span inside a sentence; None if no token of the sentence was read."""
    agencies = [sent.span("agency") for sent in _SENT_BY.finditer(text)]
    inside = [
        place
        for place, (left, right) in enumerate(reading.offsets)
        if stretch[0] <= left < right <= stretch[1]
        and not any(first < right and left < last for first, last in agencies)
    ]
    if not inside:
        return None
    start, end = (one[inside] for one in log_probabilities(reading))
    scores = start[:, None] + end[None, :]
    length = np.array(inside)[None, :] - np.array(inside)[:, None]
    scores[(length < 0) | (length >= MAX_TOKENS)] = -np.inf
    row, column = divmod(int(scores.argmax()), len(inside))
    tokens = inside[row], inside[column]
    span = widened(text, reading.offsets[tokens[0]][0], reading.offsets[tokens[1]][1])
    return Candidate(span, stretch, tokens, float(scores[row, column]))


def log_probabilities(reading: Reading) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the log-probability of each token to be an answer's first, and to be its last."""
    return _log_softmax(reading.start, reading.no_start), _log_softmax(reading.end, reading.no_end)


def _log_softmax(logits: NDArray[np.float32], none: float) -> NDArray[np.float64]:
    """Return log-probabilities over the tokens and "no answer", without that of "no answer"."""
    wide = np.append(logits.astype(np.float64), none)
    top = wide.max()
    shifted: NDArray[np.float64] = wide[:-1] - top - math.log(np.exp(wide - top).sum())
    return shifted


def widened(text: str, start: int, end: int) -> Offsets:
    """Move the ends of a span outward: to whole words, whole numbers, and the signs beside them.

    These are the signs of numbers, and the other half of a bracket or quotation mark in the span.
    """
    while start > 0 and _one(text, start):
        start -= 1
    while end < len(text) and _one(text, end):
        end += 1
    if start > 0 and text[start - 1] in _BEFORE and text[start].isdigit():
        start -= 1
    if end < len(text) and text[end] in _AFTER and text[end - 1].isdigit():
        end += 1
    for left, right in _PAIRS:
        opened, closed = text.count(left, start, end), text.count(right, start, end)
        # Of a quotation mark that is the same on both sides, either may be missing.
        odd = left == right and opened % 2 == 1
        if (odd or opened > closed) and text[end : end + 1] == right:
            end += 1
        elif (odd or opened < closed) and start > 0 and text[start - 1] == left:
            start -= 1
    return start, end


def _one(text: str, place: int) -> bool:
    """Tell whether the characters before and after a place belong to one word or number."""
    before, after = text[place - 1], text[place]
    if _of_word(before) and _of_word(after):
        return True
    # The point of "51.3" and the comma of "10,000" have a digit on either side.
    if before in _IN_NUMBER:
        return text[place - 2 : place - 1].isdigit() and after.isdigit()
    if after in _IN_NUMBER:
        return before.isdigit() and text[place + 1 : place + 2].isdigit()
    return False


def _of_word(char: str) -> bool:
    # Accents can be characters of their own, which are no letters.
    return char.isalnum() or unicodedata.category(char).startswith("M")
