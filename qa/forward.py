"""Token ids → a network's outputs: rows of like length go together, batches side by side."""

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

# Tokens in one forward pass: 8 passages of 200 tokens kept a core's cache busiest.
BATCH_TOKENS = 1600

Rows = NDArray[np.intp]
Part = TypeVar("Part")


class SafeTokenizer:
    """A fast tokenizer, which two threads must not use at once, behind a lock.

    `ends` are the ids of the tokens that BERT sets before and after a text.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        # Files ask for padding and cutting; both are done here, to see the true lengths.
        tokenizer.no_padding()
        tokenizer.no_truncation()
        self.ends = ends(tokenizer)
        self._tokenizer = tokenizer
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str], special: bool) -> list[Encoding]:
        """Return the encoding of each text, with or without special tokens."""
        with self._lock:
            encoded: list[Encoding] = self._tokenizer.encode_batch(
                list(texts), add_special_tokens=special
            )
        return encoded


def ends(tokenizer: Tokenizer) -> tuple[int, int]:
    """Return the ids of BERT's [CLS] and [SEP].

    Raises `ValueError` if the tokenizer has none.
    """
    first, last = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
    if first is None or last is None:
        raise ValueError("the tokenizer is not BERT's: it lacks [CLS] or [SEP]")
    return first, last


class Workers(Generic[Part]):
    """Threads that each compute one batch on one core.

    Small matrices gain more from that than from sharing out each multiplication.
    """

    def __init__(self, count: int, name: str) -> None:
        self._pool = ThreadPoolExecutor(count, name, initializer=_one_thread_each)
        self._count = count

    def submit(self, task: Any, ids: Sequence[Sequence[int]]) -> list[tuple[Rows, Future[Part]]]:
        """Begin to compute `task(rows)` for each batch of rows; return which rows it has."""
        lengths = [len(row) for row in ids]
        return [(rows, self._pool.submit(task, rows)) for rows in by_length(lengths, self._count)]


def by_length(lengths: Sequence[int], workers: int = 1) -> list[Rows]:
    """Group rows of like length, longest first, so that little padding is computed.

    No group is so large that one of the workers would be left without any.
    """
    budget = min(BATCH_TOKENS, -(-sum(lengths) // workers)) if lengths else BATCH_TOKENS
    groups: list[Rows] = []
    order = np.argsort(np.negative(lengths), kind="stable")
    first = 0
    while first < len(order):
        size = max(1, budget // max(1, lengths[order[first]]))
        groups.append(order[first : first + size])
        first += size
    return groups


def padded(ids: Sequence[Sequence[int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return ids and mask, both of shape (rows, longest row), padded with zeros."""
    tokens = np.zeros((len(ids), max(map(len, ids))), dtype=np.int64)
    mask = np.zeros_like(tokens)
    for place, row in enumerate(ids):
        tokens[place, : len(row)] = row
        mask[place, : len(row)] = 1
    return tokens, mask


def _one_thread_each() -> None:
    import torch

    torch.set_num_threads(1)
