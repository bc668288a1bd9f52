"""Limits of days and sites, as a year's collection on a Chroma server is searched within them."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from qa.library.filters import host_of, passes_source
from qa.types import Filters, Source


@dataclass(frozen=True, slots=True)
class Within:
    """What is searched of a year: days, by their ordinals, and sites; None for any."""

    days: range | None
    sites: frozenset[str] | None

    @classmethod
    def of(cls, filters: Filters, year: int, sites: frozenset[str] | None) -> Self:
        """Return what passes of a year; of sites, those that `passing` has told."""
        return cls(_days(filters, year), sites)

    @property
    def all(self) -> bool:
        """Whether all of the year passes."""
        return self.days is None and self.sites is None

    @property
    def empty(self) -> bool:
        """Whether nothing of it can."""
        return self.sites == frozenset() or (self.days is not None and not self.days)

    def passes(self, metadata: Mapping[str, Any]) -> bool:
        """Tell whether a vector with this metadata passes."""
        return (self.days is None or metadata["day"] in self.days) and (
            self.sites is None or metadata["site"] in self.sites
        )

    @property
    def where(self) -> dict[str, Any]:
        """The limits as Chroma takes them. Days are listed: it finds ranges thirty times slower."""
        limits: list[dict[str, Any]] = []
        if self.days is not None:
            limits.append({"day": {"$in": list(self.days)}})
        if self.sites is not None:
            limits.append({"site": {"$in": sorted(self.sites)}})
        return limits[0] if len(limits) == 1 else {"$and": limits}


def _days(filters: Filters, year: int) -> range | None:
    if years(filters) is None:
        return None
    begin, end = (datetime.date(year, *day).toordinal() for day in ((1, 1), (12, 31)))
    first = max(begin, filters.since.toordinal() if filters.since else begin)
    last = min(end, filters.last.toordinal() if filters.last else end)
    return None if (first, last) == (begin, end) else range(first, last + 1)


def passing(filters: Filters, sites: Callable[[], Sequence[str]]) -> frozenset[str] | None:
    """Return which of an archive's sites pass, None if all do; `sites` is asked only if need be.

    Raises `QuestionError` if a source is no site.
    """
    if not filters.sources:
        return None
    return frozenset(site for site in sites() if passes_source(site, filters.sources))


def years(filters: Filters) -> range | None:
    """Return the years that may have what passes; None if any may, and what has no date."""
    if not filters.since and not filters.last:
        return None
    return range(year_of(filters.since) or 1, (year_of(filters.last) or 9999) + 1)


def year_of(date: datetime.date | None) -> int:
    """Return the year whose collection has what was published on a day; 0 for no day."""
    return date.year if date else 0


def metadata_of(source: Source) -> dict[str, int | str]:
    """Return what Chroma is told of a passage, for limits to look at."""
    # 0 is before any day.
    day = source.date.toordinal() if source.date else 0
    return {"day": day, "site": host_of(source.url)}
