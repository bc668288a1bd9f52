"""Numbers fitted or chosen on data, which stand beside the weights that they belong to."""

import math
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Annotated, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from qa.errors import ModelError
from qa.types import Doubt

FILE = "calibration.json"
# A file may have been edited by hand: each number has to lie within its bounds.
_STRICT = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)
Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
Weight = Annotated[float, Field(ge=0)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
# The numbers of signs: of the confidence; of a sentence that tells of a subject; of a sentence that
# is to the point; and of whether the archive knows a subject.
SIGNS, SENTENCE_SIGNS, TOPIC_SIGNS, SUBJECT_SIGNS = 7, 17, 3, 6
_RESTORE = "restore the file, or install qa again from where it came"


@dataclass(frozen=True, slots=True)
class Scores:
    """The weight of each sign of a span. The weighted sum is a log-probability up to a constant.

    From the small network: `likelihood`, the log-probability of the span in its passage; `judge`,
    the logit of the span to answer; `holds`, the logit of the passage to answer. The three with
    `_again` are the large network's, 0 if that has not read the passage. From the search: `rank`,
    the log of 3 + the hit's rank, and `similarity`, its cosine to the question. `dated` is 1 if the
    span is a time, or a duration, and the question asks for one. `nothing` is the score of no
    answer at all.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    likelihood: float
    judge: float
    holds: float
    likelihood_again: float
    judge_again: float
    holds_again: float
    rank: float
    similarity: float
    dated: float
    nothing: float

    @property
    def weights(self) -> NDArray[np.float64]:
        """The weights of the signs, in the order in which they stand here, shape (9,)."""
        return np.array(astuple(self)[:-1])


@dataclass(frozen=True, slots=True)
class Confidence:
    """How likely it is that the best answer is right: a logistic regression on signs.

    `qa.reading.evidence.Evidence` names the signs. Below `threshold` the reader refuses; below
    `fair` it answers with much doubt, and below `plain` with some. `searched` is the number of
    passages searched if the caller gives none.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    signs: Annotated[tuple[float, ...], Field(min_length=SIGNS, max_length=SIGNS)]
    bias: float
    threshold: Share
    fair: Share
    plain: Share
    searched: Annotated[int, Field(gt=0)]

    def of(self, signs: NDArray[np.float64]) -> float:
        """Return the confidence, in 0..1, that a question's signs give, shape (signs,)."""
        return 1.0 / (1.0 + math.exp(-float(signs @ np.array(self.signs) + self.bias)))

    def doubt(self, confidence: float) -> Doubt:
        """Return how far an answer of a confidence is doubted."""
        return _doubt(confidence, self.fair, self.plain)


def _doubt(confidence: float, fair: float, plain: float) -> Doubt:
    if confidence >= plain:
        return "none"
    return "some" if confidence >= fair else "much"


@dataclass(frozen=True, slots=True)
class Decision:
    """How an answer is chosen among spans, and how sure the reader is of it."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    scores: Scores
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Ranking:
    """The parts of a hit's score.

    `words` is the share of the search by words; the search by meaning has the rest. Three bonuses
    are added: `date` for an article of the day asked about, half of it at a distance of `half_life`
    days; `on_time`, if the question names a time of up to a month, for the passage on that time
    with the highest cosine, and less for others; and `conversation` for the first article of the
    turns before, half of it for the second, a third for the third.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    words: Share
    date: Weight
    half_life: Positive
    on_time: Weight
    conversation: Weight


def large_files(files: Mapping[str, str]) -> dict[str, str]:
    """Return which of a calibration's files are the large network's."""
    return {path: sha256 for path, sha256 in files.items() if path.startswith("large/")}


class Fitted:
    """Numbers in a JSON file, which is refused if a number lies out of bounds."""

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


@dataclass(frozen=True)
class Calibration(Fitted):
    """Every number that was fitted or chosen, and the SHA-256 of the weights it belongs to.

    `small` decides where the small network reads alone, `large` where the large one reads the best
    passages again. `files` are the SHA-256 of both networks' files, by their path.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    files: Mapping[str, Sha256]
    embedder_sha256: Sha256
    small: Decision
    large: Decision
    ranking: Ranking

    def check(self, *, embedder_sha256: str) -> None:
        """Raise `ModelError` for an embedder with which the calibration was not fitted."""
        if embedder_sha256 != self.embedder_sha256:
            raise ModelError(
                f"the reader was calibrated with the embedder {self.embedder_sha256[:12]}…, "
                f"and the embedder is {embedder_sha256[:12]}…: "
                "run `python -m qa.training.calibrate`"
            )


@dataclass(frozen=True)
class Selection(Fitted):
    """Which sentences tell of a subject, and whether the archive knows the subject at all.

    Three logistic regressions: `weights` and `bias`, on the signs of `telling.signs_of`, say how
    likely a sentence tells most; `topic` and `topic_bias`, on three of these signs, how likely a
    sentence is to the point; `known` and `known_bias`, on the signs of `overview.Chosen`, how
    likely the archive knows the subject.

    `common` are stems that stand in many questions and say nothing of the subject. A sentence is
    left out if it tells less likely than `least`, or is to the point less likely than `pointed`.
    `repetition` is the loss, in log-likelihood, of a sentence that repeats another. An answer less
    likely than `threshold` is not given; below `fair` it is given with much doubt, and below
    `plain` with some.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    embedder_sha256: Sha256
    weights: Annotated[
        tuple[float, ...], Field(min_length=SENTENCE_SIGNS, max_length=SENTENCE_SIGNS)
    ]
    bias: float
    topic: Annotated[tuple[float, ...], Field(min_length=TOPIC_SIGNS, max_length=TOPIC_SIGNS)]
    topic_bias: float
    common: tuple[str, ...]
    least: Share
    pointed: Share
    repetition: Weight
    known: Annotated[tuple[float, ...], Field(min_length=SUBJECT_SIGNS, max_length=SUBJECT_SIGNS)]
    known_bias: float
    threshold: Share
    fair: Share
    plain: Share

    def doubt(self, confidence: float) -> Doubt:
        """Return how far an answer of a confidence is doubted."""
        return _doubt(confidence, self.fair, self.plain)


@dataclass(frozen=True)
class EntailmentCalibration(Fitted):
    """The entailment network's thresholds: the probabilities from which on its labels count.

    A sentence passes if the probability that it follows from its quotes reaches `threshold`. The
    reader's answer is not shown if the probability that its sentence contradicts it reaches
    `contradicted`, and is doubted if the probability that its sentence says it is below `said`. Yes
    or no is said if the probability that it follows from a sentence reaches `settled`. An answer of
    which the reader is as sure as `sure` is not put to the network. `sha256` is the hash of the
    weights, and `reader` the hashes of the large reader's files, by path: the network was trained
    as a change of these.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    sha256: Sha256
    reader: Mapping[str, Sha256]
    threshold: Share
    contradicted: Share
    said: Share
    settled: Share
    sure: Share

    def check(self, files: Mapping[str, str]) -> None:
        """Raise `ModelError` for a large reader on which the network was not trained."""
        if large_files(files) != dict(self.reader):
            raise ModelError(
                "the entailment network was trained on another large reader: "
                "train one by `python -m qa.training.entailment`, then the same with --ship"
            )
