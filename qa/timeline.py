"""Hits on a subject → what happened when: dated sentences in order, each with its citation."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from qa.cite import citation
from qa.dates import events, length
from qa.passages import sentences
from qa.types import Article, Event, Hit, Span
from qa.wording import stems

# Two sentences on the same day tell the same if they share so much of their words.
_ALIKE = 0.5


@dataclass(frozen=True, slots=True)
class _Dated:
    """A sentence on the subject, how well it fits, and its words but for subject and date."""

    event: Event
    words: frozenset[str]
    fit: float


def timeline(
    query: str, hits: Sequence[Hit], articles: Mapping[str, Article], limit: int
) -> tuple[Event, ...]:
    """Return at most `limit` events on a subject, the oldest first.

    An event is a sentence of one of the hits that has at least half of the query's words and a
    date of a year at most. Of several dates the most exact one counts, of these the first. What
    several articles tell of one day in like words is one event, with the others in `also_in`.

    Raises `CitationError` if a hit is not, word for word, what stands in its article.
    """
    asked = stems(query)
    found = [
        dated
        for hit in hits
        if hit.article.id in articles
        for dated in _of(hit, articles[hit.article.id], asked)
    ]
    kept: list[_Dated] = []
    for one in sorted(found, key=lambda dated: -dated.fit):
        other = next((place for place, known in enumerate(kept) if _same(one, known)), None)
        if other is not None:
            kept[other] = _merged(kept[other], one)
        elif len(kept) < limit:
            kept.append(one)
    return tuple(
        sorted((dated.event for dated in kept), key=lambda event: (event.first, event.last))
    )


def _of(hit: Hit, article: Article, asked: frozenset[str]) -> list[_Dated]:
    found = []
    for start, end in sentences(hit.passage.text):
        quote = hit.passage.text[start:end]
        words = stems(quote)
        share = len(asked & words) / len(asked) if asked else 0.0
        if share < 0.5:
            continue
        begin = hit.passage.start + start
        cited = citation(1, Span(article.id, begin, begin + len(quote), quote), article)
        if dated := events(cited.dates):
            date, (first, last) = min(dated, key=lambda pair: (length(pair[1]), pair[0].start))
            event = Event(first, last, date, cited)
            own = words - asked - stems(date.text)
            found.append(_Dated(event, own, share + 1 / (1 + hit.rank)))
    return found


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
