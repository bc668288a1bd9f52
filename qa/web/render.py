"""An answer → the Markdown of a chat message, in which nothing of an article is markup."""

import html
import re
from collections.abc import Mapping, Sequence

from qa import dates
from qa.library.conversations import Conversation
from qa.types import Answer, Citation, Statement
from qa.web.article import link, naming

# Everything that HTML or Markdown could read as markup, and what makes a link of a bare
# address, or a mention; as numeric entities both show it and neither acts on it.
_MARKUP = re.compile(r"[!-/:-@\[-`{-~]")


def message(answer: Answer, near: Sequence[Citation] = ()) -> str:
    """Return the message that shows an answer and, under it, its numbered citations.

    Each marker is a link that the page opens the article by; in a refusal, so are the names of
    the nearest articles, for those of which there is a citation in `near`.
    """
    links = {citation.marker: _link(citation) for citation in answer.citations}
    searched = f"Searched for: {answer.searched}" if answer.searched else ""
    notes = [f'<p class="qa-note">{literal(one)}</p>' for one in (searched, answer.note) if one]
    # "No" stands in a quote by chance.
    short = "" if answer.kind == "yesno" else answer.short
    paragraphs = [_paragraph(statement, short, links) for statement in answer.statements]
    citations = [
        _citation(citation, short, folded=citation.quote in answer.told_whole)
        for citation in answer.citations
    ]
    shown = "".join([*notes, *paragraphs, *citations])
    named = {literal(f"“{one.article.label}”"): link(one) for one in reversed(near)}
    if named:
        # In one pass: a name may be part of another.
        shown = re.sub(
            "|".join(map(re.escape, sorted(named, key=len, reverse=True))),
            lambda found: f'<a class="qa-open" href="{named[found[0]]}">{found[0]}</a>',
            shown,
        )
    return shown + '<p class="qa-copy"><a role="button" href="#qa-copy">Copy</a></p>'


def _link(citation: Citation) -> str:
    return (
        f'<a class="qa-open" role="button" href="{link(citation)}" '
        f'title="Open the article">[{citation.marker}]</a>'
    )


def _paragraph(statement: Statement, short: str, links: Mapping[int, str]) -> str:
    said = statement.noted
    shown = _marked(said, short) if statement.kind == "sentence" else literal(said)
    shown = " ".join(shown.split())
    if statement.lead:
        shown = f'<span class="qa-lead">{literal(statement.lead)}</span> {shown}'
    opened = "".join(links[marker] for marker in statement.markers)
    return f'<p class="qa-answer">{shown}' + (f" <sup>{opened}</sup></p>" if opened else "</p>")


def question(text: str) -> str:
    """Return a question as it is shown, and edited: what would be an image or HTML, or a link under
    other words, is set as an entity; the rest is Markdown, and a bare address a link."""
    return re.sub(r"[<\[]", lambda found: f"&#{ord(found[0])};", text)


def unquoted(shown: str) -> str:
    """Return the question that `question` made a text of."""
    return re.sub(r"&#(60|91);", lambda found: chr(int(found[1])), shown)


def offers(questions: Sequence[str]) -> str:
    """Return what could be asked instead, each question a link that asks it."""
    if not questions:
        return ""
    links = " ".join(
        f'<a class="qa-offer" role="button" href="#ask-{naming(one)}">{html.escape(one)}</a>'
        for one in questions
    )
    return f"<p>The archive can answer: {links}</p>"


def talks(conversations: Sequence[Conversation], current: str) -> str:
    """Return the list of a person's conversations, each a link that opens it."""
    rows = [
        f'<li><a href="#talk-{one.id}"{" aria-current=page" * (one.id == current)}>'
        f"{html.escape(one.title)}</a></li>"
        for one in conversations
    ]
    # No <nav>: Gradio has a style of its own for what is in one.
    return (
        '<div role="navigation" class="qa-talks" aria-label="Conversations">'
        f"<ul>{''.join(rows)}</ul></div>"
    )


def literal(text: str) -> str:
    """Return a text that Markdown and HTML both show as it is."""
    return _MARKUP.sub(lambda match: f"&#{ord(match[0])};", text)


def _citation(citation: Citation, short: str, *, folded: bool) -> str:
    quote = " ".join(_marked(citation.quote, short).split())
    hints = "; ".join(
        f"{literal(' '.join(words.split()))}: {literal(stands_for)}"
        for words, stands_for in dates.hints(citation.quote, citation.dates)
    )
    return (
        f'<details class="qa-citation"{"" if folded else " open"}><summary>[{citation.marker}] '
        f"{literal(dates.aged(citation.article))}</summary>"
        f"<blockquote>{quote}</blockquote>"
        + (f'<p class="qa-dates">{hints}</p>' if hints else "")
        + "</details>"
    )


def _marked(quote: str, short: str) -> str:
    """Return a quote in which the bare answer, if it is not all of it, stands out."""
    found = re.search(rf"(?<!\w){re.escape(short)}(?!\w)", quote) if short else None
    if not found or short == quote:
        return literal(quote)
    start, end = found.span()
    return f"{literal(quote[:start])}<mark>{literal(short)}</mark>{literal(quote[end:])}"
