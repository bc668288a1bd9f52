"""The embedder: the published weights or none, and the published model's vectors."""

from pathlib import Path
from typing import Literal

import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer

from qa.errors import ModelError
from qa.models.embedder import EMBEDDER
from qa.models.loading import load_embedder
from qa.models.shipped import embedder_folder, verify
from qa.models.steady import steady
from qa.settings import Settings

TEXTS = ["The bridge was opened.", "", "東京", "word " * 600, "A storm hit the town of Tolk."] * 5


@pytest.mark.parametrize("dtype", ["auto", "float32"])
def test_vectors_are_those_of_the_published_model(dtype: Literal["auto", "float32"]) -> None:
    vectors = load_embedder(Settings(device="cpu", dtype=dtype)).embed(TEXTS)
    assert vectors.shape == (len(TEXTS), EMBEDDER.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    published = SentenceTransformer(str(embedder_folder()), device="cpu").encode(TEXTS)
    assert (vectors * published).sum(axis=1).min() > 0.999


def test_no_texts_no_vectors() -> None:
    assert load_embedder(Settings()).embed([]).shape == (0, EMBEDDER.dimension)


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a cuda device")
def test_a_device_that_is_not_there() -> None:
    with pytest.raises(ModelError, match="set QA_DEVICE=auto"):
        load_embedder(Settings(device="cuda"))


def test_other_weights_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    with pytest.raises(ModelError, match="of the package are missing: mend it"):
        verify(path, "0" * 64, "the package", "mend it")
    path.write_bytes(b"other")
    with pytest.raises(ModelError, match="are not the published ones"):
        verify(path, "0" * 64, "the package", "mend it")


def test_a_steady_layer_computes_what_the_layer_did() -> None:
    torch.manual_seed(0)
    layer = torch.nn.Sequential(torch.nn.Linear(8, 5))
    given = [torch.randn(rows, 3, 8) for rows in (1, 7, 64, 130)]
    before = [layer(one) for one in given]
    steady(layer)
    for one, wanted in zip(given, before, strict=True):
        assert torch.allclose(layer(one), wanted, atol=1e-6)
        assert layer(one).shape == wanted.shape
