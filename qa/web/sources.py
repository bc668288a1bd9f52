"""A citation → the card that opens it; a site → its name, as its own articles write it."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from qa import dates
from qa.library.filters import host_of
from qa.library.protocols import Catalogue
from qa.types import Article, Citation, Source, day
from qa.web.article import link
from qa.web.html import marked, safe

# Articles of a site in which its name is looked for, and letters of each.
_LOOKED_AT, _LETTERS = 40, 3000
# What stands before the name of a site in its address.
_WWW = re.compile(r"^(?:www\d?|edition|m|amp)\.")


# What people call the site of an article.
Named = Callable[[Source], str]


class Sites:
    """The names of the archive's sites: "usatoday.com" is called what its articles write."""

    def __init__(self, library: Catalogue) -> None:
        self._library = library
        self._generation = -1
        self._names: dict[str, str] = {}

    def name(self, source: Source) -> str:
        """Return what people call the site of an article; its place, if it has no address."""
        host = host_of(source.url)
        return self.named([host])[host] if host else source.place.title()

    def named(self, hosts: Sequence[str]) -> dict[str, str]:
        """Return the name of each of some hosts: of one that no article writes, the host."""
        generation = self._library.state().generation
        if generation != self._generation:
            self._generation, self._names = generation, {}
        missing = {host for host in hosts if host not in self._names}
        if missing:
            self._names |= self._looked_up(missing)
        return {host: self._names[host] for host in hosts}

    def _looked_up(self, hosts: set[str]) -> dict[str, str]:
        ids: dict[str, list[str]] = {host: [] for host in hosts}
        for source in self._library.sources():
            if (host := host_of(source.url)) in ids and len(ids[host]) < _LOOKED_AT:
                ids[host].append(source.id)
        return {
            host: site_name(host, self._library.articles(some).values())
            for host, some in ids.items()
        }


def site_name(host: str, articles: Iterable[Article]) -> str:
    """Return the name of a site: the words that, run together, are what its address says.

    Of several ways to write it the most frequent one with a capital counts. The host itself, if
    none of the articles has it.
    """
    bare = _WWW.sub("", host)
    label = bare.partition(".")[0]
    if not label.isalnum():
        return bare
    # "usatoday": U S A, with or without a space between any two letters.
    written = re.compile(rf"(?<!\w){r' ?'.join(map(re.escape, label))}(?![\w.])", re.IGNORECASE)
    found = Counter(
        name[0]
        for article in articles
        for name in written.finditer(f"{article.source.title}\n{article.text[:_LETTERS]}")
        if name[0][0].isupper()
    )
    return found.most_common(1)[0][0] if found else bare


def card(citation: Citation, name: str, short: str = "", *, told: bool, numbered: bool) -> str:
    """Return the card of a citation, all of which is a link that opens its article.

    The words of the bare answer stand out in the quote. A quote that was told whole above is not
    told again. `name` is what the article's site is called.
    """
    source = citation.article
    facts = " · ".join(filter(None, [name, day(source.date) if source.date else "no date"]))
    hints = "; ".join(
        f"{' '.join(words.split())}: {meant}"
        for words, meant in dates.hints(citation.quote, citation.dates)
    )
    number = f'<span class="qa-number">{citation.marker}</span> ' if numbered else ""
    quote = "" if told else f'<span class="qa-quoted">{marked(citation.quote, short)}</span>'
    dated = f'<span class="qa-dates">{safe(hints)}</span>' if hints and not told else ""
    # What a title is cut from often begins the quote.
    title = "" if quote and _begins(citation.quote, source.title) else source.title
    return (
        f'<li><a class="qa-source" href="{link(citation)}">'
        f'<span class="qa-facts">{number}{safe(facts)}</span>'
        + (f'<span class="qa-title">{safe(title)}</span>' if title else "")
        + f"{quote}{dated}</a></li>"
    )


def _begins(quote: str, title: str) -> bool:
    return " ".join(quote.split()).startswith(title.rstrip("…. "))
