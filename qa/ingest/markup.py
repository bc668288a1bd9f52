"""HTML in a field, a mail or a book → plain paragraphs."""

import html
import re
from typing import Any

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from qa.ingest.normal import tidy

BLOCKS = frozenset(
    """address article aside blockquote br caption dd details div dl dt figcaption figure footer
    form h1 h2 h3 h4 h5 h6 header hr legend li main nav ol p pre section summary table tbody td
    tfoot th thead title tr ul""".split()
)
# Elements whose text no reader sees.
UNSEEN = ("script", "style", "noscript", "template", "head", "svg", "iframe", "object", "button")
_TAG = re.compile(
    r"</?(?:p|br|div|span|a|b|i|em|strong|u|ul|ol|li|h[1-6]|blockquote|img|figure|table|tr|td|section|"
    r"article|body|html|hl2|sub|sup|font|iframe|script|pre|code|cite|small)(?:\s[^<>]{0,2000})?/?>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:[a-z]{2,8}|#\d{1,7}|#x[0-9a-f]{1,6});", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"\s{0,100}<\?xml[^>]{0,200}\?>", re.IGNORECASE)
# Browsers nest without end; what walks a tree after us does not. These say nothing by themselves.
_DEEPEST = 100
_WRAPPERS = ("div", "span", "section", "font", "center", "b", "i", "em", "strong")


def plain(value: Any) -> str:
    """Return a text without its markup, if it has any; '' for what is no text."""
    if not isinstance(value, str):
        return ""
    if _TAG.search(value):
        return html_text(value)
    return html.unescape(value) if _ENTITY.search(value) else value


def html_text(markup: str | HtmlElement) -> str:
    """Return all that a reader sees of some HTML, its blocks as paragraphs."""
    tree = parse(markup) if isinstance(markup, str) else markup
    if tree is None:
        return ""
    pieces: list[str] = []
    skipped = 0
    for event, node in etree.iterwalk(tree, events=("start", "end")):
        unseen = node.tag in UNSEEN
        if event == "start":
            skipped += unseen
            if node.tag in BLOCKS:
                pieces.append("\n" if node.tag in ("br", "td", "th", "tr", "li") else "\n\n")
            pieces.append("" if skipped else _spaced(node.text, node))
            continue
        skipped -= unseen
        if node.tag in BLOCKS and node.tag != "br":
            pieces.append("\n" if node.tag in ("td", "th", "tr", "li") else "\n\n")
        pieces.append("" if skipped or node is tree else _spaced(node.tail, node.getparent()))
    return tidy("".join(pieces))


def parse(markup: str) -> HtmlElement | None:
    """Return the tree of some HTML without its comments, or None if there is nothing in it.

    Nesting deeper than any page means is taken out of it.
    """
    # lxml refuses a text that says which encoding its bytes were in.
    text = _XML_DECLARATION.sub("", markup, count=1) if "<?xml" in markup[:200] else markup
    text = text.replace("\x00", "")
    if not text.strip():
        return None
    parser = HTMLParser(remove_comments=True, remove_pis=True, huge_tree=True, collect_ids=False)
    try:
        tree: HtmlElement = document_fromstring(text, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None
    _flatten(tree)
    return tree


def _flatten(tree: HtmlElement) -> None:
    kept: list[bool] = []
    depth, deep = 0, []
    for event, node in etree.iterwalk(tree, events=("start", "end")):
        if event == "end":
            depth -= kept.pop()
            continue
        kept.append(depth < (_DEEPEST if node.tag in _WRAPPERS else 2 * _DEEPEST))
        depth += kept[-1]
        if not kept[-1]:
            deep.append(node)
    for node in deep:
        node.drop_tag()


def _spaced(text: str | None, parent: HtmlElement | None) -> str:
    if not text:
        return ""
    if parent is not None and parent.tag == "pre":
        return text
    # Line breaks in the source are spaces to a reader, unless the text has no markup of its own.
    return re.sub(r"\s+", " ", text) if "\n\n" not in text else re.sub(r"[ \t]+", " ", text)
