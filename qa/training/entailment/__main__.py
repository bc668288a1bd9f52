"""`python -m qa.training.entailment --data FOLDER --output RUN`: trains the entailment network.

It begins with the large reader that comes with qa, which stays as it is. `--ship` writes what was
trained to qa/weights/entailment, with the threshold chosen on the sentences kept back for that.
"""

import argparse
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch.nn.functional import cross_entropy

from qa.errors import QAError
from qa.models.batching import SafeTokenizer
from qa.models.device import best_dtype
from qa.models.entailment_model import pair_rows
from qa.models.entailment_network import EntailmentNetwork
from qa.models.loading import changed_reader, load_embedder, load_network, load_small_reader
from qa.models.shipped import READER, WEIGHTS
from qa.models.span_model import padded_pairs
from qa.settings import Settings
from qa.training import fingerprint
from qa.training.entailment import sources
from qa.training.entailment.lessons import FALSE, Lesson
from qa.training.entailment.ship import ship
from qa.training.entailment.style import as_tokenised
from qa.training.natural import KEPT_BACK, kept_back, natural, weeks
from qa.training.run import Recipe, Run, Task

# Shares of the reader's files: questions on sentences like those of the news come first.
_READ = {
    "train-squadshifts": 0.07,
    "train-squad-part": 0.18,
    "train-qamr": 0.05,
    "train-tweetqa": 0.1,
    "train-squad2-dev": 0.8,
    "train-squad1-dev": 0.2,
    "train-qadiscourse-wikinews": 0.3,
    "train-quoref": 0.7,
    "train-nq-open": 0.2,
}
SUPPORTED = Path("benchmarks") / "supported.jsonl"
# Articles of which titles, and sentences, are taken.
_TITLES, _COPIED = 2000, 2000
# A lesson of more tokens is left out: few are, and they would fill a batch.
_LONGEST = 320
_RECIPE = Recipe(steps=850, learning_rate=5e-4, warmup_steps=100, batch_tokens=3072, dropout=0.1)


@dataclass(frozen=True, slots=True)
class Line:
    """A lesson in token ids; `first` is where the quotes begin."""

    ids: list[int]
    first: int
    label: int


def main() -> None:
    """Train, or go on from the last checkpoint, and write the weights."""
    parser = argparse.ArgumentParser(prog="python -m qa.training.entailment", description=__doc__)
    add = parser.add_argument
    add("--data", type=Path, required=True, help="the folder with reader, natural, realtimeqa, …")
    add("--output", type=Path, required=True, help="checkpoints and weights")
    for name in ("steps", "learning_rate", "batch_tokens", "warmup_steps", "dropout", "seed"):
        known = getattr(_RECIPE, name)
        add(f"--{name.replace('_', '-')}", type=type(known), default=known, help="see Recipe")
    add("--supported", type=Path, default=SUPPORTED, help="sentences on the articles of corpus/")
    add("--start", type=Path, help="a run to start from, in the place of the large reader alone")
    add("--others", type=float, default=1.0, help="share of the lessons that nobody wrote for this")
    add("--times", type=int, default=3, help="how often what people wrote for this is read")
    add("--library", type=Path, help="made of the articles of 2022; for --ship")
    add("--limit", type=int, help="questions asked of the library, at most; for --ship")
    add("--ship", action="store_true", help="do not train: put what was trained into the package")
    arguments = parser.parse_args()
    if arguments.ship and not arguments.library:
        parser.error("--ship needs --library")
    try:
        if arguments.ship:
            settings = Settings(library=arguments.library)
            chosen = ship(arguments.data, arguments.output, settings, arguments.limit)
            print(json.dumps(chosen, indent=2))
        else:
            _train(arguments)
    except QAError as error:
        parser.error(str(error))


def _train(arguments: argparse.Namespace) -> None:
    names = ("steps", "learning_rate", "batch_tokens", "warmup_steps", "dropout", "seed")
    recipe = replace(_RECIPE, **{name: getattr(arguments, name) for name in names})
    found = Lessons(arguments.data, recipe.seed)
    lessons = [
        *found.others(arguments.others),
        *found.written(arguments.supported, arguments.times),
    ]
    counts: dict[str, int] = {}
    for lesson in lessons:
        counts[lesson.kind] = counts.get(lesson.kind, 0) + 1
    _log(f"{len(lessons)} lessons: {dict(sorted(counts.items()))}")
    torch.manual_seed(recipe.seed)
    own = load_file(arguments.start / WEIGHTS) if arguments.start else {}
    network = changed_reader(load_network(READER / "large", torch.float32), own)
    run = Run(network, recipe, arguments.output, best_dtype("cpu"), Task(_loss, _fingerprint))
    run.train(_lines(lessons), _log, every=100)
    kept = network.own().keys()
    weights = {name: v.half().contiguous() for name, v in run.weights().items() if name in kept}
    save_file(weights, arguments.output / WEIGHTS)


class Lessons:
    """The lessons: none is on an article that is kept back, or by which a threshold is chosen."""

    def __init__(self, folder: Path, seed: int) -> None:
        """Read the articles of 2022 in a folder like `../shared/data`."""
        self._folder = folder
        self._seed = seed
        self._week = weeks(folder / "realtimeqa" / "questions-2022.jsonl.gz")
        chosen_by = sources.urls("choose")
        self._known = {
            url: article
            for url, article in sources.articles(
                folder / "realtimeqa" / "articles-2022.jsonl.gz"
            ).items()
            if not kept_back(self._week.get(url, KEPT_BACK)) and url not in chosen_by
        }

    def written(self, supported: Path, times: int) -> Iterator[Lesson]:
        """Yield what people wrote for this, so many times, each time with other false versions."""
        written = list(sources.written(self._known, "learn"))
        facts = sources.nuggets(
            self._folder / "broad" / "broad-2022.jsonl", self._known, self._seed
        )
        written += facts
        for time in range(times):
            yield from (lesson for lesson, _ in written)
            yield from sources.settled(self._known, "learn")
            yield from sources.changed(written, self._seed + time, 0.5)
            yield from sources.corpus(supported, "build")

    def others(self, share: float) -> Iterator[Lesson]:
        """Yield a share of what was made of questions, titles and sentences of the news."""
        settings, known, seed = Settings(), self._known, self._seed
        draw = random.Random(seed)
        asked = natural(self._folder / "natural" / "natural-2022.jsonl.gz", self._week)
        some = [one for one in asked if not one.kept_back and draw.random() < share]
        yield from sources.asked(known, some, seed)
        embedder, reader = load_embedder(settings), load_small_reader(settings)
        yield from sources.unanswered(known, some, reader, embedder, seed)
        yield from sources.told(known, embedder, seed, round(_TITLES * share))
        yield from sources.copied(known, seed, round(_COPIED * share))
        shares = {name: whole * share for name, whole in _READ.items()}
        yield from sources.read(self._folder / "reader", shares, seed)


def _lines(lessons: Sequence[Lesson]) -> list[Line]:
    tokenizer = SafeTokenizer.of(READER)
    draw = random.Random(0)
    dressed = [as_tokenised(lesson, draw) for lesson in lessons]
    rows = pair_rows([lesson.pair for lesson in dressed], tokenizer)
    return [
        Line(ids, first, lesson.label)
        for (ids, first), lesson in zip(rows, dressed, strict=True)
        if len(ids) <= _LONGEST
    ]


def _loss(network: EntailmentNetwork, group: Sequence[Line], recipe: Recipe) -> torch.Tensor:
    """Return the mean loss; of what does not follow, it counts that "follows" is unlikely."""
    given = padded_pairs([line.ids for line in group], [line.first for line in group])
    logits = network(*map(torch.from_numpy, given))
    labels = torch.tensor([line.label for line in group])
    told = labels != FALSE
    some = cross_entropy(logits, labels.clamp(max=FALSE - 1), reduction="none")
    either = torch.logsumexp(logits, 1) - torch.logsumexp(logits[:, 1:], 1)
    return torch.where(told, some, either).mean()


def _fingerprint(found: Sequence[Line]) -> str:
    return fingerprint.of_numbers([line.first, line.label, *line.ids] for line in found)


def _log(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    main()
