"""Question + hits → the words that answer, with the sentences they stand in, or none.

It cannot invent: whatever it says is cut out of a passage.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Protocol, Self

from qa.models.calibration import Calibration
from qa.models.loading import load_calibration, load_large_reader, load_small_reader
from qa.models.span_model import SpanModel, Text
from qa.reading.drafts import by_yes_or_no, in_a_sentence, in_words, refusal, settling
from qa.reading.evidence import Evidence, by_best, spans, weighed
from qa.reading.findings import Read, places
from qa.reading.verify import AnswerVerifier
from qa.search.question import Asked
from qa.settings import Settings
from qa.types import Claim, Draft, Hit

# Passages that the large network reads again: more cost time, and seldom hold the answer.
AGAIN = 5


class Reader(Protocol):
    """Finds the answer to a question in the passages that were retrieved for it."""

    def read(self, asked: Asked, hits: Sequence[Hit], searched: int | None = None) -> Draft:
        """Return the answer with the spans that it rests on; without claims if there is none.

        `searched` says among how many passages the hits were found, if that is known. Each
        span must stand inside the passage of one of the hits. Whether the best
        candidate is good enough is the reader's own decision: it alone knows what its
        scores mean.
        """
        ...


class SpanReader:
    """Answers with the few words that most likely answer, by the networks in `qa/weights`.

    The small one reads each hit. The large one, if there is one, reads the best of them again, and
    the answer is one of theirs. How scores are weighed, the confidence, and the thresholds below
    which it refuses or doubts are what `python -m qa.training.calibrate` fitted.
    """

    def __init__(
        self,
        small: SpanModel,
        calibration: Calibration,
        large: SpanModel | None = None,
        verifier: AnswerVerifier | None = None,
    ) -> None:
        """Take the networks, what was fitted with them, and what verifies the best answer."""
        self._small = small
        self._large = large
        self._verifier = verifier
        self._calibration = calibration
        self._decision = calibration.large if large else calibration.small

    @classmethod
    def load(cls, settings: Settings) -> Self:
        """Load the networks that come with qa, and what was fitted with them.

        Raises `ModelError` if one of them is missing, or is not that which was published.
        """
        large = load_large_reader(settings)
        verifier = AnswerVerifier.load(settings) if large else None
        return cls(load_small_reader(settings), load_calibration(), large, verifier)

    def read(self, asked: Asked, hits: Sequence[Hit], searched: int | None = None) -> Draft:
        """Return the best answer as a draft, or a draft without claims.

        It has one claim, or several where reports differ: `short` is the best of them, which
        need not be the newest.
        """
        return self.draft(asked, self.evidence(asked, hits, searched))

    def draft(self, asked: Asked, evidence: Evidence) -> Draft:
        """Decide whether the evidence is enough, and say what it says."""
        if not evidence.found:
            return Draft(hits=evidence.hits)
        confidence = self._decision.confidence.of(evidence.signs)
        doubt = self._decision.confidence.doubt(confidence)
        draft = Draft(confidence=confidence, hits=evidence.hits, doubt=doubt)
        if asked.yes_or_no and self._verifier:
            # Whether a sentence says yes or no, the network tells better than the reader.
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
        """Tell whether two reports answer differently, as far as there is a network to tell."""
        return not self._verifier or self._verifier.differ(asked.whole, one, other)

    def evidence(self, asked: Asked, hits: Sequence[Hit], searched: int | None = None) -> Evidence:
        """Read the hits, and return what they say without deciding whether it is enough."""
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
        """Return the hits as the small network reads them, in their order."""
        readings = self._small.read(asked.whole, [_text(hit) for hit in hits])
        return [Read(*pair) for pair in zip(hits, readings, strict=True)]

    def again(self, asked: Asked, read: Sequence[Read]) -> list[Read]:
        """Return what was read, as the large network reads it too. There has to be one."""
        assert self._large
        readings = self._large.read(asked.whole, [_text(one.hit) for one in read])
        return [replace(one, again=reading) for one, reading in zip(read, readings, strict=True)]


def _text(hit: Hit) -> Text:
    return Text(hit.passage.text, hit.article.label)
