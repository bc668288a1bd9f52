"""The training loop: fixed seeds, checkpoints, and a learning rate that falls at the end."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from qa.network import ReaderNetwork
from qa.training.noise import add_dropout
from qa.training.windows import Batch, Window, batch, batches


@dataclass(frozen=True)
class Recipe:
    """What a run depends on, besides its data.

    `rate` is AdamW's peak learning rate. It rises over `warm` steps, stays, and falls in a
    line to zero over the last `fall` share of all steps (Hu et al., "MiniCPM", 2024).
    `dropout` is the share of features left out in each layer. `heads` is how many times as
    fast the two heads learn, which start from nothing. `still` counts the lowest layers that
    stay as they are, as the embeddings then do. `trust` is the weight of a teacher's word.
    """

    steps: int
    rate: float = 2e-4
    warm: int = 200
    fall: float = 1.0
    tokens: int = 4096
    holds: float = 0.5
    decay: float = 0.01
    dropout: float = 0.1
    heads: float = 1.0
    still: int = 0
    trust: float = 0.0
    seed: int = 1

    def rate_at(self, step: int) -> float:
        """Return the learning rate of a step, counted from 0."""
        left = (self.steps - step) / max(1.0, self.steps * self.fall)
        return self.rate * min(1.0, (step + 1) / self.warm, left)


def loss(network: ReaderNetwork, part: Batch, recipe: Recipe) -> torch.Tensor:
    """Return the mean cross-entropy of start and end, plus that of "holds an answer"."""
    spans, holds = network(part.ids, part.kinds, part.mask)
    likely = torch.log_softmax(spans, dim=1)
    span = -(part.target * likely).sum(dim=(1, 2)).mean() / 2
    return span + recipe.holds * binary_cross_entropy_with_logits(holds, part.holds)


class Run:
    """A training run that can be stopped and resumed between any two steps.

    The network computes in `dtype`; the weights that AdamW changes are kept in float32.
    """

    def __init__(self, network: ReaderNetwork, recipe: Recipe, folder: Path, dtype: Any) -> None:
        self.recipe = recipe
        self.folder = folder
        if recipe.dropout:
            add_dropout(network.body, recipe.dropout, dtype)
        self.network = network.to(dtype).train()
        for part in _still(network, recipe.still):
            part.requires_grad_(False)
        self.names = [n for n, p in network.named_parameters() if p.requires_grad]
        self.live = [p for p in network.parameters() if p.requires_grad]
        self.master = [p.detach().float().clone() for p in self.live]
        body: list[torch.Tensor] = []
        heads: list[torch.Tensor] = []
        for name, master in zip(self.names, self.master, strict=True):
            (body if name.startswith("body.") else heads).append(master)
        self.optimiser = torch.optim.AdamW(
            [{"params": body, "times": 1.0}, {"params": heads, "times": recipe.heads}],
            lr=recipe.rate,
            weight_decay=recipe.decay,
            betas=(0.9, 0.98),
            fused=True,
        )
        self.step = 0

    def train(self, found: Sequence[Window], log: Callable[[str], None], every: int = 100) -> None:
        """Go on to the last step; write a checkpoint every so many steps and at the end."""
        epoch = 0
        order = batches(found, self.recipe.tokens, self.recipe.seed)
        per_epoch = len(order)
        started, seen, total = time.perf_counter(), 0, 0.0
        while self.step < self.recipe.steps:
            if self.step // per_epoch != epoch:
                epoch = self.step // per_epoch
                order = batches(found, self.recipe.tokens, self.recipe.seed + epoch)
            # Another order can have some batches more or less than the first.
            part = batch(order[self.step % per_epoch % len(order)], self.recipe.trust)
            total += self._advance(part)
            seen += int(part.mask.sum())
            self.step += 1
            if self.step % 50 == 0:
                speed = seen / (time.perf_counter() - started)
                log(
                    f"step {self.step}/{self.recipe.steps} epoch {self.step / per_epoch:.2f} "
                    f"loss {total / 50:.4f} {speed:.0f} tokens/s"
                )
                started, seen, total = time.perf_counter(), 0, 0.0
            if self.step % every == 0 or self.step == self.recipe.steps:
                self.save()

    def _advance(self, part: Batch) -> float:
        value = loss(self.network, part, self.recipe)
        value.backward()  # type: ignore[no-untyped-call]
        for master, live in zip(self.master, self.live, strict=True):
            master.grad = live.grad.float() if live.grad is not None else None
            live.grad = None
        torch.nn.utils.clip_grad_norm_(self.master, 1.0)
        for group in self.optimiser.param_groups:
            group["lr"] = group["times"] * self.recipe.rate_at(self.step)
        self.optimiser.step()
        with torch.no_grad():
            for master, live in zip(self.master, self.live, strict=True):
                live.copy_(master)
        return float(value.detach())

    def weights(self) -> dict[str, torch.Tensor]:
        """Return all weights by name, those that were trained in float32."""
        return {**self.network.state_dict(), **dict(zip(self.names, self.master, strict=True))}

    def write_weights(self) -> Path:
        """Write all weights in half precision, and return the file's path."""
        path = self.folder / "model.safetensors"
        halves = {name: value.half().contiguous() for name, value in self.weights().items()}
        save_file(halves, path)
        return path

    def save(self) -> None:
        """Write a checkpoint, whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        state = {
            "step": self.step,
            "master": dict(zip(self.names, self.master, strict=True)),
            "optimiser": self.optimiser.state_dict(),
            "random": torch.get_rng_state(),
        }
        part = self.folder / "checkpoint.part"
        torch.save(state, part)
        part.replace(self.folder / "checkpoint.pt")

    def resume(self) -> bool:
        """Go back to the folder's checkpoint, if there is one."""
        path = self.folder / "checkpoint.pt"
        if not path.is_file():
            return False
        state = torch.load(path, weights_only=True)
        with torch.no_grad():
            for name, master, live in zip(self.names, self.master, self.live, strict=True):
                master.copy_(state["master"][name])
                live.copy_(master)
        self.optimiser.load_state_dict(state["optimiser"])
        self.step = state["step"]
        torch.set_rng_state(state["random"])
        return True


def _still(network: ReaderNetwork, layers: int) -> Iterator[nn.Module]:
    """Yield what stays as it is: at least the words' own vectors.

    They are half of a small network's weights, and most are too rare in the data to gain.
    """
    embeddings = network.body.embeddings
    yield embeddings if layers else embeddings.word_embeddings
    yield from network.body.encoder.layer[:layers]
