"""Small archives of the news of 2022, with questions that they answer and that they do not.

Most people's first archive has a handful of articles. Half of each archive's are the articles
of questions that it answers; the others are from the weeks around. What it does not answer:
questions on other news, half of them of the same weeks, and questions on its own articles that
these do not answer.
"""

import datetime
import json
import random
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from qa.ingest import ingest
from qa.library.opening import open_library
from qa.library.recipe import facts
from qa.models.calibration import Ranking
from qa.models.loading import load_embedder
from qa.models.shipped import load_calibration
from qa.search.retriever import Retriever
from qa.settings import Settings
from qa.text.answers import normalise
from qa.training.natural import TrainingQuestion
from qa.training.news import News

# How many archives there are of so many articles: about as many questions of each size.
SIZES = {2: 40, 8: 16, 32: 4}
DAYS = 28


@dataclass(frozen=True)
class Archive:
    """Articles by their urls, and the questions to ask: does the archive answer them?"""

    urls: tuple[str, ...]
    asked: tuple[tuple[TrainingQuestion, bool], ...]


def small(news: News, asked: Sequence[TrainingQuestion], seed: int = 0) -> Iterator[Archive]:
    """Draw the archives, always the same ones for the same questions."""
    draw = random.Random(seed)
    dates = {
        url: datetime.date.fromisoformat(row["date"]) for url, row in news.article_rows.items()
    }
    texts = news.articles()
    known = [question for question in asked if question.answered_by(texts)]
    for size, count in SIZES.items():
        for _ in range(count):
            yield _archive(draw, size, dates, texts, known, asked)


def _archive(
    draw: random.Random,
    size: int,
    dates: Mapping[str, datetime.date],
    texts: Mapping[str, str],
    known: Sequence[TrainingQuestion],
    asked: Sequence[TrainingQuestion],
) -> Archive:
    held = draw.sample(known, size // 2)
    urls = {_own(question, texts) for question in held}
    day = held[0].date
    near = [
        url
        for url, date in sorted(dates.items())
        if url not in urls and abs((date - day).days) <= DAYS
    ]
    urls |= set(draw.sample(near, size - len(urls)))

    inside = [f" {texts[url]} " for url in urls]
    strange = [question for question in asked if not _may_be_in(question, urls, inside)]
    missing = [question for question in strange if urls & set(question.urls)]
    other = [question for question in strange if not urls & set(question.urls)]
    at_the_time = [q for q in other if abs((q.date - day).days) <= DAYS]
    at_other_times = [q for q in other if q not in at_the_time]
    kinds = (missing, at_the_time, at_other_times)
    not_held = [q for kind in kinds for q in draw.sample(kind, min(len(kind), size // 2))]
    return Archive(
        tuple(sorted(urls)),
        (*((question, True) for question in held), *((question, False) for question in not_held)),
    )


def _own(question: TrainingQuestion, texts: Mapping[str, str]) -> str:
    """Return an article that answers: a quiz's has the answer's words."""
    if question.quote:
        return question.urls[0]
    [key] = map(normalise, question.answers)
    return next(url for url in question.urls if key in texts.get(url, ""))


def _may_be_in(question: TrainingQuestion, urls: set[str], inside: Sequence[str]) -> bool:
    """Tell whether some articles may answer: they are the question's, or have an answer's words."""
    if not question.held:
        return False
    if question.quote and question.urls[0] in urls:
        return True
    if question.kind == "yesno":
        return False
    keys = [f" {key} " for key in map(normalise, question.answers) if key]
    return not keys or any(key in text for key in keys for text in inside)


@contextmanager
def opened(archive: Archive, news: News, hits: int, ranking: Ranking) -> Iterator[Retriever]:
    """Ingest an archive's articles, as they are, and let them be searched."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        lines = [json.dumps(news.article_rows[url]) for url in archive.urls]
        (folder / "articles.jsonl").write_text("\n".join(lines), encoding="utf-8")
        settings = Settings(library=folder / "library")
        ingest([folder / "articles.jsonl"], settings)
        yield stack.enter_context(searching(settings, hits, ranking))


@contextmanager
def searching(settings: Settings, hits: int, ranking: Ranking | None = None) -> Iterator[Retriever]:
    """Open a library and let it be searched, for so many hits; without a ranking, as qa ranks.

    Raises `LibraryError`s and `ModelError`.
    """
    with open_library(settings) as library:
        library.catalogue.check(facts(settings))
        yield Retriever(
            library=library.catalogue,
            vectors=library.vectors,
            embedder=load_embedder(settings),
            limit=hits,
            ranking=ranking or load_calibration().ranking,
        )
