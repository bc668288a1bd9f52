"""An answer, or a timeline → the text that a terminal shows."""

from collections.abc import Sequence

from qa import dates
from qa.reading.timeline import shown_date
from qa.text.printable import printable
from qa.types import Answer, Event


def answer(given: Answer) -> str:
    """Return an answer and, under it, its numbered citations with their dates resolved."""
    searched = f"searched for: {printable(given.searched)}" if given.searched else ""
    text = "\n\n".join(printable(str(statement)) for statement in given.statements)
    lines = [line for line in (searched, printable(given.note), text) if line]
    for citation in given.citations:
        lines += ["", f"[{citation.marker}] {printable(dates.aged(citation.article))}"]
        if citation.quote not in given.told_whole:
            lines.append(_indented(citation.quote))
        lines += [
            f"{_indented(words)}: {stands_for}"
            for words, stands_for in dates.hints(citation.quote, citation.dates)
        ]
    return "\n".join(lines)


def timeline(events: Sequence[Event]) -> str:
    """Return events, each as its date, its sentence and its article."""
    if not events:
        return "The archive holds no dated sentence on this."
    lines = []
    for event in events:
        others = f", and in {len(event.also_in)} more" if event.also_in else ""
        lines += [
            shown_date(event),
            _indented(event.citation.quote),
            f"    {printable(dates.aged(event.citation.article))}{others}",
            "",
        ]
    return "\n".join(lines)


def _indented(quote: str) -> str:
    # On one line, and without what would command the terminal.
    return "    " + printable(" ".join(quote.split()))
