"""A library → another: what a folder holds is moved to a database and a server of vectors.

Nothing is embedded again. What is there already is passed over, so a move that was broken off goes
on where it was.
"""

import itertools
from collections.abc import Iterator, Sequence

import numpy as np

from qa import dates
from qa.errors import LibraryError
from qa.ingest.listener import Listener
from qa.library.articles import Entry, fingerprint
from qa.library.protocols import Catalogue, Library
from qa.types import Article, Passage

# Articles that become visible at once.
_CHUNK = 200


def migrate(source: Library, target: Library, listener: Listener) -> int:
    """Copy all articles of a library to another, made in the same way; return how many were new.

    Where they stand and the dates that people set go with them. The source is not changed, and
    nothing may write to it meanwhile. Raises `LibraryError`s.
    """
    name = source.catalogue.state().vectors
    moved = 0
    with source.catalogue.writing(alone=True), target.catalogue.writing(alone=True):
        target.catalogue.check(source.catalogue.facts())
        if left := target.catalogue.adopt():
            target.vectors.remove(target.catalogue.state().vectors, left)
            target.catalogue.cleared(left)
        there = target.catalogue.fingerprints()
        articles = source.catalogue.entries()
        while chunk := list(itertools.islice(articles, _CHUNK)):
            new = [
                _entry(source.catalogue, article, origin)
                for article, origin in chunk
                if there.get(article.id, ("", ""))[0] != fingerprint(article)
            ]
            if new:
                _copy(source, name, target, new)
            moved += len(new)
            listener.progress(len(chunk))
        target.catalogue.place(source.catalogue.places())
        for id_, date in source.catalogue.dates_set().items():
            target.catalogue.set_date(id_, date)
    return moved


def _entry(catalogue: Catalogue, article: Article, origin: str) -> Entry:
    found = catalogue.passages(catalogue.passage_ids([article.id])).values()
    passages = sorted((passage for passage, _ in found), key=lambda one: one.start)
    return Entry(
        article, origin, tuple(passages), tuple(dates.find(article.text, article.source.date))
    )


def _copy(source: Library, name: str, target: Library, entries: Sequence[Entry]) -> None:
    state = target.catalogue.state()
    writer = target.vectors.write(state)
    passages = list(_passages(entries))
    ids = [passage.id for passage, _ in passages]
    vectors = source.vectors.vectors(name, ids)
    if lacking := [id_ for id_ in ids if id_ not in vectors]:
        raise LibraryError(
            f"{len(lacking)} passages have no vector: run `qa doctor --rebuild` on the library "
            "that is to be moved, then this again"
        )
    replaced = [entry.article.id for entry in entries]
    old = target.catalogue.passages(target.catalogue.passage_ids(replaced))
    stale = {id_: one.date for id_, (_, one) in old.items() if id_ not in vectors}
    try:
        target.catalogue.expect(
            {passage.id: entry.article.source.date for passage, entry in passages}
        )
        writer.upsert(
            ids,
            [entry.article.source for _, entry in passages],
            np.stack([vectors[id_] for id_ in ids]),
        )
        writer.finish(stale)
        target.catalogue.commit(entries, [], writer.name)
        writer.committed(stale)
        target.catalogue.cleared(stale)
    finally:
        writer.close()


def _passages(entries: Sequence[Entry]) -> Iterator[tuple[Passage, Entry]]:
    for entry in entries:
        for passage in entry.passages:
            yield passage, entry
