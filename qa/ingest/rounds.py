"""A round of an ingest: articles with their passages and vectors, which become visible at once.

A round's vectors are written while its articles wait in memory; then one transaction in the
catalogue writes the articles and names the vectors.
"""

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Self

from qa import dates
from qa.ingest import passages
from qa.ingest.parsed import Unreadable
from qa.library.articles import Entry
from qa.library.protocols import Library, Published
from qa.models.embedder import Embedder, Pending, Vectors
from qa.settings import Settings
from qa.types import Article, Source

# Seconds that the passages and dates of an article may take, for each megabyte that articles may
# have. A megabyte of news takes 1.1, and 2.3 without a date, and no news is nearly as long as the
# limit; a text that repeats what looks like dates takes ten and more. To read its file takes some
# seconds besides: both together stay below half a minute on two slow cores.
SECONDS_PER_MB = 1.2
# Passages that are embedded together; more would only delay the progress bar.
_CHUNK = 256
# Chunks on their way through the embedder: one in work, one waiting.
_AHEAD = 2


def entry(
    article: Article,
    origin: str,
    embedder: Embedder,
    settings: Settings,
    *,
    bounded: bool = False,
) -> Entry:
    """Return an article as it is written: cut into passages, with the dates in it.

    If `bounded`, raises `Unreadable` if that takes this thread more than `SECONDS_PER_MB` on the
    processor, for each megabyte that the settings allow an article.
    """
    step = _Budget(SECONDS_PER_MB * settings.max_article_mb).step if bounded else None
    pieces = passages.split(article, embedder, settings.passage_tokens, step)
    found = dates.find(article.text, article.source.date, step)
    return Entry(article, origin, tuple(pieces), tuple(found))


class _Budget:
    """What an article may cost this thread, in seconds on the processor."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._ends = time.thread_time() + seconds
        self._look = time.monotonic() + seconds

    def step(self) -> None:
        # The thread's clock is dear to read, and cannot be ahead of the clock on the wall.
        if time.monotonic() < self._look:
            return
        left = self._ends - time.thread_time()
        if left <= 0:
            raise Unreadable(
                f"its dates and passages take over {self._seconds:.0f} s to find: "
                "split it, or raise QA_MAX_ARTICLE_MB"
            )
        self._look = time.monotonic() + left


class Round:
    """Vectors in the making, and the articles that become visible with them.

    While the embedder works on one chunk, the caller parses the next, and the round's own thread
    writes the chunk before to Chroma.
    """

    def __init__(
        self,
        library: Library,
        embedder: Embedder | None = None,
        embedded: Callable[[int, int], None] = lambda articles, passages: None,
        *,
        anew: bool = False,
    ) -> None:
        """Begin on top of the last commit or, if `anew`, on nothing.

        A round that only removes needs no embedder. `embedded` is told how many more articles, and
        passages, have their vectors.
        """
        self.passages = 0
        self.begun = time.monotonic()
        self._embedded = embedded
        self._finished = 0
        # The number of passages up to the end of each article that is not yet embedded.
        self._ends: deque[int] = deque()
        self._catalogue = library.catalogue
        self._embedder = embedder
        self._writer = library.vectors.write(library.catalogue.state(), anew=anew)
        self._entries: list[Entry] = []
        self._ids: list[str] = []
        self._sources: list[Source] = []
        self._texts: list[str] = []
        self._embedding: deque[tuple[list[str], list[Source], Pending]] = deque()
        self._writing: deque[Future[None]] = deque()
        self._thread = ThreadPoolExecutor(1, "vectors")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the vectors, finished or not; those not yet computed are cancelled."""
        for *_, pending in self._embedding:
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
            self._sources.append(entry.article.source)
            self._texts.append(passages.embedded_text(passage, entry.article.source))
            if len(self._ids) == _CHUNK:
                self._embed()

    def commit(self, removed: Sequence[str], *, anew: Mapping[str, str] | None = None) -> None:
        """Finish the vectors, then make the whole round visible in one transaction."""
        self._embed()
        while self._embedding:
            self._write()
        while self._writing:
            self._writing.popleft().result()
        stale = self._stale(removed) if anew is None else {}
        self._writer.finish(stale)
        self._catalogue.commit(self._entries, removed, self._writer.name, anew=anew)
        self._writer.committed(stale)
        self._catalogue.cleared(stale)

    def _stale(self, removed: Sequence[str]) -> Published:
        """Return the passages that the commit takes away."""
        new = {passage.id for entry in self._entries for passage in entry.passages}
        replaced = [*removed, *(entry.article.id for entry in self._entries)]
        old = [id_ for id_ in self._catalogue.passage_ids(replaced) if id_ not in new]
        found = self._catalogue.passages(old).items()
        return {id_: source.date for id_, (_, source) in found}

    def _embed(self) -> None:
        if not self._ids or self._embedder is None:
            return
        pending = self._embedder.submit(self._texts)
        self._embedding.append((self._ids, self._sources, pending))
        self._ids, self._sources, self._texts = [], [], []
        while len(self._embedding) > _AHEAD:
            self._write()

    def _write(self) -> None:
        ids, sources, pending = self._embedding.popleft()
        self._writing.append(self._thread.submit(self._upsert, ids, sources, pending.result()))
        self._finished += len(ids)
        articles = 0
        while self._ends and self._ends[0] <= self._finished:
            self._ends.popleft()
            articles += 1
        self._embedded(articles, len(ids))
        while len(self._writing) > _AHEAD:
            self._writing.popleft().result()

    def _upsert(self, ids: list[str], sources: list[Source], vectors: Vectors) -> None:
        dates = (source.date for source in sources)
        self._catalogue.expect(dict(zip(ids, dates, strict=True)))
        self._writer.upsert(ids, sources, vectors)
