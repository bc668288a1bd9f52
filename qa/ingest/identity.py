"""Which article of the library it is that was read: the same, a changed one, or a new one.

An article of a collection is known by its address. Any other is known by its place; where that is
new, by its title and text, so that a file may be moved, renamed and copied; and a new one is given
the path below its folder for an id, with as many of the folders above as no other article has. An
id, once given, is kept.
"""

import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from qa.ingest.files import Loaded
from qa.library.articles import content_mark
from qa.library.places import Place
from qa.library.protocols import Catalogue, Known


class Identities:
    """The articles of a library, and the places at which they stand, as a run goes on."""

    def __init__(self, library: Catalogue) -> None:
        self._library = library
        self.known: dict[str, Known] = {}
        # The dates that people have set, by the articles' ids.
        self.dates_set = library.dates_set()
        # The place at which an article of this run was read, by its id.
        self.seen: dict[str, Place] = {}
        # The id that an article had before it was known by its address, by its address.
        self.replaced: dict[str, str] = {}
        # Articles that were read, and are not written.
        self.left: set[str] = set()
        self.new: list[tuple[str, Place]] = []
        self._dates: dict[str, str | None] = {}
        self._places: dict[str, set[Place]] = defaultdict(set)
        self._at: dict[tuple[str, str], str] = {}
        self._content: dict[str, list[str]] = defaultdict(list)
        self._met: set[tuple[str, Place]] = set()
        # The contents of articles that another process has in work, as they were read here.
        self._guessed: dict[str, str] = {}
        self._learn(library.known(), library.places())

    def changed_meanwhile(self, id_: str) -> bool:
        """Look an article up that was claimed; tell whether another process has written it since.

        Then which article it is that was read has to be told anew.
        """
        now = self._library.known(id_)
        if now.get(id_) == self.known.get(id_) or id_ in self.seen:
            return False
        old = self.known.pop(id_, None)
        for mark in (old and old.content, self._guessed.pop(id_, None)):
            self._content[mark or ""] = [one for one in self._content[mark or ""] if one != id_]
        for place in self._places.pop(id_, ()):
            if self._at.get(_at(place)) == id_:
                del self._at[_at(place)]
        self._learn(now, self._library.places(id_))
        self.dates_set = self._library.dates_set()
        return True

    def _learn(self, known: dict[str, Known], places: Iterable[tuple[str, Place]]) -> None:
        self.known |= known
        self._dates |= {id_: one.date for id_, one in known.items()}
        for id_, place in places:
            if id_ in known:
                self._places[id_].add(place)
                if known[id_].url != id_:
                    self._at[_at(place)] = id_
        for id_, one in known.items():
            if one.url != id_:
                self._content[one.content].append(id_)

    def of(self, item: Loaded) -> str:
        """Return the id of an article that was read."""
        return self._by_url(item) if _by_its_address(item) else self._by_place(item)

    def guess(self, item: Loaded, id_: str) -> None:
        """Take an article that another process has in work for the one read, as copies of it are.

        Nothing is noted: it is read again when the other process has let go of it.
        """
        mark = content_mark(item.article.source.title, item.article.text)
        if not _by_its_address(item) and id_ not in self._content[mark]:
            self._content[mark].append(id_)
            self._guessed[id_] = mark

    def leave(self, id_: str) -> None:
        """Keep what the library has of an article, though it is not what was read."""
        self.left.add(id_)
        self.replaced.pop(id_, None)

    def note(self, item: Loaded, id_: str) -> Place:
        """Note where an article was read, under the id that it has, and return the place."""
        by_url = _by_its_address(item)
        name = self.replaced.get(id_, "") if by_url else item.article.id
        place = Place(item.origin, "" if by_url else item.part, name)
        same = next((one for one in self._places[id_] if _at(one) == _at(place)), None)
        if same is None or (not by_url and same != place):
            self._places[id_] = {one for one in self._places[id_] if _at(one) != _at(place)}
            self._places[id_].add(place)
            self.new.append((id_, place))
        else:
            place = same
        self._met.add((id_, place))
        if not by_url:
            self._at[_at(place)] = id_
            mark = content_mark(item.article.source.title, item.article.text)
            if id_ not in self._content[mark]:
                self._content[mark].append(id_)
            date = item.article.source.date
            self._dates[id_] = date.isoformat() if date else self._dates.get(id_)
        return place

    def stands_elsewhere(self, id_: str, origin: str) -> bool:
        """Tell whether an article also stands in another file than this."""
        return any(place.origin != origin for place in self._places[id_])

    def gone(
        self, pruned: Sequence[Path], doubtful: set[str]
    ) -> tuple[list[str], list[tuple[str, Place]]]:
        """Return the articles that are nowhere any more, and the places of others that are gone.

        A place is gone if its file is, and the article was read elsewhere; or if it lies in one of
        the paths to prune and was not met there. One that could not be read has lost nothing.
        """
        articles, stale = [], []
        for id_, places in self._places.items():
            if id_ in self.left:
                continue
            left = {one for one in places if not self._is_gone(id_, one, pruned, doubtful)}
            if id_ in self.known and not left and places and id_ not in self.seen:
                articles.append(id_)
            else:
                stale += [(id_, one) for one in places - left]
        return articles, stale

    def _is_gone(self, id_: str, place: Place, pruned: Sequence[Path], doubtful: set[str]) -> bool:
        if (id_, place) in self._met:
            return False
        file = Path(place.origin)
        if any(str(one) in doubtful for one in (file, *file.parents)):
            return False
        inside = any(file == path or path in file.parents for path in pruned)
        taken = self._at.get(_at(place), id_) != id_
        return inside or (id_ in self.seen and (taken or not os.path.lexists(file)))

    def _by_url(self, item: Loaded) -> str:
        id_ = item.article.id
        old = self._at.get((item.origin, item.part))
        # Before its address was read from a column of this name, it was known by its place.
        if id_ not in self.known and old is not None and old not in self.seen:
            self.replaced[id_] = old
            del self._at[item.origin, item.part]
        return id_

    def _by_place(self, item: Loaded) -> str:
        mark = content_mark(item.article.source.title, item.article.text)
        here = self._at.get((item.origin, item.part))
        alike = [id_ for id_ in self._content.get(mark, ()) if self._same_day(id_, item)]
        if here is not None and here in alike:
            return here
        if alike:
            return alike[0]
        if here is not None and not self._elsewhere(here, item):
            return here
        return self._new_id(item)

    def _same_day(self, id_: str, item: Loaded) -> bool:
        """Tell whether an article can be of the same day: a notice is printed again each year."""
        date, known = item.article.source.date, self._dates.get(id_)
        return id_ in self.dates_set or date is None or known in (None, date.isoformat())

    def _elsewhere(self, id_: str, item: Loaded) -> bool:
        """Tell whether an article stands at another place too, which has not changed with this."""
        others = [one for one in self._places[id_] if _at(one) != (item.origin, item.part)]
        return id_ in self.seen or any(os.path.lexists(one.origin) for one in others)

    def _new_id(self, item: Loaded) -> str:
        name = item.article.id
        if self._is_free(name):
            return name
        whole = Path(item.origin + item.part)
        for depth in range(len(Path(name).parts) + 1, len(whole.parts)):
            longer = "/".join(whole.parts[-depth:])
            if self._is_free(longer):
                return longer
        return str(whole)

    def _is_free(self, id_: str) -> bool:
        """Tell whether no article has an id, or one whose file is gone: then it has changed."""
        if id_ in self.seen:
            return False
        there = (os.path.lexists(one.origin) for one in self._places.get(id_, ()))
        return id_ not in self.known or not any(there)


def _by_its_address(item: Loaded) -> bool:
    return item.known_by_url and item.article.source.url == item.article.id


def _at(place: Place) -> tuple[str, str]:
    return place.origin, place.part
