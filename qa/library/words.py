"""A search by words, as far as engines share it: tokens, the rarest words, misspelt words.

An engine says how often a token stands in the archive, and which tokens begin with a letter.
"""

import re
import unicodedata
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein
from snowballstemmer import stemmer

# The tokens of the index: letters and digits, without accents, stemmed.
_TOKEN = re.compile(r"[^\W_]+")
_OWNED = re.compile(r"(?<=\w)['’]s$")
_PORTER = stemmer("porter")
# Bytes of a token that is stemmed.
_SHORTEST, _LONGEST = 3, 64
# From so many letters on, two may be wrong.
_LONG = 9
# In so many passages a word of the archive stands that another is taken for.
KNOWN = 5
# First letters of a token that each of its forms has.
_SAME = 3
# Passages that tell how a token is written, and tokens of which that is looked up.
SAMPLE = 20


class WordSearch(ABC):
    """What is known of the words of an archive."""

    @abstractmethod
    def _counts(self, tokens: Sequence[str]) -> Mapping[str, int]:
        """Return in how many passages each token stands; tokens that stand in none may lack."""

    @abstractmethod
    def _beginning(self, letter: str) -> Mapping[str, int]:
        """Return the tokens that begin with a letter and are known enough, with their counts."""

    @abstractmethod
    def _texts_with(self, token: str) -> Iterable[str]:
        """Return the titles and texts of a few passages in which a token stands."""

    def _nearest(self, words: Sequence[str]) -> dict[str, str]:
        """Return, of the words that stand in no passage, those that are nearly the same as one.

        With each the word as the passages have it: one letter is another, lacks, is too many, or
        has changed places with its neighbour; two, in a word of nine letters or more. Of several as
        near, that which stands in the most passages, five at least: a rare name is another name.
        The first letters agree, and a name is near to names alone.
        """
        near = {}
        for word in words:
            stems = tokens(word)
            if len(stems) == 1 and not self._counts(stems).get(stems[0]):
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
        for term, *_ in likely[:SAMPLE]:
            found = self._as_written(term)
            apart = DamerauLevenshtein.distance(word.lower(), found.lower())
            if found and apart <= furthest and (word[0].islower() or found[0].isupper()):
                return found
        return ""

    def _as_written(self, stem: str) -> str:
        """Return the commonest form of a token in passages that have it; '' if none shows it."""
        # Stemming each word of each passage would take a second.
        alike = re.compile(rf"(?i)\b{stem[:_SAME]}[^\W_]*")
        forms = Counter(
            form
            for text in self._texts_with(stem)
            for form in alike.findall(text)
            if tokens(form) == [stem]
        )
        return forms.most_common(1)[0][0] if forms else ""

    def _rarest(self, words: Sequence[str], most: int) -> list[str]:
        """Return the words, in their order, that together stand in at most so many passages.

        The rarest are taken first, and at least one. A word of several tokens, "u.s", stands
        where all of them do: it counts as its rarest.
        """
        known = self._counts([token for word in words for token in tokens(word)])
        counts = {
            word: min((known.get(token, 0) for token in tokens(word)), default=0) for word in words
        }
        kept: set[str] = set()
        total = 0
        for word, count in sorted(counts.items(), key=lambda pair: pair[1]):
            total += count
            if kept and total > most:
                break
            kept.add(word)
        return [word for word in words if word in kept]


def plain(words: Sequence[str]) -> list[str]:
    """Return words, each once, without what owns: of "Abe's", texts may have only "Abe"."""
    return list(dict.fromkeys(_OWNED.sub("", word) for word in words))


def tokens(text: str) -> list[str]:
    """Return the tokens of a text, as SQLite's tokenizer `porter unicode61` makes them."""
    decomposed = unicodedata.normalize("NFKD", text.lower())
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return [_stem(token) for token in _TOKEN.findall(bare)]


@lru_cache(16_384)
def _stem(token: str) -> str:
    # SQLite leaves very short and very long tokens as they are.
    size = len(token.encode())
    return token if size < _SHORTEST or size > _LONGEST else str(_PORTER.stemWord(token))
