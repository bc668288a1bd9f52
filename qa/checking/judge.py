"""Whether a sentence follows from its quotes: a network tells, and a few rules that are certain."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

from qa.checking.rules import broken_rule
from qa.models.entailment_model import EntailmentModel, Label, Pair
from qa.models.loading import load_entailment, load_entailment_calibration
from qa.settings import Settings

# What whoever wrote a sentence is told.
_WHY = {
    "opposite": "the copied words say the opposite of it",
    "neither": "the copied words do not say all of it",
}
_CUT = "too long to be checked: write shorter sentences"


class Stated(NamedTuple):
    """A sentence, and the quotes that it is said to rest on.

    `quotes` have their dates put into days, as `premise` puts them; `heading` is their article's
    title and day, '' if nobody tells.
    """

    sentence: str
    quotes: str
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a sentence is to its quotes, and whether it may be shown.

    The label is "follows" exactly if the sentence passes. `probability` is how likely the sentence
    follows, in 0..1, as the network says; `opposite` how likely the quotes say the opposite. `why`
    tells why the sentence does not pass, '' if it does.
    """

    label: Label
    passes: bool
    probability: float
    opposite: float
    why: str = ""


class Checker:
    """Judges sentences by their quotes. Threads may share a checker."""

    def __init__(self, model: EntailmentModel, threshold: float) -> None:
        """Take the network, and the probability from which on a sentence passes."""
        self._model = model
        self._threshold = threshold

    @classmethod
    def load(cls, settings: Settings) -> Self:
        """Load the network that comes with qa. Raises `ModelError` as `load_entailment` does."""
        return cls(load_entailment(settings), load_entailment_calibration().threshold)

    def judge(self, sentence: str, quotes: str | Sequence[str]) -> Verdict:
        """Judge one sentence by its quotes, whose dates may be followed by days in brackets."""
        words = quotes if isinstance(quotes, str) else " ".join(quotes)
        return self.judge_all([Stated(sentence, words)])[0]

    def judge_all(self, stated: Sequence[Stated]) -> list[Verdict]:
        """Judge sentences, each by its own quotes, and return a verdict for each."""
        likely = self.entailed([Pair(one.sentence, one.quotes, one.heading) for one in stated])
        cut = self._model.too_long([one.sentence for one in stated])
        return [self._verdict(*one) for one in zip(stated, likely, cut, strict=True)]

    def entailed(self, pairs: Sequence[Pair]) -> list[tuple[float, float, float]]:
        """Return how likely each sentence follows, is the opposite, or neither: without rules."""
        found = self._model.probabilities(pairs)
        return [(float(row[0]), float(row[1]), float(row[2])) for row in found]

    def _verdict(self, stated: Stated, likely: tuple[float, float, float], cut: bool) -> Verdict:
        # Of the two labels that do not follow, the likelier.
        label: Label = "opposite" if likely[1] > likely[2] else "neither"
        # What stands behind the tokens that were read could say anything.
        why = _CUT if cut else broken_rule(stated.sentence, stated.quotes)
        if why:
            return Verdict(label, False, likely[0], likely[1], why)
        if likely[0] >= self._threshold:
            return Verdict("follows", True, likely[0], likely[1])
        return Verdict(label, False, likely[0], likely[1], _WHY[label])


def load(settings: Settings) -> Checker:
    """Load what judges sentences. Raises `ModelError` if its weights are missing or not ours."""
    return Checker.load(settings)
