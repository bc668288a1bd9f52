"""Nuggets: the facts that a good answer to a broad question tells, and which of them are told.

After Voorhees, "Overview of the TREC 2003 Question Answering Track", 2003, section 4. No good
answer may lack a vital nugget. Here strings decide whether a nugget is told; there, assessors did.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qa.evaluation.judging import says
from qa.types import Citation

# How many of the quotes shown count: people read no more.
QUOTES = 8


@dataclass(frozen=True, slots=True)
class Nugget:
    """A fact; supporting quotes, with the ids of their articles; and strings that tell the fact."""

    fact: str
    vital: bool
    support: tuple[tuple[str, str], ...]
    keys: tuple[str, ...]

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Nugget":
        """Return the nugget in a row of a file."""
        support = tuple((one["url"], one["quote"]) for one in row["support"])
        return cls(row["fact"], row["vital"], support, tuple(row["keys"]))

    def told(self, citation: Citation) -> bool:
        """Tell whether a quote holds one of the keys, or says the same as a supporting quote.

        A quote says the same if it is from the same article and has three fifths of the words.
        """
        shown = citation.quote.casefold()
        return any(key.casefold() in shown for key in self.keys) or any(
            id_ in (citation.article.id, citation.article.url) and says(citation.quote, quote)
            for id_, quote in self.support
        )


def scores(nuggets: Sequence[Nugget], citations: Sequence[Citation]) -> dict[str, float]:
    """Return the shares of nuggets that are told: of all, and of the vital ones if there are any.

    If there are quotes, also return the share of the first quotes that tell a nugget.
    """
    told = recalled(nuggets, citations)
    vital = [one for nugget, one in zip(nuggets, told, strict=True) if nugget.vital]
    shown = citations[:QUOTES]
    telling = [any(nugget.told(citation) for nugget in nuggets) for citation in shown]
    shares = {"nuggets": told, "vital_nuggets": vital, "telling_quotes": telling}
    return {name: sum(flags) / len(flags) for name, flags in shares.items() if flags}


def recalled(nuggets: Sequence[Nugget], citations: Sequence[Citation]) -> list[bool]:
    """Tell for each nugget whether one of the first quotes tells it."""
    return [any(map(nugget.told, citations[:QUOTES])) for nugget in nuggets]
