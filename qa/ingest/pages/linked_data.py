"""The JSON-LD of a page → what it says of the page's own article."""

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxml.html import HtmlElement

from qa.ingest.fields import authors
from qa.ingest.markup import plain
from qa.ingest.normal import line

# Under these stand other works: teasers, comments, entries of a live blog, pictures.
_OTHERS = frozenset(
    """itemlistelement liveblogupdate comment comments citation mentions about ispartof haspart
    isbasedon relatedlink video image associatedmedia author publisher breadcrumb potentialaction
    review offers sharedcontent subjectof""".split()
)
_SITE = "WebPage"
_PRESENTED = ("VideoObject", "AudioObject", "PodcastEpisode", "Event", "Recipe", "ImageGallery")
_DATES = ("datePublished", "dateCreated", "uploadDate", "datePosted")
# A date in a script that is no valid JSON.
_LOOSE_DATE = re.compile(r'"datePublished"\s{0,9}:\s{0,9}"([^"\n]{8,60})"')
_LOOSE_TITLE = re.compile(r'"headline"\s{0,9}:\s{0,9}"((?:[^"\\\n]|\\.){3,400})"')
_COMMENT = re.compile(r"/\*[^*]{0,2000}\*/|<!--|-->|<!\[CDATA\[|\]\]>|//\s*\]\]>")
_COMMA_AT_END = re.compile(r",(?=\s{0,200}[}\]])")
_DEEPEST = 12


@dataclass(frozen=True, slots=True)
class Linked:
    """What JSON-LD says of an article; '' or None where it says nothing."""

    headline: str = ""
    published: Any = None
    modified: Any = None
    authors: tuple[str, ...] = ()
    place: str = ""
    url: str = ""
    site: str = ""
    body: str = ""
    free: bool = True
    is_article: bool = False


def linked(tree: HtmlElement, titles: frozenset[str], url: str) -> Linked:
    """Return what the page's JSON-LD says of its article, known by titles or address if several."""
    scripts = [_script(node) for node in tree.iter("script") if _is_linked(node)]
    nodes = [node for script in scripts for node in _nodes(_loaded(script), 0)]
    site = next((line(node.get("name")) for node in nodes if _kind(node) == "WebSite"), "")
    ranked = sorted(nodes, key=lambda node: _rank(node, titles, url))
    for node in ranked:
        if _rank(node, titles, url)[0] < len(_RANKS):
            return _told(node, site)
    return _loosely(scripts, site)


_RANKS = ("article", "presented", "page")


def _rank(node: Mapping[str, Any], titles: frozenset[str], url: str) -> tuple[int, bool, bool]:
    kind = _kind(node)
    if kind.endswith(("Article", "Posting", "Report", "Review", "Story")):
        place = 0
    elif kind in _PRESENTED:
        place = 1
    elif kind.endswith(_SITE) and any(node.get(name) for name in _DATES):
        place = 2
    else:
        place = len(_RANKS)
    title = line(plain(node.get("headline") or node.get("name"))).casefold()
    same = bool(title) and any(title in other or other in title for other in titles)
    here = bool(url) and url in (_address(node.get("url")), _address(node.get("mainEntityOfPage")))
    dated = any(node.get(name) for name in _DATES)
    return place, not (same or here), not dated


def _told(node: Mapping[str, Any], site: str) -> Linked:
    publisher = node.get("publisher")
    name = publisher.get("name") if isinstance(publisher, Mapping) else publisher
    place = node.get("dateline") or node.get("contentLocation")
    return Linked(
        headline=line(plain(node.get("headline") or node.get("name"))),
        published=next((_value(node[name]) for name in _DATES if node.get(name)), None),
        modified=_value(node.get("dateModified")),
        authors=authors(node.get("author") or node.get("creator")),
        place=line(place.get("name") if isinstance(place, Mapping) else place),
        url=_address(node.get("url")) or _address(node.get("mainEntityOfPage")),
        site=line(name) or site,
        body=plain(node.get("articleBody")),
        free=str(node.get("isAccessibleForFree", True)).casefold() not in ("false", "0", "no"),
        is_article=_rank(node, frozenset(), "")[0] == 0,
    )


def _loosely(scripts: list[str], site: str) -> Linked:
    """Return the date of scripts that are no valid JSON, where they name just one."""
    broken = [script for script in scripts if _loaded(script) is None]
    days = {match[1] for script in broken for match in _LOOSE_DATE.finditer(script)}
    names = {match[1] for script in broken for match in _LOOSE_TITLE.finditer(script)}
    one = len(days) == 1
    return Linked(
        published=days.pop() if one else None,
        headline=line(plain(names.pop())) if len(names) == 1 else "",
        site=site,
        is_article=one,
    )


def _is_linked(node: HtmlElement) -> bool:
    # "application/ld+json; charset=utf-8" is the same kind.
    kind: str = (node.get("type") or "").split(";")[0].strip().lower()
    return kind == "application/ld+json"


def _script(node: HtmlElement) -> str:
    return _COMMENT.sub(" ", node.text_content())


def _loaded(script: str) -> Any:
    for text in (script, _COMMA_AT_END.sub("", script), html.unescape(script)):
        try:
            # Line breaks inside of strings are not allowed, and common.
            return json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _nodes(value: Any, depth: int) -> Iterator[Mapping[str, Any]]:
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for item in value:
            yield from _nodes(item, depth + 1)
    elif isinstance(value, Mapping):
        if value.get("@type"):
            yield value
        for key, item in value.items():
            inside = isinstance(item, (list, Mapping)) and key.casefold() not in _OTHERS
            # An ItemList keeps the items themselves under `item` too.
            if inside and _kind(value) not in ("ItemList", "ListItem", "BreadcrumbList"):
                yield from _nodes(item, depth + 1)


def _kind(node: Mapping[str, Any]) -> str:
    kinds = node.get("@type")
    names = [str(kind) for kind in kinds] if isinstance(kinds, list) else [str(kinds or "")]
    names = [re.split(r"[/:#]", name)[-1] for name in names]
    return next((name for name in names if name.endswith("Article")), names[0] if names else "")


def _value(value: Any) -> Any:
    if isinstance(value, list):
        return _value(value[0]) if value else None
    return value.get("@value") if isinstance(value, Mapping) else value


def _address(value: Any) -> str:
    if isinstance(value, Mapping):
        value = value.get("@id") or value.get("url")
    return value if isinstance(value, str) and value.startswith("http") else ""
