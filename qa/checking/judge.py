"""Whether a sentence follows from its quotes: a few certain rules, then a network."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from qa.checking.rules import broken_rule
from qa.models.entailment_model import EntailmentModel, Label, Pair
from qa.models.loading import load_entailment
from qa.models.shipped import load_entailment_calibration
from qa.settings import Settings

# The reasons, as the author of a sentence is told them.
_WHY = {
    "opposite": "the copied words say the opposite of it",
    "neither": "the copied words do not say all of it",
}
_CUT = "too long to be checked: write shorter sentences"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a sentence follows from its quotes, and may be shown.

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
        """Take the network, and the least probability with which a sentence passes."""
        self._model = model
        self._threshold = threshold

    @classmethod
    def load(cls, settings: Settings) -> Self:
        """Load the network that comes with qa. Raises `ModelError` as `load_entailment` does."""
        return cls(load_entailment(settings), load_entailment_calibration().threshold)

    def judge(self, sentence: str, quotes: str | Sequence[str]) -> Verdict:
        """Judge one sentence by its quotes, whose dates may be followed by days in brackets."""
        words = quotes if isinstance(quotes, str) else " ".join(quotes)
        return self.judge_all([Pair(sentence, words)])[0]

    def judge_all(self, pairs: Sequence[Pair]) -> list[Verdict]:
        """Judge sentences, each by its own quotes, and return a verdict for each."""
        likely = self._model.probabilities(pairs).tolist()
        cut = self._model.too_long([one.sentence for one in pairs])
        return [self._verdict(*one) for one in zip(pairs, likely, cut, strict=True)]

    def _verdict(self, pair: Pair, likely: Sequence[float], cut: bool) -> Verdict:
        # The likelier of the two labels that are not "follows".
        label: Label = "opposite" if likely[1] > likely[2] else "neither"
        # The network has not read the end of a sentence that is too long.
        why = _CUT if cut else broken_rule(pair.sentence, pair.quotes)
        if why:
            return Verdict(label, False, likely[0], likely[1], why)
        if likely[0] >= self._threshold:
            return Verdict("follows", True, likely[0], likely[1])
        return Verdict(label, False, likely[0], likely[1], _WHY[label])


def load(settings: Settings) -> Checker:
    """Load what judges sentences. Raises `ModelError` if its weights are missing or not ours."""
    return Checker.load(settings)
