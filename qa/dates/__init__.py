"""Dates in a text: what is written → which day, week, month or year it is."""

from qa.dates.find import find, kept
from qa.dates.outlook import direction
from qa.dates.phrases import age, aged, hints, resolved
from qa.dates.tense import announces, denies
from qa.dates.values import Period, dated, joined, length, occasions, period, shown

__all__ = [
    "Period",
    "age",
    "aged",
    "announces",
    "dated",
    "denies",
    "direction",
    "find",
    "hints",
    "joined",
    "kept",
    "length",
    "occasions",
    "period",
    "resolved",
    "shown",
]
