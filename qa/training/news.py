"""The news questions of RealTime QA (Kasai et al. 2023) and their articles, year by year.

Only those of 2022 may be fitted on; the years after are for reporting.
"""

import datetime
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from qa.errors import TrainingError
from qa.search.question import lists_choices
from qa.text.answers import normalise
from qa.types import Hit

# The year that may be fitted on.
YEAR = 2022


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
    """Yield the rows of a .jsonl.gz file. Raises `TrainingError` if there is none."""
    if not path.is_file():
        raise TrainingError(f"no data at {path}: name the folder that has it")
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        yield from map(json.loads, stream)


class News:
    """The files `articles-YEAR.jsonl.gz` and `questions-YEAR.jsonl.gz` of a folder.

    `rewritten` is a .jsonl file with some of the questions in other words, as people type them into
    a chat: `id` and `question`.
    """

    def __init__(self, folder: Path, rewritten: Path) -> None:
        self.folder = folder
        self._rewritten = rewritten
        self._texts: dict[int, dict[str, str]] = {}

    def articles(self, year: int = YEAR) -> dict[str, str]:
        """Return the normalised text of each article of a year, by its url."""
        if year not in self._texts:
            path = self.folder / f"articles-{year}.jsonl.gz"
            self._texts[year] = {row["url"]: normalise(row["text"]) for row in rows(path)}
        return self._texts[year]

    @cached_property
    def article_rows(self) -> dict[str, dict[str, Any]]:
        """The articles of 2022 as they are, by their urls."""
        return {row["url"]: row for row in rows(self.folder / f"articles-{YEAR}.jsonl.gz")}

    def questions(self, year: int = YEAR, choices: bool = False) -> list[NewsQuestion]:
        """Return a year's questions; by default not those that refer to choices nobody sees."""
        texts = self.articles(year)
        found = []
        for row in rows(self.folder / f"questions-{year}.jsonl.gz"):
            if lists_choices(row["question"]) and not choices:
                continue
            key, urls = normalise(row["answer"]), frozenset(row["urls"])
            held = bool(key) and any(key in texts.get(url, "") for url in row["urls"])
            date = datetime.date.fromisoformat(row["date"])
            found.append(
                NewsQuestion(row["id"], row["question"], date, row["answer"], key, urls, held)
            )
        return found

    def answerable(self, choices: bool = False) -> list[NewsQuestion]:
        """Return the questions of 2022 whose answer occurs in one of their own articles."""
        return [question for question in self.questions(choices=choices) if question.answerable]

    @cached_property
    def rewritten(self) -> dict[str, str]:
        """The questions that there are in other words, by their id."""
        lines = self._rewritten.read_text(encoding="utf-8").splitlines()
        return {row["id"]: row["question"] for row in map(json.loads, lines)}

    def unanswerable(self, year: int) -> list[NewsQuestion]:
        """Return a later year's questions whose answer occurs nowhere in the articles of 2022."""
        return [one for one in self.questions(year) if _absent(one, self.articles())]


def _absent(question: NewsQuestion, texts: dict[str, str]) -> bool:
    key = f" {question.key} "
    return bool(question.key) and not any(key in f" {text} " for text in texts.values())
