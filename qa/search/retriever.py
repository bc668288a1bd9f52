"""Question + turns → hits: searches by meaning and by words, and fuses the two."""

import datetime
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field, SkipValidation

from qa.dates import Period
from qa.errors import LibraryError, VectorsAway
from qa.library.protocols import Catalogue, State
from qa.library.protocols import Vectors as VectorStore
from qa.models.calibration import Ranking
from qa.models.embedder import EMBEDDER, Embedder, Vectors
from qa.models.shipped import load_calibration
from qa.search.events import day_of
from qa.search.followups import before
from qa.search.question import Asked, proper, understand
from qa.search.times import period_asked
from qa.text.words import shingles, words
from qa.types import Filters, Hit, Passage, Source, Turn

# How many passages each search gives to the fusion.
_DEPTH = 100
_LOG = logging.getLogger(__package__)
# Passages by their ids, with how near each is.
_Near = Sequence[tuple[str, float]] | Mapping[str, float]

# Two passages are copies if they share this part of all their runs of five words. A lower bound
# would merge stories that differ in a name: "elected mayor of Tolk", "of Karsk".
_COPY = 0.8
# How many passages that speak of the question's time are looked at, and how long that time may be,
# in days: the passages on a year would be most of an archive.
_HAPPENED = 2000
_MONTH = 31
# How many articles of the conversation so far are preferred.
_CARRIED = 3


class Retriever(BaseRetriever):
    """Finds the passages nearest to a question. A LangChain retriever: it fits any chain.

    `invoke(question)` returns LangChain documents, `hits(question)` our own type.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    library: SkipValidation[Catalogue]
    vectors: SkipValidation[VectorStore]
    embedder: Embedder
    limit: int = 12
    ranking: Ranking = Field(default_factory=lambda: load_calibration().ranking)

    def hits(
        self,
        question: str,
        turns: Sequence[Turn] = (),
        *,
        asked_on: datetime.date | None = None,
        filters: Filters | None = None,
    ) -> list[Hit]:
        """Return at most `limit` hits, best first, of the articles that pass the filters.

        `asked_on` is the day of asking; `today` gives the day if it is None. Articles of the days
        around it rank higher. A question that needs the turns before it is searched with the names
        in those turns, and their articles rank higher. `Ranking` defines the score. Raises
        `LibraryError` if the library cannot be read, `QuestionError` for a source that is no site.
        """
        asked = understand(question, turns, self.today(asked_on, filters))
        return self.find(asked, turns, asked_on=asked_on, filters=filters)

    def find(
        self,
        asked: Asked,
        turns: Sequence[Turn] = (),
        *,
        asked_on: datetime.date | None = None,
        filters: Filters | None = None,
        limit: int | None = None,
    ) -> list[Hit]:
        """Return the hits for a question that is understood already, as `hits` does.

        `limit` replaces the retriever's own. Raises as `hits` does.
        """
        context = before(turns) if asked.whole != asked.text else ""
        texts = [asked.whole, context] if context else [asked.whole]
        vectors = self.embedder.embed([EMBEDDER.question_prefix + text for text in texts])
        filters, limit = filters or Filters(), limit or self.limit
        while True:
            # All searches must see one generation: an ingest may publish another meanwhile,
            # and take the older snapshot away.
            state = self.library.state()
            search = partial(
                self._search, state=state, asked_on=asked_on, filters=filters, limit=limit
            )
            try:
                carried = {}
                if context:
                    named = period_asked(context, proper(context), asked.today)
                    carried = self._carried(search(context, vectors[1], named))
                hits = search(asked.whole, vectors[0], asked.period, carried=carried)
                if asked.around and not asked.period:
                    # The first hits are of the event as well: they tell of which day it was.
                    day = day_of(asked.around.event, hits)
                    if day:
                        period = asked.around.period(day)
                        hits = search(asked.whole, vectors[0], period, carried=carried)
            except LibraryError:
                if self.library.state() == state:
                    raise
                continue
            if self.library.state() == state:
                return hits

    def today(
        self, asked_on: datetime.date | None, filters: Filters | None
    ) -> datetime.date | None:
        """Return the day of asking, or else the day as of which the archive is asked.

        Without either, return the newest date of the articles that pass the filters, or None if no
        article has a date.
        """
        filters = filters or Filters()
        return asked_on or filters.as_of or _newest(self.library.extent(filters))

    def _search(
        self,
        query: str,
        vector: Vectors,
        named: Period | None,
        *,
        state: State,
        asked_on: datetime.date | None,
        filters: Filters,
        limit: int,
        carried: Mapping[str, float] = MappingProxyType({}),
    ) -> list[Hit]:
        nearest = self._if_there(
            lambda: self.vectors.search(state.vectors, vector, _DEPTH, filters=filters)
        )
        by_words = self.library.search(words(query), _DEPTH, filters)
        times = self._times(named, asked_on, filters)
        on_time = self._on_time(named, vector, state, filters)
        share = self.ranking.words
        found = self.library.passages(list({**nearest, **dict(by_words), **on_time}))
        # A server may hold vectors of passages that are not in the catalogue, or no longer.
        by_meaning = [(id_, near_by) for id_, near_by in nearest.items() if id_ in found]
        fused = fuse([(by_meaning, 1 - share), (by_words, share)])
        near = partial(_nearness, times, self.ranking.half_life)

        def score(id_: str, source: Source) -> float:
            near_by = self.ranking.date * near(source.date) + carried.get(source.id, 0.0)
            return fused.get(id_, 0.0) + on_time.get(id_, 0.0) + near_by

        scored = [(passage, source, score(id_, source)) for id_, (passage, source) in found.items()]
        best = _without_copies(sorted(scored, key=lambda row: (-row[2], row[0].id)), limit)
        similarity = dict(by_meaning)
        # Hits that only the search by words found have no cosine yet.
        rest = {
            passage.id: source.date for passage, source, *_ in best if passage.id not in similarity
        }
        if rest:
            similarity |= self._if_there(
                lambda: self.vectors.similarities(state.vectors, vector, rest)
            )
        return [
            Hit(passage, source, score, rank, similarity.get(passage.id), tuple(also_in))
            for rank, (passage, source, score, also_in) in enumerate(best, start=1)
        ]

    def _if_there(self, searched: Callable[[], _Near]) -> dict[str, float]:
        """Return the passages that the vectors tell, or none while their server is away."""
        try:
            return dict(searched())
        except VectorsAway as error:
            _LOG.warning("%s; meanwhile the archive is searched by words alone", error)
            return {}

    def _times(
        self, named: Period | None, asked_on: datetime.date | None, filters: Filters
    ) -> "_Times":
        """Return the times that a question is about, less those that the archive does not reach."""
        extent = self.library.extent(filters)
        day = asked_on or filters.as_of or _newest(extent)
        if named and extent and (named[1] < extent[0] or named[0] > extent[1]):
            # "Net zero by 2050": no article was written then.
            named = None
        if day and extent and not asked_on:
            # On a day long after the last article, the newest articles are still the nearest.
            day = min(day, extent[1])
        return _Times(named, day)

    def _on_time(
        self, named: Period | None, vector: Vectors, state: State, filters: Filters
    ) -> dict[str, float]:
        """Return the bonus of each passage that speaks of a time, in proportion to its cosine."""
        if not named or (named[1] - named[0]).days > _MONTH:
            return {}
        among = self.library.passages_on(named, _HAPPENED, filters)
        if not among:
            return {}
        found = self._if_there(
            lambda: self.vectors.search(state.vectors, vector, _DEPTH, among=among)
        )
        best = max(found.values(), default=0.0)
        return {id_: self.ranking.on_time * near / best for id_, near in found.items() if near > 0}

    def _carried(self, hits: Sequence[Hit]) -> dict[str, float]:
        """Return the bonus of each article among the first hits of the earlier question."""
        ids = list(dict.fromkeys(hit.article.id for hit in hits))[:_CARRIED]
        return {id_: self.ranking.conversation / place for place, id_ in enumerate(ids, start=1)}

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        return [_document(hit) for hit in self.hits(query)]


@dataclass(frozen=True, slots=True)
class _Times:
    """The times from which the articles on a question most likely are.

    `named` is the time that the question names, if the archive has articles of that time. `day` is
    the day of asking, or the newest date searched if that is earlier and no day was given.
    """

    named: Period | None
    day: datetime.date | None


def _newest(extent: Period | None) -> datetime.date | None:
    return extent[1] if extent else None


def _nearness(times: _Times, half_life: float, date: datetime.date | None) -> float:
    """Tell how near an article's date is to the times asked about, from 0 to 1."""
    if date is None:
        return 0.0
    periods = [times.named] if times.named else []
    if times.day and (not times.named or times.named[0] <= times.day <= times.named[1]):
        periods.append((times.day, times.day))
    return float(0.5 ** (sum(_days(date, period) for period in periods) / half_life))


_Scored = tuple[Passage, Source, float]


def _without_copies(
    ranked: Sequence[_Scored], limit: int
) -> list[tuple[Passage, Source, float, list[Source]]]:
    """Return the first `limit` passages, each with the other articles that have a copy of it.

    A wire story in five papers is one source, and one hit.
    """
    kept: list[tuple[Passage, Source, float, list[Source]]] = []
    marks: list[frozenset[tuple[str, ...]]] = []
    for passage, source, score in ranked:
        own = shingles(passage.text)
        for (_, other, _, also_in), mark in zip(kept, marks, strict=True):
            alike = len(own & mark) >= _COPY * len(own | mark)
            if any(own) and alike and other.id != source.id:
                if source not in also_in:
                    also_in.append(source)
                break
        else:
            if len(kept) == limit:
                break
            kept.append((passage, source, score, []))
            marks.append(own)
    return kept


def fuse(rankings: Sequence[tuple[Sequence[tuple[str, float]], float]]) -> dict[str, float]:
    """Return the weighted sum of an item's scores, each scaled to 0..1 over its ranking.

    Each ranking comes with its weight; an item that a ranking lacks scores 0 there. Convex
    combination with min-max scaling: Bruch, Gai and Ingber, "An Analysis of Fusion Functions for
    Hybrid Retrieval", 2023.
    """
    scores: dict[str, float] = {}
    for ranking, weight in rankings:
        values = [score for _, score in ranking]
        low, high = min(values, default=0.0), max(values, default=0.0)
        for item, score in ranking:
            scaled = (score - low) / (high - low) if high > low else 1.0
            scores[item] = scores.get(item, 0.0) + weight * scaled
    return scores


def _days(date: datetime.date, period: Period) -> int:
    """Return how many days a date lies before or after a period; 0 inside."""
    return max((period[0] - date).days, (date - period[1]).days, 0)


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
