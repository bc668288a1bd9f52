"""`python -m qa.training.selection …`: fits which sentences tell of a subject, and of which.

On the nuggets of broad questions of 2022 and a library of that year's articles. Whether the archive
knows a subject is told from these and from questions on other years and on things made up, few of
which the archive knows. The figures are cross-validated over the questions.
"""

import argparse
import json
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
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import KFold, cross_val_predict
from tqdm import tqdm

from qa.assistant import BROAD, BROAD_HITS, MOST
from qa.evaluation.nuggets import Nugget
from qa.models.calibration import FILE, Selection
from qa.models.embedder import EMBEDDER, Vectors
from qa.models.loading import SELECTION
from qa.reading.overview import (
    Sentence,
    Told,
    choose,
    logistic,
    signs_of,
    subject,
    told_of,
    whole_sentences,
)
from qa.search.question import Asked, understand
from qa.search.retriever import Retriever
from qa.settings import Settings
from qa.text.words import stems
from qa.training.archives import searching
from qa.training.kinds.__main__ import broad, written
from qa.types import Citation

_FOLDS = 10
_REPETITIONS = (0.0, 0.25, 0.5, 1.0, 2.0)
_NEARLY = 0.02
# Questions on what the archive hardly knows, and the share of known subjects that may be refused.
_STRANGE = 150
_REFUSED = 0.05
_SEED = 1
# A sentence less likely than this is left out.
_LEAST = 0.05
# A word in such a share of questions says nothing of their subjects.
_COMMON = 0.015
# Passages of a small archive that are found, and how many of these are to the point.
_SMALL = 12
_OWN = (2, 3, 5)


@dataclass(frozen=True)
class Case:
    """A question with sentences that were found; `vectors` begin with the question's.

    `tells` has which nuggets each sentence tells, shape (sentences, nuggets).
    """

    kind: str
    asked: Asked
    sentences: Sequence[Sentence]
    vectors: Vectors
    tells: NDArray[np.bool_]
    vital: NDArray[np.bool_]

    @property
    def signs(self) -> NDArray[np.float64]:
        """The signs of the sentences."""
        figures = self.kind == "count"
        wanted = subject(self.asked, common())
        return signs_of(wanted, self.sentences, self.vectors, figures=figures)

    def told(self, selection: Selection) -> Told | None:
        """Return what a selection tells."""
        figures = self.kind == "count"
        return told_of(self.asked, self.sentences, self.vectors, selection, MOST, figures=figures)


def main() -> None:
    """Fit, write the selection, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m qa.training.selection", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder with broad, …")
    parser.add_argument("--library", type=Path, required=True, help="of the articles of 2022")
    parser.add_argument("--dry-run", action="store_true", help="leave the file as it is")
    arguments = parser.parse_args()
    settings = Settings(library=arguments.library)
    with searching(settings, BROAD_HITS) as retriever:
        found = list(cases(arguments.data, retriever))
        undated = list(cases(arguments.data, retriever, dated=False))
        strange = list(_strange(retriever))
    likely = _likelihoods(found)
    figures = {one: _recall(found, likely, one) for one in _REPETITIONS}
    best = max(sum(both) for both in figures.values())
    # Of two as good as each other, that which repeats less.
    repetition = max(one for one, both in figures.items() if sum(both) >= best - _NEARLY)
    fitted, knows = _knowing(_fitted(found, repetition), [*found, *undated], strange)
    if not arguments.dry_run:
        SELECTION.mkdir(exist_ok=True)
        fitted.write(SELECTION / FILE)
    report = {
        "vital and all nuggets told, by repetition": figures,
        "repetition": repetition,
        "by kind": {
            kind: _recall(found, likely, repetition, kind)
            for kind in sorted({one.kind for one in found})
        },
        "vital nuggets in any sentence found": round(float(np.mean([_held(c) for c in found])), 3),
        **knows,
    }
    print(json.dumps(report, indent=2))


def cases(data: Path, retriever: Retriever, *, dated: bool = True) -> Iterator[Case]:
    """Yield the broad questions with what is found for them; yes and no are answered otherwise.

    They are asked on their day, or as people ask who give none.
    """
    for row in tqdm(broad(data), unit=" questions"):
        day = date.fromisoformat(row["asked_on"]) if dated else None
        asked = understand(row["question"], today=retriever.today(day, None))
        yield _case(row["type"], asked, retriever, row["nuggets"], day)


def _strange(retriever: Retriever) -> Iterator[Case]:
    """Yield questions on other years, and on things made up: few are known to the archive."""
    put = [(question, kind) for question, kind in written("learn") if kind in BROAD]
    for question, kind in tqdm(random.Random(_SEED).sample(put, _STRANGE), unit=" questions"):
        yield _case(kind, understand(question, today=retriever.today(None, None)), retriever)


def _case(
    kind: str,
    asked: Asked,
    retriever: Retriever,
    rows: Sequence[Mapping[str, Any]] = (),
    day: date | None = None,
) -> Case:
    sentences = whole_sentences(retriever.find(asked, asked_on=day))
    vectors = retriever.embedder.embed([asked.whole, *(one.text for one in sentences)])
    nuggets = [Nugget.of(row) for row in rows]
    tells = [[one.told(_citation(told)) for one in nuggets] for told in sentences]
    vital = np.array([one.vital for one in nuggets], bool)
    shape = len(sentences), len(nuggets)
    return Case(kind, asked, sentences, vectors, np.array(tells, bool).reshape(shape), vital)


@cache
def common() -> tuple[str, ...]:
    """Return the stems that stand in three of two hundred questions: "tell", "happen", "compar"."""
    asked = [question for question, _ in written("learn")]
    counts = Counter(stem for question in asked for stem in stems(question))
    return tuple(sorted(s for s, count in counts.items() if count >= _COMMON * len(asked)))


def _mixed(case: Case, other: Case, own: int, draw: random.Random) -> Case:
    """Return a case as of a small archive: so many of its passages, and then another's."""

    def some(of: Case, count: int) -> list[int]:
        ranks = sorted({one.hit.rank for one in of.sentences})
        kept = set(draw.sample(ranks, min(count, len(ranks))))
        return [place for place, one in enumerate(of.sentences) if one.hit.rank in kept]

    mine, others = some(case, own), some(other, _SMALL - own)
    chosen = [case.sentences[place] for place in mine]
    chosen += [other.sentences[place] for place in others]
    ranks = {
        id_: rank for rank, id_ in enumerate(dict.fromkeys(x.hit.passage.id for x in chosen), 1)
    }
    sentences = [
        replace(one, hit=replace(one.hit, rank=ranks[one.hit.passage.id])) for one in chosen
    ]
    vectors = [case.vectors[:1], case.vectors[1:][mine], other.vectors[1:][others]]
    nothing = np.zeros((len(others), case.tells.shape[1]), bool)
    tells = np.vstack([case.tells[mine], nothing])
    return replace(case, sentences=sentences, vectors=np.vstack(vectors), tells=tells)


def _small(found: Sequence[Case], own: Sequence[int]) -> list[Case]:
    """Return the cases as of small archives, each with so many passages of its own in turn."""
    draw = random.Random(_SEED)
    return [
        _mixed(case, found[(place + 1 + step) % len(found)], count, draw)
        for place, case in enumerate(found)
        for step, count in enumerate(own)
    ]


def _knowing(
    selection: Selection, found: Sequence[Case], strange: Sequence[Case]
) -> tuple[Selection, dict[str, float]]:
    """Return a selection that tells known subjects from others, and how well it does."""
    told = [(True, one.told(selection)) for one in found]
    told += [(False, one.told(selection)) for one in strange]
    signs = np.array([one.known for _, one in told if one])
    labels = np.array([label for label, one in told if one])
    mean, spread = signs.mean(axis=0), signs.std(axis=0) + 1e-9
    scaled = (signs - mean) / spread
    model = LogisticRegression(class_weight="balanced")
    folds = KFold(_FOLDS, shuffle=True, random_state=_SEED)
    likely = cross_val_predict(model, scaled, labels, cv=folds, method="predict_proba")[:, 1]
    threshold = round(float(np.quantile(likely[labels], _REFUSED)), 3)
    model.fit(scaled, labels)
    weights = model.coef_[0] / spread
    knowing = replace(
        selection,
        known=tuple(round(float(one), 4) for one in weights),
        known_bias=round(float(model.intercept_[0] - weights @ mean), 4),
        threshold=threshold,
    )
    return knowing, {
        "known subjects told": round(float((likely[labels] >= threshold).mean()), 3),
        "others refused": round(float((likely[~labels] < threshold).mean()), 3),
        "AUC": round(float(roc_auc_score(labels, likely)), 3),
    }


def _citation(one: Sentence) -> Citation:
    return Citation(1, one.hit.article, one.start, one.end, one.text, "")


def _fitted(found: Sequence[Case], repetition: float) -> Selection:
    learned = [*found, *_small(found, _OWN)]
    signs = np.concatenate([case.signs for case in learned])
    labels = np.concatenate([case.tells.any(axis=1) for case in learned])
    mean, spread = signs.mean(axis=0), signs.std(axis=0) + 1e-9
    model = LogisticRegression(C=0.3, max_iter=1000).fit((signs - mean) / spread, labels)
    weights = model.coef_[0] / spread
    bias = round(float(model.intercept_[0] - weights @ mean), 4)
    rounded = tuple(round(float(one), 4) for one in weights)
    return Selection(EMBEDDER.sha256, rounded, bias, common(), _LEAST, repetition, (), 0.0, 0.0)


def _likelihoods(found: Sequence[Case]) -> list[NDArray[np.float64]]:
    """Return how likely each sentence of each case is, by what was fitted without its question."""
    likely = [np.zeros(0)] * len(found)
    folds = KFold(_FOLDS, shuffle=True, random_state=_SEED)
    for learn, test in folds.split(np.arange(len(found))):
        fitted = _fitted([found[place] for place in learn], 0.0)
        for place in test:
            logits = found[place].signs @ np.array(fitted.weights) + fitted.bias
            likely[place] = logistic(logits)
    return likely


def _recall(
    found: Sequence[Case], likely: Sequence[NDArray[np.float64]], repetition: float, kind: str = ""
) -> tuple[float, float]:
    """Return which shares of the vital nuggets, and of all, are told."""
    vital, every = [], []
    for case, one in zip(found, likely, strict=True):
        if not kind or case.kind == kind:
            chosen = choose(one, case.vectors[1:], _LEAST, repetition, MOST)
            told = np.any(case.tells[chosen], axis=0)
            vital.append(np.mean(told[case.vital]))
            every.append(np.mean(told))
    return round(float(np.mean(vital)), 3), round(float(np.mean(every)), 3)


def _held(case: Case) -> float:
    """Return which share of the vital nuggets any sentence tells."""
    return float(np.mean(np.any(case.tells, axis=0)[case.vital]))


if __name__ == "__main__":
    main()
