"""The entailment network: the large reader's body, a low-rank change of it, and a head. Torch."""

import math
from collections.abc import Iterable, Iterator
from typing import Any

import torch
from torch import Tensor, nn
from transformers import MPNetModel

from qa.models.entailment_model import LABELS
from qa.models.reader_network import states

# The rank of the change of each matrix, and how strongly the change counts (Hu et al., "LoRA",
# 2022, section 4.1: alpha / r).
_RANK = 32
_STRENGTH = 2.0
# The lowest layers stay as the reader learned them: their features of words are general.
KEPT_LAYERS = 4


class LowRank(nn.Module):
    """A linear layer that stays as it is, and a change of low rank beside it.

    `down` maps to `_RANK` features and `up` from them; `up` begins with zeros, so that the change
    begins with none.
    """

    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        self.base = base
        self.down = nn.Linear(base.in_features, _RANK, bias=False)
        self.up = nn.Linear(_RANK, base.out_features, bias=False)
        nn.init.normal_(self.down.weight, std=1 / math.sqrt(base.in_features))
        nn.init.zeros_(self.up.weight)

    def forward(self, given: Tensor) -> Tensor:
        """Return the layer's output, shape (…, out features), of states of (…, in features)."""
        changed: Tensor = self.base(given) + _STRENGTH * self.up(self.down(given))
        return changed


class EntailmentNetwork(nn.Module):
    """(sentence, quotes) → whether the quotes say the sentence, its opposite, or neither.

    The body's own weights are the large reader's, and may be shared with the reader in memory.
    """

    def __init__(self, body: MPNetModel) -> None:
        super().__init__()
        size = body.config.hidden_size
        self.body = body
        for parent, name, linear in _changed(body):
            setattr(parent, name, LowRank(linear))
        self.dense = nn.Linear(size, size)
        self.label = nn.Linear(size, len(LABELS))

    def forward(self, ids: Tensor, token_types: Tensor, mask: Tensor) -> Tensor:
        """Return the logits of `LABELS`, shape (rows, labels), in float32.

        `ids`, `token_types` and `mask` are those of `ReaderNetwork.forward`: the sentence stands
        in the place of the question, the quotes in that of the passage.
        """
        whole = states(self.body, ids, token_types, mask)[:, 0]
        logits: Tensor = self.label(torch.tanh(self.dense(whole))).float()
        return logits

    def own(self) -> dict[str, Tensor]:
        """Return the network's own weights by name: the low-rank change, and the head."""
        return {
            name: weight
            for name, weight in self.named_parameters()
            if not name.startswith("body.") or name.endswith((".down.weight", ".up.weight"))
        }


def _changed(body: MPNetModel) -> Iterator[tuple[nn.Module, str, nn.Linear]]:
    """Yield the matrices that are changed: attention and feed-forward of each upper layer."""
    layers: Iterable[Any] = body.encoder.layer[KEPT_LAYERS:]
    for layer in layers:
        attention = layer.attention.attn
        for name in ("q", "k", "v", "o"):
            yield attention, name, getattr(attention, name)
        yield layer.intermediate, "dense", layer.intermediate.dense
        yield layer.output, "dense", layer.output.dense
