"""Results → headline figures with their intervals, and the difference from an earlier run."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from scipy.stats import bootstrap

from qa.evaluation import metrics
from qa.evaluation.metrics import Floats
from qa.evaluation.results import Comparison, Estimate, Flip, Result, Summary

# Figures in the order of the report. A run has a figure if one of its questions has it.
MEANS = (
    *(f"article_{name}" for name in ("hit@1", "hit@5", "recall@10", "mrr", "ndcg@10")),
    *(f"passage_{name}" for name in ("hit@1", "hit@5", "recall@10", "mrr", "ndcg@10")),
    "right",
    "exact_match",
    "f1",
    "squad_exact_match",
    "squad_f1",
    "contained",
    "value_match",
    "held_right",
    "held_exact_match",
    "held_f1",
    "citation_exact",
    "citation_precision",
    "citation_recall",
    "vital_nuggets",
    "nuggets",
    "telling_quotes",
    "sentences_supported",
    "sentences_retried",
    "sentences_dropped",
    "reader_stood_in",
)
_RESAMPLES = 2000
_SEED = 1

Statistic = Callable[..., float]


def summarise(results: Sequence[Result]) -> Summary:
    """Return the summary of a run. Failures are counted, and are in no figure."""
    judged = [result for result in results if not result.failure]
    figures = {}
    for name in MEANS:
        values = [r.scores[name] for r in judged if name in r.scores]
        if values:
            figures[name] = mean(values)
    figures |= _refusals(judged)
    confidence, right = sure_and_right(judged)
    if len(confidence):
        figures["calibration_error"] = _estimate(metrics.calibration_error, confidence, right)
    missing = {id_ for result in results for id_ in result.missing}
    return Summary(
        questions=len(results),
        failed=len(results) - len(judged),
        figures=figures,
        seconds=_seconds(judged),
        verdicts=dict(Counter(result.verdict for result in results)),
        missing_articles=tuple(sorted(missing)),
        notes=tuple(_notes(judged, figures)),
    )


def sure_and_right(results: Sequence[Result]) -> tuple[Floats, Floats]:
    """Return the confidence of each answer that can be judged, and 1.0 if it is right, else 0.0."""
    answered = [r for r in results if r.verdict in ("right", "wrong", "made up")]
    return (
        np.array([r.confidence for r in answered]),
        np.array([float(r.verdict == "right") for r in answered]),
    )


def mean(values: Sequence[float]) -> Estimate:
    """Return the mean, with its bootstrap interval."""
    return _estimate(lambda column: float(column.mean()), np.array(values, float))


def _estimate(statistic: Statistic, *columns: Floats) -> Estimate:
    """Return a statistic of the questions' columns, with its percentile bootstrap interval.

    Efron and Tibshirani, "An Introduction to the Bootstrap", 1993; questions are drawn again
    2,000 times, with a fixed seed.
    """
    value = float(statistic(*columns))
    count = len(columns[0])
    if all(np.ptp(column) == 0 for column in columns):
        return Estimate(value, value, value, count)
    found = bootstrap(
        columns,
        statistic,
        n_resamples=_RESAMPLES,
        paired=True,
        vectorized=False,
        method="percentile",
        rng=np.random.default_rng(_SEED),
    ).confidence_interval
    return Estimate(value, float(found.low), float(found.high), count)


def _refusals(results: Sequence[Result]) -> dict[str, Estimate]:
    """Return the figures of refusing, over questions for which the right decision is known.

    Refusing is the positive class."""
    known = [r for r in results if r.held is not None]
    refused = np.array([float(r.refused) for r in known])
    absent = np.array([float(not r.held) for r in known])
    figures = {}
    if absent.any():
        # Precision, recall and their mean, each over the questions that it is a share of.
        if refused.any() and not absent.all():
            figures["refusal_precision"] = mean(absent[refused == 1].tolist())
        figures["refusal_recall"] = mean(refused[absent == 1].tolist())
        if not absent.all():
            figures["refusal_f1"] = _estimate(_refusal_f1, refused, absent)
    held = refused[absent == 0]
    if len(held):
        figures["held_refused"] = mean(held.tolist())
    return figures


def _refusal_f1(refused: Floats, absent: Floats) -> float:
    return metrics.f1([bool(flag) for flag in refused], [bool(flag) for flag in absent])[2]


def _seconds(results: Sequence[Result]) -> dict[str, tuple[float, float]]:
    stages: dict[str, list[float]] = {}
    for result in results:
        for stage, seconds in result.stages.items():
            stages.setdefault(stage, []).append(seconds)
        if result.stages:
            stages.setdefault("total", []).append(sum(result.stages.values()))
    return {
        stage: (float(np.percentile(values, 50)), float(np.percentile(values, 95)))
        for stage, values in stages.items()
    }


def _notes(results: Sequence[Result], figures: Mapping[str, Estimate]) -> Iterable[str]:
    named = any(result.named for result in results)
    told = "nuggets" in figures
    if results and not told and not any(result.answers for result in results):
        parts = [
            part
            for part, there in (
                ("retrieval", "article_mrr" in figures),
                ("refusal", "refusal_recall" in figures),
                ("timing", True),
            )
            if there
        ]
        yield f"no question has an answer: this is a report of {' and '.join(parts)} only"
    if named and "article_mrr" not in figures:
        yield "no gold article with the answer is in the library: retrieval was not measured"
    if "refusal_f1" in figures:
        absent = [not r.held for r in results if r.held is not None]
        everything = metrics.f1([True] * len(absent), absent)[2]
        yield f"refusing everything would have a refusal_f1 of {everything:.3f}"
    if results and not any(r.held is False for r in results):
        yield "no question is marked unanswerable: no figures of refusing what should be refused"
    unknown = sum(r.held is None and r.named for r in results)
    if unknown:
        yield (
            f"{unknown} questions' answers stand in none of their articles in the library: whether "
            "it holds them is not known, and they are left out of retrieval, held_ and refusal"
        )
    unnamed = sum(r.held is None and not r.named for r in results)
    if unnamed:
        yield f"{unnamed} questions name no article: whether the library holds them is not known"


def compare(
    results: Sequence[Result], earlier: Sequence[Result], baseline: str, changed: Sequence[str]
) -> Comparison:
    """Return the paired differences from an earlier run, on the questions both answered.

    A question is the same if its id, its words and its gold answers are.
    """
    before = {r.id: r for r in earlier if not r.failure}
    pairs = [
        (before[r.id], r)
        for r in results
        # The same id may mean another question now: ids of CSV files are line numbers.
        if r.id in before and not r.failure and _asks_the_same(before[r.id], r)
    ]
    differences = {}
    for name in MEANS:
        values = [
            new.scores[name] - old.scores[name]
            for old, new in pairs
            if name in new.scores and name in old.scores
        ]
        if values:
            differences[name] = mean(values)
    for name, held in (("held_refused", True), ("unanswerable_refused", False)):
        values = [
            float(new.refused) - float(old.refused)
            for old, new in pairs
            if old.held is new.held is held
        ]
        if values:
            differences[name] = mean(values)
    flips = tuple(
        Flip(new.id, old.verdict, new.verdict) for old, new in pairs if old.verdict != new.verdict
    )
    return Comparison(baseline, len(pairs), differences, flips, tuple(changed))


def _asks_the_same(one: Result, other: Result) -> bool:
    return (one.question, one.answers) == (other.question, other.answers)


def changed_names(one: Mapping[str, Any], other: Mapping[str, Any], prefix: str = "") -> list[str]:
    """Return the dotted names of the fields that differ between two records."""
    found = []
    for name in dict.fromkeys([*one, *other]):
        ours, theirs = one.get(name), other.get(name)
        if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
            found += changed_names(ours, theirs, f"{prefix}{name}.")
        elif ours != theirs:
            found.append(f"{prefix}{name}")
    return found
