"""Questions that this library answers, each tried: for who has just come, and after an answer."""

import itertools
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from qa.assistant import Assistant
from qa.library.protocols import Catalogue
from qa.reading.cite import citation
from qa.text.words import content_words
from qa.types import Answer, Article, Citation, Doubt, Filters, Span, day
from qa.web.stories import Story, is_person, names, stories, subjects

# Questions that are offered to who has come, and after an answer; twice as many are tried.
_STARTERS, _AFTER = 4, 3
# Names in an answer's articles that are looked up in the archive.
_NAMES = 12
# The newest articles, of which the stories are told; and stories that are asked about.
_NEWEST, _STORIES = 600, 8


class Starters:
    """Four questions on the archive's newest and most told stories, made anew after an ingest."""

    def __init__(self, library: Catalogue) -> None:
        self._library = library
        self._lock = threading.Lock()
        self._generation = -1
        self._found: tuple[str, ...] = ()

    @property
    def ready(self) -> tuple[str, ...] | None:
        """The questions, None while they are still to be found."""
        current = self._library.state().generation
        return self._found if current == self._generation else None

    def find(self, trial: Assistant) -> tuple[str, ...]:
        """Return the questions; try them first, if the archive is another than it was."""
        with self._lock:
            if (ready := self.ready) is not None:
                return ready
            generation = self._library.state().generation
            sources = self._library.sources(newest=_NEWEST)
            told = list(self._library.articles([one.id for one in sources]).values())
            found = _answered(trial, _starters(told), _STARTERS)
            self._found, self._generation = tuple(found), generation
            return self._found


def _starters(articles: Sequence[Article]) -> Iterator[str]:
    """Yield questions on the stories of some articles, and on the day of which most tell."""
    counts = Counter(name for one in articles for name in names(one.text))
    dated = Counter(one.source.date for one in articles if one.source.date)
    most = sorted(stories(articles)[:_STORIES], key=lambda one: one.newest, reverse=True)
    for place, story in enumerate(most):
        yield from _about(story, counts, len(articles))
        if place == 1 and dated:
            newest = max(dated, key=lambda date: (dated[date], date))
            yield f"What happened on {day(newest)}?"


def _about(story: Story, counts: Counter[str], articles: int) -> Iterator[str]:
    for name in subjects(story.articles, counts, articles)[:1]:
        yield _question(name, story.articles)


def _question(name: str, told: Sequence[Article]) -> str:
    return f"Who is {name}?" if is_person(name, told) else f"Tell me about {name}"


def follow_ups(
    trial: Assistant,
    answer: Answer,
    filters: Filters,
    before: Sequence[str],
    stopped: Callable[[], bool] = lambda: False,
) -> list[str]:
    """Return up to three questions that go on from an answer or a refusal, each answered in trial.

    They ask for the names and the days that its articles tell of. None of those `before` is asked
    again. `trial` is `Assistant.trial()`.
    """
    cited = [one.article.id for one in answer.citations] or [hit.article.id for hit in answer.hits]
    told = list(trial.library.articles(list(dict.fromkeys(cited))[:3]).values())
    known = " ".join([answer.question, *before]).lower()
    asked = {question.lower() for question in before}
    fresh = _names(trial.library, filters, told, known)
    # What stands in a quote was read a moment ago.
    near = Counter(name for one in answer.citations for name in names(one.quote))
    fresh.sort(key=lambda name: -near[name])
    after = itertools.takewhile(lambda _: not stopped(), _after(fresh, told))
    tried = (one for one in after if one.lower() not in asked)
    return _answered(trial, tried, _AFTER, filters)


def _names(library: Catalogue, filters: Filters, told: Sequence[Article], known: str) -> list[str]:
    """Return the names that some articles tell most of, seen among all; those of many first.

    A name that no other article has comes last: its article was read a moment ago.
    """
    counts = Counter(name for one in told for name in names(one.text))
    first = [name for name in subjects(told, counts, len(told)) if name.lower() not in known]
    having = {
        name: sum(library.months(filters, content_words(name)).values()) for name in first[:_NAMES]
    }
    ranked = subjects(told, having, library.counts(filters)[0])
    return sorted(filter(having.__contains__, ranked), key=lambda name: having[name] < 2)


def _after(fresh: Sequence[str], told: Sequence[Article]) -> Iterator[str]:
    dates = dict.fromkeys(one.source.date for one in told if one.source.date)
    on = [f"What happened on {day(date)}?" for date in dates]
    about = [_question(name, told) for name in fresh]
    yield from itertools.chain(about[:2], on[:1], about[2:4], on[1:], about[4:])


def _answered(
    trial: Assistant, questions: Iterator[str], wanted: int, filters: Filters | None = None
) -> list[str]:
    """Return the first questions that are answered without a doubt; of few, with some doubt.

    Those with much doubt only if no others are answered: a small archive tells little of anything.
    """
    found: dict[Doubt, list[str]] = {"none": [], "some": [], "much": []}
    for tried, question in enumerate(_once(questions), start=1):
        answer = trial.answer(question, filters=filters)
        if answer.outcome == "answered" and answer.citations:
            found[answer.doubt].append(question)
        if len(found["none"]) == wanted or tried == 2 * wanted:
            break
    return ([*found["none"], *found["some"]] or found["much"])[:wanted]


def _once(questions: Iterator[str]) -> Iterator[str]:
    seen: set[str] = set()
    for question in questions:
        if question not in seen:
            seen.add(question)
            yield question


def near(library: Catalogue, answer: Answer) -> tuple[Citation, ...]:
    """Return a citation of the first passage of each article found, where it was refused."""
    if answer.outcome == "answered":
        return ()
    articles = library.articles([hit.article.id for hit in answer.hits])
    found: dict[str, Citation] = {}
    for hit in answer.hits:
        passage, article = hit.passage, articles.get(hit.article.id)
        stands = article and article.text[passage.start : passage.end] == passage.text
        if article and stands and article.id not in found:
            span = Span(article.id, passage.start, passage.end, passage.text)
            found[article.id] = citation(1, span, article)
    return tuple(found.values())
