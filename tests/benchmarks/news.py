"""The news questions of 2022 and their articles, for the benchmarks. Never the years after."""

import gzip
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from qa.evaluation.metrics import normalise

SHARED = Path(__file__).parents[3] / "shared"
ARTICLES = SHARED / "data/realtimeqa/articles-2022.jsonl.gz"
QUESTIONS = SHARED / "data/realtimeqa/questions-2022.jsonl.gz"


@dataclass(frozen=True)
class NewsQuestion:
    """A question, its answer as normalised, and the articles a search engine found for it."""

    text: str
    answer: str
    urls: frozenset[str]

    def held_by(self, url: str, passage: str) -> bool:
        """Tell whether a passage is from one of its articles and contains the answer."""
        return url in self.urls and self.answer in normalise(passage)


def rows(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


@cache
def articles() -> dict[str, str]:
    """The normalised text of each article, by its url."""
    return {row["url"]: normalise(row["text"]) for row in rows(ARTICLES)}


def answerable() -> list[NewsQuestion]:
    """The questions whose answer occurs in one of their own articles."""
    texts = articles()
    found = []
    for row in rows(QUESTIONS):
        question = NewsQuestion(row["question"], normalise(row["answer"]), frozenset(row["urls"]))
        if question.answer and any(question.answer in texts.get(u, "") for u in question.urls):
            found.append(question)
    return found
