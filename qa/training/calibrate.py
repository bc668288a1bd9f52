"""`python -m qa.training.calibrate`: fits what is measured with the weights, and writes it down.

First it chooses how the reader weighs its scores: the best mean of exact match and F1 over the
answerable questions, each read once, as it was asked and, where there is such a one, in other
words; both kinds weigh the same. Then it fits the reader's confidence.

What the archive answers: questions whose answer occurs in one of their own articles. What it
does not: questions asked of the archive without the articles of the weeks around them, if
the answer occurs nowhere in the rest: most often, it then holds nothing on their subject.
Both are asked of small archives as well, of 2 to 32 articles. Half of the former, and some of
the latter, are asked a second time in other words: news quizzes share more words with the
news than people do. Each of these eight kinds weighs the same. The figures printed are measured
by five-fold cross-validation over questions, so that no question is scored by a fit that saw it;
what is written is then fitted on all of them. "Refused" is the positive class.

How hits are ranked, when a chat model's sentence is supported, and what stands in for signs that
nobody tells are carried over: they were chosen by hand, on the figures of `benchmarks.ablation` and
`benchmarks.supported`.
"""

import argparse
import itertools
import json
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from tqdm import tqdm

from qa.errors import QAError
from qa.evaluation.metrics import exact_match, token_f1
from qa.library.catalogue import Library
from qa.library.vectors import VectorReader
from qa.models.calibration import FILE, Calibration, Confidence, Weights
from qa.models.embedder import EMBEDDER
from qa.models.loading import READER, file_hash, load_embedder, load_span_model
from qa.models.span_model import Reading, SpanModel
from qa.reading.reader import SpanReader, date_preference
from qa.reading.spans import Preference, findings
from qa.search.question import understand
from qa.search.retriever import Retriever
from qa.settings import Settings
from qa.training.archives import opened, small
from qa.training.news import News, NewsQuestion
from qa.types import Hit

TEMPERATURES = (1.0, 2.0, 3.0, 4.0, 6.0)
HOLDS = (0.0, 0.25, 0.5, 1.0)
RANKS = (0.0, 0.25, 0.5, 1.0)
DATED = (0.0, 0.5, 1.0, 2.0)
FOLDS = 5
# All that the two searches find, 100 each: what is left out is among the best.
DEEP = 200
# F1 of refusing the questions as they were asked: what is promised, .85, and one in a hundred
# to spare, as another year's questions differ.
ENOUGH = 0.86

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]


def main() -> None:
    """Fit, print the cross-validated figures, and write the file."""
    parser = argparse.ArgumentParser(prog="python -m qa.training.calibrate", description=__doc__)
    add = parser.add_argument
    add("--data", type=Path, required=True, help="folder of RealTime QA's files")
    add("--rewritten", type=Path, required=True, help="questions in other words, .jsonl")
    add("--library", type=Path, required=True, help="made of the articles of 2022")
    add("--weights", type=Path, default=READER, help="a run's folder; default: those of qa")
    add("--output", type=Path, help=f"default: {FILE} beside the weights")
    arguments = parser.parse_args()
    output = arguments.output or arguments.weights / FILE
    try:
        report = calibrate(
            News(arguments.data, arguments.rewritten),
            Settings(library=arguments.library),
            arguments.weights,
            output,
        )
    except QAError as error:
        parser.error(str(error))
    print(json.dumps(report, indent=2))


def calibrate(news: News, settings: Settings, weights: Path, output: Path) -> dict[str, Any]:
    """Fit all, write the calibration, and return the cross-validated figures.

    Raises `LibraryError`s, `ModelError` and `TrainingError`.
    """
    known = Calibration.read(READER / FILE)
    model = load_span_model(settings, weights)
    with ExitStack() as stack:
        library = stack.enter_context(Library.open(settings.library))
        vectors = VectorReader(settings.library)
        stack.callback(vectors.close)
        retriever = Retriever(
            library=library,
            vectors=vectors,
            embedder=load_embedder(settings),
            limit=settings.hits,
            ranking=known.ranking,
        )
        read = read_all(model, retriever, news)
        chosen, table = best_weights(read)
        dated, dates = best_bonus(read, chosen)
        made = replace(
            known,
            reader_sha256=file_hash(weights / "model.safetensors"),
            embedder_sha256=EMBEDDER.sha256,
            weights=chosen,
            dated=dated,
        )
        asked = signs_of(retriever, SpanReader(model, made), news, settings.hits)
    confidence, report = fitted(asked, known.confidence)
    replace(made, confidence=confidence).write(output)
    return {"weights": table, "dated": dates, "questions": numbers(asked), **report}


# How scores are weighed


@dataclass(frozen=True, slots=True)
class Read:
    """A question in the words it was asked in, and what the network read for it."""

    question: NewsQuestion
    text: str
    hits: Sequence[Hit]
    readings: Sequence[Reading]
    preference: Preference


Reads = Mapping[str, Sequence[Read]]


def read_all(model: SpanModel, retriever: Retriever, news: News) -> Reads:
    """Read the answerable questions, as they were asked and in other words."""
    read: dict[str, list[Read]] = {"as asked": [], "rewritten": []}
    asked = [("as asked", question, question.text) for question in news.answerable()]
    others = news.rewritten
    asked += [("rewritten", q, others[q.id]) for _, q, _ in asked if q.id in others]
    for kind, question, text in tqdm(asked, unit=" questions"):
        hits = retriever.hits(text, asked_on=question.date)
        readings = model.read(text, [hit.passage.text for hit in hits])
        preference = date_preference(understand(text), DATED[1])
        read[kind].append(Read(question, text, hits, readings, preference))
    return read


def best_weights(read: Reads) -> tuple[Weights, list[dict[str, Any]]]:
    """Return the weights with the best scores, and the ten best with theirs."""
    grid = list(itertools.product(TEMPERATURES, HOLDS, RANKS))
    table = [(Weights(*values), scores(read, Weights(*values))) for values in tqdm(grid)]
    table.sort(key=lambda row: -total(row[1]))
    return table[0][0], [{**asdict(weights), **rounded(found)} for weights, found in table[:10]]


def best_bonus(read: Reads, weights: Weights) -> tuple[float, list[dict[str, Any]]]:
    """Return what a date is best preferred by where a question asks when, and the scores."""
    table = []
    for bonus in DATED:
        preferred = {
            kind: [
                replace(one, preference=date_preference(understand(one.text), bonus))
                for one in some
            ]
            for kind, some in read.items()
        }
        table.append((bonus, scores(preferred, weights)))
    best, _ = max(table, key=lambda row: total(row[1]))
    return best, [{"dated": bonus, **rounded(found)} for bonus, found in table]


Scores = Mapping[str, tuple[float, float]]


def total(found: Scores) -> float:
    """Return the sum of exact match and F1 over both kinds of words."""
    return sum(map(sum, found.values()))


def rounded(found: Scores) -> dict[str, list[float]]:
    """Return scores as they are printed."""
    return {kind: [round(value, 3) for value in values] for kind, values in found.items()}


def scores(read: Reads, weights: Weights) -> Scores:
    """Return the exact match and the F1 of the best answers, for each kind of words."""
    return {kind: score(some, weights) for kind, some in read.items()}


def score(read: Sequence[Read], weights: Weights) -> tuple[float, float]:
    """Return the mean exact match and F1 of the best answers."""
    exact = f1 = 0.0
    for one in read:
        found = findings(one.hits, one.readings, weights, one.preference)
        said = found[0].text if found else ""
        exact += exact_match(said, [one.question.answer]) / len(read)
        f1 += token_f1(said, [one.question.answer]) / len(read)
    return exact, f1


# The confidence


@dataclass(frozen=True)
class Signs:
    """Questions that were asked: their signs, shape (questions, signs), and what they are.

    `held` says that the archive answers them, `rewritten` that they are in other words, and
    `small` that the archive is.
    """

    ids: Sequence[str]
    signs: Array
    held: Flags
    rewritten: Flags
    small: Flags

    @property
    def weight(self) -> Array:
        """What each counts for: the eight kinds have the same sum, and all of them that of
        their number."""
        kind = 4 * self.small + 2 * self.held + self.rewritten
        _, place, counts = np.unique(kind, return_inverse=True, return_counts=True)
        weight: Array = len(kind) / len(counts) / counts[place]
        return weight

    def of(self, rows: NDArray[np.intp]) -> "Signs":
        """Return some of the questions."""
        return Signs(
            [self.ids[row] for row in rows],
            self.signs[rows],
            self.held[rows],
            self.rewritten[rows],
            self.small[rows],
        )

    def refusing(
        self, refused: Flags, *, rewritten: bool = False, small: bool = False
    ) -> dict[str, float]:
        """Return the rates of refusing questions in one kind of words, of one kind of archive."""
        kind = (self.rewritten == rewritten) & (self.small == small)
        return rates(refused[kind & self.held].mean(), refused[kind & ~self.held].mean())


def rates(wrongly: float, rightly: float) -> dict[str, float]:
    """Return precision, recall and F1 of refusing, from the shares refused of either kind, 1:1."""
    precision = rightly / (rightly + wrongly) if rightly else 0.0
    value = 2 * precision * rightly / (precision + rightly) if precision else 0.0
    return {
        "precision": round(precision, 3),
        "recall": round(rightly, 3),
        "F1": round(value, 3),
        "answerable_refused": round(wrongly, 3),
    }


def signs_of(retriever: Retriever, reader: SpanReader, news: News, read: int) -> Signs:
    """Ask all kinds of questions; `read` is how many hits of each are read."""
    found: list[tuple[str, Array, bool, bool, bool]] = []

    def ask(
        asked: Retriever,
        question: NewsQuestion,
        held: bool,
        urls: Container[str] | None = None,
    ) -> None:
        searched = asked.library.counts()[1]
        is_small = asked is not retriever
        for text in wordings(question, news.rewritten):
            understood = understand(text, today=asked.today(question.date, None))
            hits = asked.find(understood, asked_on=question.date, limit=None if is_small else DEEP)
            kept = [hit for hit in hits if urls is None or stands_in(hit, urls)]
            ranked = [replace(hit, rank=rank) for rank, hit in enumerate(kept[:read], start=1)]
            if ranked:
                signs = reader.evidence(understood, ranked, searched).signs
                found.append((question.id, signs, held, text != question.text, is_small))

    for question in tqdm(news.answerable(), unit=" answerable"):
        ask(retriever, question, held=True)
    for question, urls in tqdm(news.before_its_time(), unit=" unanswerable"):
        ask(retriever, question, held=False, urls=urls)
    for archive in tqdm(small(news), unit=" small archives"):
        with opened(archive, news, read, retriever.ranking) as other:
            for question, held in archive.asked:
                ask(other, question, held)
    ids, *columns = zip(*found, strict=True)
    return Signs(ids, *map(np.array, columns))


def wordings(question: NewsQuestion, rewritten: Mapping[str, str]) -> Iterator[str]:
    """Yield the question as it was asked and, if there is such a one, in other words."""
    yield question.text
    if question.id in rewritten:
        yield rewritten[question.id]


def numbers(asked: Signs) -> dict[str, int]:
    """Return how many questions there are of each kind."""
    names = ("answerable", "rewritten", "small archive")
    flags = zip(asked.held, asked.rewritten, asked.small, strict=True)
    return {
        ", ".join(name if flag else f"not {name}" for name, flag in zip(names, row, strict=True)): n
        for row, n in sorted(Counter(flags).items(), reverse=True)
    }


def stands_in(hit: Hit, urls: Container[str]) -> bool:
    """Tell whether a hit is from one of some articles."""
    return any(source.url in urls for source in (hit.article, *hit.also_in))


def fitted(asked: Signs, known: Confidence) -> tuple[Confidence, dict[str, Any]]:
    """Return the confidence fitted on all questions, and its cross-validated figures."""
    found, refused = np.zeros(len(asked.ids)), np.zeros(len(asked.ids), dtype=bool)
    # A question can be of several kinds: then all are in one fold.
    folds = GroupKFold(FOLDS, shuffle=True, random_state=0)
    for rest, kept in folds.split(asked.signs, asked.held, asked.ids):
        seen = asked.of(rest)
        weights, bias = fit(seen)
        found[kept] = confidences(asked.signs[kept], weights, bias)
        threshold = lowest_threshold(seen, confidences(seen.signs, weights, bias))
        refused[kept] = found[kept] < threshold
    weights, bias = fit(asked)
    threshold = lowest_threshold(asked, confidences(asked.signs, weights, bias))
    signs = tuple(round(float(weight), 4) for weight in weights)
    report = {
        "cross_validated": {
            "as_asked": asked.refusing(refused),
            "rewritten": asked.refusing(refused, rewritten=True),
            "small_as_asked": asked.refusing(refused, small=True),
            "small_rewritten": asked.refusing(refused, rewritten=True, small=True),
        },
        "reliability": reliability(found, asked),
    }
    return replace(known, signs=signs, bias=round(bias, 4), threshold=threshold), report


def fit(asked: Signs) -> tuple[Array, float]:
    """Fit a logistic regression of "the archive answers this" on the signs."""
    scale = asked.signs.std(axis=0)
    model = LogisticRegression(max_iter=2000)
    model.fit(asked.signs / scale, asked.held, sample_weight=asked.weight)
    return model.coef_[0] / scale, float(model.intercept_[0])


def confidences(signs: Array, weights: Array, bias: float) -> Array:
    """Return the confidence of each question."""
    found: Array = 1.0 / (1.0 + np.exp(-(signs @ weights + bias)))
    return found


def lowest_threshold(asked: Signs, found: Array) -> float:
    """Return the lowest threshold that refuses well enough, or else the one that does best.

    The lowest, as it refuses the fewest of those in other words that the archive answers.
    """
    tried = {
        round(float(t), 2): asked.refusing(found < t)["F1"] for t in np.arange(0.02, 0.98, 0.01)
    }
    enough = [threshold for threshold, value in tried.items() if value >= ENOUGH]
    return min(enough, default=max(tried, key=lambda threshold: tried[threshold]))


def reliability(found: Array, asked: Signs) -> dict[str, list[float]]:
    """Return, for each fifth of the scale, the mean confidence, the share answerable, how many.

    The eight kinds of question weigh the same.
    """
    table = {}
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        inside = (found >= low) & (found < low + 0.2)
        if inside.any():
            weight = asked.weight[inside]
            mean = np.average(found[inside], weights=weight)
            share = np.average(asked.held[inside], weights=weight)
            table[f"{low:.1f}-{low + 0.2:.1f}"] = [
                round(float(mean), 3),
                round(float(share), 3),
                int(inside.sum()),
            ]
    return table


if __name__ == "__main__":
    main()
