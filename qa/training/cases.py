"""Questions kept back, each asked of an archive that answers it or does not.

They are asked of the whole archive of 2022, which answers most; of what is left of it without the
news of the weeks around them, which answers none; and of small archives, as most people's first
ones are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from tqdm import tqdm

from qa.search.question import Asked, understand
from qa.search.retriever import Retriever
from qa.text.answers import holds
from qa.training.archives import DAYS, opened, small
from qa.training.natural import TrainingQuestion, misses
from qa.training.news import News
from qa.types import Hit

Where = Literal["archive", "elsewhere", "small"]
# All that the two searches find, 100 each: what is left out is among the best.
_DEEP = 200


@dataclass(frozen=True, slots=True)
class Case:
    """A question, what was found for it among `searched` passages, and whether that answers it."""

    question: TrainingQuestion
    asked: Asked
    hits: tuple[Hit, ...]
    searched: int
    held: bool
    where: Where

    @property
    def group(self) -> str:
        """What all cases of one article have in common: they are fitted on, or judged, together."""
        return self.question.urls[0] if self.question.urls else self.question.id


def cases(retriever: Retriever, asked: Sequence[TrainingQuestion], news: News) -> Iterator[Case]:
    """Yield each question in its cases, and every second one elsewhere.

    Left out of the whole archive are questions of which nobody knows whether it answers them: those
    of quizzes whose answer is in none of their articles.
    """
    texts = news.articles()
    for number, question in enumerate(tqdm(asked, unit=" questions")):
        yield from _in_archive(retriever, question, texts, elsewhere=number % 2 == 0)
    for archive in tqdm(list(small(news, asked)), unit=" small archives"):
        with opened(archive, news, retriever.limit, retriever.ranking) as other:
            searched = other.library.counts()[1]
            for question, held in archive.asked:
                put = understand(question.text, today=other.today(question.date, None))
                hits = other.find(put, asked_on=question.date)
                if hits:
                    yield Case(question, put, tuple(hits), searched, held, "small")


def _in_archive(
    retriever: Retriever, question: TrainingQuestion, texts: dict[str, str], elsewhere: bool
) -> Iterator[Case]:
    searched = retriever.library.counts()[1]
    put = understand(question.text, today=question.date)
    found = retriever.find(put, asked_on=question.date, limit=_DEEP)
    known = question.answered_by(texts)
    if known is not None:
        yield Case(question, put, tuple(found[: retriever.limit]), searched, known, "archive")
    other = [hit for hit in found if _elsewhere(question, hit)][: retriever.limit]
    ranked = tuple(replace(hit, rank=rank) for rank, hit in enumerate(other, start=1))
    if ranked and elsewhere:
        yield Case(question, put, ranked, searched, False, "elsewhere")


def _elsewhere(question: TrainingQuestion, hit: Hit) -> bool:
    """Tell whether a hit is from none of the weeks around a question, and does not answer it."""
    dates = [source.date for source in (hit.article, *hit.also_in)]
    near = any(date is None or abs((date - question.date).days) <= DAYS for date in dates)
    return not near and (not question.held or misses(question, hit.passage))


def rightly_held(question: TrainingQuestion, hit: Hit) -> bool:
    """Tell whether a hit is a passage of the question's article that has its answer."""
    sources = (hit.article, *hit.also_in)
    if not any(source.url in question.urls for source in sources):
        return False
    return not misses(question, hit.passage) or holds(hit.passage.text, question.answers)
