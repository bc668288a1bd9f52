"""Question + hits → the words that answer, with their sentences, or no answer.

The reader cannot invent: every answer is cut out of a passage.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Protocol, Self

from qa.models.calibration import Calibration
from qa.models.loading import load_large_reader, load_small_reader
from qa.models.shipped import load_calibration
from qa.models.span_model import SpanModel, Text
from qa.reading.drafts import by_yes_or_no, in_a_sentence, in_words, refusal, settling
from qa.reading.evidence import Evidence, by_best, spans, weighed
from qa.reading.findings import Read, places
from qa.reading.verify import AnswerVerifier
from qa.search.question import Asked
from qa.settings import Settings
from qa.types import Claim, Draft, Hit

# How many passages the large network reads again. Of 200 answerable questions of 2022, 161 have the
# right span first with 3 and with 5, 160 with 4; each takes as long as seven of the small network.
AGAIN = 3


class Reader(Protocol):
    """Finds the answer to a question in the passages that were retrieved for it."""

    def read(self, asked: Asked, hits: Sequence[Hit], searched: int | None = None) -> Draft:
        """Return the answer with the spans that it rests on; without claims if there is none.

        `searched` is the number of passages among which the hits were found, if that is known. Each
        span must stand inside the passage of a hit. The reader itself decides whether its best
        candidate is good enough, since nobody else knows the scale of its scores.
        """
        ...


class NoReader:
    """Finds no answer in any passage: for what is told in several sentences."""

    def read(self, asked: Asked, hits: Sequence[Hit], searched: int | None = None) -> Draft:
        """Return a draft without claims."""
        return Draft(hits=tuple(hits))


class SpanReader:
    """Answers with the few words that most likely answer, by the networks in `qa/weights`.

    The small network reads every hit. The large network, if there is one, reads the best hits
    again, and the answer is taken from these. `python -m qa.training.calibrate` fitted the weights
    of the scores, the confidence, and the thresholds below which the reader refuses or doubts.
    """

    def __init__(
        self,
        small: SpanModel,
        calibration: Calibration,
        large: SpanModel | None = None,
        verifier: AnswerVerifier | None = None,
    ) -> None:
        """Take the networks, the numbers fitted with them, and the verifier of the best answer."""
        self._small = small
        self._large = large
        self._verifier = verifier
        self._calibration = calibration
        self._decision = calibration.large if large else calibration.small

    @classmethod
    def load(cls, settings: Settings) -> Self:
        """Load the networks that come with qa, and the numbers fitted with them.

        Raises `ModelError` if a file is missing, or is not the published one.
        """
        large = load_large_reader(settings)
        verifier = AnswerVerifier.load(settings) if large else None
        return cls(load_small_reader(settings), load_calibration(), large, verifier)

    def read(self, asked: Asked, hits: Sequence[Hit], searched: int | None = None) -> Draft:
        """Return the best answer as a draft, or a draft without claims.

        The draft has one claim, or several where reports differ. `short` is the best answer, which
        need not be the newest.
        """
        return self.draft(asked, self.evidence(asked, hits, searched))

    def draft(self, asked: Asked, evidence: Evidence) -> Draft:
        """Return the draft that the evidence supports; without claims if that is too weak."""
        if not evidence.found:
            return Draft(hits=evidence.hits)
        confidence = self._decision.confidence.of(evidence.signs)
        doubt = self._decision.confidence.doubt(confidence)
        draft = Draft(confidence=confidence, hits=evidence.hits, doubt=doubt)
        if asked.yes_or_no and self._verifier:
            # The entailment network tells better than the reader whether a sentence says yes or no.
            settled = self._verifier.settle(asked.whole, settling(asked, evidence.found))
            if settled:
                return by_yes_or_no(asked, evidence, draft, settled)
        if confidence < self._decision.confidence.threshold:
            return refusal(asked, evidence, confidence)
        if asked.wants_sentence:
            unsettled = asked.yes_or_no and self._verifier is not None
            return in_a_sentence(asked, evidence, draft, unsettled)
        if self._verifier:
            likeliest = evidence.found[0].places[0]
            verified = self._verifier.verify(asked.whole, likeliest, confidence)
            if verified.contradicted:
                return refusal(asked, evidence, confidence)
            if not verified.entailed and doubt == "none":
                draft = replace(draft, doubt="some")
        return in_words(asked, evidence, draft, partial(self._differ, asked))

    def _differ(self, asked: Asked, one: Claim, other: Claim) -> bool:
        """Tell whether two reports answer differently; True if there is no network to tell."""
        return not self._verifier or self._verifier.differ(asked.whole, one, other)

    def evidence(self, asked: Asked, hits: Sequence[Hit], searched: int | None = None) -> Evidence:
        """Read the hits, and return the evidence, without deciding whether it is enough."""
        read = self.once(asked, hits)
        found = spans(asked, read)
        if self._large:
            standing = places(found, self._calibration.small.scores)
            order = by_best(standing, read)
            again = self.again(asked, order[:AGAIN])
            found = spans(asked, again)
            read = [*again, *order[AGAIN:]]
        return weighed(read, found, self._decision, searched)

    def once(self, asked: Asked, hits: Sequence[Hit]) -> list[Read]:
        """Return each hit with the small network's reading, in the order of the hits."""
        readings = self._small.read(asked.whole, [_text(hit) for hit in hits])
        return [Read(*pair) for pair in zip(hits, readings, strict=True)]

    def again(self, asked: Asked, read: Sequence[Read]) -> list[Read]:
        """Return each hit with the reading of the large network added, which must be loaded."""
        assert self._large
        readings = self._large.read(asked.whole, [_text(one.hit) for one in read])
        return [replace(one, again=reading) for one, reading in zip(read, readings, strict=True)]


def _text(hit: Hit) -> Text:
    return Text(hit.passage.text, hit.article.label)
