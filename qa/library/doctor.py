"""Checks that the catalogue and Chroma agree; `ingest.rebuild` mends what does not."""

import numpy as np

from qa.errors import LibraryError
from qa.library.protocols import Catalogue, Library
from qa.models.embedder import EMBEDDER

_PROBE = 50


def check(library: Library) -> list[str]:
    """Return what is wrong with a library, one line each; an empty list if nothing is.

    Raises `LibraryError`s if it cannot be read, or is being written to.
    """
    # Alone, so that nothing changes between one look and the next.
    with library.catalogue.writing(alone=True):
        return [*library.catalogue.faults(), *_texts(library.catalogue), *_vectors(library)]


def _texts(catalogue: Catalogue) -> list[str]:
    """Compare each passage to the slice of its article that it stands for."""
    wrong = without = 0
    for article, _ in catalogue.entries():
        found = catalogue.passages(catalogue.passage_ids([article.id])).values()
        without += not found
        wrong += sum(article.text[p.start : p.end] != p.text for p, _ in found)
    faults = [f"{wrong} passages are not the slices of their articles"] if wrong else []
    return [*faults, *([f"{without} articles have no passages"] if without else [])]


def _vectors(library: Library) -> list[str]:
    wanted = set(library.catalogue.passage_ids())
    name = library.catalogue.state().vectors
    if not name:
        return [f"{len(wanted)} passages have no vectors"] if wanted else []
    if faults := library.vectors.faults(name):
        return faults
    # Any direction will do: what is asked is whether the index gives back what it holds.
    probe = np.full(EMBEDDER.dimension, EMBEDDER.dimension**-0.5, dtype=np.float32)
    try:
        found = library.vectors.ids(name)
        reached = len(library.vectors.search(name, probe, _PROBE))
    except LibraryError as error:
        return [str(error)]
    if reached < (expected := min(_PROBE, len(found))):
        faults.append(f"a search in Chroma reaches {reached} passages, not {expected}")
    if missing := len(wanted - found):
        faults.append(f"{missing} passages of {len(wanted)} have no vector in Chroma")
    if extra := len(found - wanted):
        faults.append(f"{extra} vectors in Chroma belong to no passage")
    return faults
