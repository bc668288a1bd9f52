"""Ingest throughput, from file to committed library, against the bare embedding of its passages.

The baseline is `SentenceTransformer.encode` of exactly the same strings, in float32, with
the default batch size and the same number of threads, in the same process. Both models are
loaded before the clock starts. The two take turns, and the medians are compared.
"""

import argparse
import gzip
import itertools
import json
import statistics
import tempfile
import time
from pathlib import Path

from qa.ingest import ingest
from qa.ingest.passages import embedded_text
from qa.library.sqlite.catalogue import SQLiteCatalogue
from qa.models.device import native_bfloat16
from qa.models.embedder import EMBEDDER
from qa.models.loading import load_embedder
from qa.models.shipped import embedder_folder
from qa.settings import Settings

CHECKOUT = Path(__file__).parents[1]
NEWS = CHECKOUT.parent / "shared/data/realtimeqa/articles-2022.jsonl.gz"


def sample(folder: Path, count: int) -> Path:
    """Write every so many-th article of the news archive to a file; without it, the corpus."""
    if not NEWS.is_file():
        print(f"no news archive at {NEWS}: measuring on corpus/, which is small")
        return CHECKOUT / "corpus"
    with gzip.open(NEWS, "rt", encoding="utf-8") as stream:
        rows = list(stream)
    path = folder / "sample.jsonl"
    step = max(1, len(rows) // count)
    path.write_text("".join(itertools.islice(rows, 0, None, step)), encoding="utf-8")
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=150, help="articles in the sample")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--dtype", default="auto", help="auto, float32 or bfloat16")
    arguments = parser.parse_args()

    import torch
    from sentence_transformers import SentenceTransformer

    bare = SentenceTransformer(str(embedder_folder()), device="cpu", local_files_only=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = sample(folder, arguments.articles)
        # The first run is not counted: it pages in the model and imports Chroma.
        settings = Settings(library=folder / "first", device="cpu", dtype=arguments.dtype)
        load_embedder(settings)
        summary = ingest([source], settings)
        with SQLiteCatalogue.open(settings.library) as library:
            found = library.passages(library.passage_ids()).values()
            texts = [embedded_text(passage, article) for passage, article in found]
        ours, theirs = [], []
        for run in range(arguments.runs):
            started = time.perf_counter()
            ingest([source], settings.model_copy(update={"library": folder / f"run{run}"}))
            ours.append(time.perf_counter() - started)
            started = time.perf_counter()
            bare.encode(texts, show_progress_bar=False)
            theirs.append(time.perf_counter() - started)
    seconds, baseline = statistics.median(ours), statistics.median(theirs)
    ratios = sorted(their / our for our, their in zip(ours, theirs, strict=True))
    print(
        json.dumps(
            {
                "model": EMBEDDER,
                "native_bfloat16": native_bfloat16(),
                "dtype": arguments.dtype,
                "threads": torch.get_num_threads(),
                "articles": summary.added,
                "passages": len(texts),
                "ingest_passages_per_second": round(len(texts) / seconds, 1),
                "encode_float32_passages_per_second": round(len(texts) / baseline, 1),
                "ratio_of_medians": round(baseline / seconds, 2),
                "ratio_min_median_max": [
                    round(value, 2) for value in (ratios[0], statistics.median(ratios), ratios[-1])
                ],
                "goal": 2.0 if native_bfloat16() else 0.9,
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
