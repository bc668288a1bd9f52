"""Arrays in a file, with what they were made of: written whole or not at all, and checked."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.errors import TrainingError


def write_arrays(path: Path, made_of: str, **arrays: NDArray[Any]) -> None:
    """Write arrays by name, and what they were made of."""
    part = path.with_suffix(".part")
    with part.open("wb") as stream:
        np.savez(stream, made_of=np.array(made_of), **arrays)  # type: ignore[arg-type]
    part.replace(path)


def read_arrays(path: Path, made_of: str) -> dict[str, NDArray[Any]]:
    """Return a file's arrays by name.

    Raises `TrainingError` if they were made of something else.
    """
    with np.load(path) as kept:
        arrays: dict[str, NDArray[Any]] = dict(kept)
    if str(arrays.pop("made_of")) != made_of:
        raise TrainingError(
            f"{path} is of another teacher or other windows: remove {path.parent}, or "
            "take another output"
        )
    return arrays
