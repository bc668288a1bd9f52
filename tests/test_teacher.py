"""The teacher: it takes the reader's token ids, and what it wrote is read back as it was."""

import json
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer
from transformers import MPNetConfig, MPNetModel

from qa.errors import ModelError
from qa.models.loading import embedder_folder, file_hash
from qa.training import teacher
from qa.training.run import Recipe, Run
from qa.training.teacher import Teacher
from qa.training.windows import Window

WORDS = Tokenizer.from_file(str(embedder_folder() / "tokenizer.json")).get_vocab()
SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny MPNet, with the reader's words under other numbers."""
    folder = tmp_path_factory.mktemp("base")
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
    return folder


def test_the_words_have_its_own_numbers(base: Path) -> None:
    own = Tokenizer.from_file(str(base / "tokenizer.json")).get_vocab()
    numbers = Teacher(base).numbers
    assert len(numbers) == len(WORDS)
    for word, known in (("[CLS]", "<s>"), ("[SEP]", "</s>"), ("[PAD]", "<pad>"), ("the", "the")):
        assert numbers[WORDS[word]] == own[known]
    assert numbers[WORDS["[UNK]"]] == own["[UNK]"]


def test_padding_does_not_change_what_it_thinks(base: Path) -> None:
    network = Teacher(base).eval()
    ids = torch.tensor([[101, 2040, 102, 1996, 2958, 102, 0, 0]])
    types = torch.tensor([[0, 0, 0, 1, 1, 0, 0, 0]])
    mask = torch.tensor([[1, 1, 1, 1, 1, 1, 0, 0]])
    with torch.inference_mode():
        long, sure = network(ids, types, mask)
        short, same = network(ids[:, :6], types[:, :6], mask[:, :6])
    torch.testing.assert_close(long[:, :6], short)
    torch.testing.assert_close(sure, same)


def test_what_a_run_wrote_is_read_back(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Run(Teacher(base), Recipe(2, warmup_steps=1, dropout=0.0), tmp_path, torch.float32)
    window = Window([101, 2040, 102, 1996, 2958, 102], 3, ((3, 4),))
    run.train([window] * 4, lambda line: None)
    run.write_weights()
    with pytest.raises(ModelError, match="all-mpnet-base-v2"):
        teacher.load(base, tmp_path)
    known = file_hash(base / "model.safetensors")
    monkeypatch.setattr(teacher, "BASE_SHA256", known)
    read = teacher.load(base, tmp_path)
    written = run.weights()
    assert read.state_dict().keys() == written.keys()
    for name, value in read.state_dict().items():
        torch.testing.assert_close(value.float(), written[name], atol=1e-2, rtol=1e-2)
    assert torch.equal(read.numbers, Teacher(base).numbers)
