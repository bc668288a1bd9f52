"""The HTML of a page → the fields of its article."""

from lxml.html import HtmlElement

from qa.ingest.boilerplate import without_pleas
from qa.ingest.fields import authors
from qa.ingest.markup import parse
from qa.ingest.normal import line
from qa.ingest.pages.dates import page_date
from qa.ingest.pages.head import Head, head
from qa.ingest.pages.linked_data import Linked, linked
from qa.ingest.pages.structure import beside, headline
from qa.ingest.pages.text import page_text
from qa.ingest.pages.titles import page_title
from qa.ingest.parsed import Parsed, Unreadable
from qa.ingest.written_dates import find

_NAME_WORDS, _DATE_CHARS = 6, 40


def page_parsed(html: str) -> Parsed:
    """Return the article of an HTML page; scripts, menus, boxes and teasers fall away.

    Raises `Unreadable` if the page holds no article text.
    """
    tree = parse(html)
    if tree is None or tree.body is None:
        raise Unreadable("no article text found in the HTML")
    top = head(tree, html)
    told = linked(tree, _titles(tree, top), top.url)
    dated = page_date(tree, top, told)
    title = page_title(tree, top, told)
    fields = {
        "title": title,
        "date": dated.day,
        "place": told.place,
        "url": top.url or told.url,
        "authors": _authors(tree, top, told),
        # Last: what is no part of the story goes from the tree.
        "text": _story(without_pleas(page_text(tree, top, told)), title),
    }
    return Parsed(fields, warnings=dated.warnings)


def _story(text: str, title: str) -> str:
    """Return a text without the title and the line of the date above it, which are told apart."""
    parts = text.split("\n\n")
    while len(parts) > 1 and (line(parts[0]) == title or _is_date(parts[0])):
        parts = parts[1:]
    return "\n\n".join(parts)


def _is_date(text: str) -> bool:
    return len(text) <= _DATE_CHARS and next(find(text, "day first"), None) is not None


def _titles(tree: HtmlElement, top: Head) -> frozenset[str]:
    heading = headline(tree)
    elements = [node.text_content() for node in tree.iter("title")]
    seen = heading.text_content() if heading is not None else ""
    named = (line(one).casefold() for one in (seen, top.first("ogtitle"), *elements))
    return frozenset(one for one in named if one)


def _authors(tree: HtmlElement, top: Head, told: Linked) -> tuple[str, ...]:
    if told.authors:
        return told.authors
    named = top.first(
        "author", "articleauthor", "byl", "dccreator", "parselyauthor", "sailthruauthor"
    )
    if found := authors(named):
        return found
    shown = [
        line(node.text_content())
        for node in tree.iter("a", "span", "p", "div", "address")
        if _is_author(node) and not beside(node)
    ]
    return authors([one for one in shown if 0 < len(one.split()) <= _NAME_WORDS][:3])


def _is_author(node: HtmlElement) -> bool:
    names = f"{node.get('rel') or ''} {node.get('itemprop') or ''} {node.get('class') or ''}"
    return bool({"author", "byline", "author-name", "byline-name"} & set(names.lower().split()))
