"""Whether the words around a date look back or forward: "agreed Thursday", "will meet Monday"."""

import re

# As far as a sentence is looked at, in characters.
_REACH = 240
_WORD = re.compile(
    r"(?i:plans?|hopes?|intends?|aims?|wants?|going|ready|set|due|agreed)\s+to\b"
    r"|(?i:due|set)\s+(?:for|in|out|on|by)\b"
    r"|[A-Za-z]+(?:['’][a-z]+)?"
)
_END = re.compile(r"[.!?][\"”’']?\s+(?=[A-Z\"“])|\n")
# Sets a limit that is still to come; "Until Friday, he had" begins a sentence.
_BY = re.compile(r"\b(?:until|by|before)\s+(?:the\s+)?$")
# A full stop after these ends no sentence.
_SHORT = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|St|Gov|Sen|Rep|Gen|Col|Lt|Sgt|Prof|Jr|Sr|No|vs|[A-Z]|"
    r"Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec|a\.m|p\.m)$"
)
_FUTURE = frozenset(
    "will 'll ’ll won't won’t shall scheduled expected slated planned planning upcoming "
    "forthcoming would may might should must begins opens starts faces returns takes "
    "airs expects kicks".split()
)
# Of these, what announces nothing: a guess, a duty, a habit.
_IDLE = frozenset("would may might should must faces returns takes".split())
_PAST = frozenset(
    "was were had did said told began came went made took gave found held left met won lost fell "
    "rose ran got saw sent shot struck spoke wrote knew led paid put cut hit became broke brought "
    "built caught chose died drew drove fought flew grew heard kept sold sought stood thought "
    "threw wore since been ago saying".split()
)
# Ends in -ed, and tells nothing of when.
_NOT_PAST = frozenset("need indeed need united united speed hundred".split())


def direction(text: str, start: int, end: int) -> int:
    """Return -1 if the words around a date look back, 1 if they look forward, 0 if neither.

    The nearest verb before the date in its sentence counts, or else the nearest after it.
    """
    if _BY.search(text, max(0, start - 12), start):
        return 1
    return _nearest(text, start, end)[0]


def announces(text: str, start: int, end: int) -> bool:
    """Tell whether the words around a stretch say that something is to come.

    "Will host" and "plans to host" do, as `direction` finds them; "may" and "must" do not.
    """
    cue, words = _nearest(text, start, end)
    return cue > 0 and any(_forward(word) and word.lower() not in _IDLE for word in words)


def _nearest(text: str, start: int, end: int) -> tuple[int, list[str]]:
    """Return which way the nearest word looks that tells anything, and the words it goes by."""
    left, right = _sentence(text, start, end)
    before = _WORD.findall(text, left, start)
    for place in range(len(before) - 1, -1, -1):
        if cue := _cue(before, place):
            return cue, before[max(0, place - 3) : place + 1]
    for word in _WORD.findall(text, end, right):
        if cue := _forward(word) - _back(word):
            return cue, [word]
    return 0, []


def _cue(words: list[str], place: int) -> int:
    """Return which way a word looks: a participle after "be" forward, and after "had" back."""
    if _forward(words[place]):
        # "Had been planned for June", "had expected".
        return -1 if "had" in (word.lower() for word in words[max(0, place - 2) : place]) else 1
    if not _back(words[place]):
        return 0
    lower = [word.lower() for word in words[max(0, place - 5) : place]]
    # "Could not be reached" is past.
    return 1 if "be" in lower[-2:] and "could" not in lower else -1


def _forward(word: str) -> bool:
    lower = word.lower()
    forward = lower in _FUTURE or " " in lower or lower.endswith(("'ll", "’ll"))
    return forward and word != "May"


def _back(word: str) -> bool:
    lower = word.lower()
    ends = lower.endswith("ed") and len(lower) > 4 and lower not in _NOT_PAST | _FUTURE
    return lower in _PAST or ends


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the bounds of the sentence in which a stretch stands, as far as is looked at."""
    left = max(0, start - _REACH)
    for stop in _END.finditer(text, left, start):
        if not _SHORT.search(text, left, stop.start()):
            left = stop.end()
    right = min(len(text), end + _REACH)
    for stop in _END.finditer(text, end, right):
        if not _SHORT.search(text, end, stop.start()):
            return left, stop.start()
    return left, right
