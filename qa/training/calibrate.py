"""`python -m qa.training.calibrate`: fits what is measured with the weights.

First `qa.training.deciding` weighs the signs of a span, then `qa.training.confidence` fits how sure
the reader is of its best answer, and from when on it says it: for the small network alone, and with
the large one. All is fitted on questions of 2022 that no network has learned from. The figures
printed are measured by five-fold cross-validation over their articles, so that no question is
scored by a fit that saw it; what `--output` gets is fitted on all of them.

How hits are ranked, and what stands in for signs that nobody tells, are carried over: they were
chosen by hand, on the figures of `benchmarks.ablation`.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold
from tqdm import tqdm

from qa.errors import QAError, TrainingError
from qa.models.calibration import FILE, Calibration, Decision, Scores
from qa.models.embedder import EMBEDDER
from qa.models.loading import load_span_model
from qa.models.shipped import READER, file_hash
from qa.reading.evidence import by_best, spans, weighed
from qa.reading.findings import Read, places
from qa.reading.reader import AGAIN, SpanReader
from qa.settings import Settings
from qa.training.archives import searching
from qa.training.cases import Case, cases
from qa.training.confidence import Answered, case_weights, confidences, fit, report
from qa.training.deciding import fit as fit_scores
from qa.training.deciding import outcomes
from qa.training.natural import TrainingQuestion, natural, quiz, weeks
from qa.training.news import News

FOLDS = 5
_BY_HAND = ("ranking", "confidence.searched")


def main() -> None:
    """Fit, print the cross-validated figures, and write the calibration if it has a place."""
    parser = argparse.ArgumentParser(prog="python -m qa.training.calibrate", description=__doc__)
    add = parser.add_argument
    add("--data", type=Path, required=True, help="folder of RealTime QA's files")
    add("--natural", type=Path, required=True, help="natural-2022.jsonl.gz")
    add("--rewritten", type=Path, required=True, help="questions in other words, .jsonl")
    add("--library", type=Path, required=True, help="made of the articles of 2022")
    add("--weights", type=Path, default=READER, help="folder of both networks; default: qa's")
    add("--output", type=Path, help=f"where to write {FILE}; default: nowhere")
    arguments = parser.parse_args()
    try:
        for path in (arguments.rewritten, arguments.weights / "small" / "config.json"):
            if not path.is_file():
                raise TrainingError(f"no file at {path}: name one that is there")
        if arguments.output and not arguments.output.parent.is_dir():
            raise TrainingError(f"no folder {arguments.output.parent} to write to: make it first")
        news = News(arguments.data, arguments.rewritten)
        settings = Settings(library=arguments.library)
        asked = questions(news, arguments.natural)
        made, figures = calibrate(news, asked, settings, arguments.weights)
        if arguments.output:
            made.write(arguments.output)
    except QAError as error:
        parser.error(str(error))
    print(json.dumps(figures, indent=2))


def questions(news: News, path: Path) -> list[TrainingQuestion]:
    """Return the questions kept back, quizzes' also in other words where there are such."""
    file = news.folder / "questions-2022.jsonl.gz"
    week = weeks(file)
    quizzes = [question for question in quiz(file, week) if question.kept_back]
    others = news.rewritten
    return [
        *(question for question in natural(path, week) if question.kept_back),
        *quizzes,
        *(
            replace(one, text=others[one.id], style="rewritten")
            for one in quizzes
            if one.id in others
        ),
    ]


def calibrate(
    news: News, asked: Sequence[TrainingQuestion], settings: Settings, weights: Path
) -> tuple[Calibration, dict[str, Any]]:
    """Return the calibration that fits some weights, and its cross-validated figures.

    Raises `LibraryError`s, `ModelError` and `TrainingError`.
    """
    known = Calibration.read(READER / FILE)
    small, large = (
        load_span_model(settings, weights / name) if (weights / name).is_dir() else None
        for name in ("small", "large")
    )
    assert small
    with searching(settings, settings.hits, known.ranking) as retriever:
        put = list(cases(retriever, asked, news))
    reader = SpanReader(small, known, large)
    read = [reader.once(case.asked, case.hits) for case in tqdm(put, unit=" read")]
    files = {
        path.relative_to(weights).as_posix(): file_hash(path)
        for path in sorted(weights.glob("*/model*.safetensors"))
    }
    made = replace(known, files=files, embedder_sha256=EMBEDDER.sha256)
    first, figures = decide(put, read, known.small)
    # Without a large network, what decides for the small one stands in its place, unused.
    made = replace(made, small=first, large=first)
    tables = {"small": figures}
    if large:
        reader = SpanReader(small, made, large)
        read = [
            [*reader.again(case.asked, order[:AGAIN]), *order[AGAIN:]]
            for case, order in tqdm(
                [
                    (case, in_order(case, one, first.scores))
                    for case, one in zip(put, read, strict=True)
                ],
                unit=" read again",
            )
        ]
        second, tables["large"] = decide(put, read, known.small)
        made = replace(made, large=second)
    return made, {"carried_over": _BY_HAND, "cases": len(put), **tables}


def in_order(case: Case, read: Sequence[Read], scores: Scores) -> list[Read]:
    """Return what the small network read, as that ranks it."""
    return by_best(places(spans(case.asked, read), scores), read)


def decide(
    put: Sequence[Case], read: Sequence[Sequence[Read]], known: Decision
) -> tuple[Decision, dict[str, Any]]:
    """Return the decision that fits what was read, and its cross-validated figures."""
    found = [spans(case.asked, _last(one)) for case, one in zip(put, read, strict=True)]
    known_outcomes = [outcomes(*pair) for pair in zip(put, found, strict=True)]

    def fitted(kept: Sequence[int]) -> Decision:
        some = [put[place] for place in kept]
        scores = fit_scores([known_outcomes[place] for place in kept], case_weights(some))
        made = replace(known, scores=scores)
        return replace(made, confidence=fit(answers(made, kept), known.confidence))

    def answers(decision: Decision, kept: Sequence[int]) -> Answered:
        return Answered.of(
            [put[place] for place in kept],
            [weighed(read[n], found[n], decision, put[n].searched) for n in kept],
        )

    folds = GroupKFold(FOLDS, shuffle=True, random_state=0)
    parts: list[Answered] = []
    sure, said, plain = np.zeros(len(put)), np.zeros(len(put), bool), np.zeros(len(put), bool)
    for rest, kept in folds.split(put, groups=[case.group for case in put]):
        decision = fitted(rest.tolist())
        confidence = decision.confidence
        parts.append(answers(decision, kept.tolist()))
        sure[kept] = confidences(parts[-1].signs, confidence)
        said[kept], plain[kept] = sure[kept] >= confidence.threshold, sure[kept] >= confidence.plain
    judged = Answered.joined(parts, put)
    decision = fitted(range(len(put)))
    figures = {
        name: report(judged.take(rows), sure[rows], said[rows], plain[rows])
        for name, rows in _kinds(put).items()
    }
    return decision, {**figures, "decision": asdict(decision)}


def _last(read: Sequence[Read]) -> list[Read]:
    """Return what the large network has read again, or all if there is no such."""
    return [one for one in read if one.again] or list(read)


def _kinds(put: Sequence[Case]) -> dict[str, NDArray[np.intp]]:
    """Return which cases are of a kind: by who asks, of what archive, and for what."""
    found: dict[str, list[int]] = {}
    for place, case in enumerate(put):
        question = case.question
        people = "natural" if question.kind else question.style
        # What an archive without news on the subject says, tells how a quiz is refused.
        where = "archive" if case.where == "elsewhere" and not question.kind else case.where
        names = [f"{people}, {where}"]
        if question.kind and case.where == "archive" and case.held:
            names += [f"natural: {question.kind}", f"natural: {question.style}"]
        for name in names:
            found.setdefault(name, []).append(place)
    return {name: np.array(rows) for name, rows in sorted(found.items())}


if __name__ == "__main__":
    main()
