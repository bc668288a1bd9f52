"""`python -m qa.training --data FOLDER --output FOLDER`: trains the reader, or goes on with it."""

import argparse
import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
from safetensors.torch import load_file
from transformers import BertModel

from qa.errors import QAError
from qa.models.batching import SafeTokenizer
from qa.models.device import best_dtype
from qa.models.loading import load_network
from qa.models.reader_network import ReaderNetwork
from qa.models.shipped import embedder_folder, file_hash
from qa.training import examples, large
from qa.training.forms import astray, in_other_forms, of_other_years, with_headings
from qa.training.run import Recipe, Run
from qa.training.soft_targets import with_soft_targets
from qa.training.student import Student
from qa.training.windows import PASSAGE, Window, windows

# `distillation` counts where there is a teacher alone.
_RECIPE = Recipe(steps=4800, distillation=0.7)
_OPTIONS = (
    "steps",
    "learning_rate",
    "lr_decay_share",
    "holds_weight",
    "judge_weight",
    "kind_weight",
    "dropout",
    "batch_tokens",
    "warmup_steps",
    "head_lr_factor",
    "frozen_layers",
    "distillation",
    "states_weight",
    "seed",
)


def main() -> None:
    """Train, and write the weights, the configuration and the tokenizer."""
    parser = _parser()
    arguments = parser.parse_args()
    if unknown := dict(arguments.shares).keys() - examples.files(*arguments.data).keys():
        parser.error(f"no such files in --data: {', '.join(sorted(unknown))}")
    try:
        _train(arguments, embedder_folder())
    except QAError as error:
        parser.error(str(error))


def _train(arguments: argparse.Namespace, base: Path) -> None:
    ready = _ready(arguments, base)
    torch.manual_seed(arguments.seed)
    body = large.body(arguments.large, base) if arguments.large else _small(base)
    soft = ready[0].soft
    network = Student(body, soft.states.shape[1]) if soft else ReaderNetwork(body)
    if arguments.start:
        known = load_file(arguments.start / "model.safetensors")
        network.load_state_dict({**network.state_dict(), **known})
    recipe = replace(_RECIPE, **{name: getattr(arguments, name) for name in _OPTIONS})
    run = Run(network, recipe, arguments.output, best_dtype("cpu"))
    run.train(ready, _log)
    write(run, base)


def _small(base: Path) -> BertModel:
    body: BertModel = BertModel.from_pretrained(
        base,
        add_pooling_layer=False,
        local_files_only=True,
        attn_implementation="eager",
        # The run adds its own: these halve its speed.
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    return body


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m qa.training", description=__doc__)
    add = parser.add_argument
    add("--data", type=Path, nargs="+", required=True, help="folders of train-*.jsonl.gz")
    add("--output", type=Path, required=True, help="checkpoints and weights")
    for name in _OPTIONS:
        known = getattr(_RECIPE, name)
        option = f"--{name.replace('_', '-')}"
        add(option, type=type(known), default=known, help="see qa.training.run.Recipe")
    add("--large", type=Path, metavar="BASE", help="train the large one: from all-mpnet-base-v2")
    add("--passage-tokens", type=int, default=PASSAGE, help="tokens of a passage, at most")
    add("--data-seed", type=int, help="draws the windows, else --seed: another order of the same")
    add("--start", type=Path, help="weights to start from: a run's, or a mean")
    add("--share", type=_part, default=1.0, help="of the data, for a trial")
    add(
        "--shares",
        type=_share,
        nargs="*",
        default=[],
        metavar="FILE=SHARE",
        help="of single files: train-qamr=0 leaves one out",
    )
    add("--plain", action="store_true", help="leave the questions' style")
    add("--teacher", type=Path, help="a run of the large one, for the small one to learn from")
    return parser


def _share(text: str) -> tuple[str, float]:
    name, _, share = text.partition("=")
    return name, _part(share)


def _part(text: str) -> float:
    if not 0 <= (share := float(text)) <= 1:
        raise argparse.ArgumentTypeError(f"{text} is not from 0 to 1")
    return share


def _ready(arguments: argparse.Namespace, base: Path) -> Sequence[Window]:
    """Return the windows to learn from, with what a teacher thinks of them if there is one."""
    tokenizer = SafeTokenizer.of(base)
    seed = arguments.seed if arguments.data_seed is None else arguments.data_seed
    shares = {**examples.SHARES, **dict(arguments.shares)}
    found = examples.load(arguments.data, arguments.share, shares)
    # Questions with a heading were mined, with negatives of their own.
    general = [example for example in found if not example.heading]
    negatives = examples.near_negatives(general, seed)
    asked = general if arguments.plain else list(examples.in_news_style(general, seed))
    headed = with_headings([*asked, *negatives], seed)
    mined = of_other_years((example for example in found if example.heading), seed)
    every = [*headed, *in_other_forms(mined, seed)]
    every += astray(every, seed)
    ready = list(windows(every, tokenizer, seed, arguments.passage_tokens))
    _log(f"{len(found)} examples, {len(negatives)} near negatives, {len(ready)} windows")
    if arguments.teacher:
        known = load_network(arguments.teacher, best_dtype("cpu"))
        ready = with_soft_targets(known, ready, arguments.output / "soft_targets", _log)
    return ready


def _log(line: str) -> None:
    print(line, flush=True)


def write(run: Run, base: Path) -> None:
    """Write the weights, the configuration, and the base's tokenizer to the run's folder."""
    weights = run.write_weights()
    (run.folder / "config.json").write_text(
        json.dumps(run.network.body.config.to_diff_dict(), indent=2) + "\n", encoding="utf-8"
    )
    shutil.copyfile(base / "tokenizer.json", run.folder / "tokenizer.json")
    print("SHA-256", file_hash(weights))


if __name__ == "__main__":
    main()
