"""Whether the sentence of an answer says that answer, as the entailment network tells."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, Self

from qa.checking.premise import premise
from qa.checking.quotes import whole
from qa.checking.statements import hypothesis
from qa.models.calibration import EntailmentCalibration
from qa.models.entailment_model import LABELS, EntailmentModel, Pair
from qa.models.loading import load_entailment
from qa.models.shipped import load_entailment_calibration
from qa.reading.findings import Place
from qa.settings import Settings
from qa.types import Claim

_FOLLOWS = LABELS.index("follows")
# Two reports at least this far apart may contradict each other and both be true.
_CHANGED = timedelta(days=7)
SAID: tuple[Literal["yes", "no"], ...] = ("yes", "no")


@dataclass(frozen=True, slots=True)
class Verification:
    """What the entailment network says of an answer and its sentence.

    `entailed`: the sentence says the answer; `contradicted`: the sentence says something else.
    """

    entailed: bool
    contradicted: bool


@dataclass(frozen=True, slots=True)
class Settled:
    """Yes or no, and the place whose sentence settles the question."""

    said: Literal["yes", "no"]
    place: Place


class AnswerVerifier:
    """Puts question and answer to the network as a statement, and the sentence as its quote."""

    def __init__(self, model: EntailmentModel, calibration: EntailmentCalibration) -> None:
        """Take the network, and the probabilities from which on its labels count."""
        self._model = model
        self._calibration = calibration

    @classmethod
    def load(cls, settings: Settings) -> Self:
        """Load the network that comes with qa. Raises `ModelError` as `load_entailment` does."""
        return cls(load_entailment(settings), load_entailment_calibration())

    def verify(self, question: str, place: Place, confidence: float) -> Verification:
        """Judge an answer by its sentence; an answer that the reader is sure of passes unread.

        The network finds next to no fault with sure answers, and reading takes time.
        """
        if confidence >= self._calibration.sure:
            return Verification(entailed=True, contradicted=False)
        [(follows, opposite, _)] = self._model.probabilities([pair(question, place)]).tolist()
        return Verification(
            follows >= self._calibration.said, opposite >= self._calibration.contradicted
        )

    def settle(self, question: str, places: Sequence[Place]) -> list[Settled]:
        """Return the sentences that say yes or no surely enough; the first one decides.

        The first is the surest sentence, or an opposite one that was written at least a week later.
        Surely enough means the probability `settled` of the calibration.
        """
        likely = self.follows(question, places)
        return settled(list(zip(places, likely, strict=True)), self._calibration.settled)

    def follows(self, question: str, places: Sequence[Place]) -> list[list[float]]:
        """Return for each place how likely "yes", and "no", follows from its sentence."""
        pairs = [pair(question, place, said) for place in places for said in SAID]
        if not pairs:
            return []
        likely = self._model.probabilities(pairs)[:, _FOLLOWS].reshape(-1, len(SAID))
        return [[float(one) for one in row] for row in likely]

    def differ(self, question: str, one: Claim, other: Claim) -> bool:
        """Tell whether the other claim answers a question differently from the first.

        That is so if the other claim's quote says its answer, and the first claim's quote does not
        say that answer. Claims in the same words, "Monday", differ: the caller has compared their
        days.
        """
        if one.text.casefold() == other.text.casefold():
            return True
        said = hypothesis(question, other.text)
        pairs = [Pair(said, claim.spans[0].quote) for claim in (other, one)]
        own, first = self._model.probabilities(pairs)[:, _FOLLOWS].tolist()
        return bool(own >= self._calibration.said > first)


def pair(question: str, place: Place, answer: str = "") -> Pair:
    """Return an answer and its sentence as the network reads them; `answer` replaces the words.

    The quote is the answer's sentence, with the sentence before if it begins with "he" or "this".
    """
    text, source = place.hit.passage.text, place.hit.article
    quote = premise(text, whole(text, *place.candidate.sentence), source.date)
    return Pair(hypothesis(question, answer or place.text), quote, source.label)


def settled(read: Sequence[tuple[Place, Sequence[float]]], cut: float) -> list[Settled]:
    """Return the sentences that are sure enough; the first one decides, as `settle` says.

    `read` has with each place how likely "yes", and "no", follows from its sentence.
    """
    sure = sorted(((max(row), place, row) for place, row in read), key=lambda one: -one[0])
    found = [Settled(SAID[row.index(best)], place) for best, place, row in sure if best >= cut]
    later = [one for one in found if one.said != found[0].said and _later(one, found[0])]
    newest = max(later, key=lambda one: _written(one.place), default=None)
    return [newest, *(one for one in found if one is not newest)] if newest else found


def _later(one: Settled, other: Settled) -> bool:
    """Tell whether the first is known to have been written a week or more after the other."""
    first, last = _written(other.place), _written(one.place)
    return date.min < first and last - first >= _CHANGED


def changed(one: Settled, other: Settled) -> bool:
    """Tell whether two sentences say the opposite, and were written a week or more apart."""
    return one.said != other.said and (_later(one, other) or _later(other, one))


def _written(place: Place) -> date:
    return place.hit.article.date or date.min
