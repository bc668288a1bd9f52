"""The day on which a page was published, as the page states it.

First comes what is said to be that day: JSON-LD, metas, microdata. Then what is shown beside the
headline as a date, then one in the page's address, then one that htmldate finds in the text, which
may be the day of something else, and is marked so.
"""

import datetime
import re
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from lxml.html import HtmlElement

from qa.ingest.pages.head import Head
from qa.ingest.pages.linked_data import Linked
from qa.ingest.pages.shown_date import shown_date
from qa.ingest.pages.structure import beside, drop_after, main_article
from qa.ingest.written_dates import Order, find, order_of, parse, plausible

IN_TEXT = "its date was found in its text: it may be another day's"
CHANGED = "its date is of its last change: the page states no other"
# Sites tell it in metas of many names: what is of a publication, and of a time.
_OF_PUBLICATION = re.compile(
    r"publi|pub(?=date|time|\b)|issued|created|originaldate|firstdate|posted"
)
_OF_TIME = re.compile(r"date|time|publish|issued|created|posted")
_OF_ELSE = re.compile(
    r"modif|updat|expir|valid|revis|image|video|publisher|copyright|unpub|comment|license|timezone"
)
_OF_CHANGE = re.compile(r"modif|updat|revis")
_IN_ADDRESS = re.compile(
    r"/(?P<year>(?:19|20)\d\d)[/_-]?(?P<month>[01]\d|[1-9](?=[/_-]))[/_-]?(?P<day>[0-3]\d|[1-9](?!\d))"
    r"(?!\d)"
)
_SHORT = 120
_FIELDS = frozenset("datepublished datecreated dctermscreated dctermsissued dcdate pubdate".split())
# Of those that write a day with the month first in numbers; all others begin with the day.
_MONTH_FIRST = {("en", ""), ("en", "US"), ("en", "PH"), ("en", "CA")}


@dataclass(frozen=True, slots=True)
class Dated:
    """A page's day, or None, and what people should know of it."""

    day: datetime.date | None = None
    warnings: tuple[str, ...] = ()


def page_date(tree: HtmlElement, top: Head, told: Linked) -> Dated:
    """Return the day on which a page was published. The tree is left as it is."""
    order = _order(tree, top)
    ways: tuple[Callable[[], datetime.date | None], ...] = (
        lambda: _first((told.published,), order, top),
        lambda: _first(_published(top), order, top),
        lambda: _first(_microdata(tree), order, top),
        lambda: shown_date(tree, order, top.language),
        lambda: _of_address(top.url),
    )
    for way in ways:
        if day := way():
            return Dated(day)
    changes = [content for name, content in top.metas if _OF_CHANGE.search(name)]
    if day := shown_date(tree, order, top.language, marked=False) or _searched(tree):
        return Dated(day, (IN_TEXT,))
    if day := _first((told.modified, *changes), order, top):
        return Dated(day, (CHANGED,))
    return Dated()


def _order(tree: HtmlElement, top: Head) -> Order:
    """Return how the page writes days in numbers: as those that tell do, or by its language."""
    values = [content for _, content in top.metas]
    values += [node.text_content()[:_SHORT] for node in tree.iter("time")]
    if told := order_of(values):
        return told
    region = top.region or ("GB" if top.host.endswith((".uk", ".au", ".nz", ".ie", ".in")) else "")
    language = top.language or "en"
    return "month first" if (language, region) in _MONTH_FIRST else "day first"


def _first(values: Iterable[Any], order: Order, top: Head) -> datetime.date | None:
    for value in values:
        day = parse(value, order)
        if day is None and isinstance(value, str):
            day = next((found for _, found in find(value[:_SHORT], order, top.language)), None)
        if plausible(day):
            return day
    return None


def _published(top: Head) -> Iterator[str]:
    named = [
        content
        for name, content in top.metas
        if _OF_PUBLICATION.search(name) and _OF_TIME.search(name) and not _OF_ELSE.search(name)
    ]
    yield from named
    yield from (
        content
        for name, content in top.metas
        if name.endswith(("date", "timestamp")) and not _OF_ELSE.search(name)
    )


def _microdata(tree: HtmlElement) -> Iterator[str]:
    for node in tree.iter():
        if not isinstance(node.tag, str) or node.tag == "meta":
            continue
        names = f"{node.get('itemprop') or ''} {node.get('property') or ''}".lower()
        stated = {re.sub(r"\W", "", name) for name in names.split()} & _FIELDS
        if (stated or node.get("pubdate") is not None) and not beside(node):
            yield node.get("content") or node.get("datetime") or node.text_content()[:_SHORT]


def _of_address(url: str) -> datetime.date | None:
    match = _IN_ADDRESS.search(url)
    if not match:
        return None
    day = parse("-".join(match.group("year", "month", "day")))
    return day if plausible(day) else None


def _searched(tree: HtmlElement) -> datetime.date | None:
    """Return the day that htmldate finds in what a reader sees of the story."""
    from htmldate import find_date

    story = deepcopy(tree)
    drop_after(main_article(story))
    for node in list(story.iter()):
        if node is story or node.tag in ("body", "html") or node.getparent() is None:
            continue
        if node.tag in (
            "script",
            "style",
            "noscript",
            "img",
            "meta",
            "link",
            "picture",
            "source",
        ) or (isinstance(node.tag, str) and beside(node)):
            node.drop_tree()
    for node in story.iter():
        for name in set(node.attrib) - {"class", "id", "datetime", "title"}:
            del node.attrib[name]
    today = datetime.datetime.combine(datetime.date.today(), datetime.time())
    found = find_date(story, original_date=True, extensive_search=True, max_date=today)
    return datetime.date.fromisoformat(found) if found else None
