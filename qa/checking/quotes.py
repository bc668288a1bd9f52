"""Words that a model says it copied from a passage → their offsets in that passage."""

import re
from collections.abc import Iterator

from qa.text.sentences import sentences
from qa.text.vocabulary import DEMONSTRATIVES, POSSESSIVES, SUBJECTS, any_of

# Characters that people and models write for one another.
_SAME = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′`´", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        "…": ".",
    }
)
# Marks around copied words that the copier may have added.
_AROUND = " \t\n\"'.,;:!?-()[]"
# The fewest letters that are looked up: fewer stand somewhere by chance.
_LEAST = 6
# The beginning of a sentence that needs the one before: that one says who "he" is.
_LEANS = re.compile(
    rf"\W*(?:{any_of(SUBJECTS | POSSESSIVES | DEMONSTRATIVES)}|the \w+ (?:also|then))\b",
    re.IGNORECASE,
)


def locate(words: str, text: str) -> list[tuple[int, int]]:
    """Return where words stand in a text, letter for letter but for white space, quotes, dashes.

    Offsets count the unchanged text. Words of fewer than six letters are never found.
    """
    wanted = "".join(char for char, _ in _plain(words)).strip(_AROUND)
    if sum(char.isalnum() for char in wanted) < _LEAST:
        return []
    plain = list(_plain(text))
    line = "".join(char for char, _ in plain)
    found, start = [], line.find(wanted)
    while start >= 0:
        end = start + len(wanted)
        # Not the middle of a word: "port" in "airport".
        inside = line[start - 1 : start].isalnum() or line[end : end + 1].isalnum()
        if not inside:
            found.append((plain[start][1], plain[end - 1][1] + 1))
        start = line.find(wanted, start + 1)
    return found


def whole(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the offsets of the sentence, or sentences, that hold a stretch of a text.

    A sentence that begins with "he", "it" or "this" is returned with the sentence before.
    """
    spans = list(sentences(text))
    inside = [n for n, (first, last) in enumerate(spans) if first < end and start < last]
    if not inside:
        return start, end
    first = inside[0]
    if first and _LEANS.match(text[slice(*spans[first])]):
        first -= 1
    return min(start, spans[first][0]), max(end, spans[inside[-1]][1])


def _plain(text: str) -> Iterator[tuple[str, int]]:
    """Yield the characters of a text with their places, white space as one blank."""
    blank = True
    for place, char in enumerate(text):
        if char.isspace():
            if not blank:
                yield " ", place
            blank = True
        else:
            yield char.translate(_SAME), place
            blank = False
