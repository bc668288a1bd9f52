"""Does the sentence that an answer was cut out of say the answer? The entailment network tells."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Self

from qa.checking.premise import premise
from qa.checking.quotes import whole
from qa.checking.statements import hypothesis
from qa.models.calibration import EntailmentCalibration
from qa.models.entailment_model import LABELS, EntailmentModel, Pair
from qa.models.loading import load_entailment, load_entailment_calibration
from qa.reading.findings import Place
from qa.settings import Settings
from qa.types import Claim

_FOLLOWS = LABELS.index("follows")
_SAID: tuple[Literal["yes", "no"], ...] = ("yes", "no")


@dataclass(frozen=True, slots=True)
class Verification:
    """What the network says of an answer by its sentence.

    `entailed`: the sentence says the answer; `contradicted`: the sentence says something else.
    """

    entailed: bool
    contradicted: bool


@dataclass(frozen=True, slots=True)
class Settled:
    """What is to be said to a question for yes or no, and the place whose sentence settles it."""

    said: Literal["yes", "no"]
    place: Place


class AnswerVerifier:
    """Puts a question and an answer to the network as one statement, the sentence as its quote."""

    def __init__(self, model: EntailmentModel, calibration: EntailmentCalibration) -> None:
        """Take the network, and the probabilities from which on its word counts."""
        self._model = model
        self._calibration = calibration

    @classmethod
    def load(cls, settings: Settings) -> Self:
        """Load the network that comes with qa. Raises `ModelError` as `load_entailment` does."""
        return cls(load_entailment(settings), load_entailment_calibration())

    def verify(self, question: str, place: Place, confidence: float) -> Verification:
        """Judge an answer where it stands; one that the reader is sure of is taken as said.

        The network finds next to no fault with these, and reading takes time.
        """
        if confidence >= self._calibration.sure:
            return Verification(entailed=True, contradicted=False)
        [(follows, opposite, _)] = self._model.probabilities([pair(question, place)]).tolist()
        return Verification(
            follows >= self._calibration.said, opposite >= self._calibration.contradicted
        )

    def settle(self, question: str, places: Sequence[Place]) -> Settled | None:
        """Tell whether yes or no follows from one of some sentences, and from which; None if not.

        What follows most surely counts.
        """
        pairs = [pair(question, place, said) for place in places for said in _SAID]
        if not pairs:
            return None
        follows = self._model.probabilities(pairs)[:, _FOLLOWS].reshape(-1, len(_SAID))
        place, said = divmod(int(follows.argmax()), len(_SAID))
        if follows[place, said] < self._calibration.said:
            return None
        return Settled(_SAID[said], places[place])

    def differ(self, question: str, one: Claim, other: Claim) -> bool:
        """Tell whether the other claim answers a question otherwise than the first.

        The other's quote says the other's answer, and the first one's quote does not. The same
        words, "Monday", were told apart by their days before.
        """
        if one.text.casefold() == other.text.casefold():
            return True
        said = hypothesis(question, other.text)
        pairs = [Pair(said, claim.spans[0].quote) for claim in (other, one)]
        own, first = self._model.probabilities(pairs)[:, _FOLLOWS].tolist()
        return bool(own >= self._calibration.said > first)


def pair(question: str, place: Place, answer: str = "") -> Pair:
    """Return what the network reads of an answer where it stands, or of another, such as "yes".

    The quote is the answer's sentence, with the one before if its own leans on that.
    """
    text, source = place.hit.passage.text, place.hit.article
    quote = premise(text, whole(text, *place.candidate.sentence), source.date)
    return Pair(hypothesis(question, answer or place.text), quote, source.label)
