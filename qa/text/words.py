"""The words of a text: those worth searching for, their stems, and their runs of five."""

import re
from functools import lru_cache

from snowballstemmer import stemmer

WORD = re.compile(r"\w+(?:[.’']\w+)*")
FUNCTION_WORDS = frozenset(
    """a about after all also an and any are as at be been being but by can could did do does
    for from had has have how i if in into is it its many may more most much not of on one or
    our out over s said say says shall should so some such t than that the their them then
    there these they this those through to up was we were what when where which while who whom
    whose why will with would you your""".split()
)
# The length of a run, in words, that two texts share only if one was taken from the other.
_SHINGLE = 5


def words(text: str) -> list[str]:
    """Return the words of a text that are worth searching for, each once, in order.

    Function words are left out, unless there is nothing else.
    """
    return content_words(text) or _words(text)


def content_words(text: str) -> list[str]:
    """Return the words of a text that are no function words, each once, in order."""
    return [word for word in _words(text) if word not in FUNCTION_WORDS]


def stems(text: str) -> frozenset[str]:
    """Return the content words of a text without their endings, by Snowball's English stemmer."""
    return frozenset(_stem(word) for word in content_words(text))


@lru_cache(maxsize=16_384)
def _stem(word: str) -> str:
    # Each call makes a stemmer, since a stemmer holds the word that it works on. The stemmer knows
    # the ending of "Abe's" only with a straight apostrophe.
    return str(stemmer("english").stemWord(word.replace("’", "'")))


def _words(text: str) -> list[str]:
    return list(dict.fromkeys(word.lower() for word in WORD.findall(text)))


def shingles(text: str) -> frozenset[tuple[str, ...]]:
    """Return the runs of five words in a text, in lower case; a shorter text is one run.

    Broder, "On the resemblance and containment of documents", 1997.
    """
    found = [word.lower() for word in WORD.findall(text)]
    last = max(1, len(found) - _SHINGLE + 1)
    return frozenset(tuple(found[first : first + _SHINGLE]) for first in range(last))
