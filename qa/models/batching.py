"""Token ids → a network's outputs: rows of similar length share a batch, batches run together."""

import ctypes
import itertools
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Generic, Self, TypeVar

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

# Tokens in one forward pass: 8 passages of 200 tokens were the fastest on one core.
BATCH_TOKENS = 1600
# Rows are padded to a multiple of this many tokens. oneDNN keeps a plan for each shape, and these
# take a gigabyte after some hundred batches if every length is a shape of its own.
_ROUND = 16

# Batches after which the allocator gives back what it holds without using it: what each leaves
# behind is of another size, and fits what comes next the worse, the more there is of it.
_TRIMMED = 50
# An option of glibc's `mallopt`, from its malloc.h.
_M_ARENA_MAX = -8
_ARENAS = 2

Rows = NDArray[np.intp]
Part = TypeVar("Part")
Row = TypeVar("Row")


class SafeTokenizer:
    """A fast tokenizer behind a lock, since two threads must not use one at once.

    `ends` are the ids of [CLS] and [SEP], which BERT sets before and after a text. Raises
    `ValueError` if the tokenizer has none.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        # Tokenizer files ask for padding and cutting; this module does both, and needs the true
        # lengths.
        tokenizer.no_padding()
        tokenizer.no_truncation()
        first, last = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
        if first is None or last is None:
            raise ValueError("the tokenizer is not BERT's: it lacks [CLS] or [SEP]")
        self.ends = (first, last)
        self._tokenizer = tokenizer
        self._lock = threading.Lock()

    @classmethod
    def of(cls, folder: Path) -> Self:
        """Read the tokenizer of a model's folder."""
        return cls(Tokenizer.from_file(str(folder / "tokenizer.json")))

    def encode(self, texts: Sequence[str], special: bool) -> list[Encoding]:
        """Return the encoding of each text, with or without special tokens."""
        with self._lock:
            encoded: list[Encoding] = self._tokenizer.encode_batch(
                list(texts), add_special_tokens=special
            )
        return encoded


class Workers(Generic[Part]):
    """Threads that each compute one batch on one core.

    With small matrices, this is faster than sharing each multiplication among the cores.
    """

    def __init__(self, count: int, name: str) -> None:
        _few_arenas()
        self._pool = ThreadPoolExecutor(count, name, initializer=_one_thread_each)
        self._count = count

    def submit(
        self, task: Callable[[list[Row]], Part], given: Sequence[Row], lengths: Sequence[int]
    ) -> list[tuple[Rows, Future[Part]]]:
        """Begin to compute batches of rows; return the rows and the pending result of each.

        `lengths` are the rows' tokens.
        """
        batches = by_length(lengths, self._count)
        return [
            (rows, self._pool.submit(_computed, task, [given[row] for row in rows]))
            for rows in batches
        ]


_passes = itertools.count(1)


def _computed(task: Callable[[list[Row]], Part], rows: list[Row]) -> Part:
    found = task(rows)
    if next(_passes) % _TRIMMED == 0:
        _trim()
    return found


def _trim() -> None:
    """Give unused memory back to the system, where the C library can: glibc keeps it otherwise."""
    if trim := _of_c_library("malloc_trim"):
        trim(0)


def _few_arenas() -> None:
    """Let all threads allocate from the same few pools; glibc makes a pool for nearly each."""
    if option := _of_c_library("mallopt"):
        option(_M_ARENA_MAX, _ARENAS)


def _of_c_library(name: str) -> Any:
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None


def by_length(lengths: Sequence[int], workers: int) -> list[Rows]:
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


def rounded(tokens: int) -> int:
    """Return the least length to which a row of `tokens` tokens is padded."""
    return -(-tokens // _ROUND) * _ROUND


def padded(ids: Sequence[Sequence[int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return ids and mask, each of shape (rows, tokens), padded with zeros beyond the longest."""
    tokens = np.zeros((len(ids), rounded(max(map(len, ids)))), dtype=np.int64)
    mask = np.zeros_like(tokens)
    for place, row in enumerate(ids):
        tokens[place, : len(row)] = row
        mask[place, : len(row)] = 1
    return tokens, mask


def _one_thread_each() -> None:
    import torch

    torch.set_num_threads(1)
