"""Checks that the catalogue and Chroma agree; `ingest.rebuild` mends what does not."""

from pathlib import Path

import numpy as np

from qa.errors import LibraryError
from qa.library.catalogue import Library
from qa.library.vectors import VectorReader
from qa.models.embedder import EMBEDDER

_PROBE = 50


def check(folder: Path) -> list[str]:
    """Return what is wrong with a library, one line each; an empty list if nothing is.

    Raises `LibraryError`s if there is no library to check.
    """
    # With the writer's lock, so that nothing changes between one look and the next.
    with Library.open(folder) as library, library.writing():
        return [*library.faults(), *_texts(library), *_vectors(library)]


def _texts(library: Library) -> list[str]:
    """Compare each passage to the slice of its article that it stands for."""
    wrong = without = 0
    for article, _ in library.entries():
        found = library.passages(library.passage_ids([article.id])).values()
        without += not found
        wrong += sum(article.text[p.start : p.end] != p.text for p, _ in found)
    faults = [f"{wrong} passages are not the slices of their articles"] if wrong else []
    return [*faults, *([f"{without} articles have no passages"] if without else [])]


def _vectors(library: Library) -> list[str]:
    wanted = set(library.passage_ids())
    name = library.state().vectors
    if not name:
        return [f"{len(wanted)} passages have no vectors"] if wanted else []
    reader = VectorReader(library.folder)
    # Any direction will do: what is asked is whether the index gives back what it holds.
    probe = np.full(EMBEDDER.dimension, EMBEDDER.dimension**-0.5, dtype=np.float32)
    try:
        found = reader.ids(name)
        reached = len(reader.search(name, probe, _PROBE))
    except LibraryError as error:
        return [str(error)]
    finally:
        reader.close()
    faults = []
    if reached < (expected := min(_PROBE, len(found))):
        faults.append(f"a search in Chroma reaches {reached} passages, not {expected}")
    if missing := len(wanted - found):
        faults.append(f"{missing} passages of {len(wanted)} have no vector in Chroma")
    if extra := len(found - wanted):
        faults.append(f"{extra} vectors in Chroma belong to no passage")
    return faults
