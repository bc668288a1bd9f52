"""Articles, their passages and their words ↔ rows in PostgreSQL, copied in bulk."""

import json
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql

from qa import dates
from qa.library.articles import Entry, content_mark, fingerprint
from qa.library.words import tokens

# A tsvector tells no place behind this, and keeps no more places of one word.
_LAST_PLACE, _PLACES = 16_383, 255
# Bytes of a row that are kept together: a search reads the words of thousands, and those that are
# stored elsewhere take ten times as long.
_INLINE = 4096
_COLUMNS = {
    "articles": "number, id, title, date, place, url, authors, text, fingerprint, content, origin",
    "passages": 'number, year, article, id, start, "end", text, date, words, length',
    "events": "passage, year, first, last",
    "vocabulary": "term, passages",
}


def year_of(date: Any) -> int:
    """Return the year by which a passage is stored, of a date or its text; 0 without one."""
    return int(str(date)[:4]) if date else 0


@dataclass(slots=True)
class _Rows:
    """The rows of some articles, by table, and what they add to the archive's words."""

    tables: dict[str, list[tuple[Any, ...]]] = field(default_factory=lambda: defaultdict(list))
    terms: Counter[str] = field(default_factory=Counter)
    length: int = 0

    def add(self, entry: Entry, number: int, places: Sequence[int]) -> None:
        source = entry.article.source
        date = source.date.isoformat() if source.date else None
        year, title = year_of(source.date), tokens(source.title)
        authors = json.dumps(source.authors, ensure_ascii=False)
        content = content_mark(source.title, entry.article.text)
        marks = fingerprint(entry.article), content, entry.origin
        row = (source.id, source.title, date, source.place, source.url, authors)
        self.tables["articles"].append((number, *row, entry.article.text, *marks))
        for place, passage in zip(places, entry.passages, strict=True):
            found = [*title, *tokens(passage.text)]
            self.terms.update(set(found))
            self.length += len(found)
            offsets = (passage.start, passage.end, passage.text)
            told = (place, year, number, passage.id, *offsets, date, _words(found), len(found))
            self.tables["passages"].append(told)
        starts = [passage.start for passage in entry.passages]
        events = set()
        for one, (first, last) in dates.occasions(entry.dates):
            index = bisect_right(starts, one.start) - 1
            if index >= 0:
                events.add((places[index], year, first.isoformat(), last.isoformat()))
        self.tables["events"] += sorted(events)


def insert(connection: "psycopg.Connection[Any]", entries: Sequence[Entry]) -> None:
    """Write articles with all that belongs to them. The caller holds a transaction."""
    count = sum(len(entry.passages) for entry in entries)
    articles = _numbers(connection, "pg_get_serial_sequence('articles', 'number')", len(entries))
    places = _numbers(connection, "'passage_numbers'", count)
    rows, first = _Rows(), 0
    for entry, number in zip(entries, articles, strict=True):
        last = first + len(entry.passages)
        rows.add(entry, number, places[first:last])
        first = last
    rows.tables["vocabulary"] = sorted(rows.terms.items())
    for table, columns in _COLUMNS.items():
        with connection.cursor().copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for row in rows.tables[table]:
                copy.write_row([_storable(value) for value in row])
    connection.execute(
        "INSERT INTO growth VALUES (%s, %s, %s, %s)",
        (len(entries), count, rows.length, len(rows.terms)),
    )


def delete(connection: "psycopg.Connection[Any]", ids: Sequence[str]) -> dict[str, str | None]:
    """Remove articles, those that exist, and all that belongs to them.

    Returns the dates of their passages, by the passages' ids. The caller holds a transaction.
    """
    if not ids:
        return {}
    gone = connection.execute(
        "DELETE FROM articles WHERE id = ANY(%s) RETURNING number", (list(ids),)
    ).fetchall()
    numbers = [number for (number,) in gone]
    connection.execute(
        "DELETE FROM events e USING passages p WHERE p.article = ANY(%s) "
        "AND e.passage = p.number AND e.year = p.year",
        (numbers,),
    )
    passages = connection.execute(
        "DELETE FROM passages WHERE article = ANY(%s) "
        "RETURNING id, date, length, tsvector_to_array(words)",
        (numbers,),
    ).fetchall()
    terms = Counter(term for row in passages for term in row[3])
    with connection.cursor().copy("COPY vocabulary FROM STDIN") as copy:
        for term, count in sorted(terms.items()):
            copy.write_row((term, -count))
    length = sum(row[2] for row in passages)
    connection.execute(
        "INSERT INTO growth VALUES (%s, %s, %s, %s)",
        (-len(numbers), -len(passages), -length, len(terms)),
    )
    return {str(row[0]): row[1] for row in passages}


def delete_all(connection: "psycopg.Connection[Any]") -> None:
    """Remove everything that the library holds. The caller holds a transaction."""
    for table in ("events", "passages", "articles", "vocabulary", "growth", "stale"):
        connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))


def ensure_years(connection: "psycopg.Connection[Any]", years: Iterable[int]) -> None:
    """Make the partitions of some years, those that are not there. Readers go on meanwhile."""
    there = {
        int(name.removeprefix("passages_"))
        for (name,) in connection.execute(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
            "WHERE i.inhparent = 'passages'::regclass"
        )
    }
    for year in sorted(set(years) - there):
        for table in ("events", "passages"):
            # Attached, since making it in its place would keep all readers out meanwhile.
            connection.execute(
                f"CREATE TABLE {table}_{year} (LIKE {table} INCLUDING DEFAULTS) "
                f"WITH (toast_tuple_target = {_INLINE}); "
                f"ALTER TABLE {table} ATTACH PARTITION {table}_{year} FOR VALUES IN ({year})"
            )


def gather(connection: "psycopg.Connection[Any]") -> None:
    """Add up the vocabulary where most of it is repeated. The caller holds a transaction."""
    found = connection.execute(
        "SELECT coalesce(sum(terms), 0), coalesce(max(terms), 0) FROM growth"
    ).fetchone()
    if not found or found[0] <= 2 * found[1]:
        return
    # A commit at the same time adds rows that this does not see, and takes none away.
    connection.execute(
        "WITH old AS (DELETE FROM growth RETURNING *) "
        "INSERT INTO growth SELECT sum(articles), sum(passages), sum(tokens), 0 FROM old"
    )
    connection.execute(
        "WITH old AS (DELETE FROM vocabulary RETURNING *) INSERT INTO vocabulary "
        "SELECT term, sum(passages) FROM old GROUP BY term HAVING sum(passages) > 0"
    )
    connection.execute("INSERT INTO growth SELECT 0, 0, 0, count(*) FROM vocabulary")


def _numbers(connection: "psycopg.Connection[Any]", sequence: str, count: int) -> list[int]:
    found = connection.execute(
        f"SELECT nextval({sequence}) FROM generate_series(1, %s)", (count,)
    ).fetchall()
    return [int(number) for (number,) in found]


def _words(found: Sequence[str]) -> str:
    """Return tokens with their places in the form in which PostgreSQL reads a tsvector."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, token in enumerate(found, start=1):
        if len(places[token]) < _PLACES:
            places[token].append(min(place, _LAST_PLACE))
    return " ".join(f"'{token}':{','.join(map(str, at))}" for token, at in places.items())


def _storable(value: object) -> object:
    # PostgreSQL stores no character of the number 0.
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value
