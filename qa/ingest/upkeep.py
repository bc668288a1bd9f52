"""What is done to a library besides reading files: articles go or change, damage is mended."""

import datetime
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from qa.errors import CorpusError, LibraryBusy, LibraryError
from qa.ingest.listener import Listener
from qa.ingest.rounds import Round, entry
from qa.library.opening import open_library
from qa.library.protocols import Catalogue, Library
from qa.library.recipe import facts
from qa.models.loading import load_embedder
from qa.settings import Settings
from qa.text.printable import printable
from qa.types import Article

_LOG = logging.getLogger(__package__)

# As many passages are embedded in less than a minute by two cores, at some 60 a second.
_MENDED = 2000


def remove(ids: Sequence[str], library: Library) -> None:
    """Remove articles from a library, all of them or, if one is not there, none.

    Raises `CorpusError` if one of them is not there, and `LibraryError`s.
    """
    with library.catalogue.writing():
        claimed = _claimed(ids, library.catalogue)
        with Round(library) as round_:
            round_.commit(claimed)


def edit(id_: str, library: Library, settings: Settings, *, date: datetime.date | None) -> None:
    """Set the date of an article, or that it has none; a later ingest leaves it so.

    Raises `CorpusError` if the article is not there, and `LibraryError`s.
    """
    catalogue = library.catalogue
    catalogue.check(facts(settings))
    with catalogue.writing():
        [known] = _claimed([id_], catalogue)
        article = catalogue.articles([known])[known]
        changed = Article(replace(article.source, date=date), article.text)
        # The date is embedded with each passage, and the dates in the text are told by it.
        embedder = load_embedder(settings)
        with Round(library, embedder) as round_:
            round_.add(entry(changed, catalogue.origin(known), embedder, settings))
            catalogue.set_date(known, date)
            round_.commit([])


def _claimed(ids: Sequence[str], catalogue: Catalogue) -> list[str]:
    """Claim articles, each given by its id or by another name that it has; return their ids.

    Raises `CorpusError` if one is not there, `LibraryBusy` if another process has it in work.
    """
    found: dict[str, None] = {}
    for name in ids:
        id_ = name if catalogue.known(name) else catalogue.resolved([name]).get(name, name)
        if not catalogue.claim(id_):
            raise LibraryBusy(
                f"{printable(name)} is being written by another process: try again in a minute"
            )
        # Once it is claimed, nobody else removes it.
        if not catalogue.known(id_):
            raise CorpusError(f"no article {printable(name)}: `qa list` shows the ids")
        found[id_] = None
    return list(found)


def rebuild(settings: Settings, listener: Listener) -> int:
    """Cut and embed every article of the catalogue anew; return the number of passages.

    Raises `LibraryError`s.
    """
    with open_library(settings) as library, library.catalogue.writing(alone=True):
        _rebuild(library, settings, listener.progress)
        return library.catalogue.counts()[1]


def mend(settings: Settings) -> None:
    """Make the vectors of a library anew if they are damaged and that takes under a minute.

    What is done is logged as a warning before it is begun. Of a library with more passages nothing
    is looked at: a search tells what is wrong. Raises `LibraryError`s.
    """
    with open_library(settings) as library:
        library.catalogue.check(facts(settings))
        if library.catalogue.counts()[1] > _MENDED or not (fault := _fault(library)):
            return
        try:
            with library.catalogue.writing(alone=True):
                # Whoever wrote meanwhile may have mended it.
                if not _fault(library):
                    return
                passages = library.catalogue.counts()[1]
                what = printable(fault.rpartition(": ")[0])
                _LOG.warning("qa: %s: %s passages are embedded anew ...", what, passages)
                library.vectors.close()
                _rebuild(library, settings)
        except LibraryBusy:
            raise
        except LibraryError as error:
            raise LibraryError(f"{fault}; to mend it was tried: {error}") from None


def _fault(library: Library) -> str:
    """Return what is wrong with the vectors of the last commit; '' if nothing is."""
    while True:
        name = library.catalogue.state().vectors
        faults = library.vectors.faults(name)
        # An ingest that commits meanwhile takes the vectors before away.
        if library.catalogue.state().vectors == name:
            return faults[0] if faults else ""


def _rebuild(
    library: Library, settings: Settings, progress: Callable[[int], object] = lambda articles: None
) -> None:
    embedder = load_embedder(settings)
    with Round(library, embedder, anew=True) as round_:
        for article, origin in library.catalogue.entries():
            round_.add(entry(article, origin, embedder, settings))
            progress(1)
        round_.commit([], anew=facts(settings))
