"""Small plots, as SVG inside HTML: articles by month, and figures over time."""

import calendar
import datetime
from collections import Counter
from collections.abc import Mapping, Sequence

from qa.text.amounts import quantities
from qa.types import Filters, day
from qa.web.html import safe

# Months that are drawn one by one; of a longer time, years are.
_MONTHS = 120
# Of bars that can be pressed fewer have room: each is as wide as a finger needs.
_BARS = 30
# Figures of one kind that make a line, and the size of its picture in its own units.
_LEAST, _WIDTH, _HEIGHT, _MARGIN = 3, 480, 120, 14


def spans(months: Mapping[str, int], most: int = _MONTHS) -> dict[str, int]:
    """Return each month from the first to the last with its articles; of more, each year.

    Months are named 2022-03.
    """
    if not months:
        return {}
    (first, last) = (tuple(map(int, name.split("-"))) for name in (min(months), max(months)))
    count = 12 * (last[0] - first[0]) + last[1] - first[1] + 1
    if count <= most:
        numbers = range(12 * first[0] + first[1] - 1, 12 * last[0] + last[1])
        names = [f"{number // 12:04}-{number % 12 + 1:02}" for number in numbers]
        return {name: months.get(name, 0) for name in names}
    # Of years without a single article only the span is drawn, not the gap: a wrong date of 1970
    # would push all others together.
    years: dict[str, int] = {}
    for name, articles in sorted(months.items()):
        years[name[:4]] = years.get(name[:4], 0) + articles
    return years


def months_picture(months: Mapping[str, int]) -> str:
    """Return how many articles each month has as one picture, which says its range in words."""
    drawn = spans(months)
    if len(drawn) < 2:
        return ""
    most, names = max(drawn.values()), list(drawn)
    bars = "".join(
        f'<rect x="{10 * place + 1}" y="{40 - 40 * count / most:.1f}" width="8" '
        f'height="{max(40 * count / most, 0.6 if count else 0):.1f}" rx="1.5"/>'
        for place, count in enumerate(drawn.values())
    )
    unit = "month" if "-" in names[0] else "year"
    said = f"Articles by {unit}, {span_name(names[0])} to {span_name(names[-1])}, {most:,} at most"
    return (
        f'<figure class="qa-spark"><svg viewBox="0 0 {10 * len(drawn)} 40" role="img" '
        f'aria-label="{said}" preserveAspectRatio="none">{bars}</svg><figcaption>'
        f"<span>{span_name(names[0])}</span><span>{span_name(names[-1])}</span>"
        "</figcaption></figure>"
    )


def months_plot(months: Mapping[str, int], filters: Filters) -> str:
    """Return how many articles each month has: bars, each a link to its month.

    Of a long time years are drawn, and the months of what the filters limit it to.
    """
    drawn = spans(months, _BARS)
    inside = {name: count for name, count in months.items() if _within(name, filters)}
    if months and "-" not in next(iter(drawn)) and len(spans(inside, _BARS)) > 1:
        drawn = spans(inside, _BARS)
    if not drawn:
        return ""
    most = max(drawn.values())
    bars = "".join(_bar(name, count, most, filters) for name, count in drawn.items())
    unit = "month" if "-" in next(iter(drawn)) else "year"
    return (
        '<div class="qa-plot" role="group" aria-label="Articles by month">'
        f'<p class="qa-facts">Articles each {unit}, {most:,} at most '
        f'<a role="button" href="./#month-" data-since="" data-until="">all</a></p>'
        f"<ol>{bars}</ol></div>"
    )


def _bar(name: str, count: int, most: int, filters: Filters) -> str:
    first, last = span_days(name)
    inside = _within(name, filters)
    label = f"{span_name(name)}: {count:,} {'article' if count == 1 else 'articles'}"
    under = name[:4] if name[5:] in ("", "01") else ""
    return (
        f'<li><a role="button" href="./#month-{name}" data-since="{first}" data-until="{last}" '
        f'title="{label}" aria-label="{label}"'
        f"{'' if inside else ' class=qa-outside'}>"
        f'<span style="height:{100 * count / most:.1f}%"></span></a><small>{under}</small></li>'
    )


def _within(name: str, filters: Filters) -> bool:
    first, last = span_days(name)
    return (filters.since or first) <= last and first <= (filters.until or last)


def span_name(name: str) -> str:
    """Return how people call a month 2022-03, or a year."""
    year, _, month = name.partition("-")
    return f"{calendar.month_name[int(month)]} {year}" if month else year


def span_days(name: str) -> tuple[datetime.date, datetime.date]:
    """Return the first and the last day of a month 2022-03, or of a year."""
    year, _, month = name.partition("-")
    last = int(month or 12)
    end = calendar.monthrange(int(year), last)[1]
    return datetime.date(int(year), int(month or 1), 1), datetime.date(int(year), last, end)


def values_plot(dated: Sequence[tuple[datetime.date | None, str]]) -> str:
    """Return a line through dated figures, if at least three on different days count the same.

    '' if they do not: a line between dollars and people would say nothing.
    """
    points = _same_kind(dated)
    if len({date for date, _, _ in points}) < _LEAST:
        return ""
    days = [date.toordinal() for date, _, _ in points]
    values = [value for _, value, _ in points]
    low, high = min(values), max(values)

    def place(date: int, value: float) -> tuple[float, float]:
        x = (date - days[0]) / max(1, days[-1] - days[0])
        y = (value - low) / (high - low) if high > low else 0.5
        return _MARGIN + x * (_WIDTH - 2 * _MARGIN), _HEIGHT - _MARGIN - y * (_HEIGHT - 2 * _MARGIN)

    places = [place(*pair) for pair in zip(days, values, strict=True)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4"><title>{day(date)}: {safe(text)}</title></circle>'
        for (x, y), (date, _, text) in zip(places, points, strict=True)
    )
    said = "; ".join(f"{day(date)}: {text}" for date, _, text in points)
    first, last = points[0], points[-1]
    return (
        f'<figure class="qa-line"><svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="{safe(said)}"><polyline points="{line}"/>{dots}</svg><figcaption>'
        f"<span>{day(first[0])}: {safe(first[2])}</span>"
        f"<span>{day(last[0])}: {safe(last[2])}</span>"
        "</figcaption></figure>"
    )


def _same_kind(
    dated: Sequence[tuple[datetime.date | None, str]],
) -> list[tuple[datetime.date, float, str]]:
    """Return the figures that count what most of them count, by day, the first of each day."""
    read = [
        (date, next(iter(found.amounts)), text, found.units)
        for date, text in dated
        if date and len((found := quantities(text)).amounts) == 1
    ]
    if not read:
        return []
    common = Counter(units for *_, units in read).most_common(1)[0][0]
    first: dict[datetime.date, tuple[float, str]] = {}
    for date, value, text, units in sorted(read, key=lambda one: one[0]):
        if units == common:
            first.setdefault(date, (value, " ".join(text.split())))
    return [(date, value, text) for date, (value, text) in first.items()]
