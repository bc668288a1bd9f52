"""What a teacher thinks of each window: computed once, kept in files, and read from them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from qa.network import ReaderNetwork
from qa.training.windows import Taught, Window, batch, batches

# Windows of one file, and tokens of one batch.
_WRITTEN, _TOKENS = 4096, 4096


def taught(
    teacher: ReaderNetwork, found: Sequence[Window], folder: Path, log: Callable[[str], None]
) -> list[Window]:
    """Return the windows with what the teacher thinks of each.

    That is kept in `folder`, in parts: one that was stopped goes on where it was.
    """
    folder.mkdir(parents=True, exist_ok=True)
    ready: list[Window] = []
    for first in range(0, len(found), _WRITTEN):
        part = found[first : first + _WRITTEN]
        path = folder / f"{first:07}.npz"
        if not path.is_file():
            _write(path, list(_thoughts(teacher, part)))
            log(f"taught {first + len(part)}/{len(found)}")
        ready += _read(path, part)
    return ready


def _thoughts(teacher: ReaderNetwork, part: Sequence[Window]) -> Iterator[Taught]:
    places = {id(window): place for place, window in enumerate(part)}
    thoughts: dict[int, Taught] = {}
    for group in batches(part, _TOKENS, seed=0):
        shaped = batch(group)
        with torch.inference_mode():
            spans, holds = teacher(shaped.ids, shaped.kinds, shaped.mask)
        likely = torch.softmax(spans, dim=1).half().numpy()
        sure = torch.sigmoid(holds).tolist()
        for row, window in enumerate(group):
            thoughts[places[id(window)]] = Taught(likely[row, : len(window.ids)], sure[row])
    return (thoughts[place] for place in range(len(part)))


def _write(path: Path, thoughts: Sequence[Taught]) -> None:
    part = path.with_suffix(".part")
    with part.open("wb") as stream:
        np.savez(
            stream,
            tokens=np.concatenate([one.tokens for one in thoughts]),
            holds=np.array([one.holds for one in thoughts]),
        )
    part.replace(path)


def _read(path: Path, part: Sequence[Window]) -> Iterator[Window]:
    """Yield the windows with what was written of them.

    Raises `ValueError` if it was written of others.
    """
    with np.load(path) as kept:
        tokens, holds = kept["tokens"], kept["holds"]
    ends = np.cumsum([len(window.ids) for window in part])
    if len(holds) != len(part) or ends[-1] != len(tokens):
        raise ValueError(f"{path} was written of other windows: remove {path.parent}")
    for window, thought, sure in zip(part, np.split(tokens, ends[:-1]), holds, strict=True):
        yield replace(window, taught=Taught(thought, float(sure)))
