"""What was fitted or chosen on data: numbers that belong to the weights beside which they stand."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from qa.errors import ModelError

FILE = "calibration.json"
# A file that was edited by hand is believed only if each number can be what it is said to be.
_STRICT = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)
Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
Weight = Annotated[float, Field(ge=0)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_RESTORE = "restore the file, or install qa again from where it came"


@dataclass(frozen=True, slots=True)
class Weights:
    """How the score of a span is made up, in log-probability.

    Its own log-probability in its passage, divided by `temperature`; `holds` times the
    logit that the passage answers; and `rank` times the log of 1 / (3 + the hit's rank).
    """

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    temperature: Positive
    holds: Weight
    rank: Weight


@dataclass(frozen=True, slots=True)
class Confidence:
    """How likely it is that the archive holds the answer: a logistic regression on five signs.

    `SpanReader` says which signs. Below `threshold` the reader refuses. `similarity` and
    `searched` stand in for two signs where nobody tells them: a hit's cosine to the question, and
    how many passages were searched.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    signs: tuple[float, float, float, float, float]
    bias: float
    threshold: Share
    similarity: Share
    searched: Annotated[int, Field(gt=0)]

    def of(self, signs: NDArray[np.float64]) -> float:
        """Return the confidence, in 0..1, that a question's signs give, shape (signs,)."""
        return 1.0 / (1.0 + math.exp(-float(signs @ np.array(self.signs) + self.bias)))


@dataclass(frozen=True, slots=True)
class Ranking:
    """What a hit's score is made of.

    `words` is the share of the search by words, the rest that of the search by meaning. On top
    come `date` for an article of the day asked about, half of it for one `half_life` days away;
    `on_time`, where the question names a time of up to a month, for the passage on that time that
    is most like the question, less for others; and `conversation` for the article that the turns
    before were most likely about, half of it for the second, a third for the third.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    words: Share
    date: Weight
    half_life: Positive
    on_time: Weight
    conversation: Weight


@dataclass(frozen=True, slots=True)
class Support:
    """When a sentence's words are supported by its quotes, as far as words and vectors tell.

    `covered` is the least share of a sentence's content words that its quotes must have, `plain`
    that of those which are neither names nor figures. The others are cosines of the sentence and
    its quotes: from `near` on its other words are taken for synonyms, from `nearer` on if none of
    the words but names and figures is in the quotes; below `far` it says something else. So many
    words in a row as `added`, which no quote has, are something added.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    covered: Share
    plain: Share
    near: Share
    far: Share
    nearer: Share
    added: Annotated[int, Field(gt=0)]


@dataclass(frozen=True, slots=True)
class Calibration:
    """Every number that was fitted or chosen, and the SHA-256 of the weights it belongs to.

    `dated` is what a date adds to a span's score where the question asks when, or a duration where
    it asks how long.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    reader_sha256: Sha256
    embedder_sha256: Sha256
    weights: Weights
    dated: Weight
    confidence: Confidence
    ranking: Ranking
    support: Support

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a file that `write` wrote.

        Raises `ModelError` if there is none, or it is damaged.
        """
        try:
            return TypeAdapter(cls).validate_json(path.read_bytes())
        except OSError as error:
            raise ModelError(f"no calibration at {path} ({error.strerror}): {_RESTORE}") from None
        except ValidationError as error:
            first = error.errors()[0]
            fault = ": ".join(filter(None, [".".join(map(str, first["loc"])), first["msg"]]))
            raise ModelError(f"{path} is damaged ({fault}): {_RESTORE}") from None

    def write(self, path: Path) -> None:
        """Write the calibration as JSON, whole or not at all."""
        part = path.with_suffix(".part")
        part.write_bytes(TypeAdapter(type(self)).dump_json(self, indent=2) + b"\n")
        part.replace(path)

    def check(self, *, embedder_sha256: str) -> None:
        """Refuse to serve an embedder that it was not fitted with. Raises `ModelError`."""
        if embedder_sha256 != self.embedder_sha256:
            raise ModelError(
                f"the reader was calibrated with the embedder {self.embedder_sha256[:12]}…, "
                f"and the embedder is {embedder_sha256[:12]}…: "
                "run `python -m qa.training.calibrate`"
            )
