"""When two answers are the same answer: their normalised form."""

import re
import string
import unicodedata
from collections.abc import Iterable

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")


def normalise(text: str) -> str:
    """Return a text in lower case without punctuation, English articles and extra white space.

    The normalisation of the official SQuAD script (Rajpurkar et al. 2016), but for one
    thing: all Unicode punctuation goes (categories P*), since news carries curly quotes.
    ASCII symbols that Unicode does not call punctuation (`$+<=>^`|~`) go too, as there.
    """
    return _joined(
        char
        for char in text.lower()
        if not unicodedata.category(char).startswith("P") and char not in string.punctuation
    )


def squad_normalise(text: str) -> str:
    """Return a text as the official SQuAD script normalises it: only ASCII punctuation goes."""
    return _joined(char for char in text.lower() if char not in string.punctuation)


def _joined(chars: Iterable[str]) -> str:
    return " ".join(_ARTICLES.sub(" ", "".join(chars)).split())
