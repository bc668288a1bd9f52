"""A question's words → the passages in which they stand, best first: a GIN index, then BM25.

PostgreSQL's own ranks know neither how rare a word is nor how long a passage. So the index finds
the passages, and BM25 is computed of them in SQL.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from qa.library.database import Database
from qa.library.filters import condition_on_passages
from qa.library.words import KNOWN, SAMPLE, WordSearch, plain, tokens
from qa.types import Filters

# Passages that a search scores, at most: as many as in a folder, so that both find the same.
SCORED = 100_000
# As in SQLite's bm25().
_K1, _B = 1.2, 0.75
_LEAST_IDF = 1e-6


@dataclass(frozen=True, slots=True)
class _Word:
    """A word as the index is asked for it, and what it is worth where it stands."""

    query: str
    weight: float


class FullText(WordSearch):
    """The search by words in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # The tokens that begin with a letter, and the generation of which that is true.
        self._terms: dict[str, dict[str, int]] = {}
        self._generation = -1

    def search(
        self, words: Sequence[str], limit: int, filters: Filters, most: int
    ) -> list[tuple[str, float]]:
        """Return the passages in which any of the words stands, best first, with their BM25."""
        kept = self._rarest([word for word in plain(words) if tokens(word)], most)
        if not kept:
            return []
        passages, length = self._extent()
        known = self._counts([token for word in kept for token in tokens(word)])
        weighed = [
            _Word(query_of(word), _idf(min(known.get(t, 0) for t in tokens(word)), passages))
            for word in kept
        ]
        where, limits = condition_on_years(filters)
        scores = " + ".join(
            f"?::float8 * n{place} / (n{place} + share)" for place in range(len(weighed))
        )
        counted = ", ".join(
            f"occurrences(p.words, ?::tsquery) AS n{place}" for place in range(len(weighed))
        )
        found = self._database.rows(
            f"SELECT id, {_K1 + 1} * ({scores}) AS score FROM ("
            f"SELECT p.id, p.number, {_K1} * ({1 - _B} + {_B} * p.length / ?::float8) AS share, "
            f"{counted} FROM passages p WHERE p.words @@ ?::tsquery AND {where} OFFSET 0"
            ") AS found ORDER BY score DESC, number LIMIT ?",
            [
                *(word.weight for word in weighed),
                length or 1.0,
                *(word.query for word in weighed),
                " | ".join(word.query for word in weighed),
                *limits,
                limit,
            ],
        )
        return [(str(id_), float(score)) for id_, score in found]

    def nearest(self, words: Sequence[str], generation: int) -> dict[str, str]:
        """Return the archive's spelling of words that it lacks, as `Catalogue.nearest_words`."""
        if generation != self._generation:
            self._generation, self._terms = generation, {}
        return self._nearest(words)

    def _extent(self) -> tuple[int, float]:
        """Return the number of passages, and how many tokens one has on average."""
        [(passages, length)] = self._database.rows(
            "SELECT coalesce(sum(passages), 0), coalesce(sum(tokens), 0) FROM growth"
        )
        return int(passages), float(length) / max(1, int(passages))

    def _counts(self, tokens: Sequence[str]) -> Mapping[str, int]:
        found = self._database.rows(
            "SELECT term, sum(passages) FROM vocabulary WHERE term = ANY(?) GROUP BY term",
            [list(tokens)],
        )
        return {str(term): int(count) for term, count in found}

    def _beginning(self, letter: str) -> Mapping[str, int]:
        if letter not in self._terms:
            rows = self._database.rows(
                "SELECT term, sum(passages) FROM vocabulary WHERE term >= ? AND term < ? "
                "GROUP BY term HAVING sum(passages) >= ?",
                [letter, chr(ord(letter) + 1), KNOWN],
            )
            self._terms[letter] = {str(term): int(count) for term, count in rows}
        return self._terms[letter]

    def _texts_with(self, token: str) -> Iterable[str]:
        rows = self._database.rows(
            "SELECT a.title || ' ' || p.text FROM passages p JOIN articles a "
            "ON a.number = p.article WHERE p.words @@ ?::tsquery LIMIT ?",
            [query_of(token), SAMPLE],
        )
        return [str(text) for (text,) in rows]


def query_of(word: str) -> str:
    """Return a word, or the tokens of it one after the other, as a tsquery's text."""
    quoted = [f"'{token}'" for token in tokens(word)]
    return f"({' <-> '.join(quoted)})" if len(quoted) > 1 else "".join(quoted)


def condition_on_years(filters: Filters) -> tuple[str, list[str]]:
    """Return the condition on a row `p` of passages; only the years of the filters are read."""
    where, values = condition_on_passages(Filters(sources=filters.sources))
    if filters.since:
        where += f" AND p.year >= {filters.since.year} AND p.date >= ?"
        values.append(filters.since.isoformat())
    if filters.last:
        where += f" AND p.year BETWEEN 1 AND {filters.last.year} AND p.date <= ?"
        values.append(filters.last.isoformat())
    return where, values


def _idf(count: int, passages: int) -> float:
    rare = (passages - count + 0.5) / (count + 0.5)
    return max(_LEAST_IDF, math.log(rare)) if rare > 0 else _LEAST_IDF
