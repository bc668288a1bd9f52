"""Hits on a subject → what happened when: dated sentences in order, each with its citation."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from qa.dates import Period, direction, length, occasions, shown
from qa.reading.cite import citation
from qa.text.sentences import sentences
from qa.text.words import stems
from qa.types import Article, Claim, DateExpression, Draft, Event, Hit, Span

# A sentence ends so; a line of links, a heading or "YOU MAY LIKE" does not.
_ENDS = re.compile(r"[.!?…][\"”’')\]]*$")
# A picture's credit, in a caption or after it: "Jane Doe/AP", "Getty Images", "Hide Caption".
_CREDIT = re.compile(
    r"\b[A-Z][\w.’'-]+/[A-Z][\w’'-]+|\bGetty Images\b|\bHide Caption\b|\b[Ff]ile [Pp]hoto\b"
)
_AFTER = 60

# Two sentences on the same day tell the same if they share so much of their words.
_ALIKE = 0.5


@dataclass(frozen=True, slots=True)
class _Dated:
    """A sentence on the subject, how well it fits, and its words but for subject and date."""

    event: Event
    words: frozenset[str]
    fit: float


def timeline(
    query: str,
    hits: Sequence[Hit],
    articles: Mapping[str, Article],
    limit: int,
    days: Period | None = None,
) -> tuple[Event, ...]:
    """Return at most `limit` events on a subject, or within some days, or both; the oldest first.

    An event is a sentence of one of the hits that has at least half of the query's words and a
    date of a year at most. Of several dates the most exact one counts, of these the first. What
    several articles tell of one day in like words is one event, with the others in `also_in`.
    Captions, headings and lines of links are none. Within days, only what has happened by what is
    said counts: no plans, unless all was written before, and nothing asked.
    Without words in the query, what the most articles tell comes first, one of each article.

    Raises `CitationError` if a hit is not, word for word, what stands in its article.
    """
    asked = stems(query)
    written = [hit.article.date for hit in hits if hit.article.date]
    coming = bool(days and written and max(written) < days[0])
    found = [
        dated
        for hit in hits
        if hit.article.id in articles
        for dated in _of(hit, articles[hit.article.id], asked, days, coming)
    ]
    kept: list[_Dated] = []
    for one in sorted(found, key=lambda dated: -dated.fit):
        other = next((place for place, known in enumerate(kept) if _same(one, known)), None)
        if other is not None:
            kept[other] = _merged(kept[other], one)
        else:
            kept.append(one)
    if not asked:
        # One of each article: ten captions of one gallery would be all.
        kept.sort(key=lambda one: (len(one.event.also_in), one.fit))
        each = {dated.event.citation.article.id: dated for dated in kept}
        kept = [dated for dated in reversed(kept) if dated in each.values()]
    events = [dated.event for dated in kept[:limit]]
    return tuple(sorted(events, key=lambda event: (event.first, event.last)))


def as_draft(events: Sequence[Event]) -> Draft:
    """Return events as an answer: each sentence, with the day that it tells of."""
    claims = []
    for event in events:
        cited = event.citation
        span = Span(cited.article.id, cited.start, cited.end, cited.quote)
        claims.append(Claim(cited.quote, (span,), shown_date(event), "sentence"))
    # Dated sentences of that time are what was asked for: if there are any, it is held.
    return Draft(tuple(claims), " ".join(claim.text for claim in claims), float(bool(claims)))


def shown_date(event: Event) -> str:
    """Return the day, or days, of an event as people are shown them."""
    perhaps = "perhaps " if event.date.uncertain else ""
    return f"{perhaps}{shown(event.date.value)}"


def _of(
    hit: Hit, article: Article, asked: frozenset[str], days: Period | None, coming: bool
) -> list[_Dated]:
    found = []
    for start, end in sentences(hit.passage.text):
        quote = hit.passage.text[start:end]
        words = stems(quote)
        share = len(asked & words) / len(asked) if asked else float(bool(days))
        begin = hit.passage.start + start
        if share < 0.5 or not _tells(article.text, begin, begin + len(quote)):
            continue
        cited = citation(1, Span(article.id, begin, begin + len(quote), quote), article)
        dated = occasions(cited.dates)
        if days:
            dated = [pair for pair in dated if _happened(article, quote, pair, days, coming)]
        if dated:
            date, (first, last) = min(dated, key=lambda pair: (length(pair[1]), pair[0].start))
            event = Event(first, last, date, cited)
            own = words - asked - stems(date.text)
            past = direction(quote, date.start, date.end) < 0
            found.append(_Dated(event, own, share + 1 / (1 + hit.rank) + past * bool(days)))
    return found


def _tells(text: str, start: int, end: int) -> bool:
    """Tell whether a stretch is a sentence of the story: no heading, no links, no caption."""
    paragraph = text.find("\n", end)
    right = min(end + _AFTER, len(text) if paragraph < 0 else paragraph)
    quote = text[start:end]
    return bool(_ENDS.search(quote)) and not (
        _CREDIT.search(quote) or _CREDIT.search(text, end, right)
    )


def _happened(
    article: Article,
    quote: str,
    dated: tuple[DateExpression, Period],
    days: Period,
    coming: bool,
) -> bool:
    """Tell whether a sentence says what happened within some days: not a plan, nor a question.

    `coming` says that the days are still to come, so that plans are all there is.
    """
    date, (first, last) = dated
    written = article.source.date
    to_come = (written and first > written) or direction(quote, date.start, date.end) > 0
    within = days[0] <= first and last <= days[1]
    return within and (coming or not to_come) and "?" not in quote


def _same(one: _Dated, other: _Dated) -> bool:
    if (one.event.first, one.event.last) != (other.event.first, other.event.last):
        return False
    least = min(len(one.words), len(other.words))
    shared = len(one.words & other.words)
    return shared >= max(1, math.ceil(_ALIKE * least)) or one.words == other.words


def _merged(kept: _Dated, one: _Dated) -> _Dated:
    source = one.event.citation.article
    known = {kept.event.citation.article, *kept.event.also_in}
    if source in known:
        return kept
    return replace(kept, event=replace(kept.event, also_in=(*kept.event.also_in, source)))
