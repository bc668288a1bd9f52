"""Measures of retrieval and refusal: pure functions, each with its source."""

import re
import unicodedata
from collections.abc import Sequence

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")


def normalise(text: str) -> str:
    """Return a text in lower case without punctuation, English articles and extra white space.

    The normalisation of the official SQuAD script (Rajpurkar et al. 2016), but for one
    thing: all Unicode punctuation goes (categories P*), since news carries curly quotes.
    ASCII symbols that Unicode does not call punctuation (`$+<=>^`|~`) go too, as there.
    """
    kept = "".join(
        char
        for char in text.lower()
        if not unicodedata.category(char).startswith("P") and char not in "$+<=>^`|~"
    )
    return " ".join(_ARTICLES.sub(" ", kept).split())


def hit_at(relevant: Sequence[bool], k: int) -> float:
    """Return 1.0 if one of the first `k` results is relevant, else 0.0 (success@k)."""
    return float(any(relevant[:k]))


def reciprocal_rank(relevant: Sequence[bool]) -> float:
    """Return 1 / rank of the first relevant result, 0.0 without one.

    Its mean over questions is the MRR (Voorhees, TREC-8 Question Answering Track, 1999).
    """
    return next((1.0 / rank for rank, good in enumerate(relevant, start=1) if good), 0.0)


def f1(predicted: Sequence[bool], gold: Sequence[bool]) -> tuple[float, float, float]:
    """Return precision, recall and F1 of a yes/no prediction; 0.0 where undefined."""
    both = sum(p and g for p, g in zip(predicted, gold, strict=True))
    precision = both / sum(predicted) if any(predicted) else 0.0
    recall = both / sum(gold) if any(gold) else 0.0
    total = precision + recall
    return precision, recall, 2 * precision * recall / total if total else 0.0
