"""Web pages: HTML and XHTML, as saved by browsers and downloaders."""

from qa.ingest.encoding import decode
from qa.ingest.pages import page_parsed
from qa.ingest.parsed import Format, Parsed, single


def parse(data: bytes) -> Parsed:
    """Return the article of a page.

    Raises `Unreadable` if it has none.
    """
    html, warnings = decode(data, html=True)
    return page_parsed(html).warned(warnings)


FORMAT = Format("HTML", (".html", ".htm", ".xhtml"), single(parse), library="trafilatura, htmldate")
