"""The calibration: read strictly, and refused for other weights than it was fitted with."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import make_classification

from qa.errors import ModelError
from qa.models.calibration import FILE, Calibration
from qa.models.embedder import EMBEDDER
from qa.models.loading import READER, file_hash, load_calibration
from qa.training.confidence import Signs, fitted, lowest_threshold, rates


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    known = load_calibration()
    known.write(tmp_path / FILE)
    assert Calibration.read(tmp_path / FILE) == known
    assert (tmp_path / FILE).read_bytes() == (READER / FILE).read_bytes()


def test_the_shipped_one_belongs_to_the_shipped_weights() -> None:
    known = load_calibration()
    assert known.reader_sha256 == file_hash(READER / "model.safetensors")
    assert known.embedder_sha256 == EMBEDDER.sha256


def test_other_weights_are_refused(tmp_path: Path, library_of_news: Path) -> None:
    """The reader's weights are those that the calibration names, or nothing is loaded."""
    replace(load_calibration(), reader_sha256="0" * 64).write(tmp_path / FILE)
    for name in ("model.safetensors", "config.json", "tokenizer.json"):
        (tmp_path / name).symlink_to(READER / name)
    code = (
        "import pathlib, sys; from qa.models import loading; "
        f"loading.READER = pathlib.Path({str(tmp_path)!r}); "
        f"from qa.cli import main; sys.exit(main(['ask', 'who', '--library', "
        f"{str(library_of_news)!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    assert re.fullmatch(r"qa: the weights .* expected 000000000000….*calibrate`\n", done.stderr)


def test_another_embedder_is_refused() -> None:
    other = replace(load_calibration(), embedder_sha256="0" * 64)
    with pytest.raises(ModelError, match=r"000000000000…, .*run `python -m qa.training.calibrate`"):
        other.check(embedder_sha256=EMBEDDER.sha256)


def changed(name: str, value: object) -> str:
    """The shipped calibration with another value under a name, wherever that stands."""
    whole = json.loads((READER / FILE).read_text(encoding="utf-8"))
    part = next(
        (part for part in (whole, *whole.values()) if isinstance(part, dict) and name in part),
        whole,
    )
    part[name] = value
    return json.dumps(whole)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (None, "no calibration at"),
        ("{", "Invalid JSON"),
        ("{}", "reader_sha256: Field required"),
        (changed("signs", [1.0] * 4), r"confidence.signs.4: Field required"),
        (changed("threshold", 54), "confidence.threshold: .*less than or equal to 1"),
        (changed("temperature", 0), "weights.temperature: .*greater than 0"),
        (changed("bias", "-2.5"), "confidence.bias: Input should be a valid number"),
        (changed("bias", float("nan")), "confidence.bias: .*finite"),
        (changed("reader_sha256", "e953"), "reader_sha256: .*pattern"),
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
