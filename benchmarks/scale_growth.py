"""How PostgreSQL and Chroma grow: words, vectors, searches and answers at more and more passages.

`python -m benchmarks.scale_growth --library DIR --database URL --chroma URL --sizes 100000 1000000`
fills an empty database with articles made of a library's: each has the passages of one article and
of another by turns, and their vectors with a little noise; the dates are spread over twenty years.
"""

import argparse
import dataclasses
import datetime
import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import SecretStr

from benchmarks.timing import milliseconds, sample
from qa.assistant import Assistant
from qa.library.articles import Entry
from qa.library.opening import create_library, open_folder
from qa.library.protocols import Library
from qa.models.embedder import Vectors
from qa.models.loading import load_embedder
from qa.reading.reader import SpanReader
from qa.search.retriever import Retriever
from qa.settings import Settings
from qa.text.words import words
from qa.types import Article, Filters, Passage, Source

BATCH, DEPTH, NOISE = 300, 100, 0.3
STAGES = ("words", "vectors", "search", "answer")
LIMITS = {
    "a_year": Filters(datetime.date(2015, 1, 1), datetime.date(2015, 12, 31)),
    "a_month": Filters(datetime.date(2015, 6, 1), datetime.date(2015, 6, 30)),
    "a_day": Filters(datetime.date(2015, 6, 1), datetime.date(2015, 6, 1)),
    "ten_years": Filters(datetime.date(2015, 3, 1)),
    "a_site": Filters(sources=("cnn.com",)),
}
Made = tuple[Entry, Vectors]


def made(source: Library) -> Iterator[Made]:
    """Yield articles without end, always the same ones for the same library."""
    draw = random.Random(0)
    noise = np.random.default_rng(0)
    catalogue, name = source.catalogue, source.catalogue.state().vectors
    ids = [one.id for one in catalogue.sources()]
    first = datetime.date(2005, 1, 1)
    for number in range(10**9):
        one, other = draw.sample(ids, 2)
        both = [
            list(catalogue.passages(catalogue.passage_ids([id_])).values()) for id_ in (one, other)
        ]
        mixed = [pair[0] for pairs in zip(*both, strict=False) for pair in pairs][: len(both[0])]
        vectors = source.vectors.vectors(name, [passage.id for passage in mixed])
        day = first + datetime.timedelta(draw.randrange(365 * 20))
        meta = dataclasses.replace(both[0][0][1], id=f"made-{number}", date=day)
        yield _article(meta, mixed, number), _near(mixed, vectors, noise)


def _article(source: Source, mixed: list[Passage], number: int) -> Entry:
    text, passages = "", []
    for place, passage in enumerate(mixed):
        start = len(text)
        text += passage.text + "\n\n"
        id_ = f"made-{number}-{place}"
        passages.append(Passage(id_, source.id, start, start + len(passage.text), passage.text))
    return Entry(Article(source, text), f"/made/{number}", tuple(passages))


def _near(mixed: list[Passage], vectors: dict[str, Vectors], noise: np.random.Generator) -> Vectors:
    found = np.stack([vectors[passage.id] for passage in mixed])
    found = (
        found + noise.normal(size=found.shape).astype(np.float32) * NOISE / found.shape[1] ** 0.5
    )
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float32)


def fill(target: Library, articles: Iterator[Made], size: int) -> float:
    """Write articles until there are so many passages; return passages a second."""
    started, before = time.perf_counter(), target.catalogue.counts()[1]
    count = before
    with target.catalogue.writing():
        while count < size:
            some = [next(articles) for _ in range(BATCH)]
            writer = target.vectors.write(target.catalogue.state())
            entries = [entry for entry, _ in some]
            ids = [passage.id for entry in entries for passage in entry.passages]
            sources = [entry.article.source for entry in entries for _ in entry.passages]
            writer.upsert(ids, sources, np.concatenate([vectors for _, vectors in some]))
            writer.finish({})
            target.catalogue.commit(entries, [], writer.name)
            writer.committed({})
            target.catalogue.cleared({})
            count += len(ids)
    return (count - before) / (time.perf_counter() - started)


def measure(target: Library, assistant: Assistant, questions: list[str]) -> dict[str, Any]:
    retriever = assistant.retriever
    name = target.catalogue.state().vectors
    taken: dict[str, list[float]] = {stage: [] for stage in (*STAGES, *LIMITS)}
    vectors = retriever.embedder.embed(questions)

    def near(vector: Vectors, filters: Filters | None = None) -> object:
        return target.vectors.search(name, vector, DEPTH, filters=filters)

    for question, vector in zip(questions, vectors, strict=True):
        runs: dict[str, Callable[[], object]] = {
            "words": partial(target.catalogue.search, words(question), DEPTH),
            "vectors": partial(near, vector),
            **{stage: partial(near, vector, limit) for stage, limit in LIMITS.items()},
            "search": partial(retriever.hits, question),
            "answer": partial(assistant.answer, question),
        }
        for stage, run in runs.items():
            started = time.perf_counter()
            run()
            taken[stage].append(time.perf_counter() - started)
    return {stage: milliseconds(seconds) for stage, seconds in taken.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", type=Path, required=True, help="made of news articles")
    parser.add_argument("--database", required=True, metavar="URL", help="an empty one")
    parser.add_argument("--chroma", required=True, metavar="URL")
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--questions", type=int, default=100)
    arguments = parser.parse_args()
    settings = Settings(database_url=SecretStr(arguments.database), chroma_url=arguments.chroma)
    questions = sample(arguments.questions)
    with open_folder(arguments.library) as source:
        articles = made(source)
        with create_library(settings, source.catalogue.facts()) as target:
            retriever = Retriever(
                library=target.catalogue,
                vectors=target.vectors,
                embedder=load_embedder(settings),
            )
            assistant = Assistant(target.catalogue, retriever, SpanReader.load(settings))
            for size in sorted(arguments.sizes):
                speed = fill(target, articles, size)
                print(f"{size} passages, now measured", file=sys.stderr, flush=True)
                # Once to warm up, as a page that has been asked before.
                measure(target, assistant, questions[:10])
                row = {
                    "passages": target.catalogue.counts()[1],
                    "written_each_second": round(speed),
                    **measure(target, assistant, questions),
                }
                print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
