"""The text of a page's article, and whether there is one: a front page and a paywall have none."""

import itertools

from lxml.html import HtmlElement

from qa.ingest.markup import html_text
from qa.ingest.normal import tidy
from qa.ingest.pages.head import Head
from qa.ingest.pages.linked_data import Linked
from qa.ingest.pages.structure import marked, prune
from qa.ingest.parsed import Unreadable

# A front page shows at least so many stories' headlines as links, and no paragraph of so many
# words; a story cut off by a paywall keeps no more words than these.
_HEADLINES, _PARAGRAPH_WORDS, _STUB_WORDS = 3, 35, 120
_WALLS = frozenset("paywall regwall subscriberonly subscribersonly premiumonly metered".split())
# Text that stands in JSON-LD is the whole story where the page shows but its beginning.
_MORE = 1.5
_BLOCKS, _MOST_BLOCKS = ("p", "div", "li", "td"), 3000
_HEADINGS = ("h2", "h3", "h4")
# A label of a few words, "Read more:" or "READ ALSO", before a link of more.
_LINK_SHARE, _LABEL_WORDS = 0.8, 3


def page_text(tree: HtmlElement, top: Head, told: Linked) -> str:
    """Return the text of a page's article, paragraphs apart. The tree is changed.

    Raises `Unreadable` if the page holds no article, or only the beginning of one.
    """
    # Imported late: it takes as long as all of qa's own modules together.
    from trafilatura import bare_extraction

    if tree.body is None:
        raise Unreadable("no article text found in the HTML")
    walled = marked(tree, _WALLS)
    prune(tree)
    linked = _linked_headlines(tree)
    _drop_links(tree)
    try:
        page = bare_extraction(
            tree,
            with_metadata=False,
            include_comments=False,
            # What it falls back on takes time by the square of the blocks.
            fast=sum(1 for _ in tree.iter(*_BLOCKS)) > _MOST_BLOCKS,
        )
    except (RecursionError, ValueError, AssertionError) as error:
        raise Unreadable(f"HTML that cannot be parsed ({type(error).__name__})") from None
    found = "" if page is None or isinstance(page, dict) else (page.text or "")
    text = tidy(_paragraphs(found))
    body = tidy(told.body)
    if len(body) > _MORE * len(text):
        text = body if "\n" in body or not text else _shown(tree, text)
        text = body if len(body) > _MORE * len(text) else text
    if not text:
        raise Unreadable("no article text found in the HTML")
    _refuse(text, top, told, linked, walled)
    return text


def _paragraphs(found: str) -> str:
    """Return the extractor's lines as paragraphs, the rows of a table as one."""
    groups = itertools.groupby(found.split("\n"), key=lambda line: line.startswith("|"))
    return "\n\n".join(
        "\n".join(filter(None, map(_row, lines))) if is_table else "\n\n".join(lines)
        for is_table, lines in groups
    )


def _row(line: str) -> str:
    cells = [cell.strip() for cell in line.strip("| ").split("|")]
    return "" if all(set(cell) <= set("-: ") for cell in cells) else " | ".join(cells)


def _shown(tree: HtmlElement, text: str) -> str:
    """Return all the page shows, where that is the longer: it has paragraphs, JSON-LD has none."""
    return max(text, html_text(tree.body), key=len)


def _refuse(text: str, top: Head, told: Linked, linked: int, walled: bool) -> None:
    longest = max(len(part.split()) for part in text.split("\n\n"))
    article = told.is_article or top.first("ogtype") == "article"
    teased = linked >= _HEADLINES and len(text.split()) < linked * _PARAGRAPH_WORDS
    if teased and longest < _PARAGRAPH_WORDS and not article:
        raise Unreadable("a front page: it shows other stories, and has none of its own")
    locked = walled or not told.free or top.first("articlecontenttier") in ("locked", "metered")
    if locked and len(text.split()) < _STUB_WORDS:
        raise Unreadable("only the beginning of a story: the rest is behind a paywall")


def _linked_headlines(tree: HtmlElement) -> int:
    """Return how many headings of the page are links."""
    return sum(
        any(True for _ in node.iter("a")) or any(up.tag == "a" for up in node.iterancestors())
        for node in tree.iter(*_HEADINGS)
    )


def _drop_links(tree: HtmlElement) -> None:
    """Take out lines that are nothing but links, and the headings of what has gone.

    They lead to other stories: "Read more: …", "YOU MAY LIKE".
    """
    for node in list(tree.iter("p", "li", *_HEADINGS)):
        if node.getparent() is not None and _is_links(node):
            node.drop_tree()
    for node in list(tree.iter(*_HEADINGS, "ul", "ol")):
        if node.getparent() is not None and _heads_nothing(node):
            node.drop_tree()


def _is_links(node: HtmlElement) -> bool:
    text = node.text_content().strip()
    links = [link.text_content().strip() for link in node.iter("a")]
    if not links or not text or any(True for _ in node.iter("h1")):
        return False
    inside = sum(map(len, links))
    # "Read more: Ferries bought": a label with a colon, and a link.
    label = text[: text.find(links[0])].strip() if text.endswith(links[-1]) else ""
    short = (label.endswith(":") or label.isupper()) and len(label.split()) <= _LABEL_WORDS
    labelled = short and len(links[0].split()) >= _LABEL_WORDS
    return inside >= _LINK_SHARE * len(text) or labelled


def _heads_nothing(node: HtmlElement) -> bool:
    if node.tag in ("ul", "ol"):
        return not node.text_content().strip()
    after = node.getnext()
    return after is None and len(node.getparent()) == 1
