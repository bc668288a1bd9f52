"""How the search by words grows with the library: milliseconds at 10,000 to 1,000,000 passages.

Passages beyond those of the library are made of its own: the first half of one's sentences and
the second half of another's, so that words stay as common, and stand together as often, as in
news. Bounded is as shipped; unbounded scores every passage with any of the question's words. The
questions are those of 2022, the same for every size; each size is measured in one go, so only
the ratios within a run mean anything on a shared machine.
"""

import argparse
import json
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from benchmarks.news import news
from benchmarks.timing import milliseconds
from qa.library.articles import Entry
from qa.library.sqlite.catalogue import SQLiteCatalogue
from qa.text.sentences import sentences
from qa.text.words import words
from qa.types import Article, Passage, Source

SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
BATCH = 10_000
UNBOUNDED = 10**9
Search = Callable[[Sequence[str], int], object]


def made(texts: Sequence[str], count: int) -> Iterator[Entry]:
    """Yield articles of one passage each: the texts, then ones made of two of them."""
    draw = random.Random(0)
    for number in range(count):
        text = texts[number] if number < len(texts) else _joined(*draw.sample(texts, 2))
        id_ = str(number)
        passage = Passage(f"{id_}-0", id_, 0, len(text), text)
        yield Entry(Article(Source(id_, ""), text), "", (passage,))


def _joined(one: str, other: str) -> str:
    first, second = list(sentences(one)), list(sentences(other))
    head = one[: first[len(first) // 2][1]] if first else one
    tail = other[second[len(second) // 2][0] :] if second else other
    return f"{head} {tail}"


def measure(search: Search, asked: Sequence[Sequence[str]]) -> dict[str, float]:
    seconds = []
    for terms in asked:
        started = time.perf_counter()
        search(terms, 100)
        seconds.append(time.perf_counter() - started)
    return milliseconds(seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", type=Path, required=True, help="made of the 2022 articles")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="PASSAGES")
    parser.add_argument("--questions", type=int, default=100)
    arguments = parser.parse_args()
    with SQLiteCatalogue.open(arguments.library) as library:
        found = library.passages(library.passage_ids()).values()
    texts = [passage.text for passage, _ in found]
    random.Random(0).shuffle(texts)
    asked = [words(question.text) for question in news.questions()[: arguments.questions]]
    with (
        tempfile.TemporaryDirectory() as folder,
        SQLiteCatalogue.create(Path(folder) / "library", {"made": "for the benchmark"}) as library,
    ):
        entries = made(texts, max(arguments.sizes))
        size = 0
        for goal in sorted(arguments.sizes):
            while size < goal:
                batch = [next(entries) for _ in range(min(BATCH, goal - size))]
                library.commit(batch, [], "000001")
                size += len(batch)
            row = {
                "passages": size,
                "bounded": measure(library.search, asked),
                "unbounded": measure(partial(library.search, most=UNBOUNDED), asked),
            }
            print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
