"""A conversation → Markdown with footnotes; nothing that people wrote is markup, or a link."""

import re
from collections.abc import Sequence

from qa import dates
from qa.library.conversations import Exchange
from qa.types import Answer, Citation, day

# What Markdown reads as markup anywhere, or where a line begins.
_MARKUP = re.compile(r"[\\`*_\[\]<>|~&!$#+{}^=-]")
# What renderers make a link of without any markup: "http:", "www.", "news.example".
_LINKED = re.compile(r":(?=\S)|\.(?=[^\W\d])")
# An address of mail, or a person to be told. GitHub links it in spite of a backslash, not as code.
_ADDRESSED = re.compile(r"@+")
# What may stand in angle brackets as the address of a link.
_NO_ADDRESS = re.compile(r"[<>\s\x00-\x20\x7f]")
_NUMBERED = re.compile(r"^(\d+)([.)])", re.MULTILINE)


def markdown(title: str, exchanges: Sequence[Exchange]) -> str:
    """Return a conversation as Markdown: questions as headings, citations as footnotes.

    The footnotes are numbered through; each has the quote, word for word but for white space, what
    its dates stand for, and its article.
    """
    parts, notes = [f"# {_plain(title)}"], list[str]()
    for exchange in exchanges:
        parts.append(f"## {_plain(exchange.question)}")
        if exchange.answer is None:
            parts.append(_plain(exchange.error))
            continue
        parts.append(_answer(exchange.answer, len(notes)))
        notes += [
            f"[^{number}]: {_note(citation)}"
            for number, citation in enumerate(exchange.answer.citations, len(notes) + 1)
        ]
    return "\n\n".join([*parts, *notes]) + "\n"


def _answer(answer: Answer, before: int) -> str:
    """Return an answer's paragraphs, their markers counted on from the footnotes before."""
    paragraphs = [
        _plain(statement.worded) + "".join(f"[^{before + marker}]" for marker in statement.markers)
        for statement in answer.statements
    ]
    return "\n\n".join([*filter(None, [_plain(answer.note)]), *paragraphs])


def _note(citation: Citation) -> str:
    source = citation.article
    hints = [f"{words}: {meant}" for words, meant in dates.hints(citation.quote, citation.dates)]
    facts = [source.title, day(source.date) if source.date else "no date", source.place, *hints]
    said = f"“{_plain(citation.quote)}” " + _plain(", ".join(fact for fact in facts if fact))
    if source.url.startswith(("http://", "https://")):
        said += f", <{_NO_ADDRESS.sub('', source.url)}>"
    return said


def _plain(text: str) -> str:
    """Return a text on one line that Markdown shows as it is."""
    line = _MARKUP.sub(lambda found: "\\" + found[0], " ".join(text.split()))
    line = _LINKED.sub(lambda found: "\\" + found[0], line)
    line = _ADDRESSED.sub(lambda found: f"`{found[0]}`", line)
    return _NUMBERED.sub(r"\1\\\2", line)
