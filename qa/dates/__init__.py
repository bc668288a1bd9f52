"""Dates in a text: what is written → which day, week, month or year it is."""

from qa.dates.find import find
from qa.dates.phrases import age, hints
from qa.dates.values import Span, shown, span

__all__ = ["Span", "age", "find", "hints", "shown", "span"]
