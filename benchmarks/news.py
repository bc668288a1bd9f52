"""The RealTime QA news questions and articles, for the benchmarks.

Only those of 2022 may be fitted on; the years after are for reporting.
"""

import datetime
import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from qa.evaluation.metrics import ranking
from qa.search.question import lists_choices
from qa.text.answers import normalise
from qa.types import Hit

SHARED = Path(__file__).parents[2] / "shared"
NEWS = SHARED / "data/realtimeqa"
ARTICLES = NEWS / "articles-2022.jsonl.gz"
# Half of the answerable questions of 2022 in other words, as people type them into a chat; by
# the question's id.
REWRITTEN = Path(__file__).parent / "rewritten-2022.jsonl"


@dataclass(frozen=True)
class NewsQuestion:
    """A question, its answer, and the articles a search engine found for it.

    `date` is the day it was asked; `key` is the answer as normalised; `answerable` says that
    it occurs in one of these articles.
    """

    id: str
    text: str
    date: datetime.date
    answer: str
    key: str
    urls: frozenset[str]
    answerable: bool

    def held_by(self, passage: str, *urls: str) -> bool:
        """Tell whether a passage, which stands at these urls, is from one of its articles and
        contains the answer."""
        return not self.urls.isdisjoint(urls) and self.key in normalise(passage)

    def held_by_hit(self, hit: Hit) -> bool:
        """Tell the same of a hit, which may stand in several articles."""
        also = (source.url for source in hit.also_in)
        return self.held_by(hit.passage.text, hit.article.url, *also)


def rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        yield from map(json.loads, stream)


@cache
def articles(year: int = 2022) -> dict[str, str]:
    """The normalised text of each article of a year's file, by its url."""
    path = NEWS / f"articles-{year}.jsonl.gz"
    return {row["url"]: normalise(row["text"]) for row in rows(path)}


def questions(year: int = 2022, choices: bool = False) -> list[NewsQuestion]:
    """The questions of a year; by default not those that refer to choices, which nobody sees."""
    texts = articles(year)
    found = []
    for row in rows(NEWS / f"questions-{year}.jsonl.gz"):
        if lists_choices(row["question"]) and not choices:
            continue
        key = normalise(row["answer"])
        held = bool(key) and any(key in texts.get(url, "") for url in row["urls"])
        urls = frozenset(row["urls"])
        date = datetime.date.fromisoformat(row["date"])
        found.append(NewsQuestion(row["id"], row["question"], date, row["answer"], key, urls, held))
    return found


def answerable(choices: bool = False) -> list[NewsQuestion]:
    """The questions of 2022 whose answer occurs in one of their own articles."""
    return [question for question in questions(choices=choices) if question.answerable]


@cache
def rewritten() -> dict[str, str]:
    """The questions that there are in other words, by their id."""
    lines = REWRITTEN.read_text(encoding="utf-8").splitlines()
    return {row["id"]: row["question"] for row in map(json.loads, lines)}


def unanswerable(year: int) -> list[NewsQuestion]:
    """The questions of a later year whose answer occurs nowhere in the archive of 2022."""
    return [question for question in questions(year) if _absent(question, articles())]


def before_its_time(
    weeks: int = 4,
) -> Iterator[tuple[NewsQuestion, frozenset[str]]]:
    """Questions of 2022, each with the articles of an archive that does not hold the answer.

    An article is left out if it was found for a question of these weeks, before or after; a
    question, if its answer occurs in any of the articles that are left.
    """
    asked = questions()
    for question in asked:
        near = {
            url
            for other in asked
            if abs((other.date - question.date).days) <= 7 * weeks
            for url in other.urls
        }
        rest = {url: text for url, text in articles().items() if url not in near}
        if _absent(question, rest):
            yield question, frozenset(rest)


def _absent(question: NewsQuestion, texts: dict[str, str]) -> bool:
    key = f" {question.key} "
    return bool(question.key) and not any(key in f" {text} " for text in texts.values())


def mean_ranking(results: Sequence[Sequence[bool]], cuts: Sequence[int]) -> dict[str, float]:
    """The mean hit@k and MRR of ranked lists, which say of each result whether it is relevant."""
    measured = [ranking(row, max(1, sum(row)), cuts=cuts) for row in results]
    names = [*(f"hit@{cut}" for cut in cuts), "mrr"]
    return {name: round(sum(m[name] for m in measured) / len(measured), 3) for name in names}
