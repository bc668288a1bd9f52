"""Does the sentence that an answer was cut out of say the answer? The entailment network tells."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
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
# Reports so far apart may both be true.
_CHANGED = timedelta(days=7)
SAID: tuple[Literal["yes", "no"], ...] = ("yes", "no")


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

    def settle(self, question: str, places: Sequence[Place]) -> list[Settled]:
        """Return what sentences of some places say to a question for yes or no, what counts first.

        That is what the surest says, or what was reported at least a week later. Only those count
        that say so as surely as was chosen.
        """
        likely = self.follows(question, places)
        return settled(list(zip(places, likely, strict=True)), self._calibration.settled)

    def follows(self, question: str, places: Sequence[Place]) -> list[list[float]]:
        """Return how likely "yes", and "no", follows from each of some places' sentences."""
        pairs = [pair(question, place, said) for place in places for said in SAID]
        if not pairs:
            return []
        likely = self._model.probabilities(pairs)[:, _FOLLOWS].reshape(-1, len(SAID))
        return [[float(one) for one in row] for row in likely]

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


def settled(read: Sequence[tuple[Place, Sequence[float]]], cut: float) -> list[Settled]:
    """Return what the sentences that are sure enough say, what counts first.

    With each place, how likely "yes", and "no", follows from its sentence.
    """
    sure = sorted(((max(row), place, row) for place, row in read), key=lambda one: -one[0])
    found = [Settled(SAID[row.index(best)], place) for best, place, row in sure if best >= cut]
    later = [one for one in found if one.said != found[0].said and _later(one, found[0])]
    newest = max(later, key=lambda one: _written(one.place), default=None)
    return [newest, *(one for one in found if one is not newest)] if newest else found


def _later(one: Settled, other: Settled) -> bool:
    """Tell whether one is known to have been written so much later that things may have changed."""
    first, last = _written(other.place), _written(one.place)
    return date.min < first and last - first >= _CHANGED


def changed(one: Settled, other: Settled) -> bool:
    """Tell whether two say the opposite, and were written so far apart that things may change."""
    return one.said != other.said and (_later(one, other) or _later(other, one))


def _written(place: Place) -> date:
    return place.hit.article.date or date.min
