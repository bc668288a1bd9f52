"""Broad questions with what is found for them → cases to learn from."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from qa.evaluation.nuggets import Nugget
from qa.models.calibration import Selection
from qa.models.loading import load_small_reader
from qa.reading.forms import BROAD, BROAD_HITS, MOST
from qa.reading.overview import Chosen, chosen
from qa.reading.telling import Sentence, Told, signs_of, subject, told
from qa.search.question import understand
from qa.search.retriever import Retriever
from qa.settings import Settings
from qa.text.words import stems
from qa.training.archives import searching
from qa.training.kinds.__main__ import TOLD, broad, lines, written
from qa.types import Citation

# Questions on what the archive hardly knows.
_STRANGE = 150
_SEED = 1
# A word in such a share of questions says nothing of their subjects.
_COMMON = 0.015
# Passages of a small archive that are found.
_SMALL = 12


@dataclass(frozen=True)
class Case:
    """A question with sentences that were found.

    `tells` has which nuggets each sentence tells, shape (sentences, nuggets); `vital` which of
    these no good answer may lack. `given` says that the question is of the set that is reported on.
    `own` tells of a mixed case which sentences are of its own question.
    """

    kind: str
    told: Told
    tells: NDArray[np.bool_]
    vital: NDArray[np.bool_]
    given: bool = False
    own: NDArray[np.bool_] | None = None

    @property
    def signs(self) -> NDArray[np.float64]:
        """The signs of the sentences."""
        return signs_of(subject(self.told.asked, common()), self.told, figures=self._figures)

    def chosen(self, selection: Selection) -> Chosen | None:
        """Return what a selection tells."""
        return chosen(self.told, selection, MOST, figures=self._figures)

    @property
    def _figures(self) -> bool:
        return self.kind == "count"


@dataclass(frozen=True)
class Cases:
    """The questions asked on their day, the same without a day, and others on what is not known."""

    known: Sequence[Case]
    undated: Sequence[Case]
    strange: Sequence[Case]


def cases(data: Path, settings: Settings) -> Cases:
    """Ask the broad questions of 2022, those that were written for this, and strange ones."""
    with searching(settings, BROAD_HITS) as retriever:
        rows = [(row, True) for row in broad(data)]
        rows += [(row, False) for row in _own(retriever) if row["type"] != "yesno"]
        known, undated = (
            [
                _case(row["type"], row["question"], retriever, row["nuggets"], day(row), given)
                for row, given in tqdm(rows, unit=" questions")
            ]
            for day in (_day, lambda row: None)
        )
        return Cases(known, undated, list(_strange(retriever)))


def _day(row: Mapping[str, Any]) -> date:
    return date.fromisoformat(row["asked_on"])


def _own(retriever: Retriever) -> Iterator[dict[str, Any]]:
    """Yield the questions that were written for this, with their quotes in words."""
    for row in lines(TOLD):
        ids = [one[0] for nugget in row["nuggets"] for one in nugget["support"]]
        articles = retriever.library.articles(list(dict.fromkeys(ids)))
        for nugget in row["nuggets"]:
            nugget["support"] = [
                {"url": id_, "quote": articles[id_].text[start:end]}
                for id_, start, end in nugget["support"]
                if id_ in articles
            ]
        yield row


def _strange(retriever: Retriever) -> Iterator[Case]:
    """Yield questions on other years, and on things made up: few are known to the archive."""
    put = [(question, kind) for question, kind in written("learn") if kind in BROAD]
    for question, kind in tqdm(random.Random(_SEED).sample(put, _STRANGE), unit=" questions"):
        yield _case(kind, question, retriever)


def _case(
    kind: str,
    question: str,
    retriever: Retriever,
    rows: Sequence[Mapping[str, Any]] = (),
    day: date | None = None,
    given: bool = False,
) -> Case:
    asked = understand(question, today=retriever.today(day, None))
    hits = retriever.find(asked, asked_on=day)
    found = told(asked, hits, retriever.embedder, load_small_reader(Settings()))
    nuggets = [Nugget.of(row) for row in rows]
    tells = [[one.told(_citation(sentence)) for one in nuggets] for sentence in found.sentences]
    vital = np.array([one.vital for one in nuggets], bool)
    shape = len(found.sentences), len(nuggets)
    return Case(kind, found, np.array(tells, bool).reshape(shape), vital, given)


def _citation(one: Sentence) -> Citation:
    return Citation(1, one.hit.article, one.start, one.end, one.text, "")


@cache
def common() -> tuple[str, ...]:
    """Return the stems that stand in three of two hundred questions: "tell", "name", "explain"."""
    asked = [question for question, _ in written("learn")]
    counts = Counter(stem for question in asked for stem in stems(question))
    return tuple(sorted(s for s, count in counts.items() if count >= _COMMON * len(asked)))


def small(found: Sequence[Case], own: Sequence[int]) -> list[Case]:
    """Return the cases as of small archives, each with so many passages of its own in turn."""
    draw = random.Random(_SEED)
    return [
        _mixed(case, found[(place + 1 + step) % len(found)], count, draw)
        for place, case in enumerate(found)
        for step, count in enumerate(own)
    ]


def _mixed(case: Case, other: Case, own: int, draw: random.Random) -> Case:
    """Return a case as of a small archive: so many of its passages, and then another's."""

    def some(of: Case, count: int) -> list[int]:
        sentences = of.told.sentences
        ranks = sorted({one.hit.rank for one in sentences})
        kept = set(draw.sample(ranks, min(count, len(ranks))))
        return [place for place, one in enumerate(sentences) if one.hit.rank in kept]

    mine, others = some(case, own), some(other, _SMALL - own)
    chosen = [case.told.sentences[place] for place in mine]
    chosen += [other.told.sentences[place] for place in others]
    ranks = {
        id_: rank for rank, id_ in enumerate(dict.fromkeys(x.hit.passage.id for x in chosen), 1)
    }
    sentences = [
        replace(one, hit=replace(one.hit, rank=ranks[one.hit.passage.id])) for one in chosen
    ]
    vectors = [
        case.told.vectors[:1],
        *(one.told.vectors[1:][places] for one, places in ((case, mine), (other, others))),
    ]
    nothing = np.zeros((len(others), case.tells.shape[1]), bool)
    tells = np.vstack([case.tells[mine], nothing])
    mixed = replace(case.told, sentences=sentences, vectors=np.vstack(vectors))
    own_ones = np.arange(len(sentences)) < len(mine)
    return replace(case, told=mixed, tells=tells, own=own_ones)
