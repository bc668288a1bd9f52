"""The probabilities from which on the reader's own answer is dropped, or doubted.

Chosen on the natural questions of 2022 that no network has learned from, asked of an archive of
their year; the figures are cross-validated over their articles.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold
from tqdm import tqdm

from qa.assistant import Assistant
from qa.evaluation.judging import rightly
from qa.models.entailment_model import EntailmentModel
from qa.models.loading import load_large_reader, load_small_reader
from qa.models.shipped import load_calibration
from qa.reading.findings import Place
from qa.reading.forms import Forms
from qa.reading.reader import SpanReader
from qa.reading.verify import AnswerVerifier, Settled, Verification, pair, settled
from qa.settings import Settings
from qa.training.archives import searching
from qa.training.natural import TrainingQuestion
from qa.types import Claim

FOLDS = 5
# Of right answers, the share that may be taken for contradicted.
_LOST = 0.02
# Of the answers that are not put to the network, the share that is right, at least.
_SURELY = 0.97


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer that the reader gives in a few words: is it right?

    `follows` and `opposite` are what its sentence says of it, `confidence` is the reader's.
    """

    question: TrainingQuestion
    follows: float
    opposite: float
    confidence: float
    right: bool


@dataclass(frozen=True, slots=True)
class Settling:
    """A question for yes or no: what is right; and places, with how likely either follows."""

    right: Literal["yes", "no"]
    read: Sequence[tuple[Place, Sequence[float]]]

    def said(self, cut: float) -> str:
        """Return what is said with a threshold; '' if nothing."""
        found = settled(self.read, cut)
        return found[0].said if found else ""


class Cuts(NamedTuple):
    """The probabilities, and the confidence, that `EntailmentCalibration` has by these names."""

    contradicted: float
    said: float
    sure: float


class _Recorder(AnswerVerifier):
    """Keeps what the network said of a question's first answer, and lets all pass.

    What was planned is read about once more: that is another answer.
    """

    def __init__(self, model: EntailmentModel) -> None:
        self._model = model
        self.first: tuple[float, float, float] | None = None
        self.settling: list[tuple[Place, Sequence[float]]] = []

    def verify(self, question: str, place: Place, confidence: float) -> Verification:
        [(follows, opposite, _)] = self._model.probabilities([pair(question, place)]).tolist()
        self.first = self.first or (follows, opposite, confidence)
        return Verification(entailed=True, contradicted=False)

    def settle(self, question: str, places: Sequence[Place]) -> list[Settled]:
        likely = self.follows(question, places)
        self.settling = list(zip(places, likely, strict=True))
        return []

    def differ(self, question: str, one: Claim, other: Claim) -> bool:
        return True


def answers(
    model: EntailmentModel, asked: Sequence[TrainingQuestion], settings: Settings
) -> tuple[list[Answered], list[Settling]]:
    """Ask the questions; return what is answered in a few words, and what is read for yes or no."""
    recorder = _Recorder(model)
    networks = load_small_reader(settings), load_calibration(), load_large_reader(settings)
    reader = SpanReader(*networks, recorder)
    found: list[Answered] = []
    settling: list[Settling] = []
    with searching(settings, settings.hits) as retriever:
        forms = Forms.load(settings)
        assistant = Assistant(retriever.library, retriever, reader, forms=forms)
        for question in tqdm(asked, unit=" questions"):
            recorder.first, recorder.settling = None, []
            answer = assistant.answer(question.text, asked_on=question.date)
            if answer.outcome == "answered" and recorder.first:
                quotes = [citation.quote for citation in answer.citations]
                gold = question.kind, question.answers, question.quote
                right = question.held and rightly(*gold, answer.short, quotes)
                found.append(Answered(question, *recorder.first, right))
            if question.held and question.kind == "yesno" and recorder.settling:
                said: Literal["yes", "no"] = "yes" if question.answers[0] == "yes" else "no"
                settling.append(Settling(said, recorder.settling))
    return found, settling


def choose_settled(found: Sequence[Settling]) -> tuple[float, dict[str, float]]:
    """Return the probability from which on yes or no is said, and how often that is right.

    The most right ones, less the wrong ones.
    """
    cuts = np.round(np.arange(0.2, 0.96, 0.05), 2).tolist()

    def told(cut: float) -> tuple[int, int]:
        said = [one.said(cut) for one in found]
        right = sum(one == case.right for one, case in zip(said, found, strict=True))
        return right, sum(map(bool, said)) - right

    best = max(cuts, key=lambda cut: told(cut)[0] - told(cut)[1])
    right, wrong = told(best)
    return best, {"for yes or no": len(found), "said rightly": right, "said wrongly": wrong}


def choose(found: Sequence[Answered]) -> tuple[Cuts, dict[str, float]]:
    """Return what is chosen of these answers, and what that does.

    The figures look at each answer with what is chosen without its article.
    """
    groups = [one.question.urls[0] for one in found]
    seen, stopped, doubted = (np.zeros(len(found), bool) for _ in range(3))
    for learn, test in GroupKFold(FOLDS).split(found, groups=groups):
        cuts = _chosen([found[place] for place in learn])
        for place in test:
            one = found[place]
            seen[place] = one.confidence < cuts.sure
            stopped[place] = seen[place] and one.opposite >= cuts.contradicted
            doubted[place] = seen[place] and one.follows < cuts.said
    right = np.array([one.right for one in found])
    return _chosen(found), {
        "answers": len(found),
        "right": int(right.sum()),
        "put to the network": _share(seen),
        "right ones stopped": _share(stopped[right]),
        "wrong ones stopped": _share(stopped[~right]),
        "right ones doubted": _share(doubted[right & ~stopped]),
        "wrong ones doubted": _share(doubted[~right & ~stopped]),
    }


def _chosen(found: Sequence[Answered]) -> Cuts:
    right = np.array([one.right for one in found])
    confidence = np.array([one.confidence for one in found])
    sure = _sure(confidence, right)
    put = confidence < sure
    opposite = np.where(put, [one.opposite for one in found], 0.0)
    follows = np.where(put, [one.follows for one in found], 1.0)
    cuts = np.round(np.arange(0.05, 1.0, 0.01), 2)
    contradicted = min((cut for cut in cuts if (opposite[right] >= cut).mean() <= _LOST), default=1)
    said = max(cuts, key=lambda cut: (follows[~right] < cut).mean() - (follows[right] < cut).mean())
    return Cuts(float(contradicted), float(said), sure)


def _sure(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Return the lowest confidence from which on hardly any answer is wrong."""
    order = np.argsort(-confidence)
    shares = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    [enough] = np.nonzero(shares >= _SURELY)
    return round(float(confidence[order[enough[-1]]]), 3) if len(enough) else 1.0


def _share(flags: NDArray[np.bool_]) -> float:
    return round(float(flags.mean()), 3) if len(flags) else 0.0
