"""Which format a file is of, told by the ending of its name."""

import dataclasses
import re
from importlib.util import find_spec
from pathlib import PurePath

from qa.ingest.formats import (
    archive,
    docx,
    epub,
    feed,
    json_files,
    json_lines,
    mail,
    markdown,
    mhtml,
    news_xml,
    odt,
    page,
    parquet,
    pdf,
    rtf,
    table,
    text,
    warc,
)
from qa.ingest.formats.packing import READ_ERRORS, unpacked_name
from qa.ingest.parsed import Format, Found, Input, Parsed, Unreadable

FORMATS: tuple[Format, ...] = (
    text.FORMAT,
    markdown.FORMAT,
    page.FORMAT,
    json_files.FORMAT,
    json_lines.FORMAT,
    table.FORMAT,
    parquet.FORMAT,
    pdf.FORMAT,
    docx.FORMAT,
    odt.FORMAT,
    rtf.FORMAT,
    epub.FORMAT,
    mail.FORMAT,
    mail.MAILBOX,
    mhtml.FORMAT,
    feed.FORMAT,
    news_xml.FORMAT,
    warc.FORMAT,
    archive.FORMAT,
)
# A day in a file's name: 2024-05-14-bridge.txt, 20240514_bridge.txt.
_DATED = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_.]?([01]\d)[-_.]?([0-3]\d)(?!\d)")
_BY_SUFFIX = {suffix: format_ for format_ in FORMATS for suffix in format_.suffixes}
SUFFIXES = tuple(_BY_SUFFIX)


def suffix(name: str) -> str:
    """Return the lower-cased ending that tells a file's format, without how it is packed."""
    return PurePath(unpacked_name(name)).suffix


def format_of(name: str) -> Format | None:
    """Return the format of a file, by its name, or None if qa reads none such."""
    return _BY_SUFFIX.get(suffix(name))


def missing(format_: Format) -> list[str]:
    """Return the modules of a format that are not installed."""
    return [module for module in format_.modules if find_spec(module) is None]


def parse(given: Input) -> Found:
    """Yield the articles in a file, and the reason for what is none.

    A parser of somebody else's may raise anything on a damaged file: all of it is a reason too.
    """
    format_ = format_of(given.name)
    if format_ is None:
        yield Unreadable("not a file that qa reads")
        return
    if lacking := missing(format_):
        yield Unreadable(without_extra(format_, lacking))
        return
    try:
        for found in format_.parse(given):
            yield _completed(found, format_, given) if isinstance(found, Parsed) else found
    except Unreadable as reason:
        yield reason
    except READ_ERRORS as error:
        yield Unreadable(f"cannot be read ({getattr(error, 'strerror', None) or error})")
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - what parsers raise on damaged files has no common root
        told = " ".join(str(error).split())[:80] or type(error).__name__
        yield Unreadable(f"cannot be read as {format_.name}: damaged, or of another kind ({told})")


def _completed(found: Parsed, format_: Format, given: Input) -> Parsed:
    """Return what was found, with what the format and the file's name add to it."""
    by_url = found.known_by_url or (format_.known_by_url and bool(found.fields.get("url")))
    fields = found.fields
    if format_.named_by_date and not fields.get("date") and (match := _DATED.search(given.name)):
        fields = {**fields, "date": "-".join(match.groups())}
    return dataclasses.replace(found, fields=fields, known_by_url=by_url)


def without_extra(format_: Format, lacking: list[str]) -> str:
    """Return the reason why a format cannot be read as qa is installed."""
    return (
        f"{format_.name} needs the extra formats ({', '.join(lacking)} not found): "
        "in qa's folder, pip install '.[formats]'"
    )
