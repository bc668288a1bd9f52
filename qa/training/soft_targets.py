"""What a teacher thinks of each window: computed once, kept in files, and read from them."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from qa.models.reader_network import ReaderNetwork
from qa.training import fingerprint
from qa.training.components import Components
from qa.training.files import read_arrays, write_arrays
from qa.training.windows import Batch, SoftTargets, Window, batch, batches

# Windows of one file: a few minutes' work, which is what a run that is stopped may lose.
_WRITTEN = 4096
_BATCH_TOKENS = 4096
# Windows whose states the components are found by: about 100,000 tokens.
_SAMPLE = 700


def with_soft_targets(
    teacher: ReaderNetwork, found: Sequence[Window], folder: Path, log: Callable[[str], None]
) -> list[Window]:
    """Return the windows with what the teacher thinks of each.

    That is kept in `folder`, in parts: one that was stopped goes on where it was. Raises
    `TrainingError` if a part there is another teacher's, or of other windows.
    """
    folder.mkdir(parents=True, exist_ok=True)
    who = fingerprint.of_weights(teacher.state_dict())
    sample = random.Random(0).sample(found, min(_SAMPLE, len(found)))
    components = Components.load(
        folder / "components.npz", who, lambda: np.concatenate(list(_states(teacher, sample)))
    )
    ready: list[Window] = []
    for first in range(0, len(found), _WRITTEN):
        part = found[first : first + _WRITTEN]
        made_of = f"{who} {fingerprint.of_windows(part)}"
        path = folder / f"{first:07}.npz"
        if not path.is_file():
            _write(path, made_of, list(_targets(teacher, part, components)))
            log(f"soft targets {first + len(part)}/{len(found)}")
        ready += _read(path, made_of, part)
    return ready


def _states(teacher: ReaderNetwork, sample: Sequence[Window]) -> Iterator[NDArray[np.float32]]:
    for group in batches(sample, _BATCH_TOKENS, seed=0):
        shaped = batch(group)
        yield _thought(teacher, shaped)[0][shaped.mask == 1].numpy()


def _targets(
    teacher: ReaderNetwork, part: Sequence[Window], components: Components
) -> Iterator[SoftTargets]:
    places = {id(window): place for place, window in enumerate(part)}
    targets: dict[int, SoftTargets] = {}
    for group in batches(part, _BATCH_TOKENS, seed=0):
        states, spans, holds = _thought(teacher, batch(group))
        for row, window in enumerate(group):
            inside = slice(len(window.ids))
            targets[places[id(window)]] = SoftTargets(
                # A copy: a view would keep the whole batch in memory.
                spans[row, inside].half().numpy().copy(),
                float(holds[row]),
                components.project(states[row, inside].numpy()),
            )
    return (targets[place] for place in range(len(part)))


def _thought(teacher: ReaderNetwork, part: Batch) -> tuple[Tensor, Tensor, Tensor]:
    """Return the states, the probabilities of each token, and those of holding an answer."""
    with torch.inference_mode():
        states = teacher.states(part.ids, part.token_types, part.mask)
        said = teacher.heads(states, part.token_types)
        return states.float(), torch.softmax(said.spans, dim=1), torch.sigmoid(said.holds)


def _write(path: Path, made_of: str, targets: Sequence[SoftTargets]) -> None:
    write_arrays(
        path,
        made_of,
        tokens=np.concatenate([one.tokens for one in targets]),
        holds=np.array([one.holds for one in targets]),
        states=np.concatenate([one.states for one in targets]),
    )


def _read(path: Path, made_of: str, part: Sequence[Window]) -> Iterator[Window]:
    found = read_arrays(path, made_of)
    ends = np.cumsum([len(window.ids) for window in part])[:-1]
    parts = (np.split(found["tokens"], ends), found["holds"], np.split(found["states"], ends))
    for window, tokens, holds, states in zip(part, *parts, strict=True):
        yield replace(window, soft=SoftTargets(tokens, float(holds), states))
