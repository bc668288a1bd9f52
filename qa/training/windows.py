"""Examples → windows of token ids, and windows → batches of like length."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Encoding
from torch import Tensor

from qa.models.batching import SafeTokenizer, rounded
from qa.models.reader_network import KINDS
from qa.models.span_model import padded_pairs, row_head
from qa.text.sentences import Offsets
from qa.training.examples import Example

# Tokens of a passage that are read at once: as many as the library's passages have.
PASSAGE = 200
# Windows are sorted by length within stretches of about so many batches: wide enough that
# little is padded, and so narrow that no batch knows much about the whole epoch.
_SORTED_TOGETHER = 50

# The kind of a question that nobody has told.
UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class Window:
    """Token ids of [CLS] question [SEP] passage [SEP], and what there is to learn from them.

    The heading, if there is one, stands before the passage, with its own [SEP]. `first` is where
    the passage begins. `spans` are the answer's first and last token, as each of the people had
    it: (0, 0) if there is none. `kind` is the number of what the question asks for, -1 if unknown.
    `soft` is what a teacher thinks of it.
    """

    ids: list[int]
    first: int
    spans: tuple[tuple[int, int], ...]
    kind: int = UNKNOWN
    soft: "SoftTargets | None" = None


@dataclass(frozen=True, slots=True)
class SoftTargets:
    """What a teacher thinks of a window.

    `tokens` are the probabilities of each token to be the start and the end, shape (tokens, 2);
    `holds` is that of the passage to answer at all. `states` are what its body makes of each
    token, by their main components, shape (tokens, features).
    """

    tokens: NDArray[np.float16]
    holds: float
    states: NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows padded to one length: ids, token types and mask of shape (windows, tokens).

    `target`, of shape (windows, tokens, 2), has the probability of each token to be the start
    and the end; `holds`, of shape (windows,), that there is an answer; `kinds`, of the same shape,
    are the numbers of what the questions ask for. `spans`, of shape (windows, answers, 2), are the
    answers' first and last tokens, (0, 0) for none. `states`, where there is
    a teacher, are its states of the tokens that are no padding, shape (tokens, features).
    """

    ids: Tensor
    token_types: Tensor
    mask: Tensor
    target: Tensor
    holds: Tensor
    kinds: Tensor
    spans: Tensor
    states: Tensor | None = None


def windows(
    examples: Sequence[Example], tokenizer: SafeTokenizer, seed: int, longest: int = PASSAGE
) -> Iterator[Window]:
    """Yield a window for each example, cut at random around the answer if the passage is long.

    A passage has at most `longest` tokens. There is no window for an answer that is longer, or of
    no token.
    """
    chosen = random.Random(seed)
    for first in range(0, len(examples), 1000):
        part = examples[first : first + 1000]
        asked = tokenizer.encode([e.question for e in part], special=False)
        read = tokenizer.encode([e.passage for e in part], special=False)
        above = tokenizer.encode([e.heading for e in part], special=False)
        for example, question, passage, heading in zip(part, asked, read, above, strict=True):
            head = row_head(question.ids, heading.ids, tokenizer)
            window = _window(example, head, passage, longest, tokenizer.ends[1], chosen)
            if window:
                yield window


def _window(
    example: Example,
    head: list[int],
    passage: Encoding,
    longest: int,
    sep: int,
    chosen: random.Random,
) -> Window | None:
    kind = KINDS.index(example.kind) if example.kind else UNKNOWN
    beyond = max(0, len(passage.ids) - longest)
    if not example.spans:
        left = chosen.randint(0, beyond)
        ids = [*head, *passage.ids[left : left + longest], sep]
        return Window(ids, len(head), ((0, 0),), kind)
    inside = [_tokens(passage, span) for span in example.spans]
    if inside[0] is None or inside[0][1] - inside[0][0] >= longest:
        return None
    start, end = inside[0]
    left = chosen.randint(max(0, end + 1 - longest), min(start, beyond))
    shift = len(head) - left
    return Window(
        [*head, *passage.ids[left : left + longest], sep],
        len(head),
        tuple(
            (span[0] + shift, span[1] + shift)
            for span in inside
            if span and left <= span[0] and span[1] < left + longest
        ),
        kind,
    )


def _tokens(passage: Encoding, span: Offsets) -> tuple[int, int] | None:
    """Return the first and the last token of a span of text; None if it has none."""
    inside = [
        number
        for number, (start, end) in enumerate(passage.offsets)
        if start < span[1] and end > span[0]
    ]
    return (inside[0], inside[-1]) if inside else None


class Row(Protocol):
    """Token ids to learn from, and what there is to learn."""

    @property
    def ids(self) -> list[int]:
        """The ids of all tokens."""
        ...


R = TypeVar("R", bound=Row)


def batches(found: Sequence[R], tokens: int, seed: int | str) -> list[list[R]]:
    """Group rows, in random order, into batches of at most so many tokens with padding.

    A row that is longer by itself is a batch of its own.
    """
    chosen = random.Random(seed)
    order = list(found)
    chosen.shuffle(order)
    stretch = max(1, _SORTED_TOGETHER * tokens * len(order) // sum(len(w.ids) for w in order))
    groups: list[list[R]] = []
    for first in range(0, len(order), stretch):
        group: list[R] = []
        for window in sorted(order[first : first + stretch], key=lambda w: -len(w.ids)):
            if group and (len(group) + 1) * rounded(len(group[0].ids)) > tokens:
                groups.append(group)
                group = []
            group.append(window)
        groups.append(group)
    chosen.shuffle(groups)
    return groups


def batch(group: Sequence[Window], distillation: float = 0.0) -> Batch:
    """Pad windows into tensors.

    `distillation` is the weight, 0 to 1, of a teacher's probabilities; the rest is that of the
    people's spans, which share it.
    """
    pairs = padded_pairs([w.ids for w in group], [w.first for w in group])
    ids, token_types, mask = map(torch.from_numpy, pairs)
    target = torch.zeros(*ids.shape, 2)
    holds = torch.zeros(len(group))
    for row, window in enumerate(group):
        weight = distillation if window.soft else 0.0
        for span in window.spans:
            target[row, span, (0, 1)] += (1 - weight) / len(window.spans)
        holds[row] = (1 - weight) * (window.spans[0] != (0, 0))
        if window.soft:
            tokens = torch.from_numpy(window.soft.tokens)
            target[row, : len(tokens)] += weight * tokens
            holds[row] += weight * window.soft.holds
    kinds = torch.tensor([window.kind for window in group])
    spans = torch.zeros(len(group), max(len(window.spans) for window in group), 2, dtype=torch.long)
    for row, window in enumerate(group):
        # Fewer answers than in another window: the last stands for those that are not there.
        for place in range(spans.shape[1]):
            spans[row, place] = torch.tensor(window.spans[min(place, len(window.spans) - 1)])
    known = [torch.from_numpy(window.soft.states) for window in group if window.soft]
    states = torch.cat(known) if known else None
    return Batch(ids, token_types, mask, target, holds, kinds, spans, states)
