"""WARC, which crawlers write, by fastwarc: the news pages in it."""

from typing import Any

from qa.ingest.encoding import decode
from qa.ingest.pages import page_parsed
from qa.ingest.pages.head import original
from qa.ingest.parsed import Format, Found, Input, Parsed, Unreadable

_PAGES = ("text/html", "application/xhtml+xml")
_FOUND = 200


def parse(given: Input) -> Found:
    """Yield the article of each page; pages that have none are counted, and told in one line."""
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    kinds = WarcRecordType.response | WarcRecordType.resource
    passed = read = 0
    with given.open() as stream:
        records = ArchiveIterator(stream, record_types=kinds, auto_decode="all")
        for number, record in enumerate(records, start=1):
            read += 1
            try:
                yield _page(record, given, f":{number}")
            except Unreadable:
                passed += 1
    if passed and passed == read:
        raise Unreadable(f"no news page in it: {passed} records are pictures, front pages and such")
    if passed:
        yield Unreadable(f"{passed} records of {read} are no articles: passed over")


def _page(record: Any, given: Input, part: str) -> Parsed:
    http = record.http_headers
    kind = (record.http_content_type if http else record.headers.get("Content-Type", "")) or ""
    status = http.status_code if http else _FOUND
    if kind.split(";")[0].strip().lower() not in _PAGES or status != _FOUND:
        raise Unreadable("no page")
    data = record.reader.read(given.options.limit + 1)
    if len(data) > given.options.limit:
        raise Unreadable(given.options.too_long)
    text, warnings = decode(data, html=True, declared=(http and record.http_charset) or "")
    parsed = page_parsed(text)
    place = original(record.headers.get("WARC-Target-URI", "").strip("<>"))
    return Parsed({**parsed.fields, "url": place}, part, warnings + parsed.warnings)


FORMAT = Format(
    "WARC",
    (".warc",),
    parse,
    modules=("fastwarc",),
    known_by_url=True,
    library="fastwarc, trafilatura",
)
