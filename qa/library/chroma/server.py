"""Vectors on a Chroma server: a collection for each year of publication.

A limit of days searches few collections, and the index of a year that is over is never written
again. The catalogue is the truth: vectors are written before it commits and removed after, so a
server may hold vectors of passages that the catalogue does not know, which who searches drops.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from qa.errors import LibraryError, VectorsAway
from qa.library.chroma.connection import Server
from qa.library.chroma.within import Within, metadata_of, passing, year_of, years
from qa.library.protocols import Published, State
from qa.models.embedder import Vectors as Embeddings
from qa.settings import Settings
from qa.types import Filters, Source

_PREFIX = "qa"
# Ids asked for, or removed, in one request; more make it too long for some proxies.
_IDS = 2000
_HNSW = {"space": "cosine", "ef_construction": 128, "ef_search": 256}
# Where limits are set, so many of the nearest are looked at first: that takes a tenth of the time
# that Chroma takes to find what passes, unless few do. Chroma's cloud returns no more than this.
_WIDE = 300


class ServerVectors:
    """The vectors on a server: `Vectors`. Threads share the client."""

    def __init__(self, settings: Settings, sites: Callable[[], Sequence[str]]) -> None:
        """Take the settings, and what tells the hosts that articles are of.

        Nothing is asked of the server yet: a page begins to serve while it is away.
        """
        self._server = Server(settings)
        self._sites = sites
        self._known: dict[str, Any] = {}

    @property
    def copied(self) -> bool:
        """Whether a commit copies all vectors."""
        return False

    def search(
        self,
        name: str,
        vector: Embeddings,
        limit: int,
        *,
        filters: Filters | None = None,
        among: Published | None = None,
    ) -> list[tuple[str, float]]:
        """Return the ids nearest to a unit vector, of all years that may pass."""
        if among is not None:
            return self._among(name, vector, limit, among)
        if not name:
            return []
        filters = filters or Filters()
        sites = passing(filters, self._sites)
        pairs: list[tuple[str, float]] = []
        for collection in self._collections(name, years(filters)):
            within = Within.of(filters, int(collection.name[-4:]), sites)
            pairs += self._within(collection, vector, limit, within)
        return _best(pairs, limit)

    def _within(
        self, collection: Any, vector: Embeddings, limit: int, within: Within
    ) -> list[tuple[str, float]]:
        """Return the ids of a collection nearest to a vector, of those that pass."""
        if within.empty:
            return []
        if within.all:
            return self._query(collection, vector, n_results=limit)
        wide = max(limit, _WIDE)
        found = self._nearest(collection, vector, "distances", "metadatas", n_results=wide)
        pairs = [
            pair
            for pair, metadata in zip(_pairs(found), found["metadatas"][0], strict=True)
            if within.passes(metadata)
        ]
        if len(pairs) >= limit or len(found["ids"][0]) < wide:
            return pairs[:limit]
        return self._query(collection, vector, n_results=limit, where=within.where)

    def _among(
        self, name: str, vector: Embeddings, limit: int, among: Published
    ) -> list[tuple[str, float]]:
        pairs: list[tuple[str, float]] = []
        for collection, ids in self._by_collection(name, among):
            try:
                pairs += self._query(collection, vector, n_results=min(limit, len(ids)), ids=ids)
            except LibraryError as error:
                if isinstance(error, VectorsAway):
                    raise
                # Chroma takes no id that it lacks: another writer has just removed one.
                near = self.similarities(name, vector, {id_: among[id_] for id_ in ids})
                pairs += near.items()
        return _best(pairs, limit)

    def _query(self, collection: Any, vector: Embeddings, **limits: Any) -> list[tuple[str, float]]:
        return _pairs(self._nearest(collection, vector, "distances", **limits))

    def _nearest(self, collection: Any, vector: Embeddings, *include: str, **limits: Any) -> Any:
        """Return what Chroma answers of the vectors nearest to one, with what is to be included."""
        return self._ask(
            collection.query,
            query_embeddings=vector.reshape(1, -1),
            include=list(include),
            **limits,
        )

    def similarities(self, name: str, vector: Embeddings, published: Published) -> dict[str, float]:
        """Return the cosine similarities of some passages to a unit vector, by their ids."""
        near: dict[str, float] = {}
        for collection, ids in self._by_collection(name, published):
            found = self._ask(collection.get, ids, include=["embeddings"])
            if found["ids"]:
                cosines = np.asarray(found["embeddings"], np.float32) @ vector
                near |= dict(zip(found["ids"], cosines.tolist(), strict=True))
        return near

    def vectors(self, name: str, ids: Sequence[str]) -> dict[str, Embeddings]:
        """Return the vectors of some passages, by their ids."""
        found: dict[str, Embeddings] = {}
        for collection in self._collections(name) if name else ():
            for part in _parts(ids):
                page = self._ask(collection.get, part, include=["embeddings"])
                vectors = np.asarray(page["embeddings"], np.float32)
                found |= dict(zip(page["ids"], vectors, strict=True))
        return found

    def ids(self, name: str) -> set[str]:
        """Return the ids of all passages that have a vector."""
        if not name:
            return set()
        found: set[str] = set()
        for collection in self._collections(name):
            size = self._batch()
            for first in range(0, self._ask(collection.count), size):
                page = self._ask(collection.get, limit=size, offset=first, include=[])
                found |= set(page["ids"])
        return found

    def ready(self, name: str) -> None:
        """Do nothing, if the server answers. Raises `VectorsAway`."""
        self._ask(self._server.client, "heartbeat")

    def faults(self, name: str) -> list[str]:
        """Return nothing: the server looks after its own files."""
        return []

    def write(self, state: State, *, anew: bool = False) -> "ServerWriter":
        """Begin to write: into the collections of a state or, if `anew`, into new ones."""
        name = state.vectors
        if anew or not name:
            name = f"{state.generation + 1:06d}" if anew else "000001"
            if anew:
                # A rebuild that was killed may have left some.
                self._drop(lambda one: one == name)
        return ServerWriter(self, name)

    def remove(self, name: str, published: Published) -> None:
        """Remove vectors that no passage has."""
        for collection, ids in self._by_collection(name, published):
            self._ask(collection.delete, ids=ids)

    def sweep(self, name: str) -> None:
        """Do nothing: what else is there may be another writer's."""

    def close(self) -> None:
        """Let go of the client."""
        self._server.close()
        self._known = {}

    # What the writer needs

    def upsert(
        self, name: str, ids: Sequence[str], sources: Sequence[Source], vectors: Embeddings
    ) -> None:
        """Write vectors, each into the collection of its year."""
        by_year: dict[int, list[int]] = defaultdict(list)
        for place, source in enumerate(sources):
            by_year[year_of(source.date)].append(place)
        size = self._batch()
        for year, places in by_year.items():
            collection = self._collection(name, year)
            for first in range(0, len(places), size):
                some = places[first : first + size]
                self._ask(
                    collection.upsert,
                    ids=[ids[place] for place in some],
                    embeddings=vectors[some],
                    metadatas=[metadata_of(sources[place]) for place in some],
                )

    def keep_only(self, name: str) -> None:
        """Remove the collections of all other names."""
        self._drop(lambda one: one != name)

    # Collections

    def _collection(self, name: str, year: int) -> Any:
        called = f"{_PREFIX}-{name}-{year:04d}"
        if called not in self._known:
            self._known[called] = self._ask(
                self._server.client,
                "get_or_create_collection",
                called,
                embedding_function=None,
                configuration={"hnsw": _HNSW},
            )
        return self._known[called]

    def _collections(self, name: str, years: range | None = None) -> list[Any]:
        """Return the collections of a name, newest first; those of some years, if these are given.

        Another writer may have made one since: they are asked for each time.
        """
        found = self._ask(self._server.client, "list_collections")
        named = {int(one.name[-4:]): one for one in found if _named(one.name) == name}
        return [
            named[year] for year in sorted(named, reverse=True) if years is None or year in years
        ]

    def _by_collection(self, name: str, published: Published) -> Iterable[tuple[Any, list[str]]]:
        if not name or not published:
            return
        by_year: dict[int, list[str]] = defaultdict(list)
        for id_, date in published.items():
            by_year[year_of(date)].append(id_)
        for collection in self._collections(name):
            for ids in _parts(by_year.get(int(collection.name[-4:]), [])):
                yield collection, ids

    def _drop(self, which: Callable[[str], bool]) -> None:
        for one in self._ask(self._server.client, "list_collections"):
            if (name := _named(one.name)) and which(name):
                self._ask(self._server.client, "delete_collection", one.name)
                self._known.pop(one.name, None)

    def _batch(self) -> int:
        """Return how many vectors the server takes at once."""
        return int(self._ask(self._server.client, "get_max_batch_size")) or _IDS

    def _ask(self, request: Callable[..., Any], *given: Any, **named: Any) -> Any:
        """Send a request as `Server.ask` does; after an answer that is none, know no collection."""
        try:
            return self._server.ask(request, *given, **named)
        except VectorsAway:
            raise
        except LibraryError:
            self._known.clear()
            raise


class ServerWriter:
    """Writes a round's vectors: a `VectorWriter`. Passages of before stay until it is committed."""

    def __init__(self, vectors: ServerVectors, name: str) -> None:
        self.name = name
        self._vectors = vectors

    def upsert(self, ids: Sequence[str], sources: Sequence[Source], vectors: Embeddings) -> None:
        """Write the vectors of some passages. Raises `VectorsAway` if the server is away."""
        self._vectors.upsert(self.name, ids, sources, vectors)

    def finish(self, stale: Published) -> None:
        """Do nothing: who reads the old commit still needs what is stale."""

    def committed(self, stale: Published) -> None:
        """Remove what is stale."""
        self._vectors.remove(self.name, stale)

    def close(self) -> None:
        """Do nothing: each batch is whole."""


def _best(pairs: Iterable[tuple[str, float]], limit: int) -> list[tuple[str, float]]:
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))[:limit]


def _pairs(found: Any) -> list[tuple[str, float]]:
    # Chroma's cosine distance is 1 - cosine.
    near = zip(found["ids"][0], found["distances"][0], strict=True)
    return [(str(id_), 1.0 - float(distance)) for id_, distance in near]


def _named(collection: str) -> str:
    """Return the name of the vectors that a collection is part of; '' if it is not ours."""
    prefix, _, rest = collection.partition("-")
    name, _, year = rest.partition("-")
    return name if prefix == _PREFIX and len(year) == 4 and year.isdecimal() else ""


def _parts(ids: Sequence[str]) -> Iterable[list[str]]:
    for first in range(0, len(ids), _IDS):
        yield list(ids[first : first + _IDS])
