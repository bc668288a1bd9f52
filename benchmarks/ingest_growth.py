"""How ingest grows with the library: the rate at which articles come in, step by step.

The articles of 2022 and then of 2023 are ingested into one library in steps, each a run of its
own. Beside the rate of each step stands that of the embedder alone, on passages of the library,
taken just before: the machine is shared, and `share_of_embedder` is what can be compared. The
library stays, for other measurements; what it holds already is passed over. Of 2023 only the
articles are used, and nothing but time is measured on them.
"""

import argparse
import itertools
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.news import NEWS
from qa.ingest import ingest
from qa.library.sqlite.catalogue import SQLiteCatalogue
from qa.models.loading import load_embedder
from qa.settings import Settings
from qa.training.news import rows

STEPS = (1000, 4714, 12301)
TEXTS = 1024


def lines() -> Iterator[str]:
    for year in (2022, 2023):
        for row in rows(NEWS / f"articles-{year}.jsonl.gz"):
            yield json.dumps(row) + "\n"


def embedder_rate(settings: Settings, texts: list[str]) -> float:
    embedder = load_embedder(settings)
    started = time.perf_counter()
    embedder.embed(texts)
    return len(texts) / (time.perf_counter() - started)


def passages(settings: Settings) -> int:
    with SQLiteCatalogue.open(settings.library) as library:
        return library.counts()[1]


def sample(settings: Settings) -> list[str]:
    with SQLiteCatalogue.open(settings.library) as library:
        ids = library.passage_ids()
        ids = ids[:: max(1, len(ids) // TEXTS)][:TEXTS]
        return [passage.text for passage, _ in library.passages(ids).values()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", type=Path, required=True, help="is made, or goes on")
    parser.add_argument("--steps", type=int, nargs="+", default=STEPS, metavar="ARTICLES")
    arguments = parser.parse_args()
    settings = Settings(library=arguments.library)
    with tempfile.TemporaryDirectory() as folder:
        begun = Path(folder) / "begun.jsonl"
        begun.write_text("".join(itertools.islice(lines(), 100)), encoding="utf-8")
        ingest([begun], settings)
        for step in sorted(arguments.steps):
            file = Path(folder) / "articles.jsonl"
            file.write_text("".join(itertools.islice(lines(), step)), encoding="utf-8")
            before, rate = passages(settings), embedder_rate(settings, sample(settings))
            started = time.perf_counter()
            ingest([file], settings)
            seconds = time.perf_counter() - started
            size = passages(settings)
            ours = (size - before) / seconds
            row = {
                "articles": step,
                "passages": size,
                "passages_per_second": round(ours, 1),
                "share_of_embedder": round(ours / rate, 2),
            }
            print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
