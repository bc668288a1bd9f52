"""A question and passages → logits of where the answer starts and ends in each."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from qa.models.batching import SafeTokenizer, Workers, padded

_QUESTION_TOKENS = 64
# Most titles have 10 to 25 tokens. "(31 March 2017)" has 5.
_HEADING_TOKENS = 40
_DAY_TOKENS = 5
# Readings that are kept, of up to a megabyte each: as many as one answer rests on.
_RECENT = 24
# The number of positions of BERT.
WINDOW = 512

Logits = NDArray[np.float32]
_Arrays = tuple[Logits, ...]


class Text(NamedTuple):
    """A passage, and the title and day of its article; '' without a heading."""

    passage: str
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """The network's outputs for one passage.

    `start` and `end` have one logit for each token, `offsets` its (start, end) in the
    passage, in code points. `no_start` and `no_end` are the logits of "no answer here", and
    `holds` that of "this passage answers the question". `kinds` are the logits of what the
    question asks for, in the order of `KINDS`.
    """

    start: Logits
    end: Logits
    offsets: Sequence[tuple[int, int]]
    no_start: float
    no_end: float
    holds: float
    kinds: Logits
    judge: "SpanJudge"

    def judged(self, first: int, last: int) -> float:
        """Return the logit of a span of tokens, first to last, to answer the question."""
        return self.judge(first, last)


@dataclass(frozen=True, slots=True)
class SpanJudge:
    """The judge of `qa.models.reader_network`, for the spans of one passage.

    `first` and `last` have the shape (tokens, features), `weights` (features,).
    """

    first: Logits
    last: Logits
    weights: Logits
    bias: float

    def __call__(self, first: int, last: int) -> float:
        """Return the logit of a span to answer the question."""
        features = np.maximum(self.first[first] + self.last[last], 0.0)
        return float(features @ self.weights) + self.bias


class SpanModel:
    """The network that `python -m qa.training` trains."""

    def __init__(self, network: Any, tokenizer: SafeTokenizer, device: str, workers: int) -> None:
        self.network = network
        self.tokenizer = tokenizer
        self._device = device
        self._workers = Workers[_Arrays](workers, "read")
        self._recent: OrderedDict[tuple[str, Text], Reading] = OrderedDict()
        self._lock = threading.Lock()
        answers = network.judge.answers
        weights, bias = answers.weight.detach().float().cpu(), answers.bias.detach().float()
        self._answers = weights.numpy()[0], float(bias)

    def read(self, question: str, texts: Sequence[Text]) -> list[Reading]:
        """Read each text for the question, and return the readings in the order of the texts.

        A passage is read up to the 512 tokens that the network has positions for, less
        those of the question and the heading. What was read a moment ago is not read again: the
        forms of an answer read the same passages, each for its own ends.
        """
        with self._lock:
            found = {
                text: self._recent[question, text]
                for text in texts
                if (question, text) in self._recent
            }
        new = [text for text in dict.fromkeys(texts) if text not in found]
        found |= zip(new, self._read(question, new), strict=True)
        with self._lock:
            for text in texts:
                self._recent[question, text] = found[text]
                self._recent.move_to_end((question, text))
            while len(self._recent) > _RECENT:
                self._recent.popitem(last=False)
        return [found[text] for text in texts]

    def _read(self, question: str, texts: Sequence[Text]) -> list[Reading]:
        if not texts:
            return []
        asked, *parts = self.tokenizer.encode(
            [question, *(part for text in texts for part in (text.heading, text.passage))],
            special=False,
        )
        heads = [row_head(asked.ids, part.ids, self.tokenizer) for part in parts[::2]]
        rooms = [WINDOW - len(head) - 1 for head in heads]
        passages = parts[1::2]
        ids = [
            [*head, *passage.ids[:room], self.tokenizer.ends[1]]
            for head, passage, room in zip(heads, passages, rooms, strict=True)
        ]
        firsts = [len(head) for head in heads]
        found: dict[int, Reading] = {}
        given = list(zip(ids, firsts, strict=True))
        for rows, part in self._workers.submit(self._forward, given, list(map(len, ids))):
            spans, holds, kinds, first, last = part.result()
            for place, row in enumerate(rows.tolist()):
                inside = slice(firsts[row], len(ids[row]) - 1)
                found[row] = Reading(
                    start=spans[place, inside, 0],
                    end=spans[place, inside, 1],
                    offsets=passages[row].offsets[: rooms[row]],
                    no_start=float(spans[place, 0, 0]),
                    no_end=float(spans[place, 0, 1]),
                    holds=float(holds[place]),
                    kinds=kinds[place],
                    # Copied, so that a reading that is kept does not keep its whole batch.
                    judge=SpanJudge(
                        first[place, inside].copy(), last[place, inside].copy(), *self._answers
                    ),
                )
        return [found[row] for row in range(len(ids))]

    def _forward(self, rows: Sequence[tuple[Sequence[int], int]]) -> "_Arrays":
        import torch

        pairs = padded_pairs([ids for ids, _ in rows], [first for _, first in rows])
        with torch.inference_mode():
            said = self.network(*(torch.from_numpy(array).to(self._device) for array in pairs))
        return tuple(one.cpu().numpy() for one in said)


def row_head(
    question: Sequence[int], heading: Sequence[int], tokenizer: SafeTokenizer
) -> list[int]:
    """Return the token ids that stand before a passage: [CLS] question [SEP] heading [SEP].

    A long question loses its beginning: the question proper stands at its end. A long heading
    loses its title's end, but not the day after it. Without a heading there is one [SEP].
    """
    cls, sep = tokenizer.ends
    head = [cls, *question[-_QUESTION_TOKENS:], sep]
    if not heading:
        return head
    return [*head, *short_heading(heading), sep]


def short_heading(heading: Sequence[int]) -> Sequence[int]:
    """Return the token ids of a heading, at most 40: a title's end falls out, not the day."""
    if len(heading) <= _HEADING_TOKENS:
        return heading
    return [*heading[: _HEADING_TOKENS - _DAY_TOKENS], *heading[-_DAY_TOKENS:]]


def padded_pairs(
    ids: Sequence[Sequence[int]], firsts: Sequence[int]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the network's input: ids, token types and mask, each of shape (rows, tokens).

    `firsts` says where in each row the passage begins; it ends before the last [SEP].
    """
    tokens, mask = padded(ids)
    token_types = np.zeros_like(tokens)
    for place, (row, first) in enumerate(zip(ids, firsts, strict=True)):
        token_types[place, first : len(row) - 1] = 1
    return tokens, token_types, mask
