"""The report's plots, each an SVG that stands in the page itself."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from qa.evaluation.metrics import BINS, bins
from qa.evaluation.results import Result
from qa.evaluation.summary import mean, sure_and_right

BLUE, GREY, ORANGE = "#2563a8", "#9aa3af", "#d97706"
STYLE: Any = {
    # Text stays text, so that it can be searched and takes the font of the page.
    "svg.fonttype": "none",
    # A fixed salt gives the same ids at each rendering.
    "svg.hashsalt": "qa",
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e5e7eb",
}
_GROUPS = 14
_LABEL = 30


def retrieval(results: Sequence[Result]) -> str:
    """Plot hit@k against k, of articles and of passages; '' if retrieval was not measured."""
    found = [r for r in results if "article_mrr" in r.scores and r.hits]
    if not found:
        return ""
    figure, axes = _figure()
    depth = max(len(r.hits) for r in found)
    for name, colour in (("article", GREY), ("passage", BLUE)):
        rows = [r for r in found if f"{name}_mrr" in r.scores]
        if not rows:
            continue
        curve = [
            float(np.mean([any(getattr(h, f"gold_{name}") for h in r.hits[:k]) for r in rows]))
            for k in range(1, depth + 1)
        ]
        axes.plot(range(1, depth + 1), curve, marker="o", ms=4, color=colour, label=name)
    axes.set(ylim=(0, 1.02), xlabel="k: passages looked at", ylabel="hit@k")
    axes.legend(frameon=False, loc="lower right")
    return _svg(figure)


def confidence(results: Sequence[Result]) -> str:
    """Plot accuracy against confidence, in bins, for the answers that can be judged."""
    sure, right = sure_and_right(results)
    if not len(sure):
        return ""
    figure, axes = _figure()
    place = bins(sure)
    axes.plot([0, 1], [0, 1], color=GREY, ls="--", lw=1)
    for number in range(BINS):
        inside = place == number
        if inside.any():
            x, y = float(sure[inside].mean()), float(right[inside].mean())
            axes.bar((number + 0.5) / BINS, y, width=0.9 / BINS, color=BLUE, alpha=0.25)
            axes.plot(x, y, "o", ms=5, color=BLUE)
            axes.annotate(
                f"{int(inside.sum())}", (x, y), (0, 5), textcoords="offset points", ha="center"
            )
    axes.set(
        xlim=(0, 1), ylim=(0, 1.1), xlabel="confidence", ylabel="right (number of answers on top)"
    )
    return _svg(figure)


def seconds(stages: Mapping[str, tuple[float, float]]) -> str:
    """Plot the 50th and 95th percentile of each stage's time."""
    if not stages:
        return ""
    figure, axes = _figure()
    names = list(stages)[::-1]
    for part, colour, label in ((1, GREY, "95% of questions"), (0, BLUE, "half of them")):
        values = [1000 * stages[name][part] for name in names]
        axes.barh(names, values, color=colour, height=0.6, label=label)
    axes.set(xlabel="milliseconds, at most")
    figure.legend(frameon=False, loc="outside upper right", ncols=2)
    return _svg(figure)


def groups(rows: Mapping[str, Sequence[float]]) -> str:
    """Plot the share of good results of each group of questions, with its interval."""
    if not rows:
        return ""
    largest = sorted(rows, key=lambda name: -len(rows[name]))[:_GROUPS][::-1]
    figure, axes = _figure(height=1.0 + 0.24 * len(largest))
    for place, name in enumerate(largest):
        found = mean(rows[name])
        axes.barh(place, found.value, color=BLUE, alpha=0.75, height=0.6)
        axes.plot([found.low, found.high], [place, place], color=ORANGE, lw=1.5)
    labels = [f"{name[:_LABEL]} ({len(rows[name])})" for name in largest]
    # A tag with dollar signs must not be read as a formula.
    axes.set_yticks(range(len(largest)), labels, parse_math=False)
    axes.set(xlim=(0, 1.02), xlabel="right, or rightly refused; 95% interval in orange")
    return _svg(figure)


def _figure(height: float = 2.9) -> tuple[Figure, Axes]:
    with matplotlib.rc_context(STYLE):
        # pyplot would keep every figure, and look for a screen.
        figure = Figure(figsize=(4.6, height), layout="constrained")
        return figure, figure.add_subplot()


def _svg(figure: Figure) -> str:
    stream = io.StringIO()
    # No metadata in RDF, which names other sites.
    metadata: dict[str, Any] = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    with matplotlib.rc_context(STYLE):
        figure.savefig(stream, format="svg", transparent=True, metadata=metadata)
    text = stream.getvalue()
    return text[text.index("<svg") :]
