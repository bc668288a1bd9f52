"""A question and the turns before it → what the question is about, without a language model."""

import re
from collections.abc import Sequence

from qa.types import Turn
from qa.wording import FUNCTION_WORDS, WORD, content_words

# What refers to something said before: "Where does she live?", "How many live there?".
_REFERRING = frozenset(
    """he she it they him her them his hers its their theirs there this that these those then
    former latter""".split()
)
# "And the runner-up?", "What about Pakistan?".
_GOES_ON = re.compile(r"(?:and|but|so|or|what about|how about)\b", re.IGNORECASE)
# A question of so few words that names nothing leaves its subject out: "Since when?".
_FEW = 4
_MARKER = re.compile(r"\s*\[\d+\]")
# More is no answer, but what is said where there is none.
_SHORT_ANSWER = 200


def depends(question: str) -> bool:
    """Tell whether a question seems to need what was said before it."""
    words = {word.lower() for word in WORD.findall(question)}
    if words & _REFERRING or _GOES_ON.match(question.strip()):
        return True
    return not names(question) and len(content_words(question)) <= _FEW


def standalone(question: str, turns: Sequence[Turn]) -> str:
    """Return what to search for: a question that needs it, after the names of earlier turns."""
    subject = " ".join(_subject(turns)) if depends(question) else ""
    return f"{subject}. {question}" if subject else question


def before(turns: Sequence[Turn]) -> str:
    """Return what the turns were about, to search for it: the last question and its answer."""
    place = _last_question(turns)
    if place is None:
        return ""
    asked = standalone(turns[place].text, turns[:place])
    return f"{asked} {_said(turns[place + 1 :])}".strip()


def names(text: str, first: bool = False) -> list[str]:
    """Return the words of a text that name something: with a capital or a figure, in order.

    The first word of a question has a capital anyway, and counts only if it is asked for.
    """
    return [
        word
        for place, word in enumerate(WORD.findall(text))
        if word.lower() not in FUNCTION_WORDS
        and ((word[0].isupper() and (place or first)) or any(char.isdigit() for char in word))
    ]


def _subject(turns: Sequence[Turn]) -> list[str]:
    """Return the names in the last question and its answer, and what that question needed."""
    place = _last_question(turns)
    if place is None:
        return []
    asked = turns[place].text
    earlier = _subject(turns[:place]) if depends(asked) else []
    said = names(_said(turns[place + 1 :]), first=True)
    own = names(asked) or ([] if earlier else content_words(asked))
    return list(dict.fromkeys([*earlier, *own, *said]))


def _last_question(turns: Sequence[Turn]) -> int | None:
    return max((n for n, turn in enumerate(turns) if turn.role == "user"), default=None)


def _said(turns: Sequence[Turn]) -> str:
    """Return the answer among the turns, without its markers; '' for a refusal."""
    for turn in turns:
        said = _MARKER.sub("", turn.text).strip()
        if _MARKER.search(turn.text) or len(said) < _SHORT_ANSWER:
            return said
    return ""
