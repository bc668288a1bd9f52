"""Whether the words around a date look back or forward: "agreed Thursday", "will meet Monday"."""

import re

from qa.text.vocabulary import MODALS, SHORT_MONTHS, any_of

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
# "The toll had risen to 40 by", but not "had promised a decision by", nor "had to leave by".
_DONE = re.compile(
    r"\bhad\b(?!\s+(?:to|until)\b)(?:(?!\bto [a-z]|\b(?:expect|schedul|promis|plann|set|slat|"
    r"hop|order|told|urg|ask|agree|vow|pledg))[^.,;]){0,120}\bby\s+(?:the\s+)?$"
)
# A full stop after these ends no sentence.
_SHORT = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|St|Gov|Sen|Rep|Gen|Col|Lt|Sgt|Prof|Jr|Sr|No|vs|[A-Z]|a\.m|p\.m|"
    rf"{any_of({*SHORT_MONTHS} - {'Jun', 'Jul'})})$"
)
# "Can" and "could" tell of what is possible, at any time.
_FUTURE = (MODALS - {"can", "could"}) | frozenset(
    "'ll ’ll won't won’t scheduled expected slated planned planning upcoming forthcoming begins "
    "opens starts faces returns takes airs expects kicks".split()
)
# Says that something is to come. "Set in Paris", "due to rain" and "the planned bridge" do not.
_ANNOUNCES = re.compile(
    r"(?i:\b(?:will|shall)\b|['’]ll\b|\bexpects?\b|"
    r"\b(?:plans?|planning|planned|hopes?|intends?|aims?|going|set|agreed|(?<!than )expected|"
    r"scheduled|slated|poised)\s+to\b|\b(?:planned|set|scheduled|slated)\s+(?:for|on)\b)"
)
_WAS = re.compile(r"\b(?:was|were|had)(?:\s+been)?\s+$")
_DENIES = re.compile(r"(?i:\b(?:not|never|no longer|cannot)\b|n['’]t\b)")
_NOT = frozenset("no nobody none nothing not neither nor never hardly couldn't couldn’t".split())
_SENSED = frozenset("seen heard felt smelled".split())
_PAST = frozenset(
    "was were had did said told began came went made took gave found held left met won lost fell "
    "rose ran got saw sent shot struck spoke wrote knew led paid put cut hit became broke brought "
    "built caught chose died drew drove fought flew grew heard kept sold sought stood thought "
    "threw wore set shut quit beat since been ago saying".split()
)
# Ends in -ed, and tells nothing of when.
_NOT_PAST = _FUTURE | frozenset("need indeed united speed hundred".split())


def direction(text: str, start: int, end: int) -> int:
    """Return -1 if the words around a date look back, 1 if they look forward, 0 if neither.

    The nearest verb before the date in its sentence counts, or else the nearest after it.
    """
    if _BY.search(text, max(0, start - 12), start):
        return -1 if _DONE.search(text, _sentence(text, start, end)[0], start) else 1
    return _nearest(text, start, end)


def announces(text: str, start: int, end: int, *, after: bool = False) -> bool:
    """Tell whether the words before a stretch say that it is to come: "will", "plans to".

    More strictly than `direction`: neither "may" does nor "will not", nor what is followed by
    something past. With `after`, the words after the stretch count where those before are silent.
    """
    left, right = _sentence(text, start, end)
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


def _silent(text: str, start: int, end: int) -> bool:
    """Tell whether a stretch of a sentence says neither what has been, nor "not"."""
    words = _WORD.findall(text, start, end)
    past = any(_cue(words, place) < 0 for place in range(len(words)))
    return not past and not denies(text, start, end)


def _nearest(text: str, start: int, end: int) -> int:
    """Return which way the nearest word looks that tells anything."""
    left, right = _sentence(text, start, end)
    before = _WORD.findall(text, left, start)
    for place in range(len(before) - 1, -1, -1):
        if cue := _cue(before, place):
            return cue
    after = (_forward(word) - _back(word) for word in _WORD.findall(text, end, right))
    return next(filter(None, after), 0)


def _cue(words: list[str], place: int) -> int:
    """Return which way a word looks: a participle after "be" forward, and after "had" back."""
    if _forward(words[place]):
        # "Had been planned for June", "had expected".
        return -1 if "had" in (word.lower() for word in words[max(0, place - 2) : place]) else 1
    if not _back(words[place]):
        return 0
    lower = [word.lower() for word in words[max(0, place - 5) : place]]
    # "Could not be reached" and "could be heard" are past, "could be released" is to come.
    past = "could" in lower and (
        words[place].lower() in _SENSED
        or not _NOT.isdisjoint(word.lower() for word in words[:place])
    )
    return 1 if "be" in lower[-2:] and not past else -1


def _forward(word: str) -> bool:
    lower = word.lower()
    forward = lower in _FUTURE or " " in lower or lower.endswith(("'ll", "’ll"))
    return forward and word != "May"


def _back(word: str) -> bool:
    lower = word.lower()
    ends = lower.endswith("ed") and len(lower) > 4 and lower not in _NOT_PAST
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
