"""The calibration: kept whole, and refused for other weights than it was fitted with."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import make_classification

from qa.errors import ModelError
from qa.models.calibration import FILE, Calibration
from qa.models.embedder import EMBEDDER
from qa.models.loading import READER, file_hash, load_calibration
from qa.training.calibrate import Signs, fitted, lowest_threshold, rates


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    known = load_calibration()
    known.write(tmp_path / FILE)
    assert Calibration.read(tmp_path / FILE) == known
    assert (tmp_path / FILE).read_bytes() == (READER / FILE).read_bytes()


def test_the_shipped_one_belongs_to_the_shipped_weights() -> None:
    known = load_calibration()
    assert known.reader_sha256 == file_hash(READER / "model.safetensors")
    assert known.embedder_sha256 == EMBEDDER.sha256


def test_another_embedder_is_refused() -> None:
    other = replace(load_calibration(), embedder_sha256="0" * 64)
    with pytest.raises(ModelError, match=r"000000000000…, .*run `python -m qa.training.calibrate`"):
        other.check(embedder_sha256=EMBEDDER.sha256)


@pytest.mark.parametrize(
    ("text", "fault"),
    [("{", "Invalid JSON"), ("{}", "reader_sha256: Field required"), (None, "no calibration at")],
)
def test_a_damaged_file_is_one_line(tmp_path: Path, text: str | None, fault: str) -> None:
    if text is not None:
        (tmp_path / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match=fault) as raised:
        Calibration.read(tmp_path / FILE)
    assert "restore the file" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_confidence_is_fitted_to_signs_that_tell() -> None:
    signs, held = make_classification(
        400, 5, n_informative=3, n_clusters_per_class=1, class_sep=2.0, random_state=0
    )
    kinds = np.arange(400) % 4
    asked = Signs(
        [str(number) for number in range(400)],
        signs,
        held.astype(bool),
        kinds % 2 == 1,
        kinds > 1,
    )
    found, report = fitted(asked, load_calibration().confidence)
    sure = np.array([found.of(row) for row in signs])
    assert np.mean((sure > 0.5) == asked.held) > 0.9
    assert report["cross_validated"]["as_asked"]["F1"] > 0.85
    assert found.threshold == lowest_threshold(asked, sure)
    assert rates(0.0, 1.0)["F1"] == 1.0
