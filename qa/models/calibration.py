"""What was fitted or chosen on data: numbers that belong to the weights beside which they stand."""

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
# A file that was edited by hand is believed only if each number can be what it is said to be.
_STRICT = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)
Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
Weight = Annotated[float, Field(ge=0)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
# Signs that the confidence is made of; that tell which sentences tell of a subject, which are to
# the point, and whether the archive knows the subject.
SIGNS, SENTENCE_SIGNS, TOPIC_SIGNS, SUBJECT_SIGNS = 7, 17, 3, 6
_RESTORE = "restore the file, or install qa again from where it came"


@dataclass(frozen=True, slots=True)
class Scores:
    """What each sign of a span adds to its score, which is a log-probability but for a constant.

    Of what the small network says: the log-probability that it gives the span in its passage; the
    logits of the span to answer, and of the passage to. The same of the large one, where that has
    read the passage again. Of the hit: the log of 3 + its rank, and its cosine to the question. And
    whether the span is of the time, or the duration, that the question asks for. `nothing` is the
    score of there being no answer at all.
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

    `SpanReader` says which signs. Below `threshold` the reader refuses; below `fair` it answers
    with much doubt, and below `plain` with some. `searched` stands in where nobody tells how many
    passages were searched.
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
    """How an answer is chosen of what was read, and how sure of it the reader is."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    scores: Scores
    confidence: Confidence


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


def large_files(files: Mapping[str, str]) -> dict[str, str]:
    """Return which of a calibration's files are the large network's."""
    return {path: sha256 for path, sha256 in files.items() if path.startswith("large/")}


class Fitted:
    """Numbers that a file keeps as JSON, believed only if each can be what it is said to be."""

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
        """Refuse to serve an embedder that it was not fitted with. Raises `ModelError`."""
        if embedder_sha256 != self.embedder_sha256:
            raise ModelError(
                f"the reader was calibrated with the embedder {self.embedder_sha256[:12]}…, "
                f"and the embedder is {embedder_sha256[:12]}…: "
                "run `python -m qa.training.calibrate`"
            )


@dataclass(frozen=True)
class Selection(Fitted):
    """Which sentences tell of a subject, and whether the archive knows the subject at all.

    Three logistic regressions: `weights` and `bias` on the signs of a sentence that
    `telling.signs_of` names tell which sentences tell most; `topic` and `topic_bias`, on three of
    these signs, which are to the point; `known` and `known_bias`, on the signs of an answer that
    `overview.Chosen` names, whether the archive knows the subject.

    The words of a question that are `common` to questions, as stems, say nothing of its subject. A
    sentence less likely to tell than `least`, or to be to the point than `pointed`, is left out;
    `repetition` is what one that says all of another loses, as a log of its likelihood. An answer
    less likely than `threshold` is not given; below `fair` with much doubt, and below `plain` with
    some.
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
    """What belongs to the entailment network: the probabilities from which on its word counts.

    A sentence passes if it follows from its quotes at least as likely as `threshold`. The reader's
    own answer is not shown if its sentence contradicts it as likely as `contradicted`, and is
    doubted if its sentence says it less likely than `said`; yes or no is said if it follows from a
    sentence as likely as `settled`; an answer of which the reader is as
    sure as `sure` is not put to the network. `sha256` is that of the weights,
    `reader` those of the large reader's files, by their path: the network was trained as a change
    of these.
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
        """Refuse a large reader that it was not trained on. Raises `ModelError`."""
        if large_files(files) != dict(self.reader):
            raise ModelError(
                "the entailment network was trained on another large reader than is here: "
                "train one by `python -m qa.training.entailment`, then the same with --ship"
            )
