"""`python -m qa.training --data FOLDER --output FOLDER`: trains the reader, or goes on with it."""

import argparse
import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from transformers import BertModel

from qa.forward import SafeTokenizer
from qa.models import best_dtype, embedder_folder, file_hash
from qa.network import ReaderNetwork
from qa.training import examples, teacher
from qa.training.run import Recipe, Run
from qa.training.taught import taught
from qa.training.windows import windows


def main() -> None:
    """Train, and write the weights, the configuration and the tokenizer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of train-*.jsonl.gz")
    parser.add_argument("--output", type=Path, required=True, help="checkpoints and weights")
    parser.add_argument("--steps", type=int, default=4800)
    parser.add_argument("--rate", type=float, default=Recipe.rate)
    parser.add_argument("--holds", type=float, default=Recipe.holds)
    parser.add_argument("--fall", type=float, default=Recipe.fall)
    parser.add_argument("--dropout", type=float, default=Recipe.dropout)
    parser.add_argument("--seed", type=int, default=Recipe.seed)
    parser.add_argument("--start", type=Path, help="weights to start from: a run's, or a mean")
    parser.add_argument("--share", type=float, default=1.0, help="of the data, for a trial")
    parser.add_argument(
        "--shares",
        nargs="*",
        default=[],
        metavar="FILE=SHARE",
        help="of single files: train-qamr=0 leaves one out",
    )
    parser.add_argument("--teacher", type=Path, help="what qa.training.teacher wrote")
    parser.add_argument("--teacher-base", type=Path, help="folder of all-mpnet-base-v2")
    parser.add_argument("--trust", type=float, default=0.7, help="weight of the teacher's word")
    parser.add_argument("--plain", action="store_true", help="leave the questions' style")
    arguments = parser.parse_args()

    own = dict(one.split("=") for one in arguments.shares)
    if unknown := own.keys() - examples.files(arguments.data).keys():
        parser.error(f"no such files in {arguments.data}: {', '.join(sorted(unknown))}")
    shares = {**examples.SHARES, **{name: float(share) for name, share in own.items()}}

    base = embedder_folder()
    tokenizer = SafeTokenizer(Tokenizer.from_file(str(base / "tokenizer.json")))
    seed = arguments.seed
    found = examples.load(arguments.data, arguments.share, shares)
    negatives = examples.near_negatives(found, seed)
    asked = found if arguments.plain else list(examples.in_news_style(found, seed))
    ready = list(windows([*asked, *negatives], tokenizer, seed))
    print(f"{len(found)} examples, {len(negatives)} near negatives, {len(ready)} windows")
    if arguments.teacher:
        known = teacher.load(arguments.teacher_base, arguments.teacher)
        ready = taught(known, ready, arguments.output / "taught", print)

    torch.manual_seed(seed)
    body = BertModel.from_pretrained(
        base,
        add_pooling_layer=False,
        local_files_only=True,
        attn_implementation="eager",
        # The run adds its own: these halve its speed.
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    recipe = Recipe(
        arguments.steps,
        rate=arguments.rate,
        holds=arguments.holds,
        fall=arguments.fall,
        dropout=arguments.dropout,
        trust=arguments.trust,
        seed=seed,
    )
    network = ReaderNetwork(body)
    if arguments.start:
        network.load_state_dict(load_file(arguments.start / "model.safetensors"))
    run = Run(network, recipe, arguments.output, best_dtype("cpu"))
    if run.resume():
        print(f"resuming at step {run.step}")
    run.train(ready, lambda line: print(line, flush=True))
    write(run, base, arguments.output)


def write(run: Run, base: Path, folder: Path) -> None:
    """Write the weights in half precision, the configuration, and the base's tokenizer."""
    weights = {name: value.half().contiguous() for name, value in run.weights().items()}
    save_file(weights, folder / "model.safetensors")
    (folder / "config.json").write_text(
        json.dumps(run.network.body.config.to_diff_dict(), indent=2) + "\n", encoding="utf-8"
    )
    shutil.copyfile(base / "tokenizer.json", folder / "tokenizer.json")
    print("SHA-256", file_hash(folder / "model.safetensors"))


if __name__ == "__main__":
    main()
