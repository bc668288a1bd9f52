"""Training: spans survive cutting, negatives hold no answer, a run that is killed goes on."""

import gzip
import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch.nn.functional import mse_loss
from transformers import BertConfig, BertModel

from qa.errors import TrainingError
from qa.models.batching import SafeTokenizer, rounded
from qa.models.loading import load_span_model
from qa.models.reader_network import KINDS, ReaderNetwork
from qa.models.shipped import embedder_folder
from qa.models.span_model import Text, row_head
from qa.settings import Settings
from qa.training import examples
from qa.training.__main__ import write
from qa.training.dropout import PooledDropout, pool
from qa.training.examples import Example
from qa.training.mean import mean
from qa.training.run import Recipe, Run, judged
from qa.training.soft_targets import with_soft_targets
from qa.training.student import Student
from qa.training.windows import Row, Window, batch, batches, windows

BRIDGE = "The harbor bridge in Lindhaven was opened by Mara Velk. It cost 84 million crowns."
BASE = embedder_folder()
OTHER = "The harbor bridge in Lindhaven was closed by heavy snow for nine days last winter."


@pytest.fixture(scope="module")
def tokenizer() -> SafeTokenizer:
    return SafeTokenizer.of(BASE)


def example(question: str, passage: str, answer: str) -> Example:
    start = passage.index(answer)
    return Example(question, passage, ((start, start + len(answer)),))


def small(layers: int) -> BertConfig:
    return BertConfig(
        vocab_size=20,
        hidden_size=16,
        num_hidden_layers=layers,
        num_attention_heads=2,
        intermediate_size=16,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )


def test_files_are_read_and_left_out(tmp_path: Path) -> None:
    row = {
        "question": " Who? ",
        "passage": BRIDGE,
        "answers": ["Mara Velk", "opened", "by Mara Velk"],
        "answer_start": 45,
    }
    none = {"question": "When?", "passage": BRIDGE, "answers": [], "answer_start": -1}
    for name in ("train-a", "train-b"):
        with gzip.open(tmp_path / f"{name}.jsonl.gz", "wt", encoding="utf-8") as stream:
            stream.write("".join(json.dumps(line) + "\n" for line in (row, none)))
    found = examples.load([tmp_path], shares={"train-b": 0})
    assert sorted(found, key=lambda e: e.question) == [
        Example("When?", BRIDGE),
        Example("Who?", BRIDGE, ((45, 54), (42, 54))),
    ]
    with pytest.raises(TrainingError, match="no train-"):
        examples.load([tmp_path], shares={"train-a": 0, "train-b": 0})


def test_negatives_are_near_and_hold_no_answer() -> None:
    far = Example("What fell?", "Rain fell on the mountains of Tolk all day.")
    same = "Mara Velk is a minister who opened the harbor bridge in Lindhaven."
    asked = example("Who opened the harbor bridge in Lindhaven?", BRIDGE, "Mara Velk")
    others = [Example("Why?", OTHER), Example("Who?", same), far]
    found = examples.near_negatives([asked] * 40 + others, seed=1)
    assert found
    assert {(e.question, e.passage, e.spans) for e in found} == {(asked.question, OTHER, ())}


def test_a_negative_holds_none_of_what_people_answered() -> None:
    spans = [BRIDGE.index("84 million"), BRIDGE.index("84")]
    cost = Example(
        "What did the harbor bridge in Lindhaven cost?",
        BRIDGE,
        ((spans[0], spans[0] + 10), (spans[1], spans[1] + 2)),
    )
    whole = "The harbor bridge in Lindhaven has 84 lamps."
    part = "The harbor bridge in Lindhaven has the number 1184."
    others = [Example("Why?", whole), Example("Why?", part)]
    found = examples.near_negatives([cost] * 40 + others, seed=1)
    assert {e.passage for e in found} == {part}


def test_news_style_keeps_the_answer() -> None:
    asked = example("Who opened the bridge?", BRIDGE, "Mara Velk")
    styled = list(examples.in_news_style([asked] * 300, seed=1))
    assert {(e.passage, e.spans) for e in styled} == {(BRIDGE, asked.spans)}
    questions = {e.question for e in styled}
    assert "It cost 84 million crowns. Who opened the bridge?" in questions
    assert len(questions) > 4
    assert not any("Velk" in question for question in questions)


def test_a_window_holds_its_answer(tokenizer: SafeTokenizer) -> None:
    decode = Tokenizer.from_file(str(BASE / "tokenizer.json")).decode
    long = "Rain fell on Tolk. " * 90 + BRIDGE + " Snow fell on Tolk." * 90
    asked = example("Who opened it?", long, "Mara Velk")
    for seed in range(5):
        [window] = windows([asked], tokenizer, seed)
        assert len(window.ids) <= 64 + 200 + 3
        [(start, end)] = window.spans
        assert decode(window.ids[start : end + 1]) == "mara velk"
    [nothing] = windows([Example("Who?", long)], tokenizer, 0)
    assert nothing.spans == ((0, 0),)


def test_batches_hold_every_window_once_and_mask_the_rest(tokenizer: SafeTokenizer) -> None:
    found = list(
        windows([example("Who?", "Rain " * n + BRIDGE, "Velk") for n in range(60)], tokenizer, 0)
    )
    groups = batches(found, tokens=400, seed=3)
    assert sorted(map(id, (w for group in groups for w in group))) == sorted(map(id, found))
    for group in groups:
        part = batch(group)
        assert part.ids.shape[1] == rounded(max(len(w.ids) for w in group))
        assert part.mask.sum() == sum(len(w.ids) for w in group)
        assert part.ids.numel() <= 400
        assert part.target.sum(dim=1) == pytest.approx(torch.ones(len(group), 2))
        assert part.token_types[part.target.sum(dim=2) > 0].all()
        assert not (part.token_types & (1 - part.mask)).any()


def test_a_written_network_reads_as_it_was_trained(tmp_path: Path) -> None:
    torch.manual_seed(0)
    config = BertConfig(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16
    )
    run = Run(ReaderNetwork.of(config), Recipe(1), tmp_path, torch.float32)
    write(run, BASE)
    model = load_span_model(Settings(device="cpu", dtype="float32"), tmp_path)
    passages = [BRIDGE, "Snow. " * 30 + OTHER, "Rain."] * 5
    texts = [Text(passage, "Bridge (3 May 2021)" * (n % 2)) for n, passage in enumerate(passages)]
    question = "Who opened the harbor bridge? " * 20
    together = model.read(question, texts)
    for text, reading in zip(texts, together, strict=True):
        [alone] = model.read(question, [text])
        assert len(reading.start) == len(reading.end) == len(reading.offsets)
        np.testing.assert_allclose(reading.start, alone.start, atol=1e-3)
        np.testing.assert_allclose(reading.end, alone.end, atol=1e-3)
        assert [reading.no_start, reading.no_end, reading.holds] == pytest.approx(
            [alone.no_start, alone.no_end, alone.holds], abs=1e-3
        )
        assert reading.judged(0, 0) == pytest.approx(alone.judged(0, 0), abs=1e-3)
        np.testing.assert_allclose(reading.kinds, alone.kinds, atol=1e-3)
    assert model.read(question, []) == []


def test_a_heading_stands_before_the_passage_and_is_no_answer(tokenizer: SafeTokenizer) -> None:
    decode = Tokenizer.from_file(str(BASE / "tokenizer.json")).decode
    asked = replace(
        example("Who opened it?", BRIDGE, "Mara Velk"), heading="A bridge (3 May 2021)", kind="who"
    )
    [window] = windows([asked], tokenizer, 0)
    part = batch([window])
    assert decode(window.ids[: window.first], skip_special_tokens=False) == (
        "[CLS] who opened it? [SEP] a bridge ( 3 may 2021 ) [SEP]"
    )
    assert part.token_types[0].tolist() == [0] * window.first + [1] * (
        len(window.ids) - window.first - 1
    ) + [0] * (part.ids.shape[1] - len(window.ids) + 1)
    assert KINDS[int(part.kinds[0])] == "who"


def test_a_long_heading_keeps_its_day(tokenizer: SafeTokenizer) -> None:
    decode = Tokenizer.from_file(str(BASE / "tokenizer.json")).decode
    [question, heading] = tokenizer.encode(["Who?", "Bridge " * 60 + "(3 May 2021)"], special=False)
    head = row_head(question.ids, heading.ids, tokenizer)
    assert len(head) == 1 + 2 + 1 + 40 + 1
    assert decode(head).endswith("bridge ( 3 may 2021 )")


def test_the_judge_learns_which_of_the_likely_spans_answer(tmp_path: Path) -> None:
    """Where the same span answers one question and not another, the judge tells."""
    run = tiny_run(tmp_path, Recipe(150, learning_rate=3e-3, warmup_steps=5, dropout=0.0))
    some = [
        Window([2, 5, 3, 7, 8, 9, 10, 3], 3, ((3, 4),)),
        Window([2, 6, 3, 7, 8, 3], 3, ((0, 0),)),
    ]
    part = batch(some)

    def value() -> float:
        with torch.inference_mode():
            said = run.network(part.ids, part.token_types, part.mask)
            return float(judged(run.network.judge, said, part))

    before = value()
    run.train(some * 8, lambda line: None)
    assert value() < before / 2
    with torch.inference_mode():
        said = run.network(part.ids, part.token_types, part.mask)
        judge = run.network.judge
        right, wrong = judge(said.first[[0, 1], 3], said.last[[0, 1], 4]).tolist()
    assert right > 1 > -1 > wrong


WINDOWS = [Window([2, 5, 3, 7 + n % 9, 7 + n % 5, 3], 3, ((3, 4),)) for n in range(80)]


def tiny_run(folder: Path, recipe: Recipe, dtype: torch.dtype = torch.float32) -> Run:
    torch.manual_seed(0)
    return Run(ReaderNetwork.of(small(layers=1)), recipe, folder, dtype)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_run_that_was_stopped_ends_as_one_that_was_not(
    tmp_path: Path, dtype: torch.dtype
) -> None:
    lines: list[str] = []
    # The checkpoint is taken in the flat part, where the number of steps plays no role.
    recipe = Recipe(16, warmup_steps=2, lr_decay_share=4 / 16, batch_tokens=60)
    whole = tiny_run(tmp_path / "whole", recipe, dtype)
    whole.train(WINDOWS, lines.append)
    assert lines == []
    short = replace(recipe, steps=8, lr_decay_share=0.0001)
    tiny_run(tmp_path / "stopped", short, dtype).train(WINDOWS, lines.append)
    resumed = tiny_run(tmp_path / "stopped", recipe, dtype)
    resumed.train(WINDOWS, lines.append)
    assert lines == ["resuming at step 8"]
    assert resumed.step == 16
    for name, value in whole.weights().items():
        torch.testing.assert_close(resumed.weights()[name], value)


def test_a_run_does_not_go_on_from_another_ones_checkpoint(tmp_path: Path) -> None:
    recipe = Recipe(2, warmup_steps=1, batch_tokens=60)
    tiny_run(tmp_path, recipe).train(WINDOWS, lambda line: None)
    for other, found, says in (
        (replace(recipe, seed=2), WINDOWS, "differs in seed"),
        (recipe, WINDOWS[1:], "differs in data"),
    ):
        with pytest.raises(TrainingError, match=says):
            tiny_run(tmp_path, other).train(found, lambda line: None)
    elsewhere = Run(ReaderNetwork.of(small(layers=1)), recipe, tmp_path, torch.float32)
    with pytest.raises(TrainingError, match="differs in start"):
        elsewhere.train(WINDOWS, lambda line: None)


def test_weights_are_not_rounded_to_what_the_network_computes_in(tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = ReaderNetwork.of(small(layers=1))
    before = {name: value.clone() for name, value in network.state_dict().items()}
    run = Run(network, Recipe(1), tmp_path, torch.bfloat16)
    assert network.span.weight.dtype == torch.bfloat16
    assert run.weights().keys() == before.keys()
    for name, value in run.weights().items():
        assert torch.equal(value, before[name]), name


def test_an_epoch_has_every_window_once(tmp_path: Path) -> None:
    found = [replace(one, ids=[*one.ids, *[7] * (n % 40)]) for n, one in enumerate(WINDOWS)]
    run = tiny_run(tmp_path, Recipe(1, batch_tokens=200))
    seen: list[Row] = []
    for epoch, group in run.groups(found):
        if epoch > 2:
            break
        seen += group
    assert sorted(map(id, seen)) == sorted(map(id, found * 2))
    assert list(map(id, seen[: len(found)])) != list(map(id, seen[len(found) :]))


def test_a_teacher_is_asked_once_and_its_word_counts_as_far_as_it_is_trusted(
    tmp_path: Path,
) -> None:
    torch.manual_seed(0)
    config = small(layers=1)
    teacher = ReaderNetwork.of(config).eval()
    found = [Window([2, 5, 3, *[7 + n % 9] * n, 3], 3, ((3, 4), (3, 3))) for n in range(2, 30)]
    lines: list[str] = []
    told = with_soft_targets(teacher, found, tmp_path, lines.append)
    assert lines == ["soft targets 28/28"]
    again = with_soft_targets(teacher, found, tmp_path, lines.append)
    assert len(lines) == 1
    for one, same, window in zip(told, again, found, strict=True):
        assert one.soft
        assert same.soft
        np.testing.assert_array_equal(one.soft.tokens, same.soft.tokens)
        assert one.soft.holds == same.soft.holds
        np.testing.assert_array_equal(one.soft.states, same.soft.states)
        assert one.soft.states.shape == (len(window.ids), 16)
        assert one.ids == window.ids
        likely = one.soft.tokens
        assert likely.shape == (len(window.ids), 2)
        assert likely.sum(axis=0) == pytest.approx(1, abs=0.01)
        assert not likely[1 : window.first].any()
    together = np.concatenate([one.soft.states for one in told if one.soft]).astype(float)
    assert together.mean(axis=0) == pytest.approx(0, abs=0.01)
    assert (together**2).mean() == pytest.approx(1, abs=0.01)
    half, none = batch(told, 0.5), batch(told)
    assert torch.equal(none.target, batch(found, 0.5).target)
    assert none.target[0, :, 0].tolist()[:5] == [0, 0, 0, 1, 0]
    assert none.target[0, :, 1].tolist()[:5] == [0, 0, 0, 0.5, 0.5]
    assert none.holds.tolist() == [1.0] * len(found)
    first = told[0].soft
    assert first
    assert float(half.target[0, 3, 0]) == pytest.approx(0.5 + first.tokens[3, 0] / 2, abs=1e-3)
    assert float(half.holds[0]) == pytest.approx(0.5 + first.holds / 2)
    other = ReaderNetwork.of(config).eval()
    for who, what in ((teacher, [*found[1:], found[0]]), (other, found)):
        with pytest.raises(TrainingError, match="another teacher"):
            with_soft_targets(who, what, tmp_path, lines.append)


def test_a_student_learns_what_its_teacher_makes_of_each_token(tmp_path: Path) -> None:
    torch.manual_seed(0)
    teacher = ReaderNetwork.of(small(layers=2)).eval()
    found = with_soft_targets(teacher, WINDOWS, tmp_path / "soft", lambda line: None)
    part = batch(found)
    student = Student(BertModel(small(layers=1), add_pooling_layer=False), 16)
    known = part.states
    assert known is not None

    def error() -> float:
        with torch.inference_mode():
            states = student.states(part.ids, part.token_types, part.mask)
            return float(mse_loss(student.mirrored(states[part.mask == 1]), known))

    before = error()
    recipe = Recipe(200, learning_rate=3e-3, warmup_steps=5, dropout=0.0, batch_tokens=200)
    run = Run(student, recipe, tmp_path, torch.float32)
    run.train(found, lambda line: None)
    assert error() < before / 3
    written = load_file(run.write_weights())
    assert written.keys() == ReaderNetwork.of(small(layers=1)).state_dict().keys()


def test_questions_to_choose_by_are_not_learned_from(tmp_path: Path) -> None:
    texts = [f"The bridge {n} of Lindhaven was opened by Mara Velk." for n in range(300)]
    for name in ("train-squad-part", "train-nq-open"):
        with gzip.open(tmp_path / f"{name}.jsonl.gz", "wt", encoding="utf-8") as stream:
            for text in texts:
                row = {"question": "Who?", "passage": text, "answers": [], "answer_start": -1}
                stream.write(json.dumps(row) + "\n")
    assert list(examples.files(tmp_path)) == ["train-nq-open", "train-squad-part"]
    kept = {e.passage for e in examples.load([tmp_path], shares={"train-nq-open": 0})}
    aside = {text for text in texts if examples.set_aside("train-squad-part", text)}
    assert 3 < len(aside) < 30
    assert kept == set(texts) - aside
    assert {e.passage for e in examples.load([tmp_path])} == set(texts)


def test_the_lowest_layers_stay_as_they_are(tmp_path: Path) -> None:
    torch.manual_seed(0)
    config = small(layers=2)
    network = ReaderNetwork.of(config)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    recipe = Recipe(4, warmup_steps=1, frozen_layers=1, batch_tokens=60, head_lr_factor=10)
    run = Run(network, recipe, tmp_path, torch.float32)
    run.train([Window([2, 5, 3, 7, 8, 3], 3, ((3, 4),))] * 8, lambda line: None)
    moved = {name for name, value in run.weights().items() if not torch.equal(value, before[name])}
    assert not any(name.startswith(("body.embeddings", "body.encoder.layer.0")) for name in moved)
    assert {"span.weight", "holds.bias", "body.encoder.layer.1.output.dense.weight"} <= moved


def test_dropout_leaves_out_its_share_and_scales_up_the_rest() -> None:
    torch.manual_seed(0)
    layer = PooledDropout(pool(0.25, torch.float32, size=40_000))
    states = torch.ones(10, 20, 50, requires_grad=True)
    left = layer(states)
    assert left.unique().tolist() == pytest.approx([0.0, 4 / 3])
    assert float((left == 0).float().mean()) == pytest.approx(0.25, abs=0.02)
    assert not torch.equal(left, layer(states))
    left.sum().backward()
    torch.testing.assert_close(states.grad, left.detach())
    assert torch.equal(layer.eval()(states), states)
    assert not layer.state_dict()


def test_the_mean_of_runs(tmp_path: Path) -> None:
    for name, value in (("one", 1.0), ("two", 4.0)):
        (tmp_path / name).mkdir()
        save_file({"w": torch.full((2, 3), value).half()}, tmp_path / name / "model.safetensors")
        for other in ("config.json", "tokenizer.json"):
            (tmp_path / name / other).write_text(name)
    found = mean([tmp_path / "one", tmp_path / "two"], tmp_path / "mean")
    path = tmp_path / "mean" / "model.safetensors"
    assert torch.equal(load_file(path)["w"], torch.full((2, 3), 2.5).half())
    assert found == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (tmp_path / "mean" / "config.json").read_text() == "one"
