"""Question + turns → hits: searches by meaning and by words, and fuses the two."""

import re
from collections.abc import Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from qa.embedder import Embedder, Vectors
from qa.errors import LibraryError
from qa.library import Library, State
from qa.types import Hit, Turn
from qa.vectors import VectorReader

# How much a lower rank counts for less: Cormack, Clarke and Büttcher, "Reciprocal Rank
# Fusion outperforms Condorcet and individual Rank Learning Methods", SIGIR 2009.
RRF_K = 60
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

    def hits(self, question: str, turns: Sequence[Turn] = ()) -> list[Hit]:
        """Return at most `limit` hits, best first.

        The score is the sum of 1 / (60 + rank) over the two searches. Raises
        `LibraryError` if the library cannot be read.
        """
        query = standalone(question, turns)
        vector = self.embedder.embed([query])[0]
        while True:
            # Both searches must see one generation: an ingest may publish another meanwhile,
            # and take the older snapshot away.
            state = self.library.state()
            try:
                hits = self._search(query, vector, state)
            except LibraryError:
                if self.library.state() == state:
                    raise
                continue
            if self.library.state() == state:
                return hits

    def _search(self, query: str, vector: Vectors, state: State) -> list[Hit]:
        by_meaning = self.vectors.search(state.vectors, vector, _DEPTH) if state.vectors else []
        by_words = self.library.search(words(query), _DEPTH)
        fused = reciprocal_rank_fusion(
            [[id_ for id_, _ in by_meaning], [id_ for id_, _ in by_words]]
        )
        found = self.library.passages([id_ for id_, _ in fused])
        present = [(*found[id_], score) for id_, score in fused if id_ in found][: self.limit]
        similarity = dict(by_meaning)
        # What only the search by words found.
        rest = [passage.id for passage, _, _ in present if passage.id not in similarity]
        if rest and state.vectors:
            similarity |= self.vectors.similarities(state.vectors, vector, rest)
        return [
            Hit(passage, source, score, rank, similarity.get(passage.id))
            for rank, (passage, source, score) in enumerate(present, start=1)
        ]

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        return [_document(hit) for hit in self.hits(query)]


def reciprocal_rank_fusion(rankings: Sequence[Sequence[str]]) -> list[tuple[str, float]]:
    """Merge rankings into one, best first: an item's score is the sum of 1 / (60 + rank)."""
    scores: dict[str, float] = {}
    for ranking in rankings:
        for rank, item in enumerate(ranking, start=1):
            scores[item] = scores.get(item, 0.0) + 1.0 / (RRF_K + rank)
    return sorted(scores.items(), key=lambda pair: -pair[1])


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
