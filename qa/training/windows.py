"""Examples → windows of token ids, and windows → batches of like length."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from tokenizers import Encoding
from torch import Tensor

from qa.forward import SafeTokenizer
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
    """Token ids of [CLS] question [SEP] passage [SEP], and the answer's first and last token.

    `first` is where the passage begins. Without an answer `start` and `end` are 0.
    """

    ids: list[int]
    first: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows padded to one length: ids, kinds and mask of shape (windows, tokens)."""

    ids: Tensor
    kinds: Tensor
    mask: Tensor
    start: Tensor
    end: Tensor


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
    if example.span is None:
        left = chosen.randint(0, max(0, tokens - PASSAGE))
        return Window([*head, *passage.ids[left : left + PASSAGE], sep], len(head), 0, 0)
    inside = [
        number
        for number, (start, end) in enumerate(passage.offsets)
        if start < example.span[1] and end > example.span[0]
    ]
    if not inside or inside[-1] - inside[0] >= PASSAGE:
        return None
    lowest = max(0, inside[-1] + 1 - PASSAGE)
    highest = min(inside[0], max(0, tokens - PASSAGE))
    left = chosen.randint(lowest, max(lowest, highest))
    shift = len(head) - left
    return Window(
        [*head, *passage.ids[left : left + PASSAGE], sep],
        len(head),
        inside[0] + shift,
        inside[-1] + shift,
    )


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


def batch(group: Sequence[Window]) -> Batch:
    """Pad windows into tensors."""
    pairs = padded_pairs([w.ids for w in group], [w.first for w in group], _ROUND)
    ids, kinds, mask = map(torch.from_numpy, pairs)
    return Batch(
        ids,
        kinds,
        mask,
        torch.tensor([window.start for window in group]),
        torch.tensor([window.end for window in group]),
    )
