"""A question and passages → where in each the answer starts and ends, in logits."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.models.batching import SafeTokenizer, Workers, padded

_QUESTION_TOKENS = 64
# What BERT has positions for.
_WINDOW = 512

Logits = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Reading:
    """What the network says of one passage.

    `start` and `end` have one logit for each token, `offsets` its (start, end) in the
    passage, in code points. `no_start` and `no_end` are the logits of "no answer here", and
    `holds` that of "this passage answers the question".
    """

    start: Logits
    end: Logits
    offsets: Sequence[tuple[int, int]]
    no_start: float
    no_end: float
    holds: float


class SpanModel:
    """The network that `python -m qa.training` trains."""

    def __init__(self, network: Any, tokenizer: SafeTokenizer, device: str, workers: int) -> None:
        self._network = network
        self._tokenizer = tokenizer
        self._device = device
        self._workers = Workers[tuple[Logits, Logits]](workers, "read")

    def read(self, question: str, passages: Sequence[str]) -> list[Reading]:
        """Read each passage for the question, and return what was found, in their order.

        A passage is read up to the 512 tokens that the network has positions for, less
        the question's.
        """
        asked, *texts = self._tokenizer.encode([question, *passages], special=False)
        head = question_head(asked.ids, self._tokenizer)
        first = len(head)
        room = _WINDOW - first - 1
        ids = [[*head, *text.ids[:room], self._tokenizer.ends[1]] for text in texts]
        parts = self._workers.submit(partial(self._forward, first), ids)
        found: dict[int, Reading] = {}
        for rows, part in parts:
            spans, holds = part.result()
            for place, row in enumerate(rows.tolist()):
                inside = spans[place, first : len(ids[row]) - 1]
                found[row] = Reading(
                    start=inside[:, 0],
                    end=inside[:, 1],
                    offsets=texts[row].offsets[:room],
                    no_start=float(spans[place, 0, 0]),
                    no_end=float(spans[place, 0, 1]),
                    holds=float(holds[place]),
                )
        return [found[row] for row in range(len(ids))]

    def _forward(self, first: int, ids: Sequence[Sequence[int]]) -> tuple[Logits, Logits]:
        import torch

        pairs = padded_pairs(ids, [first] * len(ids))
        with torch.inference_mode():
            spans, holds = self._network(
                *(torch.from_numpy(array).to(self._device) for array in pairs)
            )
        return spans.cpu().numpy(), holds.cpu().numpy()


def question_head(question: Sequence[int], tokenizer: SafeTokenizer) -> list[int]:
    """Return the token ids that stand before a passage: [CLS] question [SEP].

    A long question loses its beginning: the question proper stands at its end.
    """
    cls, sep = tokenizer.ends
    return [cls, *question[-_QUESTION_TOKENS:], sep]


def padded_pairs(
    ids: Sequence[Sequence[int]], firsts: Sequence[int], multiple: int = 1
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return what the network takes: ids, token types and mask, each of shape (rows, tokens).

    `firsts` says where in each row the passage begins; it ends before the last [SEP].
    """
    tokens, mask = padded(ids, multiple)
    token_types = np.zeros_like(tokens)
    for place, (row, first) in enumerate(zip(ids, firsts, strict=True)):
        token_types[place, first : len(row) - 1] = 1
    return tokens, token_types, mask
