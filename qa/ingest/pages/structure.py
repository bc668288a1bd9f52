"""Which parts of a page are its story, and which are menus, teasers, comments and boxes."""

import itertools
import re
from functools import lru_cache

from lxml.html import HtmlElement

# Names in a class or an id by which sites mark what is no part of the story.
_ASIDE_WORDS = frozenset(
    """ad ads advert advertisement advertising banner breadcrumb breadcrumbs cmp comment comments
    consent cookie cookies copyright disqus discussion footer gdpr latest links menu mostread
    mostpopular more nav navbar navigation newsletter newsletters outbrain paywall popular popup
    promo promos promotion recirc recirculation recommend recommendation recommendations recommended
    read-more readmore readalso related sharing share sidebar signup social sponsor sponsored
    subscribe subscription taboola teaser teasers ticker trending widget trends toolbar
    also-like youmaylike onetrust didomi disclaimer""".split()
)
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_ASIDE_TAGS = ("nav", "footer", "aside", "form", "button", "select", "dialog", "menu")
_UNSEEN = ("script", "style", "noscript", "template", "svg", "iframe", "object", "embed")
# Blocks about the newsletter or the next story are short; a whole story is not.
_BOX_CHARS = 1200


@lru_cache(maxsize=4096)
def _marks(names: str) -> frozenset[str]:
    words = [word.lower() for word in _WORDS.findall(names)]
    pairs = [f"{one}{two}" for one, two in itertools.pairwise(words)]
    return frozenset([*words, *pairs])


def marked_aside(node: HtmlElement) -> bool:
    """Tell whether an element's tag, class or id says that it is no part of the story."""
    if node.tag in _ASIDE_TAGS:
        return True
    # The header of a page has today's date; that of an article has the article's.
    if node.tag == "header":
        return next(node.iterancestors("article"), None) is None
    names = f"{node.get('class') or ''} {node.get('id') or ''}"
    return bool(_marks(names) & _ASIDE_WORDS)


def marked(tree: HtmlElement, names: frozenset[str]) -> bool:
    """Tell whether a class or an id of any element has one of some names, in lower case."""
    return any(
        _marks(f"{node.get('class') or ''} {node.get('id') or ''}") & names
        for node in tree.iter("div", "section", "aside", "p")
    )


def headline(tree: HtmlElement) -> HtmlElement | None:
    """Return the heading of the story: the first <h1> with words that no box or menu holds."""
    found = [node for node in tree.iter("h1") if node.text_content().strip()]
    return next((node for node in found if not beside(node)), found[0] if found else None)


def main_article(tree: HtmlElement) -> HtmlElement | None:
    """Return the <article> that is the page's story: the headline's, or the only one."""
    heading = headline(tree)
    if heading is not None and (own := next(heading.iterancestors("article"), None)) is not None:
        return own
    found = list(tree.iter("article"))
    return found[0] if len(found) == 1 else None


def drop_after(node: HtmlElement | None) -> None:
    """Take out all that follows an element: the date of a story stands in it, or above it."""
    while node is not None and node.getparent() is not None:
        for after in list(node.itersiblings()):
            after.drop_tree()
        node = node.getparent()


def beside(node: HtmlElement) -> bool:
    """Tell whether an element stands in what is no part of the story."""
    return any(_is_aside(above) for above in (node, *node.iterancestors()))


def _is_aside(node: HtmlElement) -> bool:
    # A page may call its whole body a sidebar's neighbour: what holds a headline is the story.
    if node.tag in ("body", "html", "main", "head") or not marked_aside(node):
        return False
    return not any(True for _ in node.iter("h1"))


def prune(tree: HtmlElement) -> None:
    """Take out of a tree what is no part of the story, and call the rest by plain names.

    An <aside> that holds the headline is the story itself. The page's date must have been found
    by now: some stand in what goes.
    """
    for node in list(tree.iter("aside", "form", "section")):
        if any(True for _ in node.iter("h1")) and marked_aside(node):
            node.tag = "div"
            node.attrib.pop("class", None)
            node.attrib.pop("id", None)
    gone = [
        node
        for node in tree.body.iter()
        if isinstance(node.tag, str) and node.tag != "body" and _goes(node)
    ]
    for node in gone:
        if node.getparent() is not None:
            node.drop_tree()
    _lists_in_cells(tree)


def _goes(node: HtmlElement) -> bool:
    if node.tag in _UNSEEN:
        return True
    if node.get("id") in ("wm-ipp-base", "wm-ipp"):
        return True
    if not _is_aside(node) or node.tag in ("article", "p", "h1", "h2", "h3", "span", "a", "em"):
        return False
    return len(node.text_content()) <= _BOX_CHARS


def _lists_in_cells(tree: HtmlElement) -> None:
    """Turn lists in the cells of tables into words: trafilatura leaves such cells empty."""
    for cell in tree.iter("td", "th"):
        items = list(cell.iter("li"))
        for item in items:
            item.tail = ("" if item is items[-1] else "; ") + (item.tail or "").strip()
        for node in [*items, *cell.iter("ul", "ol")]:
            node.drop_tag()
