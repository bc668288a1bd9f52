"""RTF, by striprtf: its text, and what its head says of title, author and making."""

import re
from collections.abc import Callable

from qa.ingest.formats.documents import document
from qa.ingest.parsed import Format, Parsed, Unreadable, single

_PROBE = 2**16
_MADE = re.compile(r"\\creatim\s?\\yr(\d{4})\\mo(\d{1,2})\\dy(\d{1,2})")


def parse(data: bytes) -> Parsed:
    """Return the article of a document.

    Raises `Unreadable` if it is none, or has no text.
    """
    if not data.lstrip().startswith(b"{\\rtf"):
        raise Unreadable("not RTF: its first characters are not {\\rtf")
    source = data.decode("latin-1")
    text = _plain(source)
    made = _MADE.search(source[:_PROBE])
    return document(
        text.split("\n"),
        title=_told(source, "title"),
        authors=[_told(source, "author")],
        made="-".join(made.groups()) if made else None,
    )


def _told(source: str, name: str) -> str:
    match = re.search(r"\{\\" + name + r"\s([^{}]{1,500})\}", source[:_PROBE])
    return _plain("{\\rtf1\\ansi " + match[1] + "}").strip() if match else ""


def _plain(source: str) -> str:
    from striprtf import striprtf

    convert: Callable[..., str] = striprtf.rtf_to_text
    return convert(source, errors="replace")


FORMAT = Format(
    "RTF", (".rtf",), single(parse), modules=("striprtf",), named_by_date=True, library="striprtf"
)
