"""Sentences with their quotes → the probabilities that a sentence follows, or is contradicted."""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from qa.models.batching import SafeTokenizer, Workers
from qa.models.span_model import WINDOW, padded_pairs, short_heading

# The relations of a sentence (the hypothesis) to its quotes (the premise), in the order of the
# logits: entailment, contradiction, neutral.
Label = Literal["follows", "opposite", "neither"]
LABELS: tuple[Label, ...] = ("follows", "opposite", "neither")
# The longest sentence, in tokens: the network does not read the rest.
SENTENCE_TOKENS = 160

Probabilities = NDArray[np.float32]


class Pair(NamedTuple):
    """A sentence, and the quotes that it rests on.

    `quotes` have their dates resolved, as `qa.checking.premise` does; `heading` is the title and
    the day of their article, '' if unknown.
    """

    sentence: str
    quotes: str
    heading: str = ""


class EntailmentModel:
    """The network that `python -m qa.training.entailment` trains."""

    def __init__(self, network: Any, tokenizer: SafeTokenizer, device: str, workers: int) -> None:
        self._network = network
        self._tokenizer = tokenizer
        self._device = device
        self._workers = Workers[Probabilities](workers, "entail")

    def probabilities(self, pairs: Sequence[Pair]) -> Probabilities:
        """Return how likely each of `LABELS` is, shape (pairs, 3); each row sums to 1."""
        rows = pair_rows(pairs, self._tokenizer)
        found = np.zeros((len(rows), 3), dtype=np.float32)
        lengths = [len(ids) for ids, _ in rows]
        for places, part in self._workers.submit(self._forward, rows, lengths):
            found[places] = part.result()
        return found

    def too_long(self, sentences: Sequence[str]) -> list[bool]:
        """Tell which sentences have more tokens than the network reads."""
        encoded = self._tokenizer.encode(sentences, special=False)
        return [len(one.ids) > SENTENCE_TOKENS for one in encoded]

    def _forward(self, rows: Sequence[tuple[Sequence[int], int]]) -> Probabilities:
        import torch

        given = padded_pairs([ids for ids, _ in rows], [first for _, first in rows])
        with torch.inference_mode():
            logits = self._network(*(torch.from_numpy(array).to(self._device) for array in given))
            likely: Probabilities = torch.softmax(logits, dim=-1).cpu().numpy()
        return likely


def pair_rows(pairs: Sequence[Pair], tokenizer: SafeTokenizer) -> list[tuple[list[int], int]]:
    """Return for each pair the ids of [CLS] sentence [SEP] heading [SEP] quotes [SEP].

    Each comes with the index at which the quotes begin. Without a heading there is one [SEP]. The
    end of a sentence of more than `SENTENCE_TOKENS` is cut, and so is the end of quotes for which
    the network has no position left.
    """
    cls, sep = tokenizer.ends
    encoded = iter(tokenizer.encode([part for pair in pairs for part in pair], special=False))
    rows = []
    for sentence, quotes, heading in zip(encoded, encoded, encoded, strict=True):
        head = [cls, *sentence.ids[:SENTENCE_TOKENS], sep]
        if heading.ids:
            head += [*short_heading(heading.ids), sep]
        rows.append(([*head, *quotes.ids[: WINDOW - len(head) - 1], sep], len(head)))
    return rows
