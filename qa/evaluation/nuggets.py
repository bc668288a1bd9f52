"""Nuggets: the facts that a good answer to a broad question tells, and which of them are told.

After Voorhees, "Overview of the TREC 2003 Question Answering Track", 2003, section 4: vital ones,
which no good answer may lack, and others. Strings tell that one is there, where assessors did.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qa.evaluation.judging import says
from qa.types import Citation

# Of the quotes shown, those that count: more are not read.
QUOTES = 8


@dataclass(frozen=True, slots=True)
class Nugget:
    """A fact, the quotes that support it by their articles' urls, and strings that tell it."""

    fact: str
    vital: bool
    support: tuple[tuple[str, str], ...]
    keys: tuple[str, ...]

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Nugget":
        """Return a nugget as a file's row has it."""
        support = tuple((one["url"], one["quote"]) for one in row["support"])
        return cls(row["fact"], row["vital"], support, tuple(row["keys"]))

    def told(self, citation: Citation) -> bool:
        """Tell whether a quote holds one of the keys, or says what a supporting quote says.

        That is, it is of the supporting quote's article and has three fifths of its words.
        """
        shown = citation.quote.casefold()
        return any(key.casefold() in shown for key in self.keys) or any(
            url == citation.article.url and says(citation.quote, quote)
            for url, quote in self.support
        )


def recalled(nuggets: Sequence[Nugget], citations: Sequence[Citation]) -> list[bool]:
    """Tell of each nugget whether one of the first quotes tells it."""
    return [any(map(nugget.told, citations[:QUOTES])) for nugget in nuggets]
