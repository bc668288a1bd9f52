"""`Filters`, and days → a condition in SQL on the catalogue's tables, for every engine."""

import datetime
from collections.abc import Sequence
from urllib.parse import urlsplit

from qa.dates import Period
from qa.errors import QuestionError
from qa.types import Filters

_MONTH = datetime.timedelta(31)


def condition_on_passages(filters: Filters) -> tuple[str, list[str]]:
    """Return SQL that is true for a row `p` of passages whose article passes, and its values."""
    if not filters:
        return "TRUE", []
    where, values = condition_on_articles(filters)
    return f"p.article IN (SELECT number FROM articles WHERE {where})", values


def condition_on_days(days: Period) -> tuple[str, list[str]]:
    """Return SQL that is true for a row `e` of events that speaks of these days, and its values.

    An event may begin up to a month before and end up to a month after, as "in March" does for one
    day of it.
    """
    first, last = days
    before = first - min(_MONTH, first - datetime.date.min)
    after = last + min(_MONTH, datetime.date.max - last)
    bounds = [str(one) for one in (before, last, first, after)]
    return "e.first BETWEEN ? AND ? AND e.last BETWEEN ? AND ?", bounds


def condition_on_articles(filters: Filters) -> tuple[str, list[str]]:
    """Return SQL that is true for a row of articles that passes the filters, and its values."""
    where, values = "TRUE", []
    if filters.since:
        where += " AND date >= ?"
        values.append(filters.since.isoformat())
    if filters.last:
        where += " AND date <= ?"
        values.append(filters.last.isoformat())
    if filters.sources:
        # A leading dot on both sides: "cnn.com" is no end of "notcnn.com". `host` is a function
        # that each engine is taught.
        wanted = ", ".join(["(?)"] * len(filters.sources))
        where += (
            f" AND EXISTS (WITH wanted (ending) AS (VALUES {wanted}) "
            "SELECT 1 FROM wanted WHERE '.' || host(url) LIKE ending ESCAPE '!')"
        )
        values += [f"%.{_literal(_site(source))}" for source in filters.sources]
    return where, values


def passes_source(host: str, sources: Sequence[str]) -> bool:
    """Tell whether a host is one of some sources, or ends as one does.

    Raises `QuestionError` for a source that is no site.
    """
    return any(f".{host}".endswith(f".{_site(source)}") for source in sources)


def _site(source: str) -> str:
    """Return the host that people mean by "cnn.com", "www.cnn.com/world" or a whole url."""
    text = source.strip()
    host = host_of(text if "//" in text else f"//{text}")
    if not host:
        raise QuestionError(f"{source!r} is no site: name one like cnn.com")
    return host


def _literal(text: str) -> str:
    """Return a text in which LIKE reads no character as a pattern."""
    return text.replace("!", "!!").replace("_", "!_").replace("%", "!%")


def host_of(url: str) -> str:
    """Return the host of a url without "www."; '' if it has none."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
