"""The large reader: it takes the small one's token ids; its weights take a byte each."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from transformers import MPNetConfig, MPNetModel

from qa.errors import ModelError
from qa.models import weights
from qa.models.loading import load_network
from qa.models.reader_network import ReaderNetwork
from qa.models.shipped import embedder_folder, file_hash
from qa.training import large
from qa.training.__main__ import write
from qa.training.run import Recipe, Run
from qa.training.ship import ship
from qa.training.windows import Window

SMALL = embedder_folder()
WORDS = Tokenizer.from_file(str(SMALL / "tokenizer.json")).get_vocab()
SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tiny MPNet, with the small reader's words under other numbers."""
    folder = tmp_path / "base"
    folder.mkdir()
    own = [*SPECIAL, *sorted(set(WORDS) - {"[CLS]", "[SEP]", "[PAD]", "[MASK]"})]
    model = {"type": "WordLevel", "unk_token": "[UNK]", "vocab": {w: n for n, w in enumerate(own)}}
    (folder / "tokenizer.json").write_text(json.dumps({"version": "1.0", "model": model}))
    torch.manual_seed(0)
    config = MPNetConfig(
        vocab_size=len(own),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
    )
    MPNetModel(config, add_pooling_layer=False).save_pretrained(folder)
    monkeypatch.setattr(large, "BASE_SHA256", file_hash(folder / "model.safetensors"))
    return folder


def test_other_weights_than_the_published_ones_are_refused(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large, "BASE_SHA256", "0" * 64)
    with pytest.raises(ModelError, match="all-mpnet-base-v2"):
        large.body(base, SMALL)


def test_it_reads_the_small_ones_token_ids_as_its_own(base: Path) -> None:
    own = Tokenizer.from_file(str(base / "tokenizer.json")).get_vocab()
    theirs = MPNetModel.from_pretrained(base, add_pooling_layer=False)
    theirs.train(False)
    network = ReaderNetwork(large.body(base, SMALL)).eval()
    words = ["[CLS]", "who", "[SEP]", "the", "bridge", "[SEP]"]
    ids = torch.tensor([[WORDS[word] for word in words]])
    known = {"[CLS]": "<s>", "[SEP]": "</s>"}
    same = torch.tensor([[own[known.get(word, word)] for word in words]])
    with torch.inference_mode():
        states = network.states(ids, torch.zeros_like(ids), torch.ones_like(ids))
        torch.testing.assert_close(states, theirs(input_ids=same).last_hidden_state)


def test_padding_does_not_change_what_it_says(base: Path) -> None:
    network = ReaderNetwork(large.body(base, SMALL)).eval()
    ids = torch.tensor([[101, 2040, 102, 1996, 2958, 102, 0, 0]])
    types = torch.tensor([[0, 0, 0, 1, 1, 0, 0, 0]])
    mask = torch.tensor([[1, 1, 1, 1, 1, 1, 0, 0]])
    with torch.inference_mode():
        long = network(ids, types, mask)
        short = network(ids[:, :6], types[:, :6], mask[:, :6])
    torch.testing.assert_close(long.spans[:, :6], short.spans)
    torch.testing.assert_close(long.holds, short.holds)
    torch.testing.assert_close(long.first[:, :6], short.first)


def test_what_a_run_wrote_is_shipped_and_read_back(base: Path, tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = ReaderNetwork(large.body(base, SMALL))
    run = Run(network, Recipe(2, warmup_steps=1, dropout=0.0), tmp_path / "run", torch.float32)
    run.train([Window([101, 2040, 102, 1996, 2958, 102], 3, ((3, 4),))] * 4, lambda line: None)
    write(run, SMALL)
    [path] = ship(tmp_path / "run", tmp_path / "reader" / "large")
    assert (tmp_path / "reader" / "tokenizer.json").is_file()
    written = run.weights()
    for folder, off in ((tmp_path / "run", 1e-3), (path.parent, 1e-2)):
        read = load_network(folder, torch.float32).state_dict()
        assert read.keys() == written.keys()
        for name, value in read.items():
            torch.testing.assert_close(value, written[name], atol=off, rtol=1e-2)
    assert path.stat().st_size < (tmp_path / "run" / "model.safetensors").stat().st_size * 0.7


def test_each_row_has_a_scale_of_its_own(tmp_path: Path) -> None:
    given = {
        "wide": torch.tensor([[100.0, -50.0], [0.01, 0.005], [0.0, 0.0]]),
        "flat": torch.ones(3),
    }
    kept = weights.to_bytes(given)
    assert kept["wide"].dtype == torch.int8
    assert kept["wide"][:, 0].tolist() == [127, 127, 0]
    read = weights.from_bytes(kept, torch.float32)
    torch.testing.assert_close(read["wide"], given["wide"], rtol=0.01, atol=0.0)
    assert torch.equal(read["flat"], given["flat"])


def test_no_file_is_larger_than_may_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "LARGEST", 3000)
    given = {f"w{n}": torch.randn(40, 40) for n in range(4)}
    paths = weights.write(given, tmp_path)
    assert [path.name for path in paths] == [f"model-{n}.safetensors" for n in (1, 2, 3, 4)]
    assert max(sum(v.nbytes for v in load_file(path).values()) for path in paths) <= 3000
    assert weights.read(tmp_path, torch.float32).keys() == given.keys()
