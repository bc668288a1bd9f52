"""What a teacher thinks of each window: computed once, kept in files, and read from them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from qa.errors import TrainingError
from qa.network import ReaderNetwork
from qa.training import fingerprint
from qa.training.windows import SoftTargets, Window, batch, batches

# Windows of one file: about a minute's work, which is what a run that is stopped may lose.
_WRITTEN = 4096
_BATCH_TOKENS = 4096


def with_soft_targets(
    teacher: ReaderNetwork, found: Sequence[Window], folder: Path, log: Callable[[str], None]
) -> list[Window]:
    """Return the windows with what the teacher thinks of each.

    That is kept in `folder`, in parts: one that was stopped goes on where it was. Raises
    `TrainingError` if a part there is another teacher's, or of other windows.
    """
    folder.mkdir(parents=True, exist_ok=True)
    who = fingerprint.of_weights(teacher.state_dict())
    ready: list[Window] = []
    for first in range(0, len(found), _WRITTEN):
        part = found[first : first + _WRITTEN]
        made_of = f"{who} {fingerprint.of_windows(part)}"
        path = folder / f"{first:07}.npz"
        if not path.is_file():
            _write(path, made_of, list(_targets(teacher, part)))
            log(f"soft targets {first + len(part)}/{len(found)}")
        ready += _read(path, made_of, part)
    return ready


def _targets(teacher: ReaderNetwork, part: Sequence[Window]) -> Iterator[SoftTargets]:
    places = {id(window): place for place, window in enumerate(part)}
    targets: dict[int, SoftTargets] = {}
    for group in batches(part, _BATCH_TOKENS, seed=0):
        shaped = batch(group)
        with torch.inference_mode():
            spans, holds = teacher(shaped.ids, shaped.token_types, shaped.mask)
        likely = torch.softmax(spans, dim=1).half().numpy()
        sure = torch.sigmoid(holds).tolist()
        for row, window in enumerate(group):
            # A copy: a view would keep the whole batch in memory.
            tokens = likely[row, : len(window.ids)].copy()
            targets[places[id(window)]] = SoftTargets(tokens, sure[row])
    return (targets[place] for place in range(len(part)))


def _write(path: Path, made_of: str, targets: Sequence[SoftTargets]) -> None:
    part = path.with_suffix(".part")
    with part.open("wb") as stream:
        np.savez(
            stream,
            made_of=np.array(made_of),
            tokens=np.concatenate([one.tokens for one in targets]),
            holds=np.array([one.holds for one in targets]),
        )
    part.replace(path)


def _read(path: Path, made_of: str, part: Sequence[Window]) -> Iterator[Window]:
    with np.load(path) as kept:
        if str(kept["made_of"]) != made_of:
            raise TrainingError(
                f"{path} is of another teacher or other windows: remove {path.parent}, or "
                "take another output"
            )
        tokens, holds = kept["tokens"], kept["holds"]
    ends = np.cumsum([len(window.ids) for window in part])
    for window, target, sure in zip(part, np.split(tokens, ends[:-1]), holds, strict=True):
        yield replace(window, soft=SoftTargets(target, float(sure)))
