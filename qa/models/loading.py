"""Loads the embedder and trained networks; torch is imported only when one is asked for."""

import copy
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from qa.errors import ModelError
from qa.models.batching import SafeTokenizer
from qa.models.device import bound_memory, device_of, numbers_of, stay_offline, workers_of
from qa.models.embedder import EMBEDDER, Embedder
from qa.models.entailment_model import EntailmentModel
from qa.models.question_kinds import QuestionKinds
from qa.models.shipped import (
    KINDS,
    WEIGHTS,
    embedder_folder,
    entailment_weights,
    load_calibration,
    reader_folder,
)
from qa.models.span_model import SpanModel
from qa.settings import Settings

if TYPE_CHECKING:
    import torch

    from qa.models.entailment_network import EntailmentNetwork
    from qa.models.reader_network import ReaderNetwork


def load_embedder(settings: Settings) -> Embedder:
    """Load the embedder that `EMBEDDER` names, once per process.

    Raises `ModelError` if its weights are missing or not the published ones.
    """
    return _load_embedder(settings.device, settings.dtype)


@cache
def _load_embedder(device: str, dtype: str) -> Embedder:
    stay_offline()
    folder = embedder_folder()

    from sentence_transformers import SentenceTransformer
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # type: ignore[no-untyped-call]
    device = device_of(device)
    model = SentenceTransformer(
        str(folder),
        device=device,
        local_files_only=True,
        model_kwargs={"dtype": numbers_of(device, dtype)},
    )
    model.eval()
    bound_memory(model, device)
    return Embedder(model, SafeTokenizer.of(folder), workers_of(device))


def load_small_reader(settings: Settings) -> SpanModel:
    """Load the small network that comes with qa, once per process.

    Raises `ModelError` if its weights are missing or not the published ones.
    """
    return load_span_model(settings, reader_folder("small"))


def load_large_reader(settings: Settings) -> SpanModel | None:
    """Load the large network that comes with qa, once per process.

    Return None if the settings leave it out, or qa was installed without. Raises as
    `load_small_reader` does.
    """
    shipped = any(path.startswith("large/") for path in load_calibration().files)
    if settings.reader == "small" or not shipped:
        return None
    return load_span_model(settings, reader_folder("large"))


def load_entailment(settings: Settings) -> EntailmentModel:
    """Load the entailment network that comes with qa, once per process.

    Its body is the large reader's: both share these weights in memory. Raises `ModelError` if
    weights are missing, are not the published ones, or were trained on another large reader.
    """
    return entailment_of(settings, entailment_weights())


def entailment_of(settings: Settings, weights: Path) -> EntailmentModel:
    """Load the entailment network whose own weights are in a file, once per process."""
    return _load_entailment(settings.device, settings.dtype, weights)


@cache
def _load_entailment(device: str, dtype: str, weights: Path) -> EntailmentModel:
    from safetensors.torch import load_file

    reader = _load_span_model(device, dtype, reader_folder("large"))
    device = device_of(device)
    network = changed_reader(reader.network, load_file(weights)).to(device=device)
    bound_memory(network, device)
    return EntailmentModel(network, reader.tokenizer, device, workers_of(device))


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


def load_span_model(settings: Settings, folder: Path) -> SpanModel:
    """Load a network that `python -m qa.training` wrote to a folder, once per process."""
    return _load_span_model(settings.device, settings.dtype, folder)


@cache
def _load_span_model(device: str, dtype: str, folder: Path) -> SpanModel:
    stay_offline()
    device = device_of(device)
    network = load_network(folder, numbers_of(device, dtype)).to(device=device)
    bound_memory(network, device)
    return SpanModel(network, _tokenizer(folder), device, workers_of(device))


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


def _tokenizer(folder: Path) -> SafeTokenizer:
    # The networks that come with qa share the tokenizer in the folder above.
    own = (folder / "tokenizer.json").is_file()
    return SafeTokenizer.of(folder if own else folder.parent)
