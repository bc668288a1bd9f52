"""A network's weights ↔ files, a byte for each weight: eight bits, and a scale for each row."""

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

# The scales of a matrix stand in the file under its name and this ending.
_SCALE = ".scale"
# The largest file, in bytes: some hosts of repositories refuse larger ones.
LARGEST = 90_000_000


def to_bytes(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return weights by name, those of two dimensions as int8 with a scale for each row.

    The largest number of a row becomes 127. Weights of one dimension are kept in half precision.
    """
    found: dict[str, Tensor] = {}
    for name, value in weights.items():
        if value.dim() < 2:
            found[name] = value.half().contiguous()
            continue
        whole = value.float()
        scale = (whole.abs().amax(dim=1, keepdim=True) / 127).clamp(min=1e-12)
        found[name] = (whole / scale).round().to(torch.int8)
        found[name + _SCALE] = scale.squeeze(1)
    return found


def from_bytes(kept: Mapping[str, Tensor], dtype: torch.dtype) -> dict[str, Tensor]:
    """Return weights by name, as near to what `to_bytes` was given as eight bits can say."""
    return {
        name: (value.float() * kept[name + _SCALE][:, None]).to(dtype)
        if name + _SCALE in kept
        else value.to(dtype)
        for name, value in kept.items()
        if not name.endswith(_SCALE)
    }


def write(weights: Mapping[str, Tensor], folder: Path) -> list[Path]:
    """Write weights as bytes to `model-1.safetensors`, `model-2.safetensors`, … of a folder."""
    parts: list[dict[str, Tensor]] = [{}]
    size = 0
    for name, value in to_bytes(weights).items():
        if size + value.nbytes > LARGEST:
            parts.append({})
            size = 0
        parts[-1][name] = value
        size += value.nbytes
    paths = []
    for number, part in enumerate(parts, start=1):
        paths.append(folder / f"model-{number}.safetensors")
        save_file(part, paths[-1])
    return paths


def read(folder: Path, dtype: torch.dtype) -> dict[str, Tensor]:
    """Return the weights in a folder's files: what `write` wrote, or a training run."""
    kept: dict[str, Tensor] = {}
    for path in sorted(folder.glob("model*.safetensors")):
        kept |= load_file(path)
    return from_bytes(kept, dtype)
