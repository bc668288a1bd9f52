"""A round of an ingest: articles with their passages and vectors, which become visible at once.

A round's vectors are written to a new snapshot while its articles wait in memory; then one
transaction in the catalogue writes the articles and names the snapshot.
"""

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Self

from qa import dates
from qa.ingest import passages
from qa.library.articles import Entry
from qa.library.catalogue import Library
from qa.library.places import Place
from qa.library.vectors import VectorWriter, snapshot_name, sweep
from qa.models.embedder import Embedder, Pending
from qa.settings import Settings
from qa.types import Article

# Passages that are embedded together; more would only delay the progress bar.
_CHUNK = 256
# Chunks on their way through the embedder: one in work, one waiting.
_AHEAD = 2


def entry(
    article: Article,
    origin: str,
    embedder: Embedder,
    settings: Settings,
    place: Place | None = None,
) -> Entry:
    """Return an article as it is written: cut into passages, with the dates in it."""
    pieces = passages.split(article, embedder, settings.passage_tokens)
    found = dates.find(article.text, article.source.date)
    return Entry(article, origin, tuple(pieces), tuple(found), place)


class Round:
    """A snapshot in the making, and the articles that become visible with it.

    While the embedder works on one chunk, the caller parses the next, and the round's own thread
    writes the chunk before to Chroma.
    """

    def __init__(
        self,
        library: Library,
        base: str,
        embedder: Embedder | None = None,
        embedded: Callable[[int, int], None] = lambda articles, passages: None,
    ) -> None:
        """Begin on top of the snapshot `base`; a round that only removes needs no embedder.

        `embedded` is told how many more articles, and passages, have their vectors.
        """
        self.passages = 0
        self.begun = time.monotonic()
        self._embedded = embedded
        self._finished = 0
        # The number of passages up to the end of each article that is not yet embedded.
        self._ends: deque[int] = deque()
        self._library = library
        self._embedder = embedder
        state = library.state()
        # A killed run may have left a folder with the next snapshot's name.
        sweep(library.folder, keep=state.vectors)
        self._name = snapshot_name(state.generation + 1)
        self._writer = VectorWriter(library.folder, self._name, base)
        self._entries: list[Entry] = []
        self._ids: list[str] = []
        self._texts: list[str] = []
        self._embedding: deque[tuple[list[str], Pending]] = deque()
        self._writing: deque[Future[None]] = deque()
        self._thread = ThreadPoolExecutor(1, "vectors")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the snapshot, finished or not; vectors not yet computed are cancelled."""
        for _, pending in self._embedding:
            pending.cancel()
        self._thread.shutdown(cancel_futures=True)
        self._writer.close()

    def add(self, entry: Entry) -> None:
        """Take an article in; its vectors are computed and written meanwhile."""
        self._entries.append(entry)
        self.passages += len(entry.passages)
        self._ends.append(self.passages)
        for passage in entry.passages:
            self._ids.append(passage.id)
            self._texts.append(passages.embedded_text(passage, entry.article.source))
            if len(self._ids) == _CHUNK:
                self._embed()

    def commit(self, removed: Sequence[str], *, anew: Mapping[str, str] | None = None) -> None:
        """Finish the snapshot, then make the whole round visible in one transaction."""
        self._embed()
        while self._embedding:
            self._write()
        while self._writing:
            self._writing.popleft().result()
        if anew is None:
            new = {passage.id for entry in self._entries for passage in entry.passages}
            replaced = [*removed, *(entry.article.id for entry in self._entries)]
            self._writer.delete(
                [id_ for id_ in self._library.passage_ids(replaced) if id_ not in new]
            )
        self._writer.close()
        self._library.commit(self._entries, removed, self._name, anew=anew)
        sweep(self._library.folder, keep=self._name)

    def _embed(self) -> None:
        if not self._ids or self._embedder is None:
            return
        self._embedding.append((self._ids, self._embedder.submit(self._texts)))
        self._ids, self._texts = [], []
        while len(self._embedding) > _AHEAD:
            self._write()

    def _write(self) -> None:
        ids, pending = self._embedding.popleft()
        self._writing.append(self._thread.submit(self._writer.add, ids, pending.result()))
        self._finished += len(ids)
        articles = 0
        while self._ends and self._ends[0] <= self._finished:
            self._ends.popleft()
            articles += 1
        self._embedded(articles, len(ids))
        while len(self._writing) > _AHEAD:
            self._writing.popleft().result()
