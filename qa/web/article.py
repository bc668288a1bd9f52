"""A citation → the link that opens it, and the link → the article beside the page, as HTML."""

import datetime
import json
from collections.abc import Sequence
from dataclasses import dataclass

from qa import dates
from qa.library.protocols import Catalogue
from qa.reading.cite import citation
from qa.types import Article, Citation, Source, Span, day, text_hash
from qa.web.desk import Desk, Functions
from qa.web.html import named, naming, safe

_PREFIX = "#cite-"
_ARTICLE = "#article-"
NOTHING = '<p class="qa-note">This link names no article of the archive.</p>'


class Reading:
    """What the page can do with an article: open it, at the quote that a link names."""

    def __init__(self, desk: Desk) -> None:
        self._library = desk.library

    @property
    def functions(self) -> Functions:
        """What the page may call."""
        return {"article": self.article}

    def article(self, person: str, href: str) -> str:
        """Return the article that a link opens, as HTML."""
        return opened(href, self._library)


@dataclass(frozen=True, slots=True)
class _Cited:
    """All that a link says of a citation: enough to show its quote when the article has gone."""

    article: str
    start: int
    end: int
    hash: str
    quote: str


def link(cited: Citation) -> str:
    """Return the link of a citation: it names the article, the stretch, and the quote."""
    given = (cited.article.id, cited.start, cited.end, cited.text_hash, cited.quote)
    return f"./{_PREFIX}{naming(json.dumps(given))}"


def _read(href: str) -> _Cited | None:
    """Return what a link says; None for one that is not ours, or was tampered with."""
    try:
        article, start, end, hash_, quote = json.loads(named(href))
        return _Cited(str(article), int(start), int(end), str(hash_), str(quote))
    except (ValueError, TypeError, OverflowError):
        return None


def opened(href: str, library: Catalogue) -> str:
    """Return the article that a link opens, with the quote marked, if it is a citation's.

    Raises `LibraryError`.
    """
    href = (href or "").removeprefix("./")
    if href.startswith(_ARTICLE):
        article = library.articles([named(href)]).get(named(href))
        return _shown(article, _head(article.source), None) if article else NOTHING
    cited = _read(href)
    if cited is None:
        return NOTHING
    article = library.articles([cited.article]).get(cited.article)
    if article is None:
        return _stale("The article is no longer in the archive. It was quoted with:", cited)
    if text_hash(article.text) != cited.hash:
        note = _stale("The article has changed since it was quoted. The quote was:", cited)
        return note + _shown(article, _head(article.source), None)
    span = Span(article.id, cited.start, cited.end, article.text[cited.start : cited.end])
    found = citation(1, span, article)
    hints = [f"{words}: {meant}" for words, meant in dates.hints(found.quote, found.dates)]
    head = _head(article.source) + "".join(
        f'<p class="qa-dates">{safe(hint)}</p>' for hint in hints
    )
    return _shown(article, head, (cited.start, cited.end))


def _stale(note: str, cited: _Cited) -> str:
    return f'<p class="qa-note">{note}</p><blockquote>{safe(cited.quote)}</blockquote>'


def _head(source: Source) -> str:
    when = day(source.date) if source.date else "no date"
    old = dates.age(source.date, datetime.date.today()) if source.date else ""
    facts = [safe(fact) for fact in (when, old, source.place, ", ".join(source.authors)) if fact]
    if source.url.startswith(("http://", "https://")):
        facts.append(
            f'<a href="{safe(source.url)}" target="_blank" rel="noopener noreferrer">Original</a>'
        )
    title = f'<h2 id="qa-article-title" tabindex="-1">{safe(source.title)}</h2>'
    return f'{title}<p class="qa-facts">{" · ".join(facts)}</p>'


def _shown(article: Article, head: str, quote: tuple[int, int] | None) -> str:
    start, end = quote or (0, 0)
    text = article.text
    found = dates.resolved(text, dates.kept(text, article.source.date))

    def part(first: int, last: int) -> str:
        return _dated(text, first, last, found)

    marked = f'<mark id="qa-quote" tabindex="-1">{part(start, end)}</mark>' if quote else ""
    body = part(0, start) + marked + part(end, len(text))
    return f'<div class="qa-article">{head}<div class="qa-text">{body}</div></div>'


def _dated(text: str, first: int, last: int, found: Sequence[tuple[int, int, str]]) -> str:
    """Return a stretch of a text, the dates in it with what they stand for as a quiet hint."""
    shown, place = "", first
    for start, end, meant in found:
        if place <= start and end <= last:
            words = f'<span class="qa-date" title="{safe(meant)}">{safe(text[start:end])}</span>'
            shown += safe(text[place:start]) + words
            place = end
    return shown + safe(text[place:last])
