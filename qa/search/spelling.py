"""Words of a question that the archive lacks → the archive's own words, nearest in spelling."""

import re

from qa.library.protocols import Catalogue
from qa.models.embedder import Embedder

# The shortest word that is corrected, in letters: shorter words are near too many others.
_SHORTEST = 6
_WORD = re.compile(r"[^\W\d_]+")


def spelled(question: str, library: Catalogue, embedder: Embedder) -> str:
    """Return a question in the archive's spelling: "when did zelenksy speak" asks of Zelensky.

    A word is replaced only if no article has any of its forms, the embedder does not know it as a
    word, and the archive has a word that is spelled nearly the same.
    """
    found = {word for word in _WORD.findall(question) if len(word) >= _SHORTEST}
    words = sorted(found)
    tokens = embedder.token_offsets(words) if words else []
    strange = [word for word, offsets in zip(words, tokens, strict=True) if len(offsets) > 1]
    nearest = library.nearest_words(strange) if strange else {}
    return _WORD.sub(lambda word: nearest.get(word[0], word[0]), question)
