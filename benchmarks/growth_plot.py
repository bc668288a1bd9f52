"""The output of `growth` and `vector_growth` → one plot, as SVG.

`python -m benchmarks.growth_plot WORDS VECTORS SVG`: the first two are files with a JSON
object a line. Both axes are logarithmic: time in proportion to the archive is a straight line up.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from qa.evaluation.plots import BLUE, GREY, STYLE


def rows(path: Path) -> list[dict[str, Any]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.startswith("{")]


def panel(
    axes: Axes, found: list[dict[str, Any]], size: str, names: dict[str, str], title: str
) -> None:
    for (key, label), colour in zip(names.items(), (BLUE, GREY), strict=True):
        sizes = [row[size] for row in found]
        for part, style in (("p50_ms", "-"), ("p95_ms", ":")):
            values = [row[key][part] for row in found]
            axes.plot(sizes, values, style, marker="o", ms=3, color=colour)
        axes.annotate(label, (sizes[-1], found[-1][key]["p50_ms"]), ha="right", va="bottom")
    axes.set(xscale="log", yscale="log", xlabel="passages", title=title)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", type=Path)
    parser.add_argument("vectors", type=Path)
    parser.add_argument("svg", type=Path)
    arguments = parser.parse_args()
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(8, 3.2), layout="constrained")
        left, right = figure.subplots(1, 2, sharey=True)
        names = {"bounded": "as shipped", "unbounded": "every passage with any of the words"}
        panel(left, rows(arguments.words), "passages", names, "search by words")
        names = {"chroma": "as shipped", "exhaustive": "every vector"}
        panel(right, rows(arguments.vectors), "vectors", names, "search by meaning")
        left.set(ylabel="milliseconds: median, and 95% dotted")
        figure.savefig(arguments.svg, metadata={"Date": None})


if __name__ == "__main__":
    main()
