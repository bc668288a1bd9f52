"""What tells one run's windows and weights from another's: their SHA-256, in hex."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from qa.training.windows import Window


def of_windows(found: Iterable[Window]) -> str:
    """Return the fingerprint of windows in their order, with what there is to learn from them."""
    known = hashlib.sha256()
    for window in found:
        known.update(np.array([len(window.ids), window.first, *window.ids], np.int32).tobytes())
        known.update(np.array(window.spans, np.int32).tobytes())
        if window.soft:
            known.update(window.soft.tokens.tobytes())
            known.update(window.soft.states.tobytes())
            known.update(np.float64(window.soft.holds).tobytes())
    return known.hexdigest()


def of_numbers(rows: Iterable[Sequence[int]]) -> str:
    """Return the fingerprint of rows of whole numbers, in their order."""
    known = hashlib.sha256()
    for row in rows:
        known.update(np.array([len(row), *row], np.int32).tobytes())
    return known.hexdigest()


def of_weights(weights: Mapping[str, Tensor]) -> str:
    """Return the fingerprint of a network's weights."""
    known = hashlib.sha256()
    for name in sorted(weights):
        known.update(name.encode())
        value = weights[name].detach().cpu().contiguous().reshape(-1)
        known.update(value.view(torch.uint8).numpy().tobytes())
    return known.hexdigest()
