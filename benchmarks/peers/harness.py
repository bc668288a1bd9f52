"""The input and the output of a peer. Standard library only, to run in any environment.

`python -m benchmarks.peers.with_NAME FOLDER MODEL`: the folder has `articles.jsonl` (url,
title, date, text) and `questions.jsonl` (text, date); the model is all-MiniLM-L6-v2, a local path.
A peer writes `NAME.json` there: for each of its ways to search, each question's first ten passages
(text, then the urls of its articles) and the seconds of the search.
"""

import json
import resource
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

TOP = 10
Found = list[list[str]]
Row = dict[str, Any]
Search = Callable[[Row], Found]
# Articles, model and a folder to write to → how many passages there are, and ways to search them.
Build = Callable[[Sequence[Row], str, Path], tuple[int, Mapping[str, Search]]]


def run(name: str, build: Build) -> None:
    folder, model = Path(sys.argv[1]), sys.argv[2]
    articles, questions = _rows(folder / "articles.jsonl"), _rows(folder / "questions.jsonl")
    started = time.perf_counter()
    passages, searches = build(articles, model, folder / name)
    report: Row = {"passages": passages, "ingest_s": time.perf_counter() - started, "ways": {}}
    for way, search in searches.items():
        # The first search is not timed: it loads models and indexes.
        search(questions[0])
        found, seconds = [], []
        for question in questions:
            started = time.perf_counter()
            found.append(search(question)[:TOP])
            seconds.append(time.perf_counter() - started)
        report["ways"][way] = {"found": found, "seconds": seconds}
    # Linux counts kilobytes.
    report["memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    (folder / f"{name}.json").write_text(json.dumps(report), encoding="utf-8")


def _rows(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
