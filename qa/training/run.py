"""The training loop: fixed seeds, checkpoints, and a learning rate that falls at the end."""

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, mse_loss

from qa.errors import TrainingError
from qa.models.reader_network import KINDS, Judge, Outputs, ReaderNetwork
from qa.training import fingerprint
from qa.training.dropout import add_dropout
from qa.training.student import OWN, Student
from qa.training.windows import UNKNOWN, Batch, Row, Window, batch, batches

# AdamW's second moment forgets faster than by default: RoBERTa (Liu et al. 2019) trains more
# stably so.
_BETAS = (0.9, 0.98)
# Gradients are cut to this norm, as those of BERT's own training.
_LARGEST_GRADIENT = 1.0
_LOGGED_EVERY = 50
# The likeliest starts and ends that are combined into spans to judge, and how many are judged.
_EDGES = 6
_JUDGED = 5
# Tokens of such a span, at most; and the F1 with an answer's tokens from which it is right.
_LONGEST = 80
_RIGHT = 0.5
_YES_OR_NO = KINDS.index("yesno")
# What may differ in a run that goes on from a checkpoint: a run can be prolonged.
_FREE = ("steps", "learning_rate", "lr_decay_share")


@dataclass(frozen=True)
class Recipe:
    """What a run depends on, besides its data and the weights it starts from.

    `learning_rate` is AdamW's: it rises over `warmup_steps`, and falls in a line to zero over the
    last `lr_decay_share` of all `steps` (Hu et al., "MiniCPM", 2024), where the lower of the two
    counts; what starts from nothing, as the heads do, learns `head_lr_factor` times as fast.
    `weight_decay` is AdamW's. `batch_tokens` bounds a batch, its padding included. `holds_weight`
    is that of "the passage holds an answer" in the loss. `dropout` is the share of features left
    out in each layer. `frozen_layers` counts the lowest layers that stay as they are, as the
    embeddings then do. `distillation` is the weight, 0 to 1, of a teacher's probabilities against
    people's answers; `states_weight` that of the teacher's states in the loss.
    `seed` draws the order of the data and what is left out.
    """

    steps: int
    learning_rate: float = 2e-4
    warmup_steps: int = 200
    lr_decay_share: float = 1.0
    batch_tokens: int = 4096
    holds_weight: float = 0.5
    judge_weight: float = 0.5
    kind_weight: float = 0.1
    weight_decay: float = 0.01
    dropout: float = 0.1
    head_lr_factor: float = 1.0
    frozen_layers: int = 0
    distillation: float = 0.0
    states_weight: float = 1.0
    seed: int = 1

    def rate_at(self, step: int) -> float:
        """Return the learning rate of a step, counted from 0."""
        left = (self.steps - step) / max(1.0, self.steps * self.lr_decay_share)
        return self.learning_rate * min(1.0, (step + 1) / self.warmup_steps, left)


def loss(network: ReaderNetwork, part: Batch, recipe: Recipe) -> torch.Tensor:
    """Return the loss of a batch, a number: the mean over windows of both cross-entropies.

    That of the span is the mean of its start's and its end's, over all tokens; those of "holds an
    answer", of the judge and of the question's kind count as often as the recipe says. A student's
    has also the mean squared error of the teacher's states, which have a mean square of 1.
    """
    states = network.states(part.ids, part.token_types, part.mask)
    said = network.heads(states, part.token_types)
    likely = torch.log_softmax(said.spans, dim=1)
    span = -(part.target * likely).sum(dim=(1, 2)).mean() / 2
    total = span + recipe.holds_weight * binary_cross_entropy_with_logits(said.holds, part.holds)
    if recipe.judge_weight:
        total = total + recipe.judge_weight * judged(network.judge, said, part)
    if recipe.kind_weight and (part.kinds != UNKNOWN).any():
        kinds = cross_entropy(said.kinds, part.kinds, ignore_index=UNKNOWN)
        total = total + recipe.kind_weight * kinds
    if isinstance(network, Student) and part.states is not None:
        predicted = network.mirrored(states[part.mask == 1])
        total = total + recipe.states_weight * mse_loss(predicted, part.states.float())
    return total


def judged(judge: Judge, said: Outputs, part: Batch) -> torch.Tensor:
    """Return the judge's loss: of what it says of the network's own likeliest spans.

    So the judge learns from the mistakes that the network makes, as long as it makes them.
    """
    with torch.no_grad():
        spans = said.spans[:, 1:].topk(min(_EDGES, said.spans.shape[1] - 1), dim=1)
        starts, ends = spans.indices.add(1).unbind(-1)
        scores = spans.values[..., 0][:, :, None] + spans.values[..., 1][:, None, :]
        length = ends[:, None, :] - starts[:, :, None] + 1
        scores = scores.masked_fill((length < 1) | (length > _LONGEST), -torch.inf).flatten(1)
        best = scores.topk(min(_JUDGED, scores.shape[1]), dim=1)
        first = starts.gather(1, best.indices // ends.shape[1])
        last = ends.gather(1, best.indices % ends.shape[1])
        answers = part.spans.shape[1]
        # The answers themselves come first, where there are any.
        first = torch.cat([part.spans[..., 0], first], dim=1)
        last = torch.cat([part.spans[..., 1], last], dim=1)
        counts = torch.cat([part.spans[..., 1] > 0, best.values > -1e4], dim=1)
        right = _right(first, last, part)
        weight = counts / counts.sum(dim=1, keepdim=True).clamp(min=1)
        weight[:, :answers] /= max(1, answers / 2)
    rows = torch.arange(len(first))[:, None]
    logits = judge(
        said.first[rows, first].to(judge.first.weight.dtype),
        said.last[rows, last].to(judge.first.weight.dtype),
    ).float()
    losses = binary_cross_entropy_with_logits(logits, right.float(), reduction="none")
    return (losses * weight).sum() / weight.sum()


def _right(first: torch.Tensor, last: torch.Tensor, part: Batch) -> torch.Tensor:
    """Tell which spans answer, shape (windows, spans): of yes or no, any of the right sentence."""
    start, end = part.spans[:, None, :, 0], part.spans[:, None, :, 1]
    first, last = first[..., None], last[..., None]
    both = (torch.minimum(last, end) - torch.maximum(first, start) + 1).clamp(min=0)
    length = last - first + 1
    alike = 2 * both / (length + end - start + 1)
    inside = (both / length).masked_fill((part.kinds != _YES_OR_NO)[:, None, None], 0.0)
    return ((torch.maximum(alike, inside) >= _RIGHT) & (end > 0)).any(dim=-1)


@dataclass(frozen=True)
class Task:
    """What is learned: the loss of a batch of rows, and what tells some rows from others."""

    loss: Callable[[Any, Sequence[Any], Recipe], torch.Tensor]
    fingerprint: Callable[[Sequence[Any]], str]


def _read(network: ReaderNetwork, group: Sequence[Window], recipe: Recipe) -> torch.Tensor:
    return loss(network, batch(group, recipe.distillation), recipe)


READING = Task(_read, fingerprint.of_windows)


class Run:
    """A training run that can be stopped and goes on from its last checkpoint.

    The network, which has a `body`, computes in `dtype`; all its weights are also kept in float32,
    in which AdamW changes them and in which those that stay as they are lose nothing.
    """

    def __init__(
        self, network: Any, recipe: Recipe, folder: Path, dtype: Any, task: Task = READING
    ) -> None:
        self.recipe = recipe
        self.task = task
        self.folder = folder
        for part in _frozen(network, recipe.frozen_layers):
            part.requires_grad_(False)
        self.master = {
            name: weight.detach().float().clone()
            for name, weight in network.named_parameters()
            if weight.requires_grad
        }
        self.frozen = {n: v for n, v in network.state_dict().items() if n not in self.master}
        self._start = fingerprint.of_weights(self.weights())
        if recipe.dropout:
            add_dropout(network.body, recipe.dropout, dtype)
        self.network = network.to(dtype).train()
        self.live = [p for p in network.parameters() if p.requires_grad]
        body = [master for name, master in self.master.items() if name.startswith("body.")]
        heads = [master for name, master in self.master.items() if not name.startswith("body.")]
        self.optimiser = torch.optim.AdamW(
            [
                {"params": body, "lr_factor": 1.0},
                {"params": heads, "lr_factor": recipe.head_lr_factor},
            ],
            lr=recipe.learning_rate,
            weight_decay=recipe.weight_decay,
            betas=_BETAS,
            fused=True,
        )
        self.step = 0

    def train(self, found: Sequence[Row], log: Callable[[str], None], every: int = 100) -> None:
        """Go on from the folder's checkpoint, if there is one, to the last step.

        Writes a checkpoint every so many steps and at the end. Raises `TrainingError` if the one
        that is there is another run's: of other data, other weights or another recipe.
        """
        made_of = self._made_of(found)
        if self._resume(made_of):
            log(f"resuming at step {self.step}")
        started, steps, seen, total = time.perf_counter(), 0, 0, 0.0
        for epoch, group in itertools.islice(self.groups(found), self.step, self.recipe.steps):
            total += self._advance(group)
            seen += sum(len(row.ids) for row in group)
            steps += 1
            self.step += 1
            if self.step % _LOGGED_EVERY == 0:
                speed = seen / (time.perf_counter() - started)
                log(
                    f"step {self.step}/{self.recipe.steps} epoch {epoch:.2f} "
                    f"loss {total / steps:.4f} {speed:.0f} tokens/s"
                )
                started, steps, seen, total = time.perf_counter(), 0, 0, 0.0
            if self.step % every == 0 or self.step == self.recipe.steps:
                self._save(made_of)

    def groups(self, found: Sequence[Row]) -> Iterator[tuple[float, list[Row]]]:
        """Yield batches without end, each with the epochs that are past when it has been read.

        An epoch has each row once, in an order of its own.
        """
        for epoch in itertools.count():
            groups = batches(found, self.recipe.batch_tokens, f"{self.recipe.seed} {epoch}")
            for place, group in enumerate(groups, start=1):
                yield epoch + place / len(groups), group

    def _made_of(self, found: Sequence[Row]) -> dict[str, Any]:
        fixed = {name: value for name, value in asdict(self.recipe).items() if name not in _FREE}
        return {**fixed, "data": self.task.fingerprint(found), "start": self._start}

    def _advance(self, part: Sequence[Row]) -> float:
        value = self.task.loss(self.network, part, self.recipe)
        value.backward()  # type: ignore[no-untyped-call]
        for master, live in zip(self.master.values(), self.live, strict=True):
            master.grad = live.grad.float() if live.grad is not None else None
            live.grad = None
        torch.nn.utils.clip_grad_norm_(self.master.values(), _LARGEST_GRADIENT)
        for group in self.optimiser.param_groups:
            group["lr"] = group["lr_factor"] * self.recipe.rate_at(self.step)
        self.optimiser.step()
        self._make_live()
        return float(value.detach())

    def _make_live(self) -> None:
        with torch.no_grad():
            for master, live in zip(self.master.values(), self.live, strict=True):
                live.copy_(master)

    def weights(self) -> dict[str, torch.Tensor]:
        """Return all weights by name, in float32."""
        return {**self.frozen, **self.master}

    def write_weights(self) -> Path:
        """Write the network's weights in half precision, and return the file's path."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / "model.safetensors"
        halves = {
            name: value.half().contiguous()
            for name, value in self.weights().items()
            if not name.startswith(OWN)
        }
        save_file(halves, path)
        return path

    def _save(self, made_of: dict[str, Any]) -> None:
        """Write a checkpoint, whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        state = {
            "made_of": made_of,
            "step": self.step,
            "master": self.master,
            "optimiser": self.optimiser.state_dict(),
            "random": torch.get_rng_state(),
        }
        part = self.folder / "checkpoint.part"
        torch.save(state, part)
        part.replace(self.folder / "checkpoint.pt")

    def _resume(self, made_of: dict[str, Any]) -> bool:
        path = self.folder / "checkpoint.pt"
        if not path.is_file():
            return False
        state = torch.load(path, weights_only=True)
        if other := sorted(k for k in made_of if state["made_of"].get(k) != made_of[k]):
            raise TrainingError(
                f"{path} is another run's, which differs in {', '.join(other)}: remove it, or "
                "take another output"
            )
        with torch.no_grad():
            for name, master in self.master.items():
                master.copy_(state["master"][name])
        self._make_live()
        self.optimiser.load_state_dict(state["optimiser"])
        self.step = state["step"]
        torch.set_rng_state(state["random"])
        return True


def _frozen(network: Any, layers: int) -> Iterator[nn.Module]:
    """Yield what stays as it is: at least the words' own vectors.

    They are half of a small network's weights, and most are too rare in the data to gain.
    """
    embeddings = network.body.embeddings
    yield embeddings if layers else embeddings.word_embeddings
    yield from network.body.encoder.layer[:layers]
