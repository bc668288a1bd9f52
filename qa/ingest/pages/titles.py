"""The title of a page's article, without the name of the site."""

import re

from lxml.html import HtmlElement
from rapidfuzz import fuzz

from qa.ingest.normal import line
from qa.ingest.pages.head import Head
from qa.ingest.pages.linked_data import Linked
from qa.ingest.pages.structure import headline

_BREAKS = re.compile(r"\s[|»•·:–—-]{1,2}\s|\s?[|»]\s?|\s::\s|\s—|—\s")
_ALIKE = 80
# A site's name has a few words, and a title more than this.
_NAME_WORDS, _LEAST_CHARS = 5, 8
_CUT = ("…", "...")


def page_title(tree: HtmlElement, top: Head, told: Linked) -> str:
    """Return the title of a page's article, '' if it has none.

    The <h1> is what readers see as the title; where the page's head tells of another, as under a
    section's or a site's name in large letters, what the head says comes first.
    """
    site = told.site or top.site
    heads = [told.headline, top.first("ogtitle"), top.first("twittertitle", "title", "dctitle")]
    element = next((line(node.text_content()) for node in tree.iter("title")), "")
    named = [short for one in (*heads, element) if (short := without_site(one, site, top.host))]
    heading = headline(tree)
    seen = line(heading.text_content()) if heading is not None else ""
    if seen and (not named or any(_same(seen, one) for one in named)):
        return without_site(seen, site, top.host)
    whole = [one for one in named if not one.endswith(_CUT)]
    return (whole or named or [seen])[0]


def without_site(title: str, site: str, host: str) -> str:
    """Return a title without the name of its site at either end."""
    title = line(title)
    breaks = list(_BREAKS.finditer(title))
    for one in reversed(breaks):
        if _is_site(title[one.end() :], title[: one.start()], site, host, one[0]):
            return without_site(title[: one.start()], site, host)
    if breaks and _names_site(title[: breaks[0].start()], site, host):
        rest = title[breaks[0].end() :].strip()
        return rest if len(rest) >= _LEAST_CHARS else title
    return title


def _is_site(tail: str, rest: str, site: str, host: str, mark: str) -> bool:
    if len(rest) < _LEAST_CHARS:
        return False
    # "Title | Politics | The Post": sections stand between bars too.
    short = len(tail.split()) <= _NAME_WORDS < len(rest.split()) + 2
    return _names_site(tail, site, host) or ("|" in mark and short) or ("»" in mark and short)


def _names_site(text: str, site: str, host: str) -> bool:
    plain = re.sub(r"\W", "", text).casefold().removeprefix("the")
    if not plain:
        return False
    if site and fuzz.ratio(plain, re.sub(r"\W", "", site).casefold().removeprefix("the")) > _ALIKE:
        return True
    return len(plain) > 2 and plain in re.sub(r"\W", "", host)


def _same(one: str, other: str) -> bool:
    return fuzz.token_set_ratio(one.casefold(), other.casefold()) >= _ALIKE
