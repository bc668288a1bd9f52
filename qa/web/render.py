"""An answer → the Markdown of a chat message, in which nothing of an article is markup."""

import re

from qa.types import Answer, Citation

# Everything that HTML or Markdown could read as markup, and what makes a link of a bare
# address, or a mention; as numeric entities both show it and neither acts on it.
_MARKUP = re.compile(r"[!-/:-@\[-`{-~]")


def message(answer: Answer) -> str:
    """Return the message that shows an answer and, under it, its numbered citations."""
    known = {str(citation.marker) for citation in answer.citations}
    parts = re.split(r"(\[\d+\])", answer.text)
    text = "".join(
        f"<sup>[{part[1:-1]}]</sup>" if part[1:-1] in known else literal(part) for part in parts
    )
    paragraphs = text.replace("\n\n", "</p><p>").replace("\n", " ")
    return f'<p class="qa-answer">{paragraphs}</p>' + "".join(
        _citation(citation) for citation in answer.citations
    )


def literal(text: str) -> str:
    """Return a text that Markdown and HTML both show as it is."""
    return _MARKUP.sub(lambda match: f"&#{ord(match[0])};", text)


def _citation(citation: Citation) -> str:
    quote = " ".join(literal(citation.quote).split())
    return (
        f'<details class="qa-citation" open><summary>[{citation.marker}] '
        f"{literal(citation.article.label)}</summary>"
        f"<blockquote>{quote}</blockquote></details>"
    )
