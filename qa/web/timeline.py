"""The timeline: events → a chart and a list, each event a link to its place in its article."""

import datetime
import html
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import gradio as gr

from qa import dates
from qa.errors import QAError
from qa.reading.timeline import shown_date
from qa.types import Event
from qa.web import listeners
from qa.web.article import link
from qa.web.fields import filters_of
from qa.web.tabs import Given

# In percent of the chart's width: the margin on both sides, and how near to each other two events
# are set one above the other. A dot is 3% of a phone's width.
_MARGIN, _NEAR = 8.0, 4.0
_TICKS = 3
# Of a time longer than this, years are named under the chart, and of a shorter one days.
_LONG = 3 * 366


class Timeline:
    """The timeline's parts and what they do: a `Tab`."""

    title: ClassVar[str] = "Timeline"
    changes: tuple[Any, ...] = ()

    def __init__(self, given: Given) -> None:
        """Lay the timeline out."""
        self._assistant = given.assistant
        query = gr.Textbox(
            "",
            label="A person, a place or a subject",
            placeholder="Shinzo Abe",
            submit_btn="Show",
            elem_id="qa-timeline-query",
        )
        with gr.Row():
            days = [listeners.day_field(label) for label in ("From", "To")]
        found = gr.HTML("", elem_id="qa-timeline", padding=False)
        query.submit(self._find, [query, *days], found, **listeners.ASKING)

    def on_arrival(self, page: gr.Blocks) -> None:
        """Leave the timeline empty: nobody has asked for one yet."""

    def _find(self, query: str, since: str | None, until: str | None) -> Iterator[str]:
        yield '<p class="qa-stage">Looking for dated sentences …</p>'
        try:
            found = self._assistant.timeline(query, filters=filters_of(since, until))
            yield events_html(found)
        except QAError as error:
            yield listeners.error_html(error)


def events_html(events: Sequence[Event]) -> str:
    """Return events as HTML: a chart, and under it the list of their sentences."""
    if not events:
        return '<p class="qa-note">The archive holds no dated sentence on this.</p>'
    return _chart(events) + f'<ol class="qa-events">{"".join(map(_row, events))}</ol>'


def _row(event: Event) -> str:
    cited = event.citation
    others = f", and in {len(event.also_in)} more" if event.also_in else ""
    return (
        f'<li><p class="qa-when">{html.escape(shown_date(event))}</p>'
        f"<blockquote>{html.escape(' '.join(cited.quote.split()))}</blockquote>"
        f'<p class="qa-facts"><a class="qa-open" href="{link(cited)}">'
        f"{html.escape(dates.aged(cited.article))}</a>{others}</p></li>"
    )


def _chart(events: Sequence[Event]) -> str:
    first, last = min(one.first for one in events), max(one.last for one in events)
    days = max(1, (last - first).days)

    def across(date: datetime.date) -> float:
        return _MARGIN + (100 - 2 * _MARGIN) * (date - first).days / days

    days_of: dict[dates.Period, list[Event]] = {}
    for event in events:
        days_of.setdefault((event.first, event.last), []).append(event)
    placed = list(_placed([across(_middle(own[0])) for own in days_of.values()]))
    rows = max(row for _, row in placed) + 1
    dots = "".join(
        f'<a href="{link(own[0].citation)}" style="left:{x:.1f}%;bottom:{row + 0.2:.1f}rem" '
        f'title="{_said(own)}" aria-label="{_said(own)}"></a>'
        for own, (x, row) in zip(days_of.values(), placed, strict=True)
    )
    ticks = "".join(
        f'<span style="left:{across(date):.1f}%">{name}</span>'
        for date, name in _ticks(first, last)
    )
    return (
        f'<div class="qa-chart" role="group" aria-label="When it happened">'
        f'<div class="qa-dots" style="height:{rows + 0.5}rem">{dots}</div>'
        f'<div class="qa-ticks">{ticks}</div></div>'
    )


def _middle(event: Event) -> datetime.date:
    return event.first + (event.last - event.first) / 2


def _said(events: Sequence[Event]) -> str:
    """Return the label of a day's dot: the day, its first sentence, and how many more it has."""
    quote = " ".join(events[0].citation.quote.split())
    more = f" (and {len(events) - 1} more)" if len(events) > 1 else ""
    return html.escape(f"{shown_date(events[0])}: {quote[:120]}{more}", quote=True)


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
