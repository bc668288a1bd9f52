"""The calibration: read strictly, and refused for other weights than it was fitted with."""

import datetime
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import make_classification

from qa.errors import ModelError
from qa.models.calibration import FILE, SIGNS, Calibration
from qa.models.embedder import EMBEDDER
from qa.models.shipped import READER, file_hash, load_calibration
from qa.search.question import understand
from qa.training.cases import Case
from qa.training.confidence import (
    PLAINLY_RIGHT,
    Answered,
    confidences,
    fit,
    rates,
    report,
)
from qa.training.deciding import Outcomes
from qa.training.deciding import fit as fit_scores
from qa.training.natural import TrainingQuestion
from tests.processes import finished


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    known = load_calibration()
    known.write(tmp_path / FILE)
    assert Calibration.read(tmp_path / FILE) == known
    assert (tmp_path / FILE).read_bytes() == (READER / FILE).read_bytes()


def test_the_shipped_one_belongs_to_the_shipped_weights() -> None:
    known = load_calibration()
    shipped = sorted(READER.glob("*/model*.safetensors"))
    assert shipped
    assert known.files == {path.relative_to(READER).as_posix(): file_hash(path) for path in shipped}
    assert known.embedder_sha256 == EMBEDDER.sha256


def test_other_weights_are_refused(tmp_path: Path, library_of_news: Path) -> None:
    """The reader's weights are those that the calibration names, or nothing is loaded."""
    known = load_calibration()
    replace(known, files=dict.fromkeys(known.files, "0" * 64)).write(tmp_path / FILE)
    for path in READER.glob("*"):
        if path.name != FILE:
            (tmp_path / path.name).symlink_to(path)
    code = (
        "import pathlib, sys; from qa.models import shipped; "
        f"shipped.READER = pathlib.Path({str(tmp_path)!r}); "
        f"from qa.cli.commands import main; sys.exit(main(['ask', 'who', '--library', "
        f"{str(library_of_news)!r}]))"
    )
    done = finished("-c", code)
    assert done.returncode == 1
    _, line = done.stderr.splitlines()
    assert re.fullmatch(r"qa: the weights .* expected 000000000000….*calibrate`", line)


def test_another_embedder_is_refused() -> None:
    other = replace(load_calibration(), embedder_sha256="0" * 64)
    with pytest.raises(ModelError, match=r"000000000000…, .*run `python -m qa.training.calibrate`"):
        other.check(embedder_sha256=EMBEDDER.sha256)


def changed(name: str, value: object) -> str:
    """The shipped calibration with another value under a name, where that stands first."""
    whole = json.loads((READER / FILE).read_text(encoding="utf-8"))
    (_holder(whole, name) or whole)[name] = value
    return json.dumps(whole)


def _holder(part: dict[str, Any], name: str) -> dict[str, Any] | None:
    if name in part:
        return part
    inside = (_holder(value, name) for value in part.values() if isinstance(value, dict))
    return next((found for found in inside if found), None)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (None, "no calibration at"),
        ("{", "Invalid JSON"),
        ("{}", "files: Field required"),
        (changed("signs", [1.0] * 4), r"confidence.signs: .*at least 7"),
        (changed("threshold", 54), "small.confidence.threshold: .*less than or equal to 1"),
        (changed("half_life", 0), "ranking.half_life: .*greater than 0"),
        (changed("judge", None), "small.scores.judge: Input should be a valid number"),
        (changed("bias", "-2.5"), "small.confidence.bias: Input should be a valid number"),
        (changed("bias", float("nan")), "small.confidence.bias: .*finite"),
        (changed("embedder_sha256", "e953"), "embedder_sha256: .*pattern"),
        (changed("files", {"small/model-1.safetensors": "e953"}), "files.*pattern"),
        (changed("halflife", 14.0), "halflife: Unexpected"),
    ],
)
def test_a_damaged_file_is_one_line(tmp_path: Path, text: str | None, fault: str) -> None:
    if text is not None:
        (tmp_path / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match=fault) as raised:
        Calibration.read(tmp_path / FILE)
    assert "restore the file" in str(raised.value)
    assert "\n" not in str(raised.value)


NOBODY = TrainingQuestion(
    "1", "who", datetime.date(2022, 6, 15), "who", "plain", ("Velk",), "Q", ("u",), True, False
)


def case(number: int, held: bool) -> Case:
    question = replace(NOBODY, id=str(number), urls=(str(number),))
    return Case(question, understand("who"), (), 50_000, held, "archive")


def test_a_confidence_is_fitted_to_signs_that_tell() -> None:
    signs, right = make_classification(
        400, SIGNS, n_informative=3, n_clusters_per_class=1, class_sep=2.0, random_state=0
    )
    flags = right.astype(bool)
    held = flags | (np.arange(400) % 3 == 0)
    put = [case(number, bool(flag)) for number, flag in enumerate(held)]
    answered = Answered(put, signs, flags, held.astype(int), flags * 1.0, flags * 1.0)
    found = fit(answered, load_calibration().large.confidence)
    sure = confidences(signs, found)
    assert [found.of(row) for row in signs] == pytest.approx(sure.tolist())
    assert np.mean((sure > 0.5) == flags) > 0.9
    assert found.threshold <= found.plain
    assert flags[sure >= found.plain].mean() >= PLAINLY_RIGHT
    figures = report(answered, sure, sure >= found.threshold, sure >= found.plain)
    assert figures["right"] + figures["wrong"] + figures["refused"] == pytest.approx(1, abs=0.002)
    assert figures["AUC_right"] > 0.9
    assert rates(0.0, 1.0)["F1"] == 1.0


def test_signs_are_weighed_so_that_right_spans_are_likeliest() -> None:
    """The judge tells here, the rest is noise; and nothing is right where the judge doubts all."""
    draw = np.random.default_rng(0)
    some = []
    for number in range(200):
        signs = draw.normal(size=(6, 9))
        signs[:, 1] -= 3
        worth = np.zeros(6)
        if number % 4:
            signs[2, 1] += 6
            worth[2] = 1.0
        some.append(Outcomes(signs, worth))
    scores = fit_scores(some, np.ones(200))
    assert scores.judge > 3 * max(abs(scores.likelihood), abs(scores.holds), abs(scores.rank))
    best = [one.signs @ scores.weights for one in some]
    assert np.mean([np.argmax(row) == 2 for row in best[1::4]]) > 0.95
    assert np.mean([row.max() < scores.nothing for row in best[::4]]) > 0.9
    assert np.mean([row.max() > scores.nothing for row in best[1::4]]) > 0.9
