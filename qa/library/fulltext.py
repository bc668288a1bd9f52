"""A question's words → the passages in which they stand, best first, by SQLite's own index."""

import re
import sqlite3
import unicodedata
from collections import Counter
from collections.abc import Sequence

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein
from snowballstemmer import stemmer

from qa.library.filters import condition_on_passages
from qa.types import Filters

# Passages that a search scores, at most: each takes a microsecond or two, and of a million most
# hold one of a question's commoner words. A tenth of the archive would be too few (MRR on 2022 by
# words alone .565 for .630), a third is enough (.646).
SCORED = 100_000
# Weights of a word found in the title and in the text (FTS5's bm25).
_TITLE, _TEXT = 1.0, 1.0
# The tokens of the index: letters and digits, without accents, stemmed.
_TOKEN = re.compile(r"[^\W_]+")
_OWNED = re.compile(r"(?<=\w)['’]s$")
_VOCABULARY = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary USING fts5vocab (main, words, row)"
)
_PORTER = stemmer("porter")
# From so many letters on, two may be wrong.
_LONG = 9
# In so many passages a word of the archive stands that another is taken for.
_KNOWN = 5
# First letters of a token that each of its forms has.
_SAME = 3
# Passages that tell how a token is written, and tokens of which that is looked up.
_SAMPLE = 20


class FullText:
    """The search by words over one connection, which its owner lets one thread use at a time."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        # In how many passages words stand, and the generation of which that is true.
        self._counts: dict[str, int] = {}
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
        # Of "Abe's", texts may have only "Abe".
        kept = self._rarest(list(dict.fromkeys(_OWNED.sub("", word) for word in words)), most)
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
        """Return, of the words that stand in no passage, those that are nearly the same as one.

        With each the word as the passages have it: one letter is another, lacks, is too many, or
        has changed places with its neighbour; two, in a word of nine letters or more. Of several as
        near, that which stands in the most passages, five at least: a rare name is another name.
        The first letters agree, and a name is near to names alone.
        """
        self._see(generation)
        near = {}
        for word in words:
            stems = _tokens(word)
            if len(stems) == 1 and not self._count(stems[0]):
                near[word] = self._near(word, stems[0])
        return {word: found for word, found in near.items() if found}

    def _near(self, word: str, stem: str) -> str:
        """Return the archive's word nearest to one that it lacks; '' if none is near."""
        furthest = 1 if len(word) < _LONG else 2
        counts = self._beginning(stem[0])
        likely = process.extract(
            stem,
            counts.keys(),
            scorer=DamerauLevenshtein.distance,
            # An ending that is misspelt is none to the stemmer.
            score_cutoff=furthest + 1,
            limit=None,
        )
        likely.sort(key=lambda found: (found[1], -counts[found[0]]))
        for term, *_ in likely[:_SAMPLE]:
            found = self._as_written(term)
            apart = DamerauLevenshtein.distance(word.lower(), found.lower())
            if found and apart <= furthest and (word[0].islower() or found[0].isupper()):
                return found
        return ""

    def _beginning(self, letter: str) -> dict[str, int]:
        """Return the tokens that begin with a letter and are known enough, with their counts."""
        if letter not in self._terms:
            query = (
                "SELECT term, doc FROM temp.vocabulary WHERE term >= ? AND term < ? AND doc >= ?"
            )
            rows = self._connection.execute(query, (letter, chr(ord(letter) + 1), _KNOWN))
            # Kept, since SQLite reads all rows of each token to count them.
            self._terms[letter] = {str(term): int(count) for term, count in rows}
        return self._terms[letter]

    def _as_written(self, stem: str) -> str:
        """Return the commonest form of a token in passages that have it; '' if none shows it."""
        rows = self._connection.execute(
            "SELECT a.title || ' ' || p.text FROM words JOIN passages p ON p.number = words.rowid "
            "JOIN articles a ON a.number = p.article WHERE words MATCH ? LIMIT ?",
            (f'"{stem}"', _SAMPLE),
        )
        # Stemming each word of each passage would take a second.
        alike = re.compile(rf"(?i)\b{stem[:_SAME]}[^\W_]*")
        forms = Counter(
            form for (text,) in rows for form in alike.findall(text) if _tokens(form) == [stem]
        )
        return forms.most_common(1)[0][0] if forms else ""

    def _see(self, generation: int) -> None:
        """Let the vocabulary be that of a generation of the catalogue."""
        if generation != self._generation:
            self._connection.execute(_VOCABULARY)
            self._generation, self._counts, self._terms = generation, {}, {}

    def _rarest(self, words: Sequence[str], most: int) -> list[str]:
        """Return the words, in their order, that together stand in at most so many passages.

        The rarest are taken first, and at least one. A word of several tokens, "u.s", stands
        where all of them do: it counts as its rarest.
        """
        counts = {word: min(map(self._count, _tokens(word)), default=0) for word in words}
        kept: set[str] = set()
        total = 0
        for word, count in sorted(counts.items(), key=lambda pair: pair[1]):
            total += count
            if kept and total > most:
                break
            kept.add(word)
        return [word for word in words if word in kept]

    def _count(self, token: str) -> int:
        """Return in how many passages a token stands; 0 for one that the index lacks."""
        if token not in self._counts:
            query = "SELECT doc FROM temp.vocabulary WHERE term = ?"
            found = self._connection.execute(query, (token,)).fetchone()
            if not found:
                return 0
            # Kept, since SQLite reads all rows of a token to count them.
            self._counts[token] = int(found[0])
        return self._counts[token]


def all_of(words: Sequence[str]) -> str:
    """Return the query, in FTS5's language, for passages in which all of some words stand."""
    return " AND ".join(map(_quoted, words))


def _quoted(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'


def _tokens(word: str) -> list[str]:
    decomposed = unicodedata.normalize("NFKD", word.lower())
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return [str(_PORTER.stemWord(token)) for token in _TOKEN.findall(plain)]
