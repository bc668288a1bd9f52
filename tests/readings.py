"""What a network would say of a passage, made by hand."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from qa.models.reader_network import KINDS
from qa.models.span_model import Reading, SpanJudge

Logits = NDArray[np.float32]


def said(
    start: Logits,
    end: Logits,
    offsets: Sequence[tuple[int, int]],
    *,
    none: float = 0.0,
    no_end: float | None = None,
    holds: float = 0.0,
    judge: float = 0.0,
) -> Reading:
    """A reading with these logits, whose judge says the same of each span."""
    flat = np.zeros((len(offsets), 1), dtype=np.float32)
    return Reading(
        start,
        end,
        offsets,
        none,
        none if no_end is None else no_end,
        holds,
        np.zeros(len(KINDS), dtype=np.float32),
        SpanJudge(flat, flat, np.zeros(1, dtype=np.float32), judge),
    )


def reading(
    text: str,
    answers: dict[str, float],
    *,
    holds: float = 0.0,
    none: float = 0.0,
    judge: float = 0.0,
) -> Reading:
    """What a network would say that finds these answers, each with these logits."""
    words, offsets, place = text.split(" "), [], 0
    for word in words:
        offsets.append((place, place + len(word)))
        place += len(word) + 1
    start = np.full(len(words), -9.0, dtype=np.float32)
    end = start.copy()
    for answer, logit in answers.items():
        left = text.index(answer)
        start[[o[0] for o in offsets].index(left)] = logit
        end[[o[1] for o in offsets].index(left + len(answer))] = logit
    return said(start, end, offsets, none=none, holds=holds, judge=judge)
