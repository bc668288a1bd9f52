"""The timeline: events → a chart, and their sentences grouped by day and year."""

import datetime
import itertools
from collections.abc import Iterator, Sequence

from qa.dates import Period
from qa.reading.timeline import shown_date
from qa.types import Event, day
from qa.web.article import link
from qa.web.desk import Desk, Functions
from qa.web.fields import filters_of
from qa.web.html import flat, safe
from qa.web.sources import Named, Sites

# In percent of the chart's width: the margin on both sides, and how near to each other two events
# are set one above the other. A dot is 6% of a phone's width.
_MARGIN, _NEAR = 8.0, 6.5
_TICKS = 3
# Of a time longer than this, years are named under the chart, and of a shorter one days.
_LONG = 3 * 366
# Height of a row of dots, in rem.
_ROW = 1.6


class Timeline:
    """What the page can do with timelines."""

    def __init__(self, desk: Desk, sites: Sites) -> None:
        self._desk = desk
        self._sites = sites

    @property
    def functions(self) -> Functions:
        """What the page may call."""
        return {"timeline": self.timeline}

    def timeline(self, person: str, query: str, since: str = "", until: str = "") -> str:
        """Return the timeline of a person, place or subject as HTML."""
        extent = self._desk.library.extent()
        filters = filters_of(since, until, today=extent[1] if extent else None)
        events = self._desk.assistant().timeline(query, filters=filters)
        return events_html(events, self._sites.name)


def events_html(events: Sequence[Event], name: Named) -> str:
    """Return events as HTML: a chart, and under it the sentences of each day, by year."""
    if not events:
        return '<p class="qa-note">The archive holds no dated sentence on this.</p>'
    years = [
        (year, list(group)) for year, group in itertools.groupby(events, lambda one: one.first.year)
    ]
    shown = "".join(_year(year, group, name) for year, group in years)
    return f'{_chart(events)}<div class="qa-events">{shown}</div>'


def _year(year: int, events: Sequence[Event], name: Named) -> str:
    days = itertools.groupby(events, lambda one: (one.first, one.last, shown_date(one)))
    rows = "".join(
        f'<li class="qa-on"><h3 class="qa-when">{safe(when)}</h3>'
        f"<ul>{''.join(_row(one, name) for one in group)}</ul></li>"
        for (_, _, when), group in days
    )
    count = f"{len(events)} {'sentence' if len(events) == 1 else 'sentences'}"
    return (
        f'<details open><summary><h2>{year}</h2><span class="qa-facts">{count}</span></summary>'
        f"<ol>{rows}</ol></details>"
    )


def _row(event: Event, name: Named) -> str:
    cited = event.citation
    source = cited.article
    others = f", and in {len(event.also_in)} more" if event.also_in else ""
    reported = day(source.date) if source.date else "no date"
    facts = " · ".join(filter(None, [name(source), f"{reported}{others}"]))
    return (
        f'<li><a class="qa-source" href="{link(cited)}">'
        f'<span class="qa-quoted">{flat(cited.quote)}</span>'
        f'<span class="qa-facts">{safe(facts)} · {safe(source.title)}</span></a></li>'
    )


def _chart(events: Sequence[Event]) -> str:
    first, last = min(one.first for one in events), max(one.last for one in events)
    days = max(1, (last - first).days)

    def across(date: datetime.date) -> float:
        return _MARGIN + (100 - 2 * _MARGIN) * (date - first).days / days

    days_of: dict[Period, list[Event]] = {}
    for event in events:
        days_of.setdefault((event.first, event.last), []).append(event)
    placed = list(_placed([across(_middle(own[0])) for own in days_of.values()]))
    rows = max(row for _, row in placed) + 1
    dots = "".join(
        f'<a href="{link(own[0].citation)}" '
        f'style="left:{x:.1f}%;bottom:{_ROW * row + 0.2:.1f}rem" '
        f'title="{_said(own)}" aria-label="{_said(own)}"></a>'
        for own, (x, row) in zip(days_of.values(), placed, strict=True)
    )
    ticks = "".join(
        f'<span style="left:{across(date):.1f}%">{name}</span>'
        for date, name in _ticks(first, last)
    )
    return (
        f'<div class="qa-chart" role="group" aria-label="When it happened">'
        f'<div class="qa-dots" style="height:{_ROW * rows + 0.3:.1f}rem">{dots}</div>'
        f'<div class="qa-ticks">{ticks}</div></div>'
    )


def _middle(event: Event) -> datetime.date:
    return event.first + (event.last - event.first) / 2


def _said(events: Sequence[Event]) -> str:
    """Return the label of a day's dot: the day, its first sentence, and how many more it has."""
    quote = " ".join(events[0].citation.quote.split())
    more = f" (and {len(events) - 1} more)" if len(events) > 1 else ""
    return safe(f"{shown_date(events[0])}: {quote[:120]}{more}")


def _placed(across: Sequence[float]) -> Iterator[tuple[float, int]]:
    """Yield for each event its place and the lowest row in which nothing is near."""
    taken: list[list[float]] = []
    for x in across:
        row = next(
            (n for n, row in enumerate(taken) if all(abs(x - other) >= _NEAR for other in row)),
            len(taken),
        )
        if row == len(taken):
            taken.append([])
        taken[row].append(x)
        yield x, row


def _ticks(first: datetime.date, last: datetime.date) -> Iterator[tuple[datetime.date, str]]:
    """Yield the days that are named under the chart, and their names."""
    steps = min(_TICKS, (last - first).days)
    if (last - first).days <= _LONG:
        for step in range(steps + 1):
            date = first + (last - first) * step / max(1, steps)
            yield date, f"{date.day} {date:%b %Y}"
        return
    for year in sorted(
        {first.year + step * (last.year - first.year) // steps for step in range(1, steps + 1)}
    ):
        yield datetime.date(year, 1, 1), str(year)
