"""What the rest of qa asks of a library: of its catalogue, which is the truth, and of its vectors.

An implementation of each stands in a package of its own; `tests/test_contract.py` holds all of them
to what is said here.
"""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol, Self

from qa.dates import Period
from qa.library.articles import Entry
from qa.library.places import Place
from qa.models.embedder import Vectors as Embeddings
from qa.types import Article, Filters, Passage, Source

# The day of publication of passages, by their ids.
Published = Mapping[str, datetime.date | None]


@dataclass(frozen=True, slots=True)
class State:
    """What a reader has to know of the last commit.

    `generation` grows with each commit; `vectors` names the vectors that belong to it, '' while
    there are none.
    """

    generation: int
    vectors: str


@dataclass(frozen=True, slots=True)
class Known:
    """What an ingest compares an article to: all its fields, its title and text, and its date."""

    fingerprint: str
    content: str
    date: str | None
    url: str


class Catalogue(Protocol):
    """Articles, their passages, the words in these and the days that they speak of.

    Any number of processes and threads may read. What is written becomes visible all at once. Each
    method raises `LibraryError` where the catalogue cannot be reached or is damaged, and those that
    take filters raise `QuestionError` for a source that is no site.
    """

    @property
    def where(self) -> str:
        """What people call the library, and hand to `qa`: without a password."""

    # What the library was built with

    def facts(self) -> dict[str, str]:
        """Return what the library records of how it is made."""

    def record(self, facts: Mapping[str, str]) -> None:
        """Write what the library is built with from now on."""

    def check(self, facts: Mapping[str, str]) -> None:
        """Compare what the library was built with to what would be used now.

        Raises `LibraryMismatch` if they differ: vectors of two makings cannot be compared.
        """

    # Reading

    def state(self) -> State:
        """Return the generation and the vectors of the last commit."""

    def counts(self, filters: Filters | None = None) -> tuple[int, int]:
        """Return the numbers of articles that pass the filters and of their passages."""

    def extent(self, filters: Filters | None = None) -> Period | None:
        """Return the first and the last date of the articles that pass the filters.

        None if none of them has a date.
        """

    def sources(self, filters: Filters | None = None, *, newest: int | None = None) -> list[Source]:
        """Return the articles that pass the filters, without their texts, oldest first.

        Or only so many of the `newest`, newest first. Those without a date stand last.
        """

    def months(self, filters: Filters | None = None, words: Sequence[str] = ()) -> dict[str, int]:
        """Return how many of the articles that pass are of each month, named 2022-03, in order.

        Only those count of which a passage has all the words.
        """

    def sites(self) -> list[str]:
        """Return the hosts of the articles' urls, those of the most articles first."""

    def articles(self, ids: Sequence[str]) -> dict[str, Article]:
        """Return the articles with these ids, those that exist.

        An article is also found, under the name that is asked for, by its path below any folder
        that it was read from, if no other article has that name.
        """

    def resolved(self, names: Sequence[str]) -> dict[str, str]:
        """Return the ids of the articles that have these names beside their ids."""

    def known(self, id_: str | None = None) -> dict[str, Known]:
        """Return what tells each article from others and from itself changed, by its id.

        Or of one article alone: nothing if it is not there.
        """

    def places(self, id_: str | None = None) -> list[tuple[str, Place]]:
        """Return every place at which an article stands, or that one does, with its id."""

    def dates_set(self) -> dict[str, datetime.date | None]:
        """Return the dates that people have set, by the articles' ids."""

    def origin(self, id_: str) -> str:
        """Return the file that an article, by its id, was last written from."""

    def fingerprints(self) -> dict[str, tuple[str, str]]:
        """Return the fingerprint and the origin of each article, by its id."""

    def passages(self, ids: Sequence[str]) -> dict[str, tuple[Passage, Source]]:
        """Return the passages with these ids, those that exist, with their sources."""

    def passage_ids(self, article_ids: Sequence[str] | None = None) -> list[str]:
        """Return the ids of all passages, or of those of some articles."""

    def passing(self, filters: Filters) -> list[str]:
        """Return the ids of the passages whose articles pass the filters."""

    def search(
        self,
        words: Sequence[str],
        limit: int,
        filters: Filters | None = None,
        *,
        most: int | None = None,
    ) -> list[tuple[str, float]]:
        """Return the passages in which any of the words stands, best first, with their BM25.

        If they stand in more than `most` passages together, the commonest are left out; without
        a number, of as many as the engine scores in time.
        """

    def nearest_words(self, words: Sequence[str]) -> dict[str, str]:
        """Return, of the words that stand in no passage, those that are nearly the same as one.

        With each the word as the passages have it: one letter is another, lacks, is too many, or
        has changed places with its neighbour; two, in a word of nine letters or more. Of several as
        near, that which stands in the most passages, five at least: a rare name is another name.
        The first letters agree, and a name is near to names alone.
        """

    def passages_on(self, days: Period, limit: int, filters: Filters | None = None) -> Published:
        """Return the passages that speak of these days, first and last, nearest first.

        What they speak of may begin up to a month before and end up to a month after, as "in March"
        does for one day of it; the more closely it fits, the sooner it comes.
        """

    def entries(self) -> Iterator[tuple[Article, str]]:
        """Yield every article with its origin, in the order in which they were written."""

    def faults(self) -> list[str]:
        """Return what is wrong inside the catalogue itself, one line each."""

    # Writing

    def writing(self, *, alone: bool = False) -> AbstractContextManager[None]:
        """Hold what a writer needs; it ends with the process, however that ends.

        If `alone`, nobody else writes meanwhile. Raises `LibraryBusy` if another process writes and
        only one may.
        """

    def claim(self, id_: str) -> bool:
        """Take an article for this writer alone, until its next commit.

        Tells whether it could: another writer may have it in work. Called inside `writing`.
        """

    def adopt(self) -> Published:
        """Take over what writers that are dead had in work.

        Returns the vectors that they may have written for nothing, or not yet removed. Called
        inside `writing`, as are the next three.
        """

    def expect(self, published: Published) -> None:
        """Note that the vectors of these passages are about to be written."""

    def commit(
        self,
        entries: Sequence[Entry],
        removed: Sequence[str],
        vectors: str,
        *,
        anew: Mapping[str, str] | None = None,
    ) -> None:
        """Write articles, remove others and switch to new vectors, all at once or not at all.

        An article whose id exists replaces it; its place is added to those that it has. A removed
        one loses its places and what people have set of it. With `anew`, all articles that were
        there go first, and these facts are recorded.
        """

    def cleared(self, published: Published) -> None:
        """Note that no vectors of these passages are left, and let go of what was claimed."""

    def place(
        self, new: Sequence[tuple[str, Place]], gone: Sequence[tuple[str, Place]] = ()
    ) -> None:
        """Record where articles, by their ids, stand now, and where no more."""

    def set_date(self, id_: str, date: datetime.date | None) -> None:
        """Record a date that somebody sets: no later ingest changes it."""

    def close(self) -> None:
        """Let go of the catalogue."""


class VectorWriter(Protocol):
    """Writes the vectors of a round. Its `name` is what the catalogue's commit is given."""

    name: str

    def upsert(self, ids: Sequence[str], sources: Sequence[Source], vectors: Embeddings) -> None:
        """Write the vectors of some passages, shape (passages, dimension); a source for each.

        Raises `LibraryError` if Chroma cannot.
        """

    def finish(self, stale: Published) -> None:
        """Make ready for the catalogue's commit, which will lack the `stale` passages."""

    def committed(self, stale: Published) -> None:
        """Remove what is not needed any more, now that the catalogue has committed."""

    def close(self) -> None:
        """Let go of what is written to, finished or not."""


class Vectors(Protocol):
    """Unit vectors of passages, by the passages' ids.

    `name` is that of the catalogue's state; without vectors nothing is found. Each method raises
    `LibraryError` where vectors are gone or damaged, `VectorsAway` where a server does not answer.
    """

    @property
    def copied(self) -> bool:
        """Whether each commit copies all vectors that are there: then it should bring many."""

    def search(
        self,
        name: str,
        vector: Embeddings,
        limit: int,
        *,
        filters: Filters | None = None,
        among: Published | None = None,
    ) -> list[tuple[str, float]]:
        """Return the ids nearest to a unit vector, best first, with cosine similarities.

        Of passages whose articles pass the filters, or `among` these.
        """

    def similarities(self, name: str, vector: Embeddings, published: Published) -> dict[str, float]:
        """Return the cosine similarities of some passages to a unit vector, by their ids.

        Ids that have no vector are left out.
        """

    def vectors(self, name: str, ids: Sequence[str]) -> dict[str, Embeddings]:
        """Return the vectors of some passages, by their ids; those without one are left out."""

    def ids(self, name: str) -> set[str]:
        """Return the ids of all passages that have a vector."""

    def ready(self, name: str) -> None:
        """Do nothing, if the vectors of a name can be searched. Raises as all do."""

    def faults(self, name: str) -> list[str]:
        """Return what is wrong with the vectors of a name as they are stored, one line each."""

    def write(self, state: State, *, anew: bool = False) -> VectorWriter:
        """Begin to write: on top of the vectors of a state or, if `anew`, without them."""

    def remove(self, name: str, published: Published) -> None:
        """Remove vectors that a writer which is dead has left."""

    def sweep(self, name: str) -> None:
        """Remove what writers that are dead have left beside the vectors of a name."""

    def close(self) -> None:
        """Let go of the vectors."""


@dataclass(frozen=True, slots=True)
class Library:
    """A catalogue and the vectors that belong to it. Closes both at the end of a `with`."""

    catalogue: Catalogue
    vectors: Vectors

    def close(self) -> None:
        """Let go of both."""
        self.vectors.close()
        self.catalogue.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
