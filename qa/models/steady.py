"""Matrices of few heights: without these, memory grows with every length of text that is read.

oneDNN, which multiplies matrices on CPUs, compiles a program for each height of a matrix and keeps
it: about a megabyte for each height and shape of layer (`benchmarks.campaign.memory`).
"""

from torch import Tensor, nn
from torch.nn.functional import linear, pad

# Heights beyond the first are multiples of this, so that there are some 30 instead of hundreds.
_ROUND = 64


class SteadyLinear(nn.Linear):
    """A linear layer that adds rows of zeros to what it is given, and takes their results away."""

    def forward(self, input: Tensor) -> Tensor:
        """Return what `nn.Linear` returns, of shape (..., features)."""
        rows = input.reshape(-1, input.shape[-1])
        # A question alone is short, and would be computed several times over.
        missing = -len(rows) % _ROUND if len(rows) > _ROUND else 0
        if missing:
            rows = pad(rows, (0, 0, 0, missing))
        found = linear(rows, self.weight, self.bias)
        return found[: len(found) - missing].reshape(*input.shape[:-1], -1)


def steady(network: nn.Module) -> None:
    """Make each linear layer of a network on a CPU a `SteadyLinear`, with the same weights."""
    for module in network.modules():
        if type(module) is nn.Linear:
            module.__class__ = SteadyLinear
