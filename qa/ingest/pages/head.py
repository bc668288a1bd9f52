"""The head of a page: its metas by name, its own address, the name of its site."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from qa.ingest.normal import line

_ARCHIVED = re.compile(r"https?://(?:web|www)\.archive\.org/web/\d{4,14}[a-z_]{0,4}/(\S{8,})")
_SAVED_FROM = re.compile(r"<!--\s{0,5}saved from url=\(\d{1,6}\)(\S{8,2000})")
_NAME = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Head:
    """What stands in a page's head: (plain name, content) of each meta, in order."""

    metas: tuple[tuple[str, str], ...]
    url: str
    language: str
    region: str

    def first(self, *names: str) -> str:
        """Return the content of the first meta there is of these, by their plain names."""
        for name in names:
            for known, content in self.metas:
                if known == name and content:
                    return content
        return ""

    @property
    def site(self) -> str:
        """The name of the site, as the page tells it."""
        return self.first("ogsitename", "applicationname", "dcpublisher", "twitterapp")

    @property
    def host(self) -> str:
        """The host of the page's address, '' if that is unknown."""
        try:
            return (urlsplit(self.url).hostname or "").removeprefix("www.")
        except ValueError:
            return ""


def head(tree: HtmlElement, html: str) -> Head:
    """Return the head of a page, given its tree and its source."""
    metas = tuple(_metas(tree))
    root = tree if tree.tag == "html" else tree.getroottree().getroot()
    told = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    locale = told or next((c for n, c in metas if n in ("oglocale", "contentlanguage")), "")
    language, _, region = locale.replace("_", "-").partition("-")
    return Head(metas, _address(tree, metas, html), language.lower()[:3], region.upper()[:2])


def original(url: str) -> str:
    """Return the address of a page that an archive of the web shows under its own."""
    match = _ARCHIVED.match(url)
    if not match:
        return url
    return match[1] if match[1].startswith("http") else f"http://{match[1]}"


def _metas(tree: HtmlElement) -> Iterator[tuple[str, str]]:
    for node in tree.iter("meta"):
        content = node.get("content") or node.get("value") or ""
        for key in ("property", "name", "itemprop", "http-equiv"):
            for name in (node.get(key) or "").split():
                yield _NAME.sub("", name).lower(), line(content)


def _address(tree: HtmlElement, metas: tuple[tuple[str, str], ...], html: str) -> str:
    canonical = [
        node.get("href") or ""
        for node in tree.iter("link")
        if "canonical" in (node.get("rel") or "").lower().split()
    ]
    told = [content for name, content in metas if name in ("ogurl", "twitterurl", "parselylink")]
    base = next((node.get("href") or "" for node in tree.iter("base")), "")
    saved = _SAVED_FROM.search(html[:4000])
    places = [*canonical, *told, *([saved[1]] if saved else [])]
    for place in places:
        try:
            whole = original(urljoin(base, place.strip()))
        except ValueError:
            continue
        if whole.startswith(("http://", "https://")):
            return whole
    return ""
