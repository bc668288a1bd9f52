"""`python -m qa.training.teacher`: a larger network learns to read, for the reader to learn from.

It is five times as large as the reader and too slow to be shipped. What it thinks of an
example says more than where the answer is: which other words could have been it (Hinton et al.,
"Distilling the Knowledge in a Neural Network", 2015).
"""

import argparse
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor
from transformers import BertModel, MPNetModel

from qa.errors import QAError
from qa.models.batching import SafeTokenizer
from qa.models.loading import best_dtype, embedder_folder, verify
from qa.models.reader_network import ReaderNetwork
from qa.models.span_model import SpanModel
from qa.training import examples
from qa.training.examples import Example
from qa.training.run import Recipe, Run
from qa.training.windows import windows

# Of sentence-transformers/all-mpnet-base-v2, model.safetensors.
BASE_SHA256 = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"
_RECIPE = Recipe(
    steps=1300,
    learning_rate=6e-5,
    warmup_steps=60,
    lr_decay_share=0.4,
    batch_tokens=2048,
    holds_weight=0.3,
    dropout=0.0,
    head_lr_factor=10.0,
    frozen_layers=2,
)
# Its time goes to the data whose answers are cut most cleanly, and to Wikipedia and news
# before reviews.
_SHARES = {
    "train-fairytaleqa": 0.0,
    "train-policyqa": 0.0,
    "train-qadiscourse-wikinews": 0.0,
    "train-qamr": 0.0,
    "train-squadshifts": 0.4,
    "train-timeqa": 0.0,
    "train-tweetqa": 0.0,
}
# The same words in both vocabularies but for these.
_SPECIAL = {"[CLS]": "<s>", "[SEP]": "</s>", "[PAD]": "<pad>", "[MASK]": "<mask>"}
_PAD = 1


class Teacher(ReaderNetwork):
    """The reader's heads on MPNet (Song et al. 2020), which takes the reader's own token ids.

    Both read BERT's word pieces, each under a number of its own.
    """

    def __init__(self, base: Path) -> None:
        body = MPNetModel.from_pretrained(
            base,
            add_pooling_layer=False,
            local_files_only=True,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
        )
        super().__init__(cast(BertModel, body))
        self.numbers: Tensor
        # Not stored with the weights: half precision would round it.
        self.register_buffer("numbers", _numbers(base), persistent=False)

    def states(self, ids: Tensor, token_types: Tensor, mask: Tensor) -> Tensor:
        """Return what MPNet makes of each token; it does not tell question from passage."""
        own = torch.where(mask == 1, self.numbers[ids], _PAD)
        states: Tensor = self.body(input_ids=own, attention_mask=mask).last_hidden_state
        return states


def _numbers(base: Path) -> Tensor:
    """Return MPNet's number of each of BERT's word pieces."""
    own = Tokenizer.from_file(str(base / "tokenizer.json")).get_vocab()
    words = Tokenizer.from_file(str(embedder_folder() / "tokenizer.json")).get_vocab()
    numbers = torch.zeros(len(words), dtype=torch.long)
    for word, number in words.items():
        numbers[number] = own[_SPECIAL.get(word, word)]
    return numbers


def main() -> None:
    """Train the teacher, and write its weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of train-*.jsonl.gz")
    parser.add_argument("--base", type=Path, required=True, help="folder of all-mpnet-base-v2")
    parser.add_argument("--output", type=Path, required=True, help="checkpoints and weights")
    parser.add_argument("--steps", type=int, default=_RECIPE.steps)
    parser.add_argument("--seed", type=int, default=_RECIPE.seed)
    parser.add_argument("--start", type=Path, help="what an earlier run wrote, to go on from")
    arguments = parser.parse_args()
    try:
        _train(arguments)
    except QAError as error:
        parser.error(str(error))


def _train(arguments: argparse.Namespace) -> None:
    recipe = replace(_RECIPE, steps=arguments.steps, seed=arguments.seed)
    tokenizer = SafeTokenizer.of(embedder_folder())
    ready = list(windows(list(_examples(arguments.data, recipe.seed)), tokenizer, recipe.seed))
    print(f"{len(ready)} windows")
    torch.manual_seed(recipe.seed)
    network = untrained(arguments.base)
    if arguments.start:
        network.load_state_dict(load_file(arguments.start / "model.safetensors"))
    run = Run(network, recipe, arguments.output, best_dtype("cpu"))
    run.train(ready, lambda line: print(line, flush=True))
    run.write_weights()


def _examples(folder: Path, seed: int) -> Iterator[Example]:
    found = examples.load(folder, shares=_SHARES)
    negatives = examples.near_negatives(found, seed)
    yield from found
    yield from random.Random(seed).sample(negatives, len(negatives) // 2)


def untrained(base: Path) -> Teacher:
    """Return a teacher that has learned nothing yet.

    Raises `ModelError` if the weights in `base` are not the published ones.
    """
    fix = "download sentence-transformers/all-mpnet-base-v2"
    verify(base / "model.safetensors", BASE_SHA256, "all-mpnet-base-v2", fix)
    return Teacher(base)


def load(base: Path, folder: Path) -> Teacher:
    """Return the teacher that a run wrote to a folder."""
    teacher = untrained(base)
    teacher.load_state_dict(load_file(folder / "model.safetensors"))
    return teacher.to(best_dtype("cpu")).eval()


def span_model(base: Path, folder: Path) -> SpanModel:
    """Return a teacher as what reads for the reader."""
    tokenizer = SafeTokenizer.of(embedder_folder())
    return SpanModel(load(base, folder), tokenizer, "cpu", torch.get_num_threads())


if __name__ == "__main__":
    main()
