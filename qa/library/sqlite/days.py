"""The days that passages speak of ↔ their rows in the catalogue: what happened, or was to, when."""

import datetime
import sqlite3
from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from qa import dates
from qa.library.filters import condition_on_days, condition_on_passages
from qa.types import DateExpression, Filters


def insert_days(
    connection: sqlite3.Connection,
    passages: Sequence[tuple[Any, int]],
    found: Sequence[DateExpression],
) -> None:
    """Write the days that an article's passages, by number and start, speak of, each once."""
    starts = [start for _, start in passages]
    rows = set()
    for one, (first, last) in dates.occasions(found):
        place = bisect_right(starts, one.start) - 1
        if place >= 0:
            rows.add((passages[place][0], first.isoformat(), last.isoformat()))
    connection.executemany("INSERT INTO events VALUES (?, ?, ?)", sorted(rows))


def delete_days(connection: sqlite3.Connection, article: int) -> None:
    """Remove what an article's passages speak of. They must be there still."""
    connection.execute(
        "DELETE FROM events WHERE passage IN (SELECT number FROM passages WHERE article = ?)",
        (article,),
    )


def insert_days_of_all(connection: sqlite3.Connection) -> None:
    """Write the days of all articles of a catalogue that has none. The caller holds a transaction.

    Ten thousand articles take about a minute.
    """
    numbers = [row[0] for row in connection.execute("SELECT number FROM articles").fetchall()]
    for number in numbers:
        text, date = connection.execute(
            "SELECT text, date FROM articles WHERE number = ?", (number,)
        ).fetchone()
        passages = connection.execute(
            "SELECT number, start FROM passages WHERE article = ? ORDER BY start", (number,)
        ).fetchall()
        day = datetime.date.fromisoformat(date) if date else None
        insert_days(connection, passages, dates.find(text, day))


def search_days(
    connection: sqlite3.Connection, days: dates.Period, limit: int, filters: Filters
) -> dict[str, datetime.date | None]:
    """Return the passages that speak of these days, first and last, nearest first.

    The more closely what they speak of fits, the sooner a passage comes. Raises `QuestionError` for
    a source that is no site.
    """
    where, values = condition_on_passages(filters)
    on_days, bounds = condition_on_days(days)
    found = connection.execute(
        "SELECT p.id, a.date, min(julianday(e.last) - julianday(e.first)) AS days FROM events e "
        "JOIN passages p ON p.number = e.passage JOIN articles a ON a.number = p.article "
        f"WHERE {on_days} AND {where} GROUP BY p.number ORDER BY days, p.number LIMIT ?",
        (*bounds, *values, limit),
    )
    return {str(id_): date and datetime.date.fromisoformat(date) for id_, date, _ in found}
