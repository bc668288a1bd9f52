"""The fields of a row, a feed's entry or a page's head, by whatever name → those of an article."""

import ast
import dataclasses
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from qa.errors import CorpusError
from qa.ingest.encoding import repaired
from qa.ingest.markup import plain
from qa.ingest.normal import line
from qa.ingest.parsed import Found, Input, Parsed, Unreadable
from qa.ingest.written_dates import parse

# Names that datasets, interfaces of newspapers and exports give to an article's fields, in lower
# case without marks; the likeliest first.
NAMES: dict[str, tuple[str, ...]] = {
    "text": tuple(
        """text maintext articlebody bodytext articletext fulltext body content contents article
        articlecontent newscontent newstext story storytext bodyhtml contenthtml bodyxhtml plaintext
        cleantext cleanedtext textcontent textplain rawtext htmlcontent contenttext paragraphs
        document documenttext contentencoded leadparagraph description summary abstract snippet
        """.split()
    ),
    "title": tuple(
        """title headline headlines webtitle articletitle newstitle head heading storytitle name
        headlinetext subject""".split()
    ),
    "date": tuple(
        """date datepublished publishedat published publishdate publisheddate publicationdate
        datepublish pubdate publishedon publishedtime publishtime publicationtime firstpublished
        publicationdatetime firstpublicationdate webpublicationdate firstcreated datepub dateissued
        issued articledate newsdate dateline created createdat datecreated posted postedat postdate
        datetime timestamp time releasedate day publishedunix pubtime versioncreated updated
        updatedat modified datemodified lastmodified""".split()
    ),
    "place": tuple("place dateline location city".split()),
    "url": tuple(
        """url link weburl sourceurl articleurl canonical canonicalurl permalink href uri pageurl
        newsurl storyurl originalurl source guid id""".split()
    ),
    "authors": tuple("authors author byline creator writer writers journalist reporter by".split()),
}
# Under these an object may keep what the article's own fields are.
_HOLDERS = ("fields", "attributes", "metadata", "meta", "properties", "data", "article", "_source")
# Keys of an object that stands for one text: WordPress, the New York Times, JSON made of XML.
_INSIDE = (
    "rendered",
    "main",
    "original",
    "text",
    "#text",
    "value",
    "name",
    "html",
    "plain",
    "full",
)
_OF_DATE = re.compile(r"date|time|publi|created|posted")
_OF_OTHER_DATE = re.compile(
    r"modif|updat|download|crawl|scrap|fetch|index|access|expir|birth|valid"
)
_KEY = re.compile(r"[\W_]+")
_SHOWN_COLUMNS, _SHOWN_CHARS = 12, 40
_BY = re.compile(r"(?:by|par|von|por)\s+(?=\S)", re.IGNORECASE)


def chosen(text: str) -> dict[str, str]:
    """Return what `--fields` says: "text=content,date=publishedAt" as field → column.

    Raises `CorpusError` if it says something else.
    """
    pairs = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        field, mark, column = (part.strip() for part in pair.partition("="))
        if field not in NAMES or not mark or not column:
            known = ", ".join(NAMES)
            raise CorpusError(f"--fields {pair}: write FIELD=COLUMN; the fields are {known}")
        pairs[field] = column
    return pairs


def known(row: Mapping[str, Any], columns: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the fields of a row under qa's names; those that it has not are left out."""
    levels = _levels(row)
    found: dict[str, Any] = {}
    for field, names in NAMES.items():
        column = (columns or {}).get(field)
        wanted = (_key(column.rsplit(".", 1)[-1]),) if column else names
        value = _first(field, wanted, levels, exact=bool(column))
        if value not in (None, "", [], ()):
            found[field] = value
    if "date" not in found and "date" not in (columns or {}):
        found |= _dated(levels[0])
    return found


def _dated(level: Mapping[str, Any]) -> dict[str, Any]:
    """Return the date of a row that keeps one under a name of its own: created_utc."""
    for name, value in level.items():
        if _OF_DATE.search(name) and not _OF_OTHER_DATE.search(name) and parse(value, "day first"):
            return {"date": value}
    return {}


def has_text_column(row: Mapping[str, Any], columns: Mapping[str, str] | None = None) -> bool:
    """Tell whether any column of a row is one that holds texts, filled or not."""
    column = (columns or {}).get("text")
    wanted = (_key(column.rsplit(".", 1)[-1]),) if column else NAMES["text"]
    return any(name in level for level in _levels(row) for name in wanted)


def row_parsed(row: Mapping[str, Any], columns: Mapping[str, str] | None = None) -> Parsed:
    """Return the article in a row, its markup turned into text."""
    found = known(row, columns)
    text, warnings = repaired(plain(found.get("text", "")))
    fields = {**found, "text": text, "title": line(plain(found.get("title", "")))}
    return Parsed(fields, warnings=warnings)


def articles_of_rows(rows: Iterable[tuple[int, Any, tuple[str, ...]]], given: Input) -> Found:
    """Yield the article of each row, given with its number and warnings.

    A row that is no article is named with the reason. Rows of which no column holds texts are
    named once, for all of a kind, with the columns that they have.
    """
    untold: dict[tuple[str, ...], list[int]] = {}
    for number, row, warnings in rows:
        part = f":{number}"
        if isinstance(row, Unreadable):
            yield Unreadable(str(row), part)
        elif not isinstance(row, Mapping):
            yield Unreadable("not an object with a text", part)
        elif _is_question(row):
            continue
        elif not has_text_column(row, given.options.columns):
            untold.setdefault(tuple(map(str, row)), []).append(number)
        else:
            yield _checked(row, part, warnings, given)
    for names, numbers in untold.items():
        yield Unreadable(_no_column(names, len(numbers), given), f":{numbers[0]}")


def _checked(
    row: Mapping[str, Any], part: str, warnings: tuple[str, ...], given: Input
) -> Parsed | Unreadable:
    parsed = row_parsed(row, given.options.columns)
    if len(str(parsed.fields["text"]).encode("utf-8", "replace")) > given.options.limit:
        return Unreadable(given.options.too_long, part)
    return dataclasses.replace(parsed, part=part).warned(warnings)


def _is_question(row: Mapping[str, Any]) -> bool:
    # Question sets, and their note, may lie beside the articles.
    return ("question" in row or row.keys() == {"note"}) and not row.get("text")


def _no_column(names: tuple[str, ...], rows: int, given: Input) -> str:
    column = given.options.columns.get("text", "text")
    shown = ", ".join(line(name)[:_SHOWN_CHARS] for name in names[:_SHOWN_COLUMNS])
    more = ", …" if len(names) > _SHOWN_COLUMNS else ""
    many = f" in {rows} rows" if rows > 1 else ""
    return (
        f"no column `{column}`{many}; columns found: {shown}{more}: "
        "name the one with the texts, --fields text=COLUMN"
    )


def _key(name: Any) -> str:
    return _KEY.sub("", str(name)).casefold()


def _levels(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a row's values by their plain names, its own first, then those one step inside."""
    top = {_key(name): value for name, value in row.items()}
    inside = []
    for name, value in row.items():
        if isinstance(value, Mapping) and value:
            level = {_key(key): item for key, item in value.items()}
            held = str(name).casefold() in _HOLDERS
            if held or (level.keys() & set(NAMES["text"]) and not level.keys() <= set(_INSIDE)):
                inside.append(level)
    return [top, *inside]


def _first(field: str, names: tuple[str, ...], levels: list[dict[str, Any]], *, exact: bool) -> Any:
    for name in names:
        for level in levels:
            value = level.get(name)
            if not _missing(value) and (
                (fitting := _fitting(field, name, value)) or (exact and (fitting := value))
            ):
                return fitting
    return None


def _missing(value: Any) -> bool:
    # pandas writes a missing value as nan, which equals nothing, itself included.
    return value is None or value == "" or (isinstance(value, float) and value != value)


def _fitting(field: str, name: str, value: Any) -> Any:
    """Return a value as its field takes it, or None where it cannot be meant."""
    if field == "authors":
        return authors(value)
    if field == "date":
        return value if not isinstance(value, (list, tuple)) else (value[0] if value else None)
    text = _text(value)
    if field == "url":
        whole = text.startswith(("http://", "https://"))
        return text if whole or name == "url" else None
    return text if text.strip() else None


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, (list, tuple)):
        return "\n\n".join(filter(None, map(_text, value)))
    if isinstance(value, Mapping):
        return next((text for key in _INSIDE if (text := _text(value.get(key)))), "")
    return ""


def authors(value: Any) -> tuple[str, ...]:
    """Return the names in an author's field: a list, objects with names, "By A; B"."""
    return tuple(dict.fromkeys(_names(value)))


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value.startswith("[") and value.endswith("]"):
        value = _listed(value)
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from _names(item)
        return
    for part in _text(value).split(";"):
        # An address of a page about an author is no name.
        name = _BY.sub("", line(part), count=1) if _BY.match(line(part)) else line(part)
        if name and not name.startswith(("http://", "https://")):
            yield name


def _listed(value: str) -> Any:
    """Return a list that pandas or JSON wrote into a cell: ['A', 'B']."""
    for read in (json.loads, ast.literal_eval):
        try:
            found = read(value)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
        return found if isinstance(found, list) else value
    return value.removeprefix("[[").removesuffix("]]") if value.startswith("[[") else value
