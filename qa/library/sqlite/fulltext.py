"""A question's words → the passages in which they stand, best first, by SQLite's own index."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence

from qa.library.filters import condition_on_passages
from qa.library.words import KNOWN, SAMPLE, WordSearch, plain
from qa.types import Filters

# Passages that a search scores, at most: each takes a microsecond or two, and of a million most
# hold one of a question's commoner words. A tenth of the archive would be too few (MRR on 2022 by
# words alone .565 for .630), a third is enough (.646).
SCORED = 100_000
# Weights of a word found in the title and in the text (FTS5's bm25).
_TITLE, _TEXT = 1.0, 1.0
_VOCABULARY = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary USING fts5vocab (main, words, row)"
)


class FullText(WordSearch):
    """The search by words over one connection, which its owner lets one thread use at a time."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        # In how many passages words stand, and the generation of which that is true.
        self._known: dict[str, int] = {}
        self._terms: dict[str, dict[str, int]] = {}
        self._generation = -1

    def search(
        self, words: Sequence[str], limit: int, filters: Filters, most: int, generation: int
    ) -> list[tuple[str, float]]:
        """Return the passages in which any of the words stands, best first, with their BM25.

        If they stand in more than `most` passages together, the commonest are left out. SQLite's
        bm25() is negative, smaller for a better match; its sign is turned here. `generation` is
        that of the catalogue. Raises `QuestionError` for a source that is no site.
        """
        self._see(generation)
        kept = self._rarest(plain(words), most)
        query = " OR ".join(map(_quoted, kept))
        if not query:
            return []
        where, values = condition_on_passages(filters)
        found = self._connection.execute(
            f"SELECT p.id, -bm25(words, {_TITLE}, {_TEXT}) AS score FROM words "
            f"JOIN passages p ON p.number = words.rowid WHERE words MATCH ? AND {where} "
            "ORDER BY score DESC, p.number LIMIT ?",
            (query, *values, limit),
        )
        return [(str(id_), float(score)) for id_, score in found]

    def nearest(self, words: Sequence[str], generation: int) -> dict[str, str]:
        """Return the archive's spelling of words that it lacks, as `Catalogue.nearest_words`."""
        self._see(generation)
        return self._nearest(words)

    def _beginning(self, letter: str) -> Mapping[str, int]:
        """Return the tokens that begin with a letter and are known enough, with their counts."""
        if letter not in self._terms:
            query = (
                "SELECT term, doc FROM temp.vocabulary WHERE term >= ? AND term < ? AND doc >= ?"
            )
            rows = self._connection.execute(query, (letter, chr(ord(letter) + 1), KNOWN))
            # Kept, since SQLite reads all rows of each token to count them.
            self._terms[letter] = {str(term): int(count) for term, count in rows}
        return self._terms[letter]

    def _texts_with(self, token: str) -> Iterable[str]:
        rows = self._connection.execute(
            "SELECT a.title || ' ' || p.text FROM words JOIN passages p ON p.number = words.rowid "
            "JOIN articles a ON a.number = p.article WHERE words MATCH ? LIMIT ?",
            (_quoted(token), SAMPLE),
        )
        return [str(text) for (text,) in rows]

    def _see(self, generation: int) -> None:
        """Let the vocabulary be that of a generation of the catalogue."""
        if generation != self._generation:
            self._connection.execute(_VOCABULARY)
            self._generation, self._known, self._terms = generation, {}, {}

    def _counts(self, tokens: Sequence[str]) -> Mapping[str, int]:
        query = "SELECT doc FROM temp.vocabulary WHERE term = ?"
        for token in tokens:
            if token not in self._known:
                found = self._connection.execute(query, (token,)).fetchone()
                if found:
                    # Kept, since SQLite reads all rows of a token to count them.
                    self._known[token] = int(found[0])
        return self._known


def all_of(words: Sequence[str]) -> str:
    """Return the query, in FTS5's language, for passages in which all of some words stand."""
    return " AND ".join(map(_quoted, words))


def _quoted(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'
