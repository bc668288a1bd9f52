"""Markdown: its text as a reader sees it, by markdown-it."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from qa.ingest.encoding import decode
from qa.ingest.formats import front_matter
from qa.ingest.formats.text import dated_line
from qa.ingest.normal import tidy, unix_lines
from qa.ingest.parsed import Format, Parsed, single

# Obsidian's links, and what it shows in place: [[Page|words]], ![[picture.png]].
_EMBEDDED = re.compile(r"!\[\[[^\[\]\n]{0,500}\]\]")
_WIKI = re.compile(r"\[\[(?:[^\[\]|\n]{0,500}\|)?([^\[\]|\n]{1,500})\]\]")


def parse(data: bytes) -> Parsed:
    """Return the article of a Markdown file: front matter, a heading that is its title, text."""
    text, warnings = decode(data)
    fields, text = front_matter.split(unix_lines(text))
    title, body = plain(text)
    if title:
        fields = {"title": title} | fields
    if "authors" in fields:
        fields["authors"] = tuple(_WIKI.sub(r"\1", name) for name in fields["authors"])
    return dated_line(fields, body, warnings)


def plain(text: str) -> tuple[str, str]:
    """Return the heading that begins a text, '' if none does, and all below it, without marks."""
    text = _WIKI.sub(r"\1", _EMBEDDED.sub("", text))
    tokens = _parser().parse(text)
    title = ""
    if len(tokens) > 1 and tokens[0].type == "heading_open" and tokens[0].tag == "h1":
        title = _inline(tokens[1].children or ())
        tokens = tokens[3:]
    return title, tidy("".join(_blocks(tokens)))


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("table")


def _blocks(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "inline":
            yield _inline(token.children or ())
        elif token.type in ("fence", "code_block"):
            yield f"\n\n{token.content}\n\n"
        elif token.type == "list_item_open":
            yield "\n- "
        elif token.type in ("td_close", "th_close"):
            yield "\t"
        elif token.type in ("paragraph_close", "heading_close", "bullet_list_close", "tr_close"):
            yield "\n" if token.hidden or token.type == "tr_close" else "\n\n"


def _inline(tokens: Sequence[Token]) -> str:
    pieces = []
    for token in tokens:
        if token.type in ("text", "code_inline"):
            pieces.append(token.content)
        elif token.type in ("softbreak", "hardbreak"):
            pieces.append("\n")
    return "".join(pieces)


FORMAT = Format(
    "Markdown", (".md", ".markdown"), single(parse), named_by_date=True, library="markdown-it-py"
)
