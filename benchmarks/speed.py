"""How long an answer takes, stage by stage, how long `qa ask` takes to start, and what it needs.

Of all questions of 2022 every so many-th is asked, one after the other, once before the clock
starts. `chroma` and `sqlite` are the time inside their queries, wherever they are made from;
`embed`, `read` and `read again` are the shares of the embedder and of the reader's two networks;
`rest` is what Python does between them. `to_small_alone` is how many times as long an answer takes
as where the small network reads alone. The memory is that of the process once the chat page is
built and all has been asked. Ratios mean more than milliseconds on a shared machine.

With `--more FILE` a copy of the library is asked to which the articles of another file have been
added: their passages and words as they are, but with vectors made of the library's own (see
`vector_growth`), since to embed them takes an hour and what is timed does not depend on it.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks.process import megabytes
from benchmarks.timing import milliseconds, sample
from benchmarks.vector_growth import BATCH, made, stored
from qa.assistant import Assistant
from qa.ingest.files import Loaded, read
from qa.ingest.rounds import entry
from qa.library.chroma.snapshots import Snapshots
from qa.library.opening import open_folder
from qa.library.sqlite.catalogue import SQLiteCatalogue
from qa.library.sqlite.conversations import open_conversations
from qa.models.embedder import Embedder
from qa.models.entailment_model import EntailmentModel
from qa.models.loading import load_embedder, load_entailment, load_large_reader, load_small_reader
from qa.models.span_model import SpanModel
from qa.settings import Settings

MODELS = ("embed", "read", "read again", "verify")
QUERIES = ("chroma", "sqlite")
STAGES = (*MODELS, *QUERIES)
Seconds = dict[str, list[float]]
# The methods that are timed: all that a question calls.
LIBRARY = (
    SQLiteCatalogue.state,
    SQLiteCatalogue.counts,
    SQLiteCatalogue.extent,
    SQLiteCatalogue.passages,
    SQLiteCatalogue.passages_on,
    SQLiteCatalogue.passing,
    SQLiteCatalogue.search,
    SQLiteCatalogue.articles,
)
VECTORS = (Snapshots.search, Snapshots.similarities)


class Stopwatch:
    """Adds up the seconds spent inside some methods, by the name of their stage."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._inside = False

    def watch(self, owner: object, methods: Sequence[Callable[..., Any]], stage: str) -> None:
        for name in (method.__name__ for method in methods):
            setattr(owner, name, self._timed(getattr(owner, name), stage))

    def _timed(self, method: Callable[..., Any], stage: str) -> Callable[..., Any]:
        def run(*args: Any, **named: Any) -> Any:
            if self._inside:
                # A watched method called another: its time is counted already.
                return method(*args, **named)
            self._inside, started = True, time.perf_counter()
            try:
                return method(*args, **named)
            finally:
                self._inside = False
                self.seconds[stage] += time.perf_counter() - started

        return run


def watched(assistant: Assistant, settings: Settings) -> Stopwatch:
    stopwatch = Stopwatch()
    retriever = assistant.retriever
    stopwatch.watch(assistant.library, LIBRARY, "sqlite")
    stopwatch.watch(retriever.vectors, VECTORS, "chroma")
    stopwatch.watch(retriever.embedder, [Embedder.embed], "embed")
    # Loaded once for each process, so this is the network with which the assistant reads.
    stopwatch.watch(load_small_reader(settings), [SpanModel.read], "read")
    if large := load_large_reader(settings):
        stopwatch.watch(large, [SpanModel.read], "read again")
        stopwatch.watch(load_entailment(settings), [EntailmentModel.probabilities], "verify")
    return stopwatch


def ask(assistant: Assistant, stopwatch: Stopwatch, questions: Sequence[str]) -> Seconds:
    """Return what each question took, by stage."""
    taken: defaultdict[str, list[float]] = defaultdict(list)
    for question in questions:
        stopwatch.seconds.clear()
        started = time.perf_counter()
        assistant.answer(question)
        whole = time.perf_counter() - started
        for stage in STAGES:
            taken[stage].append(stopwatch.seconds[stage])
        taken["rest"].append(whole - sum(stopwatch.seconds.values()))
        taken["all"].append(whole)
    return dict(taken)


def memory_mb() -> dict[str, int]:
    """The process's memory now and at its highest."""
    return {"now": megabytes("VmRSS"), "peak": megabytes("VmHWM")}


def enlarged(library: Path, articles: Path, folder: Path) -> Path:
    """Return a copy of a library with the articles of a file added, their vectors made up."""
    shutil.copytree(library, folder / "library")
    settings = Settings(library=folder / "library")
    embedder, real = load_embedder(settings), stored(library)
    with open_folder(settings.library) as opened, opened.catalogue.writing():
        target = opened.catalogue
        known = target.fingerprints()
        entries = [
            entry(item.article, item.origin, embedder, settings)
            for item in read(articles, settings.max_article_mb)
            if isinstance(item, Loaded) and item.article.id not in known
        ]
        entries = list({one.article.id: one for one in entries}.values())
        ids = [passage.id for one in entries for passage in one.passages]
        sources = [one.article.source for one in entries for _ in one.passages]
        writer = opened.vectors.write(target.state())
        batches = made(real, len(real) + len(ids), len(real))
        for place, vectors in zip(range(0, len(ids), BATCH), batches, strict=True):
            last = place + BATCH
            writer.upsert(ids[place:last], sources[place:last], vectors)
        writer.finish({})
        target.commit(entries, [], writer.name)
        writer.committed({})
    return settings.library


def asked(library: Path, more: Path | None, folder: Path) -> Path:
    """Return the library to be asked: this one, or in a folder a copy with more articles."""
    if not more:
        return library
    # In a process of its own, so that its memory does not count.
    with ProcessPoolExecutor(1, get_context("spawn")) as builder:
        return builder.submit(enlarged, library, more, folder).result()


def cold_start(library: Path, question: str, runs: int) -> dict[str, float]:
    """Whole processes: `qa ask`, and one that only imports torch and Chroma."""

    def median(*arguments: str) -> float:
        taken = []
        for _ in range(runs):
            started = time.perf_counter()
            subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
            taken.append(time.perf_counter() - started)
        return round(statistics.median(taken), 2)

    return {
        "ask_s": median("-m", "qa.cli", "ask", "--library", str(library), question),
        "imports_s": median("-c", "import torch, chromadb, sentence_transformers"),
    }


def report(library: Path, count: int, starts: int) -> dict[str, Any]:
    from qa.web.desk import Desk
    from qa.web.page import build

    questions, settings = sample(count), Settings(library=library)
    with (
        tempfile.TemporaryDirectory() as folder,
        open_conversations(Path(folder)) as conversations,
        Assistant.load(settings) as assistant,
    ):
        loading: Future[Assistant] = Future()
        loading.set_result(assistant)
        page = build(Desk(assistant.stores, conversations, settings, loading), {})
        for question in questions:
            assistant.answer(question)
        taken = ask(assistant, watched(assistant, settings), questions)
        articles, passages = assistant.library.counts()
        memory = memory_mb()
        del page
    with Assistant.load(Settings(library=library, reader="small")) as assistant:
        alone = ask(assistant, Stopwatch(), questions)["all"]
    models = [sum(one) for one in zip(*(taken[name] for name in MODELS), strict=True)]
    queries = [sum(one) for one in zip(*(taken[name] for name in QUERIES), strict=True)]
    return {
        "articles": articles,
        "passages": passages,
        "questions": len(questions),
        **{stage: milliseconds(seconds) for stage, seconds in taken.items()},
        "queries_to_models": round(statistics.median(queries) / statistics.median(models), 2),
        "to_small_alone": round(statistics.median(taken["all"]) / statistics.median(alone), 2),
        "memory_mb": memory,
        **({"cold_start": cold_start(library, questions[0], starts)} if starts else {}),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--more", type=Path, metavar="FILE", help="of articles to be added")
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--starts", type=int, default=5, help="of `qa ask`; 0 leaves them out")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        library = asked(arguments.library, arguments.more, Path(name))
        print(json.dumps(report(library, arguments.questions, arguments.starts), indent=2))


if __name__ == "__main__":
    main()
