"""Dates whose direction is known → lessons: which words stand around what was, or is to come."""

import datetime
import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.dates import find, period
from qa.text.vocabulary import MONTHS, WEEKDAYS, any_of
from qa.types import DateExpression

HERE = Path(__file__).parent
_WEEKDAY = re.compile(any_of(WEEKDAYS), re.IGNORECASE)
_MONTH = re.compile(rf"(?:{any_of(name[:3] for name in MONTHS)})[a-z]*\.?")
# Says by itself which way it looks.
_BACK = re.compile(r"(?i)(?:earlier |later )?last (?:week|month|year|night)|yesterday|.* ago")
_FORWARD = re.compile(r"(?i)(?:earlier |later )?next (?:week|month|year)|tomorrow")
_WEEK, _NEAR = 7, 75
_SENTENCE = re.compile(r"(?P<sign>[+-]) (?P<before>.*)\[(?P<day>\w+)\](?P<after>.*)")


@dataclass(frozen=True, slots=True)
class Lesson:
    """A date at a place in a text, and whether it was to come.

    `gone` is how many days before the text's date the last such weekday was, if that is known;
    `group` is the article, and `source` tells where the lesson is from.
    """

    text: str
    start: int
    end: int
    gone: int | None
    ahead: bool
    source: str
    group: str


def articles(path: Path) -> list[dict[str, Any]]:
    """Return the articles of a file of JSON lines that have a date."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [row for row in map(json.loads, lines) if row["date"]]


def from_article(row: dict[str, Any]) -> Iterator[Lesson]:
    """Yield what an article says of days that are written out, or that say which way they look."""
    text, written = row["text"], datetime.date.fromisoformat(row["date"][:10])
    for one in find(text, written):
        if _FORWARD.fullmatch(one.text) or _BACK.fullmatch(one.text):
            ahead = bool(_FORWARD.fullmatch(one.text))
            yield Lesson(text, one.start, one.end, None, ahead, "says so", row["url"])
        elif _MONTH.search(one.text) and (days := _nearest(one, written)):
            away = (days - written).days
            week = abs(away) <= _WEEK
            source = "within a week" if week else "within weeks"
            gone = -away % 7 if week else None
            yield Lesson(text, one.start, one.end, gone, away > 0, source, row["url"])


def _nearest(one: DateExpression, written: datetime.date) -> datetime.date | None:
    """Return the day that is written out, of the nearest year if of none; None if it is far."""
    days = period(one.value)
    if not days or days[0] != days[1]:
        return None
    day, near = days[0], datetime.timedelta(_NEAR)
    if str(day.year) not in one.text:
        years = (written.year - 1, written.year, written.year + 1)
        # The 29th of February is left out of years that have none.
        of_years = [day.replace(day=min(day.day, 28), year=year) for year in years]
        day = min(of_years, key=lambda found: abs(found - written))
    return day if datetime.timedelta(0) < abs(day - written) <= near else None


def weekdays(row: dict[str, Any]) -> Iterator[tuple[int, int, int]]:
    """Yield start, end, and days gone of an article's weekdays that nothing else tells of.

    Not those of the article's own day: either way they are that day.
    """
    text, written = row["text"], datetime.date.fromisoformat(row["date"][:10])
    for one in find(text, written):
        if _WEEKDAY.fullmatch(one.text) and (gone := days_gone(one.text, written)):
            yield one.start, one.end, gone


def days_gone(name: str, written: datetime.date) -> int:
    """Return how many days before a day the last weekday of a name was, 0 to 6."""
    return (written.weekday() - WEEKDAYS.index(name.capitalize())) % 7


def read_by_people(rows: list[dict[str, Any]]) -> Iterator[Lesson]:
    """Yield weekdays of articles that people have read; `source` is "random" or "hard"."""
    known = {hashlib.sha256(row["url"].encode()).hexdigest()[:16]: row for row in rows}
    for line in (HERE / "labels.jsonl").read_text(encoding="utf-8").splitlines():
        label = json.loads(line)
        row, start = known[label["article"]], label["start"]
        name = _WEEKDAY.match(row["text"], start)
        assert name, f"no weekday at {start} of {row['url']}"
        gone = days_gone(name[0], datetime.date.fromisoformat(row["date"][:10]))
        yield Lesson(
            row["text"], start, name.end(), gone, label["ahead"], label["part"], row["url"]
        )


def written_by_people() -> Iterator[Lesson]:
    """Yield the sentences that people wrote for this."""
    lines = (HERE / "sentences.txt").read_text(encoding="utf-8").splitlines()
    for found in filter(None, map(_SENTENCE.fullmatch, lines)):
        start, day = len(found["before"]), found["day"]
        text = f"{found['before']}{day}{found['after']}"
        ahead = found["sign"] == "+"
        yield Lesson(text, start, start + len(day), None, ahead, "written", found[0])


def from_aquaint(path: Path) -> Iterator[Lesson]:
    """Yield the weekdays of the AQUAINT articles, which people have annotated."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        written = datetime.date.fromisoformat(row["date"])
        for timex in row["timexes"]:
            name = _WEEKDAY.search(timex["text"])
            day = re.match(r"\d{4}-\d\d-\d\d", timex["value"])
            if not name or not day or re.search(r"(?i)last|next|every|\d", timex["text"]):
                continue
            start = timex["start"] + name.start()
            gone = days_gone(name[0], written)
            later = datetime.date.fromisoformat(day[0]) > written
            if gone:
                end = start + len(name[0])
                yield Lesson(row["text"], start, end, gone, later, "aquaint", row["id"])
