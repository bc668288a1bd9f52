"""The bytes of one file → the articles in it, format by format."""

import csv
import datetime
import io
import itertools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from charset_normalizer import from_bytes

from qa.text.language import foreign_language
from qa.text.printable import storable
from qa.text.sentences import sentences
from qa.types import Article, Source

TITLE_CHARS = 90
_BINARY_PROBE = 8192
# C0 and C1, but for white space: in a terminal they would be commands.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
_FRONT_MATTER = re.compile(r"\A\s*---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_FRONT_LINE = re.compile(r"[A-Za-z_][\w-]*:(?:\s|$)|\s|-\s|#")
_FRONT_LINES = 50
_HEADING = re.compile(r"\A\s*#[ \t]+(.+?)[ \t#]*(?:\n|\Z)")
# ` date 2017-03-31 TOKYO —`; the article may begin behind the dash or on a later line.
_HEADER = re.compile(
    r"\A\s*date[ \t]+(\d{4}-\d{1,2}-\d{1,2})\b"
    r"[ \t]*([^\n—–]{0,60}?)[ \t]*(?:[—–]|--|-(?=\s)|(?=\n)|\Z)[ \t]*"
)
# Characters that tell the language of a text, at least and at most.
_TELLING, _PROBE = 100, 1000
_HTML_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset=["']?([A-Za-z0-9_-]+)""", re.IGNORECASE)
_JSON_LD = re.compile(
    r"""<script\b[^>]{0,300}?\btype=["']application/ld\+json["'][^>]{0,300}>""", re.IGNORECASE
)
_SCRIPT_ENDS = re.compile(r"</script", re.IGNORECASE)


# Where a page says when it was written; its article's first <time> may say so too.
_STATED = re.compile(r"<(?:meta|link)\b[^>]{0,2000}>", re.IGNORECASE)
_ARTICLE = re.compile(r"</?article\b", re.IGNORECASE)
_TIME = re.compile(r"<time\b[^>]{0,500}>", re.IGNORECASE)


class Unreadable(Exception):  # noqa: N818 - a reason, caught by the corpus walk
    """Why a file or row is no article, in words that end a line: `skipped x: …`."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """An article and what the people who ingest it should know about it."""

    article: Article
    warnings: tuple[str, ...] = ()


def decode(data: bytes, *, html: bool = False) -> tuple[str, tuple[str, ...]]:
    """Return the text of some bytes, and warnings.

    UTF-8 comes first; then an encoding that an HTML page declares; then, if the bytes are
    UTF-8 but for a few, UTF-8 with those replaced; then charset-normalizer's best guess.

    Raises `Unreadable` for binary data.
    """
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, errors="replace"), ()
    if b"\x00" in data[:_BINARY_PROBE]:
        raise Unreadable("binary file: only text can be ingested")
    try:
        return data.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        pass
    declared = _HTML_CHARSET.search(data[:4096]) if html else None
    if declared:
        try:
            return data.decode(declared[1].decode("ascii")), ()
        except (UnicodeError, LookupError):
            pass
    replaced = data.decode("utf-8-sig", errors="replace")
    broken = replaced.count("\ufffd")
    if sum(ord(char) > 0x7F for char in replaced) > 2 * broken:
        return replaced, (f"broken UTF-8: {broken} bytes replaced by \ufffd",)
    best = from_bytes(data).best()
    if best is None:
        raise Unreadable("binary file, or an unknown encoding: save it as UTF-8")
    return str(best), (f"not UTF-8: read as {best.encoding}",)


def text_article(text: str, identity: str, *, markdown: bool = False) -> Parsed:
    """Parse plain text or Markdown: front matter, a `# heading`, the seed's header line.

    Raises `Unreadable` if no text is left.
    """
    fields, text = _front_matter(_unix_lines(text))
    heading = _HEADING.match(text) if markdown else None
    if heading:
        fields.setdefault("title", heading[1])
        text = text[heading.end() :]
    header = _HEADER.match(text)
    if header:
        fields.setdefault("date", header[1])
        fields.setdefault("place", header[2])
        text = text[header.end() :]
    return _article(fields | {"text": text}, identity)


def html_article(html: str, identity: str) -> Parsed:
    """Extract the article of an HTML page; scripts and navigation fall away.

    Raises `Unreadable` if the page holds no article text.
    """
    # Imported late: it takes as long as all of qa's own modules together.
    from trafilatura import bare_extraction

    try:
        page = bare_extraction(
            html,
            with_metadata=True,
            include_comments=False,
            # It is looked for below; the long search would cost more than all else.
            date_extraction_params={"extensive_search": False},
        )
    except (RecursionError, ValueError, AssertionError) as error:
        raise Unreadable(f"HTML that cannot be parsed ({type(error).__name__})") from None
    if page is None or isinstance(page, dict) or not (page.text or "").strip():
        raise Unreadable("no article text found in the HTML")
    fields = {
        "title": page.title,
        "date": _stated_date(html),
        "place": _json_ld_place(html),
        "url": page.url,
        "authors": (page.author or "").split("; "),
        # The extractor ends each paragraph with a single newline.
        "text": (page.text or "").replace("\n", "\n\n"),
    }
    # A page saved to disk is known by its path: its canonical url may stand on several copies.
    return _article(fields, identity)


def row_article(row: Mapping[str, Any], place: str) -> Parsed:
    """Turn a mapping of `text` and, where known, `title`, `date`, `place`, `url`, `authors`.

    Its url becomes the article's id; `place` does, which says where it stands, if it has none.

    Raises `Unreadable` if there is no text.
    """
    return _article(row, _url(row) or place)


def _article(row: Mapping[str, Any], identity: str) -> Parsed:
    text = _canonical(row.get("text"))
    if not text:
        raise Unreadable("empty: it holds no text")
    date, warnings = _date(row.get("date"))
    # Less says little of the language.
    if len(text) >= _TELLING and (language := foreign_language(text[:_PROBE])):
        warnings = (*warnings, f"it seems to be in '{language}': the models know English only")
    source = Source(
        id=identity,
        title=_line(row.get("title")) or _first_words(text),
        date=date,
        place=_line(row.get("place")),
        url=_url(row),
        authors=_authors(row.get("authors")),
    )
    return Parsed(Article(source, text), warnings)


def json_rows(text: str) -> list[Any]:
    """Return the rows of a JSON file: a list, or one object.

    Raises `Unreadable` if it is not JSON.
    """
    try:
        loaded = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"not valid JSON: {error}") from None
    return loaded if isinstance(loaded, list) else [loaded]


def csv_rows(text: str) -> Iterator[dict[str, Any] | Unreadable]:
    """Yield the rows of a CSV file by their lower-cased column names, or why one is none.

    Raises `Unreadable` if a row cannot be parsed.
    """
    csv.field_size_limit(2**31 - 1)
    reader = csv.DictReader(io.StringIO(text))
    try:
        for row in reader:
            if any(row.pop(None, None) or ()):
                yield Unreadable("more fields than the header has: put the text in quotes")
                continue
            yield {key.strip().lower(): value for key, value in row.items() if key}
    except csv.Error as error:
        raise Unreadable(f"not valid CSV: {error}") from None


def _front_matter(text: str) -> tuple[dict[str, Any], str]:
    match = _FRONT_MATTER.match(text)
    if not match:
        return {}, text
    try:
        # The base loader leaves every value a string: a title of `1984` stays one, and no
        # tag in a file can ask for anything to be made.
        fields = yaml.load(match[1], Loader=yaml.BaseLoader)
    except (yaml.YAMLError, ValueError, RecursionError):
        fields = _pairs(match[1])
    if not fields or not isinstance(fields, dict):
        return {}, text
    fields = {str(key).lower(): value for key, value in fields.items()}
    if "author" in fields:
        fields.setdefault("authors", fields["author"])
    return fields, text[match.end() :]


def _pairs(front: str) -> dict[str, Any]:
    """Return front matter by its lines: people write `title: War: what we know`, which is no YAML.

    Nothing, if a line is none of front matter, or no line is of an article's.
    """
    lines = [line for line in front.splitlines() if line.strip()]
    if len(lines) > _FRONT_LINES or not all(_FRONT_LINE.match(line) for line in lines):
        return {}
    pairs = (line.split(": ", 1) for line in lines if ": " in line)
    fields = {key.strip().lower(): value.strip().strip("\"'") for key, value in pairs}
    return fields if fields.keys() & {"title", "date", "author", "authors"} else {}


def _canonical(value: Any) -> str:
    """Return a text as it is stored: every offset counts in this form."""
    if not isinstance(value, str):
        return ""
    return _CONTROLS.sub("", storable(_unix_lines(value))).strip()


def _unix_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _url(row: Mapping[str, Any]) -> str:
    url = row.get("url")
    return storable(url) if isinstance(url, str) else ""


def _line(value: Any) -> str:
    return " ".join(_canonical(value).split())


def _authors(value: Any) -> tuple[str, ...]:
    names = value if isinstance(value, list) else [value]
    return tuple(line for name in names if (line := _line(name)))


def _date(value: Any) -> tuple[datetime.date | None, tuple[str, ...]]:
    if value is None or value == "":
        return None, ()
    try:
        return datetime.date.fromisoformat(str(value).strip()[:10]), ()
    except ValueError:
        return None, (f"its date {str(value)[:40]!r} is not YYYY-MM-DD: stored without a date",)


def _first_words(text: str) -> str:
    """Return a title for an article that has none: its first sentence, cut at a word."""
    start, end = next(iter(sentences(text)))
    line = " ".join(text[start:end].split())
    if len(line) <= TITLE_CHARS:
        return line
    return line[:TITLE_CHARS].rsplit(" ", 1)[0].rstrip(",;:—–- ") + "…"


def _stated_date(html: str) -> str | None:
    """Return the date that a page states of itself, never one out of its text."""
    from htmldate import find_date

    stated = [match[0] for match in _STATED.finditer(html)]
    stated += [
        f'<script type="application/ld+json">{data}</script>' for data in _json_ld_scripts(html)
    ]
    ends = [match.end() for match in itertools.islice(_ARTICLE.finditer(html), 2)]
    time = _TIME.search(html, *ends) if ends else None
    body = f"{time[0]}</time>" if time else ""
    page = f"<html><head>{''.join(stated)}</head><body>{body}</body></html>"
    return find_date(page, extensive_search=False, original_date=True)


def _json_ld_scripts(html: str) -> Iterator[str]:
    """Yield what stands in a page's JSON-LD scripts."""
    place = 0
    while tag := _JSON_LD.search(html, place):
        # One that does not end is none; nor is what follows it.
        if not (end := _SCRIPT_ENDS.search(html, tag.end())):
            return
        yield html[tag.end() : end.start()]
        place = end.end()


def _json_ld_place(html: str) -> str:
    """Return the dateline or place in a page's JSON-LD (schema.org NewsArticle), or ''."""
    for block in _json_ld_scripts(html):
        try:
            loaded = json.loads(block)
        except (ValueError, RecursionError):
            continue
        for item in loaded if isinstance(loaded, list) else [loaded]:
            if not isinstance(item, dict):
                continue
            place = item.get("dateline") or item.get("contentLocation")
            if isinstance(place, dict):
                place = place.get("name")
            if line := _line(place):
                return line
    return ""
