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
    """A fact, the quotes that support it with their articles' ids, and strings that tell it."""

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
            id_ in (citation.article.id, citation.article.url) and says(citation.quote, quote)
            for id_, quote in self.support
        )


def scores(nuggets: Sequence[Nugget], citations: Sequence[Citation]) -> dict[str, float]:
    """Return which shares of the nuggets are told: of all, of the vital ones if there are any.

    And which share of the first quotes tells one, where there are quotes.
    """
    told = recalled(nuggets, citations)
    vital = [one for nugget, one in zip(nuggets, told, strict=True) if nugget.vital]
    shown = citations[:QUOTES]
    telling = [any(nugget.told(citation) for nugget in nuggets) for citation in shown]
    shares = {"nuggets": told, "vital_nuggets": vital, "telling_quotes": telling}
    return {name: sum(flags) / len(flags) for name, flags in shares.items() if flags}


def recalled(nuggets: Sequence[Nugget], citations: Sequence[Citation]) -> list[bool]:
    """Tell of each nugget whether one of the first quotes tells it."""
    return [any(map(nugget.told, citations[:QUOTES])) for nugget in nuggets]
