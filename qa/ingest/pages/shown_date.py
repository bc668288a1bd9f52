"""The day that a page shows beside its headline."""

import datetime
import re

from lxml.html import HtmlElement

from qa.ingest.pages.structure import beside, headline, main_article
from qa.ingest.written_dates import Order, find, parse, plausible

_DATE_MARK = re.compile(
    r"date|time(?!line|r)|publi|posted|byline|dateline|meta|datum|fecha|data\b|info", re.IGNORECASE
)
# Characters in an element that is marked as a date, and in a line that is not, at most; a sentence
# has more words than the latter.
_MARKED, _LINE, _WORDS = 120, 60, 4
_NEVER = ("script", "style", "noscript", "a", "img", "meta", "link", "h1")


def shown_date(
    tree: HtmlElement, order: Order, language: str, *, marked: bool = True
) -> datetime.date | None:
    """Return the day that stands nearest to the headline: in a <time>, or marked as a date.

    Or, if not `marked`, on any line of its own that does not follow the story.
    """
    heading, story = headline(tree), main_article(tree)
    places: list[tuple[int, datetime.date]] = []
    heading_at, passed = 0, False
    for at, node in enumerate(tree.body.iter("*")):
        passed = passed or node is story
        if node is heading:
            heading_at = at
        outside = story is not None and not _within(node, story)
        if not _may_show(node, marked) or (outside and (_in_another(node) or passed > marked)):
            continue
        day = _day_of(node, order, language, _MARKED if marked else _LINE)
        if day is not None and plausible(day):
            places.append((at, day))
    return _nearest(places, heading_at)


def _nearest(places: list[tuple[int, datetime.date]], heading_at: int) -> datetime.date | None:
    """Return the day nearest to the headline.

    One that follows it is the likelier: above stands today's date, or another story's.
    """
    far = [(at - heading_at if at >= heading_at else 2 * (heading_at - at), d) for at, d in places]
    return min(far, key=lambda one: one[0])[1] if far else None


def _within(node: HtmlElement, story: HtmlElement) -> bool:
    return node is story or any(above is story for above in node.iterancestors("article"))


def _in_another(node: HtmlElement) -> bool:
    """Tell whether an element outside of the story stands in an <article>, as teasers do."""
    return next(node.iterancestors("article"), None) is not None


def _may_show(node: HtmlElement, marked: bool) -> bool:
    if node.tag in _NEVER:
        return False
    if marked and node.tag not in ("time", "abbr"):
        names = f"{node.get('class') or ''} {node.get('id') or ''}"
        if not _DATE_MARK.search(names):
            return False
    # A link leads to another story; a date in one is that story's.
    return next(node.iterancestors("a"), None) is None and not beside(node)


def _day_of(node: HtmlElement, order: Order, language: str, longest: int) -> datetime.date | None:
    stated = node.get("datetime") or node.get("data-datetime") or node.get("data-time") or ""
    if stated and (day := parse(stated, order)):
        return day
    text = " ".join(node.text_content().split())
    sentence = longest == _LINE and text.endswith(".") and len(text.split()) > _WORDS
    if len(text) > longest or sentence:
        return None
    title = (node.get("title") or "") if node.tag in ("abbr", "time", "span") else ""
    for words in (text, title):
        # A line of two dates tells when it was changed too: the earlier is the publication's.
        if found := [day for _, day in find(words, order, language)]:
            return min(found)
    return None
