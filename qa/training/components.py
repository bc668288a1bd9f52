"""A teacher's states → their main components, which are few enough to be kept."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA

from qa.training.files import read_arrays, write_arrays

# Of a teacher's 768 features that has learned to read, these many components hold 98% of the
# variance.
FEATURES = 128

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Components:
    """What maps states of shape (tokens, width) to (tokens, features), with a mean square of 1.

    `mean` has the shape (width,) and `axes` (width, features), as principal component analysis
    has them.
    """

    mean: Floats
    axes: Floats

    @classmethod
    def load(cls, path: Path, made_of: str, states: Callable[[], Floats]) -> Self:
        """Return those in a file, or find those of some states and write them.

        Raises `TrainingError` if the file's are those of something else.
        """
        if not path.is_file():
            found = cls.of(states())
            write_arrays(path, made_of, mean=found.mean, axes=found.axes)
        return cls(**read_arrays(path, made_of))

    @classmethod
    def of(cls, states: Floats) -> Self:
        """Find the components of states, shape (tokens, width): no more of them than tokens."""
        found = PCA(min(FEATURES, *states.shape), svd_solver="covariance_eigh").fit(states)
        scale = np.sqrt(found.explained_variance_.mean())
        axes = (found.components_.T / scale).astype(np.float32)
        return cls(found.mean_.astype(np.float32), axes)

    def project(self, states: Floats) -> NDArray[np.float16]:
        """Return the components of states, shape (tokens, features)."""
        found: NDArray[np.float16] = ((states - self.mean) @ self.axes).astype(np.float16)
        return found
