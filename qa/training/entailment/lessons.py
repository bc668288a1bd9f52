"""What the entailment network learns from: a sentence, its quotes, and what one is to the other."""

from dataclasses import dataclass

from qa.models.entailment_model import LABELS, Pair

FOLLOWS, OPPOSITE, NEITHER = range(len(LABELS))
# It does not follow; nobody has told whether the quotes say the opposite.
FALSE = len(LABELS)


@dataclass(frozen=True, slots=True)
class Lesson:
    """A sentence with its quotes, and its label: a place in `LABELS`, or `FALSE`.

    `kind` tells how the sentence was made, for people who look at the data.
    """

    sentence: str
    quotes: str
    heading: str
    label: int
    kind: str

    @property
    def pair(self) -> Pair:
        """What the network reads."""
        return Pair(self.sentence, self.quotes, self.heading)
