"""Dates in a text: what is written → which day, week, month or year it is."""

from qa.dates.find import find, kept
from qa.dates.phrases import age, aged, hints, resolved
from qa.dates.tense import announces, denies, direction
from qa.dates.values import Span, dated, events, length, shown, span

__all__ = [
    "Span",
    "age",
    "aged",
    "announces",
    "dated",
    "denies",
    "direction",
    "events",
    "find",
    "hints",
    "kept",
    "length",
    "resolved",
    "shown",
    "span",
]
