"""Words that are said to be copied from a passage → where they stand in it."""

import re
from collections.abc import Iterator

from qa.text.sentences import sentences
from qa.text.vocabulary import DEMONSTRATIVES, POSSESSIVES, SUBJECTS, any_of

# What people and models write one for the other.
_SAME = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′`´", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        "…": ".",
    }
)
# Marks around copied words that are the copier's own.
_AROUND = " \t\n\"'.,;:!?-()[]"
# Fewer letters stand anywhere by chance.
_LEAST = 6
# A sentence that leans on the one before it: who "he" is, is said there.
_LEANS = re.compile(
    rf"\W*(?:{any_of(SUBJECTS | POSSESSIVES | DEMONSTRATIVES)}|the \w+ (?:also|then))\b",
    re.IGNORECASE,
)


def locate(words: str, text: str) -> list[tuple[int, int]]:
    """Return where words stand in a text, letter for letter but for white space, quotes, dashes.

    Offsets are those of the text as it is. Words of fewer than six letters stand nowhere.
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
    """Return the sentence, or sentences, that a stretch of a text stands in.

    With the one before where it leans on that: it begins with "he", "it" or "this".
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
