"""A question and passages → where in each the answer starts and ends, in logits."""

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.forward import Rows, SafeTokenizer, Workers, padded

# A longer question loses its beginning: the question proper stands at its end.
QUESTION_TOKENS = 64
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
        cls, sep = self._tokenizer.ends
        head = [cls, *asked.ids[-QUESTION_TOKENS:], sep]
        room = _WINDOW - len(head) - 1
        ids = [[*head, *text.ids[:room], sep] for text in texts]
        first = len(head)
        parts: list[tuple[Rows, Future[tuple[Logits, Logits]]]] = self._workers.submit(
            lambda rows: self._forward([ids[row] for row in rows], first), ids
        )
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

    def _forward(self, ids: Sequence[Sequence[int]], first: int) -> tuple[Logits, Logits]:
        import torch

        tokens, mask = padded(ids)
        kinds = np.zeros_like(tokens)
        for place, row in enumerate(ids):
            kinds[place, first : len(row) - 1] = 1
        with torch.inference_mode():
            spans, holds = self._network(
                *(torch.from_numpy(array).to(self._device) for array in (tokens, kinds, mask))
            )
        return spans.cpu().numpy(), holds.cpu().numpy()
