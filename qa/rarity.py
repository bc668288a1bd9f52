"""A question's words → the rarer ones, whose rows a search by words can score in time."""

import re
import sqlite3
import unicodedata
from collections.abc import Sequence

from snowballstemmer import stemmer

# The tokens of the full-text index: letters and digits, without accents, stemmed.
_TOKEN = re.compile(r"[^\W_]+")
_PORTER = stemmer("porter")


def prepare(connection: sqlite3.Connection) -> None:
    """Let a connection see in how many passages each token of the full-text index stands."""
    connection.execute(
        "CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary USING fts5vocab (main, words, row)"
    )


def rarest(connection: sqlite3.Connection, words: Sequence[str], rows: int) -> list[str]:
    """Return the words, in their order, that together stand in at most so many passages.

    The rarest are taken first, and at least one. A word of several tokens, "u.s", stands where
    all of them do: it counts as its rarest.
    """
    counts = {word: _passages(connection, word) for word in words}
    kept: set[str] = set()
    total = 0
    for word, count in sorted(counts.items(), key=lambda pair: pair[1]):
        total += count
        if kept and total > rows:
            break
        kept.add(word)
    return [word for word in words if word in kept]


def _passages(connection: sqlite3.Connection, word: str) -> int:
    """Return in how many passages a word stands, at most; 0 for one that the index lacks."""
    query = "SELECT doc FROM temp.vocabulary WHERE term = ?"
    found = [connection.execute(query, (token,)).fetchone() for token in _tokens(word)]
    return min((int(row[0]) if row else 0 for row in found), default=0)


def _tokens(word: str) -> list[str]:
    decomposed = unicodedata.normalize("NFKD", word.lower())
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return [str(_PORTER.stemWord(token)) for token in _TOKEN.findall(plain)]
