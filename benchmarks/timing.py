"""The shared part of the benchmarks of time: the questions to ask, and how seconds are printed."""

import statistics
from collections.abc import Sequence

from benchmarks.news import NEWS
from qa.training.news import rows


def sample(count: int) -> list[str]:
    """Every so many-th question of 2022, as many as are wanted."""
    texts = [row["question"] for row in rows(NEWS / "questions-2022.jsonl.gz")]
    return texts[:: max(1, len(texts) // count)][:count]


def milliseconds(seconds: Sequence[float]) -> dict[str, float]:
    p95 = statistics.quantiles(seconds, n=20)[-1]
    return {"p50_ms": round(statistics.median(seconds) * 1e3, 1), "p95_ms": round(p95 * 1e3, 1)}
