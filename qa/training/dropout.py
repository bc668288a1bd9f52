"""Dropout that costs little on a CPU.

`torch.nn.Dropout` draws a number for each feature of each token, which on two cores takes
as long as the rest of the step. Here the mask is a stretch, from a random place on, of a pool
that is drawn once: features fall out as often, and only the same long run of them can return.
"""

from collections.abc import Iterable
from typing import Any, cast

import torch
from torch import Tensor, nn
from transformers import BertModel, MPNetModel

# Features in the pool: some ten times those that one layer sees of one batch.
_POOL = 1 << 24


class PooledDropout(nn.Module):
    """Sets a share of the features to 0 and scales up the rest; does nothing in `eval()`.

    Srivastava et al., "Dropout", 2014. `pool` is given to several, to be kept only once.
    """

    def __init__(self, pool: Tensor) -> None:
        super().__init__()
        # Not a buffer: it must not be stored with the weights.
        self.pool = pool

    def forward(self, states: Tensor) -> Tensor:
        """Return the states with some features left out."""
        if not self.training:
            return states
        size = states.numel()
        first = int(torch.randint(0, len(self.pool) - size + 1, ()))
        return states * self.pool[first : first + size].view_as(states)


def pool(share: float, dtype: torch.dtype, size: int = _POOL) -> Tensor:
    """Draw a pool: 0 for a share of its numbers, 1 / (1 - share) for the others."""
    kept = torch.rand(size) >= share
    return (kept / (1 - share)).to(dtype)


def add_dropout(body: BertModel | MPNetModel, share: float, dtype: torch.dtype) -> None:
    """Leave out features where BERT does, but for the attention's own weights."""
    drawn = pool(share, dtype)
    body.embeddings.dropout = cast(nn.Dropout, PooledDropout(drawn))
    layers: Iterable[Any] = body.encoder.layer
    for layer in layers:
        # MPNet's attention adds its own input by itself.
        after = layer.attention if isinstance(body, MPNetModel) else layer.attention.output
        after.dropout = PooledDropout(drawn)
        layer.output.dropout = PooledDropout(drawn)
