"""What a question asks for: a few words or a sentence, and of which time."""

import calendar
import datetime
import re
from contextlib import suppress

_AUXILIARY = (
    "is|are|was|were|am|do|does|did|has|have|had|can|could|will|would|shall|should|may|might|must"
)
_YES_NO = re.compile(rf"(?:and |but |so )?(?:{_AUXILIARY})(?:n[’']t)?\b", re.IGNORECASE)
_WH = re.compile(r"\b(?:who|whom|whose|what|which|when|where|why|how)\b", re.IGNORECASE)
_EXPLAIN = re.compile(
    r"\bwhy\b|\bhow come\b|\bfor what reasons?\b|"
    # "How" with a measure asks for a number; "how is … called" for a name.
    r"(?:^|, )(?:(?:and|but|so|exactly) )*how\b(?! (?:many|much|long|old|far|big|large|"
    r"high|tall|often|fast|heavy|wide|deep|soon|late|early|few|little|small|likely|close|"
    r"hot|cold|strong)\b)"
    r"(?! (?:is|was|are|were) .{0,60}\b(?:called|named|known)\b)",
    re.IGNORECASE,
)
_CHOICES = re.compile(
    r"\b(?:of|from|among) (?:these|the following|the below)\b|\btrue or false\b|"
    r"\ball\b.*\bexcept\b|\bexcept\b\W*$",
    re.IGNORECASE,
)
_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name[:3]: number for name, number in _MONTHS.items()} | {"sept": 9}
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
# "31 March 2017", "March 31, 2017", "March 2017", "2017"; and no "more than 2000 people".
_DATED = re.compile(
    rf"\b(?:(?:{_DAY} (?:of )?)?({'|'.join(_MONTHS)})\.?,? (?:{_DAY},? )?(?:of )?|"
    r"(?<!\bthan )(?<!\bover )(?<!\babout )(?<!\bnearly )(?<!\balmost )(?<!\bleast )(?<!\bat )"
    r"(?<![-\d]))((?:19|20)\d\d)(?!-?\d| GMT| people)\b",
    re.IGNORECASE | re.ASCII,
)
_ISO = re.compile(r"\b(?:19|20)\d\d-\d\d-\d\d\b")
_SENTENCE = re.compile(r"(?<=[.!?])[\s\"”’)]+(?=\S)")


def proper(question: str) -> str:
    """Return the last sentence of a question: what goes before only sets the scene.

    "(Hint: …)" and the like are no part of it.
    """
    plain = re.sub(r"\([^()]*\)", " ", question).strip() or question
    return _SENTENCE.split(plain)[-1].strip() or question


def lists_choices(question: str) -> bool:
    """Tell whether a question refers to choices: "which of these", "all … except"."""
    return bool(_CHOICES.search(question))


def asks_yes_or_no(question: str) -> bool:
    """Tell whether a question could be answered with yes or no: "Did Abe visit Russia?"."""
    asked = proper(question)
    return bool(_YES_NO.match(asked) and not _WH.search(asked))


def wants_sentence(question: str) -> bool:
    """Tell whether a few words would be a poor answer, or a guess.

    So it is with "why" and "how", with yes/no questions, and with those that refer to
    choices which a reader of articles cannot see.
    """
    explains = _EXPLAIN.search(proper(question))
    return bool(explains or asks_yes_or_no(question) or lists_choices(question))


def period(question: str) -> tuple[datetime.date, datetime.date] | None:
    """Return the first and the last day of the time that a question names with its year.

    From the earliest to the latest, if it names several; None, if it names none.
    """
    found = [_days(match) for match in _DATED.finditer(question)]
    for match in _ISO.finditer(question):
        with suppress(ValueError):
            day = datetime.date.fromisoformat(match[0])
            found.append((day, day))
    if not found:
        return None
    return min(first for first, _ in found), max(last for _, last in found)


def _days(match: re.Match[str]) -> tuple[datetime.date, datetime.date]:
    before, name, after, year = match[1], match[2], match[3], int(match[4])
    if not name:
        return datetime.date(year, 1, 1), datetime.date(year, 12, 31)
    month = _MONTHS[name.lower()]
    last = calendar.monthrange(year, month)[1]
    day = int(before or after or 0)
    if 1 <= day <= last:
        return datetime.date(year, month, day), datetime.date(year, month, day)
    return datetime.date(year, month, 1), datetime.date(year, month, last)
