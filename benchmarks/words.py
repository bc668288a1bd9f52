"""The search by words alone on the news of 2022: SQLite's BM25 beside the one in PostgreSQL.

`python -m benchmarks.words --library DIR` measures a folder; with `--database URL` also the library
that `qa migrate` has made of it there, for each number of passages that are scored at most, and how
many of the first ten are the same. Without words of its own, PostgreSQL's `ts_rank_cd` is measured
too: what the ranking would be without BM25.
"""

import argparse
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.news import mean_ranking, news
from benchmarks.timing import milliseconds
from qa.library.postgres.catalogue import PostgresCatalogue
from qa.library.postgres.fulltext import query_of
from qa.library.protocols import Catalogue
from qa.library.sqlite.catalogue import SQLiteCatalogue
from qa.text.words import words
from qa.training.news import NewsQuestion

TOP = 10
Search = Callable[[Sequence[str]], list[str]]


def measure(
    catalogue: Catalogue, search: Search, asked: Sequence[NewsQuestion]
) -> tuple[dict[str, Any], list[list[str]]]:
    results, seconds, found = [], [], []
    for question in asked:
        wanted = words(question.text)
        started = time.perf_counter()
        ids = search(wanted)
        seconds.append(time.perf_counter() - started)
        passages = catalogue.passages(ids)
        hits = [(passages[id_][0].text, passages[id_][1].url) for id_ in ids]
        results.append([question.held_by(*hit) for hit in hits])
        found.append(ids)
    return {**mean_ranking(results, (1, 4, 10)), **milliseconds(seconds)}, found


def by_bm25(catalogue: Catalogue, most: int) -> Search:
    return lambda wanted: [id_ for id_, _ in catalogue.search(wanted, TOP, most=most)]


def by_rank(catalogue: PostgresCatalogue, function: str) -> Search:
    def search(wanted: Sequence[str]) -> list[str]:
        query = " | ".join(filter(None, map(query_of, wanted)))
        rows = catalogue._rows(
            f"SELECT id FROM passages WHERE words @@ ?::tsquery "
            f"ORDER BY {function}(words, ?::tsquery, 1) DESC, number LIMIT ?",
            [query, query, TOP],
        )
        return [str(id_) for (id_,) in rows]

    return search


def same(ours: Sequence[Sequence[str]], theirs: Sequence[Sequence[str]]) -> float:
    shares = [len(set(a) & set(b)) / max(1, len(b)) for a, b in zip(ours, theirs, strict=True)]
    return round(sum(shares) / len(shares), 4)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", type=Path, required=True, help="made of the 2022 articles")
    parser.add_argument("--database", metavar="URL", help="the same articles in PostgreSQL")
    parser.add_argument("--most", type=int, nargs="+", default=[5_000, 20_000, 100_000])
    parser.add_argument("--questions", type=int, metavar="N", help="only so many")
    arguments = parser.parse_args()
    asked = news.answerable(choices=True)
    asked = asked[:: max(1, len(asked) // (arguments.questions or len(asked)))]
    print(json.dumps({"questions": len(asked)}))
    with SQLiteCatalogue.open(arguments.library) as sqlite:
        row, known = measure(sqlite, by_bm25(sqlite, 100_000), asked)
    print(json.dumps({"engine": "sqlite", "most": 100_000, **row}), flush=True)
    if not arguments.database:
        return
    with PostgresCatalogue.open(arguments.database) as postgres:
        searches: dict[str, Search] = {
            f"bm25 of {most}": by_bm25(postgres, most) for most in arguments.most
        }
        searches |= {name: by_rank(postgres, name) for name in ("ts_rank", "ts_rank_cd")}
        for name, search in searches.items():
            row, found = measure(postgres, search, asked)
            row = {"engine": "postgresql", "rank": name, **row, "same": same(found, known)}
            print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
