"""A question that compares → its two sides: "compare Ian and Fiona" asks of Ian, and of Fiona."""

import itertools
import re
from collections.abc import Callable, Collection, Sequence

from qa.text.words import FUNCTION_WORDS, stems

# Words that stand between two sides, the surest first.
_BETWEEN = (("vs", "versus"), ("and", "or"), ("than", "against"))
# These stand between two sides only where a question says that it compares.
_LINKS = ("with", "to", "from")
# Stems of words that mark a comparison; they belong to neither side.
_COMPARES = stems(
    "compare comparison comparing contrast differ different difference similar similarity same both"
    " apart distinguish better worse"
)
_ALL = frozenset(word for words in (*_BETWEEN, _LINKS) for word in words)
_TOKEN = re.compile(r"\w+(?:[.’'-]\w+)*|[^\w\s]")


def sides(question: str, common: Collection[str]) -> tuple[str, str] | None:
    """Return the two stretches of a question that name its sides, verbatim; None without two sides.

    `common` are stems that say nothing of a subject: "tell", "first". A side is the nearest run of
    other words on the left, or on the right, of a word such as "versus"; a name inside that run is
    taken alone.
    """
    tokens = list(_TOKEN.finditer(question))
    idle = _COMPARES.union(common)

    def names(place: int) -> bool:
        word = tokens[place][0].lower()
        named = word[0].isalnum() and word not in FUNCTION_WORDS and word not in _ALL
        return named and not stems(word) <= idle

    for words in (*_BETWEEN, _LINKS) if stems(question) & _COMPARES else _BETWEEN:
        for place, token in enumerate(tokens):
            if token[0].lower().strip(".") not in words:
                continue
            left = _run(range(place - 1, -1, -1), names)
            right = _run(range(place + 1, len(tokens)), names)
            if left and right:
                runs = (_name(run, tokens) for run in (left, right))
                first, second = (
                    question[tokens[min(run)].start() : tokens[max(run)].end()] for run in runs
                )
                if first.lower() != second.lower():
                    return first, second
    return None


def _run(places: Sequence[int], names: Callable[[int], bool]) -> list[int]:
    """Return the first run of places that name something."""
    run: list[int] = []
    for place in places:
        if names(place):
            run.append(place)
        elif run:
            break
    return run


def _name(run: Sequence[int], tokens: Sequence[re.Match[str]]) -> Sequence[int]:
    """Return the first capitalised words and figures of a run; the whole run without any."""
    named = [place for place in run if place and not tokens[place][0].islower()]
    if not any(tokens[place][0][0].isalpha() for place in named):
        return run
    after = itertools.dropwhile(lambda place: place not in named, run)
    return list(itertools.takewhile(lambda place: place in named, after))
