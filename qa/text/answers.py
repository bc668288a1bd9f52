"""Whether two answers are the same, and whether a text holds an answer, once normalised."""

import re
import string
import unicodedata
from collections.abc import Iterable, Sequence

# A figure as it is written. Normalised, "$1.5 million" would be "15 million" and "2-0" be "20".
_FIGURE = re.compile(r"[$£€¥]?\d+(?:[.,:/–—-]\d+)*%?")
_THOUSANDS = re.compile(r",(?=\d{3}(?!\d))")
_DASHES = str.maketrans("–—", "--")
_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_POSSESSIVE = re.compile(r"(?<=\w)['’]s?(?!\w)")
_POINT = re.compile(r"(?<=\d)\.(?=\d)")
_AFTER_NUMBER = re.compile(r"(?<=\d)[-‐–—](?=[A-Za-z])")


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


def sameness(text: str) -> tuple[str, ...]:
    """Return a key that equal answers share: their normalised words, and their figures."""
    figures = (_THOUSANDS.sub("", figure) for figure in _FIGURE.findall(text))
    return normalise(text), *(figure.translate(_DASHES) for figure in figures)


def _joined(chars: Iterable[str]) -> str:
    return " ".join(_ARTICLES.sub(" ", "".join(chars)).split())


def holds(text: str, gold: Sequence[str]) -> bool:
    """Tell whether a text holds one of the gold answers, both normalised, on whole words.

    "Putin's invasion" holds "Putin" and "a 21-year-old" holds "21"; "15 million" does not hold
    "1.5 million".
    """
    keys = [f" {key} " for answer in gold if (key := _figures_kept(answer))]
    if _any_in(text, keys):
        return True
    return _any_in(_AFTER_NUMBER.sub(" ", _POSSESSIVE.sub("", text)), keys)


def _any_in(text: str, keys: Sequence[str]) -> bool:
    inside = f" {_figures_kept(text)} "
    return any(key in inside for key in keys)


def _figures_kept(text: str) -> str:
    """Return a text normalised, but for the points in its figures."""
    return normalise(_POINT.sub("point", text))
