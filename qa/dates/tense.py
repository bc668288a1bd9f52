"""What the words of a sentence say of time: that something is to come, was, or was not."""

import re

from qa.text.vocabulary import SHORT_MONTHS, STRONG_PASTS, any_of

# As far as a sentence is looked at, in characters.
_REACH = 240
_WORD = re.compile(r"[A-Za-z]+(?:['’][a-z]+)?")
_END = re.compile(r"[.!?][\"”’']?\s+(?=[A-Z\"“])|\n")
# A full stop after these ends no sentence.
_SHORT = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|St|Gov|Sen|Rep|Gen|Col|Lt|Sgt|Prof|Jr|Sr|No|vs|[A-Z]|a\.m|p\.m|"
    rf"{any_of({*SHORT_MONTHS} - {'Jun', 'Jul'})})$"
)
# Says that something is to come. "Set in Paris", "due to rain" and "the planned bridge" do not.
_ANNOUNCES = re.compile(
    r"(?i:\b(?:will|shall)\b|['’]ll\b|\bexpects?\b|"
    r"\b(?:plans?|planning|planned|hopes?|intends?|aims?|going|set|agreed|(?<!than )expected|"
    r"scheduled|slated|poised)\s+to\b|\b(?:planned|set|scheduled|slated)\s+(?:for|on)\b)"
)
_WAS = re.compile(r"\b(?:was|were|had)(?:\s+been)?\s+$")
_DENIES = re.compile(r"(?i:\b(?:not|never|no longer|cannot)\b|n['’]t\b)")
_PAST = STRONG_PASTS | frozenset("was were been since ago saying sent cut put set hit shut".split())
# Ends in -ed, and tells nothing of when.
_NOT_PAST = frozenset("need indeed united speed hundred scheduled expected slated planned".split())


def announces(text: str, start: int, end: int, *, after: bool = False) -> bool:
    """Tell whether the words before a stretch say that it is to come: "will", "plans to".

    More strictly than `outlook.direction`: neither "may" does nor "will not", nor what is followed
    by something past. With `after`, the words after count where those before are silent.
    """
    left, right = sentence_around(text, start, end)
    cues = list(_ANNOUNCES.finditer(text, left, start))
    if cues:
        # "Was to" and "had been expected to" leave open what became of it.
        was = _WAS.search(text, left, cues[-1].start())
        return not was and _silent(text, cues[-1].end(), start)
    cue = _ANNOUNCES.search(text, end, right) if after else None
    if cue is None or _WAS.search(text, end, cue.start()):
        return False
    return _silent(text, left, start) and _silent(text, end, cue.start())


def denies(text: str, start: int, end: int) -> bool:
    """Tell whether a stretch of a sentence says "not"."""
    return bool(_DENIES.search(text, start, end))


def is_past(word: str) -> bool:
    """Tell whether a word is, as a rule, the past of a verb, or says "ago"."""
    lower = word.lower()
    ends = lower.endswith("ed") and len(lower) > 4 and lower not in _NOT_PAST
    return lower in _PAST or ends


def _silent(text: str, start: int, end: int) -> bool:
    """Tell whether a stretch of a sentence says neither what has been, nor "not"."""
    words = _WORD.findall(text, start, end)
    # "Will be released" is to come.
    past = any(
        is_past(word) and "be" not in map(str.lower, words[max(0, place - 2) : place])
        for place, word in enumerate(words)
    )
    return not past and not denies(text, start, end)


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
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
