"""How the search by meaning grows, and its recall: 10,000 to 1,000,000 vectors in Chroma.

Vectors beyond those of the library are made of its own, two at a time: one, with half as much of
another and a little noise, so that they crowd together as news does; vectors at random would lie
equally far from everything, and misstate what an index finds. Recall is the share of an exhaustive
search's nearest K that Chroma returns among its own nearest 100, cut to K, over questions of 2022;
`qa` as shipped writes and reads the snapshots. `build_s` is the time per thousand vectors since the
size before, `open_s` what a reader needs for its first search.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.timing import milliseconds, sample
from qa.library.chroma import snapshots
from qa.library.chroma.snapshots import FOLDER, Snapshots, SnapshotWriter
from qa.library.sqlite.catalogue import SQLiteCatalogue
from qa.models.embedder import Vectors
from qa.models.loading import load_embedder
from qa.settings import Settings
from qa.types import Source

SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
BATCH = 10_000
NEAREST = 50
NOWHERE = Source("made", "", None)
DEPTH = 100
# A made vector's share of the second vector, and the length of its noise.
OTHER, NOISE = 0.5, 0.3


def stored(folder: Path) -> Vectors:
    """All vectors of a library."""
    import chromadb

    with SQLiteCatalogue.open(folder) as library:
        name = library.state().vectors
    client: Any = chromadb.PersistentClient(str(folder / FOLDER / name))
    [collection] = client.list_collections()
    ids = collection.get(include=[])["ids"]
    parts = []
    for first in range(0, len(ids), BATCH):
        found = collection.get(ids=ids[first : first + BATCH], include=["embeddings"])
        parts.append(np.asarray(found["embeddings"], np.float32))
    client.close()
    return np.concatenate(parts)


def made(real: Vectors, count: int, begin: int = 0) -> Iterator[Vectors]:
    """Yield unit vectors in batches: the real ones in random order, then ones made of two.

    From the vector `begin` on: with as many as there are real ones, all are made.
    """
    draw = np.random.default_rng(0)
    real = real[draw.permutation(len(real))]
    for first in range(begin, count, BATCH):
        size = min(BATCH, count - first)
        own = real[first : first + size]
        ones, others = draw.integers(len(real), size=(2, size - len(own)))
        noise = draw.normal(size=(len(ones), real.shape[1])) * NOISE / real.shape[1] ** 0.5
        mixed = real[ones] + OTHER * real[others] + noise.astype(np.float32)
        mixed /= np.linalg.norm(mixed, axis=1, keepdims=True)
        yield np.concatenate([own, mixed])


def recall(found: list[list[int]], exact: np.ndarray[Any, Any]) -> float:
    shares = [
        len(set(ours[:NEAREST]) & set(theirs.tolist())) / NEAREST
        for ours, theirs in zip(found, exact, strict=True)
    ]
    return round(float(np.mean(shares)), 4)


def measure(folder: Path, name: str, queries: Vectors, everything: Vectors) -> dict[str, Any]:
    reader = Snapshots(folder, lambda filters: [])
    started = time.perf_counter()
    reader.search(name, queries[0], DEPTH)
    opened = time.perf_counter() - started
    found, seconds = [], []
    for query in queries:
        started = time.perf_counter()
        hits = reader.search(name, query, DEPTH)
        seconds.append(time.perf_counter() - started)
        found.append([int(id_) for id_, _ in hits])
    reader.close()
    # The exhaustive search is timed as well: a matrix product, and the sorting of its result.
    exact, slow = [], []
    for query in queries:
        started = time.perf_counter()
        near = everything @ query
        exact.append(np.argpartition(-near, NEAREST)[:NEAREST])
        slow.append(time.perf_counter() - started)
    return {
        f"recall@{NEAREST}": recall(found, np.array(exact)),
        "open_s": round(opened, 2),
        "chroma": milliseconds(seconds),
        "exhaustive": milliseconds(slow),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", type=Path, required=True, help="made of news articles")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="VECTORS")
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--hnsw", type=json.loads, default={}, metavar="JSON", help="to try others")
    arguments = parser.parse_args()
    snapshots._HNSW |= arguments.hnsw
    queries = load_embedder(Settings()).embed(sample(arguments.questions))
    real = stored(arguments.library)
    everything = np.empty((max(arguments.sizes), real.shape[1]), np.float32)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        batches = made(real, max(arguments.sizes))
        size, base = 0, ""
        for generation, goal in enumerate(sorted(arguments.sizes), start=1):
            began, before = time.perf_counter(), size
            writer = SnapshotWriter(folder, f"{generation:06}", base)
            while size < goal:
                batch = next(batches)
                everything[size : size + len(batch)] = batch
                ids = [str(size + place) for place in range(len(batch))]
                writer.upsert(ids, [NOWHERE] * len(ids), batch)
                size += len(batch)
            writer.finish({})
            seconds = (time.perf_counter() - began) / (size - before) * 1000
            writer.committed({})
            base = writer.name
            row = {
                "vectors": size,
                "build_s": round(seconds, 2),
                **measure(folder, base, queries, everything[:size]),
            }
            print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
