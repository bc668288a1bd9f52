"""What a rule of the grammar is, and what it may know of the text around a match."""

import datetime
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from qa.dates.outlook import ahead


@dataclass(frozen=True, slots=True)
class Value:
    """A TIMEX3 value; `uncertain` where another reading is as good."""

    value: str
    uncertain: bool = False


@dataclass(slots=True)
class Context:
    """A text and its date, with what has been found in it so far.

    `last` is the day found last, `last_start` the first day of the date of any size that was found
    last; `quarter` the quarter found last, which holds to the end of its sentence,
    `quarter_ends`; `years` has the year
    of each (month, day) that was written out with one.
    """

    text: str
    date: datetime.date
    last: datetime.date | None = None
    last_start: datetime.date | None = None
    quarter: str = ""
    quarter_ends: int = 0
    years: dict[tuple[int, int], int] = field(default_factory=dict)

    def ahead(self, start: int, end: int, gone: int | None = None) -> float:
        """Return how likely a date is still to come, as `outlook.ahead` does."""
        return ahead(self.text, start, end, gone)


# A match → its value, or None where it is no date after all. A match that holds two dates, "April
# 27 to 28", has the value of each by the name of the group in which it stands.
Resolved = Value | str | dict[str, Value | str] | None
Resolve = Callable[[re.Match[str], Context], Resolved]


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern and what its matches mean."""

    pattern: re.Pattern[str]
    resolve: Resolve


class Grammar(list[Rule]):
    """Rules in the order in which they are tried."""

    def rule(self, pattern: str) -> Callable[[Resolve], Resolve]:
        """Return a decorator that adds a function as what a pattern's matches mean.

        The pattern is verbose, and begins and ends at the edge of a word by itself.
        """

        def add(resolve: Resolve) -> Resolve:
            compiled = re.compile(rf"\b(?:{pattern})(?!\w)", re.VERBOSE)
            self.append(Rule(compiled, resolve))
            return resolve

        return add
