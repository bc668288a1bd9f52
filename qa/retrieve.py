"""Question + turns → hits: searches by meaning and by words, and fuses the two."""

import datetime
import re
from collections.abc import Callable, Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from qa.embedder import Embedder, Vectors
from qa.errors import LibraryError
from qa.library import Library, State
from qa.questions import period
from qa.types import Filters, Hit, Turn
from qa.vectors import VectorReader

# What an article's date can add to its passages' scores, and in how many days this halves.
# Chosen on the news questions of 2022; halving or doubling either changes little.
_DATE = 0.3
_HALF_LIFE = 14
# Passages taken from each search before they are fused.
_DEPTH = 100

_WORD = re.compile(r"\w+(?:[.’']\w+)*")
_FUNCTION_WORDS = frozenset(
    """a about after all also an and any are as at be been being but by can could did do does
    for from had has have how i if in into is it its many may more most much not of on one or
    our out over s said say says shall should so some such t than that the their them then
    there these they this those through to up was we were what when where which while who whom
    whose why will with would you your""".split()
)
_PRONOUNS = frozenset(
    """he she it they him her them his hers its their theirs there this that these
    those""".split()
)


class Retriever(BaseRetriever):
    """Finds the passages nearest to a question. A LangChain retriever: it fits any chain.

    `invoke(question)` returns LangChain documents, `hits(question)` our own type.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    library: Library
    vectors: VectorReader
    embedder: Embedder
    limit: int = 12

    def hits(
        self,
        question: str,
        turns: Sequence[Turn] = (),
        *,
        asked_on: datetime.date | None = None,
        filters: Filters | None = None,
    ) -> list[Hit]:
        """Return at most `limit` hits, best first, of the articles that pass the filters.

        `asked_on` is the day of asking, the archive's last unless given: articles of the days
        around it come sooner. The score is the mean of both searches' scores, each scaled to
        0..1 over what it found, plus at most 0.3 for the date. Raises `LibraryError` if the
        library cannot be read.
        """
        query = standalone(question, turns)
        vector = self.embedder.embed([query])[0]
        limits = filters or Filters()
        while True:
            # Both searches must see one generation: an ingest may publish another meanwhile,
            # and take the older snapshot away.
            state = self.library.state()
            try:
                hits = self._search(query, vector, state, asked_on, limits)
            except LibraryError:
                if self.library.state() == state:
                    raise
                continue
            if self.library.state() == state:
                return hits

    def _search(
        self,
        query: str,
        vector: Vectors,
        state: State,
        asked_on: datetime.date | None,
        limits: Filters,
    ) -> list[Hit]:
        among = self.library.passing(limits) if limits else None
        by_meaning = (
            self.vectors.search(state.vectors, vector, _DEPTH, among) if state.vectors else []
        )
        by_words = self.library.search(words(query), _DEPTH, limits)
        fused = fuse([by_meaning, by_words])
        found = self.library.passages(list(fused))
        near = self._nearness(query, asked_on or limits.as_of)
        scored = [
            (*found[id_], score + _DATE * near(found[id_][1].date))
            for id_, score in fused.items()
            if id_ in found
        ]
        best = sorted(scored, key=lambda row: -row[2])[: self.limit]
        similarity = dict(by_meaning)
        # What only the search by words found.
        rest = [passage.id for passage, _, _ in best if passage.id not in similarity]
        if rest and state.vectors:
            similarity |= self.vectors.similarities(state.vectors, vector, rest)
        return [
            Hit(passage, source, score, rank, similarity.get(passage.id))
            for rank, (passage, source, score) in enumerate(best, start=1)
        ]

    def _nearness(
        self, query: str, asked_on: datetime.date | None
    ) -> Callable[[datetime.date | None], float]:
        """Return what tells how near a date is to the time asked about, from 0 to 1."""
        named = period(query)
        extent = self.library.extent()
        day = asked_on or (extent[1] if extent else None)
        spans = [named] if named else []
        if day and (not named or named[0] <= day <= named[1]):
            spans.append((day, day))
        return lambda date: _halved(sum(_days(date, span) for span in spans)) if date else 0.0

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        return [_document(hit) for hit in self.hits(query)]


def fuse(rankings: Sequence[Sequence[tuple[str, float]]]) -> dict[str, float]:
    """Return the mean of an item's scores, each scaled to 0..1 over its ranking; 0 if absent.

    Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval", 2023.
    """
    scores: dict[str, float] = {}
    for ranking in rankings:
        values = [score for _, score in ranking]
        low, high = min(values, default=0.0), max(values, default=0.0)
        for item, score in ranking:
            scaled = (score - low) / (high - low) if high > low else 1.0
            scores[item] = scores.get(item, 0.0) + scaled / len(rankings)
    return scores


def _days(date: datetime.date, span: tuple[datetime.date, datetime.date]) -> int:
    """Return how many days a date lies before or after a span of days; 0 inside."""
    return max((span[0] - date).days, (date - span[1]).days, 0)


def _halved(days: int) -> float:
    return float(0.5 ** (days / _HALF_LIFE))


def words(text: str) -> list[str]:
    """Return the words of a text that are worth searching for, each once, in order.

    Function words are left out, unless there is nothing else.
    """
    return content_words(text) or _words(text)


def content_words(text: str) -> list[str]:
    """Return the words of a text that are no function words, each once, in order."""
    return [word for word in _words(text) if word not in _FUNCTION_WORDS]


def _words(text: str) -> list[str]:
    return list(dict.fromkeys(word.lower() for word in _WORD.findall(text)))


def standalone(question: str, turns: Sequence[Turn]) -> str:
    """Return what to search for: a question with a pronoun brings along the one before it."""
    asked = [turn.text for turn in turns if turn.role == "user"]
    if asked and _PRONOUNS & {word.lower() for word in _WORD.findall(question)}:
        return f"{asked[-1]} {question}"
    return question


def _document(hit: Hit) -> Document:
    source = hit.article
    metadata: dict[str, Any] = {
        "article": source.id,
        "title": source.title,
        "date": source.date.isoformat() if source.date else None,
        "url": source.url,
        "start": hit.passage.start,
        "end": hit.passage.end,
        "score": hit.score,
        "rank": hit.rank,
    }
    return Document(page_content=hit.passage.text, metadata=metadata, id=hit.passage.id)
