"""Dates in a text: what is written → which day, week, month or year it is."""

from qa.dates.find import find
from qa.dates.values import shown, span

__all__ = ["find", "shown", "span"]
