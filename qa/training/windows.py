"""Examples → windows of token ids, and windows → batches of like length."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Encoding
from torch import Tensor

from qa.forward import SafeTokenizer
from qa.passages import Offsets
from qa.span_model import padded_pairs, question_head
from qa.training.examples import Example

# Tokens of a passage that are read at once: as many as the library's passages have.
PASSAGE = 200
_SORTED_TOGETHER = 50
# Lengths are rounded up to a multiple: oneDNN keeps a plan for each shape it has met, and
# without this a long run holds gigabytes of them.
_ROUND = 8


@dataclass(frozen=True, slots=True)
class Window:
    """Token ids of [CLS] question [SEP] passage [SEP], and what there is to learn from them.

    `first` is where the passage begins. `spans` are the answer's first and last token, as each
    of the people had it: (0, 0) if there is none. `taught` is what a teacher thinks of it.
    """

    ids: list[int]
    first: int
    spans: tuple[tuple[int, int], ...]
    taught: "Taught | None" = None


@dataclass(frozen=True, slots=True)
class Taught:
    """A teacher's probabilities of each token to be the start and the end, shape (tokens, 2).

    `holds` is that of the passage to answer at all.
    """

    tokens: NDArray[np.float16]
    holds: float


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows padded to one length: ids, kinds and mask of shape (windows, tokens).

    `target`, of shape (windows, tokens, 2), has the probability of each token to be the start
    and the end; `holds`, of shape (windows,), that there is an answer.
    """

    ids: Tensor
    kinds: Tensor
    mask: Tensor
    target: Tensor
    holds: Tensor


def windows(examples: Sequence[Example], tokenizer: SafeTokenizer, seed: int) -> Iterator[Window]:
    """Yield one window for each example, cut at random around the answer if it is long."""
    chosen = random.Random(seed)
    for first in range(0, len(examples), 1000):
        part = examples[first : first + 1000]
        asked = tokenizer.encode([e.question for e in part], special=False)
        read = tokenizer.encode([e.passage for e in part], special=False)
        for example, question, passage in zip(part, asked, read, strict=True):
            window = _window(example, question, passage, tokenizer, chosen)
            if window:
                yield window


def _window(
    example: Example,
    question: Encoding,
    passage: Encoding,
    tokenizer: SafeTokenizer,
    chosen: random.Random,
) -> Window | None:
    head = question_head(question.ids, tokenizer)
    sep = tokenizer.ends[1]
    tokens = len(passage.ids)
    if not example.spans:
        left = chosen.randint(0, max(0, tokens - PASSAGE))
        return Window([*head, *passage.ids[left : left + PASSAGE], sep], len(head), ((0, 0),))
    inside = [_tokens(passage, span) for span in example.spans]
    if inside[0] is None or inside[0][1] - inside[0][0] >= PASSAGE:
        return None
    start, end = inside[0]
    lowest = max(0, end + 1 - PASSAGE)
    highest = min(start, max(0, tokens - PASSAGE))
    left = chosen.randint(lowest, max(lowest, highest))
    shift = len(head) - left
    return Window(
        [*head, *passage.ids[left : left + PASSAGE], sep],
        len(head),
        tuple(
            (span[0] + shift, span[1] + shift)
            for span in inside
            if span and left <= span[0] and span[1] < left + PASSAGE
        ),
    )


def _tokens(passage: Encoding, span: Offsets) -> tuple[int, int] | None:
    """Return the first and the last token of a span of text; None if it has none."""
    inside = [
        number
        for number, (start, end) in enumerate(passage.offsets)
        if start < span[1] and end > span[0]
    ]
    return (inside[0], inside[-1]) if inside else None


def batches(found: Sequence[Window], tokens: int, seed: int) -> list[list[Window]]:
    """Group windows, in random order, into batches of at most so many tokens with padding."""
    chosen = random.Random(seed)
    order = list(found)
    chosen.shuffle(order)
    # Sorted only within stretches, so that no batch knows much about the whole epoch.
    stretch = max(1, _SORTED_TOGETHER * tokens // 120)
    groups: list[list[Window]] = []
    for first in range(0, len(order), stretch):
        group: list[Window] = []
        for window in sorted(order[first : first + stretch], key=lambda w: -len(w.ids)):
            if group and (len(group) + 1) * len(group[0].ids) > tokens:
                groups.append(group)
                group = []
            group.append(window)
        groups.append(group)
    chosen.shuffle(groups)
    return groups


def batch(group: Sequence[Window], trust: float = 0.0) -> Batch:
    """Pad windows into tensors. `trust` is the weight of what a teacher thinks of them."""
    pairs = padded_pairs([w.ids for w in group], [w.first for w in group], _ROUND)
    ids, kinds, mask = map(torch.from_numpy, pairs)
    target = torch.zeros(*ids.shape, 2)
    holds = torch.zeros(len(group))
    for row, window in enumerate(group):
        weight = trust if window.taught else 0.0
        for span in window.spans:
            target[row, span, (0, 1)] += (1 - weight) / len(window.spans)
        holds[row] = (1 - weight) * (window.spans[0] != (0, 0))
        if window.taught:
            tokens = torch.from_numpy(window.taught.tokens)
            target[row, : len(tokens)] += weight * tokens
            holds[row] += weight * window.taught.holds
    return Batch(ids, kinds, mask, target, holds)
