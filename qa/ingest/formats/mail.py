"""Mails, such as newsletters: one in .eml, many in .mbox, by Python's own parser."""

import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import getaddresses
from typing import BinaryIO, cast

from qa.ingest.boilerplate import without_pleas
from qa.ingest.encoding import decode
from qa.ingest.markup import html_text
from qa.ingest.normal import line, tidy
from qa.ingest.parsed import Format, Found, Input, Parsed, Unreadable, single

# A part in plain text may hold no more than "this mail is in HTML".
_SHARE = 0.5


def parse(data: bytes) -> Parsed:
    """Return the article of a mail: its subject, its day, who sent it, its text.

    Raises `Unreadable` if it has no text.
    """
    message = email.message_from_bytes(data, policy=email.policy.default)
    if not message.keys():
        raise Unreadable("not a mail: it has no header")
    plain, markup = _part(message, "plain"), html_text(_part(message, "html"))
    text = tidy(plain) if len(plain) >= _SHARE * len(markup) else markup
    sender = [name for name, _ in getaddresses([str(message.get("From", ""))]) if name]
    fields = {
        "title": line(str(message.get("Subject", ""))),
        "date": str(message.get("Date", "")),
        "authors": tuple(sender),
        "url": _address(message),
        "text": without_pleas(text),
    }
    return Parsed(fields)


def part_text(message: EmailMessage) -> str:
    """Return the text of one part of a mail, in the encoding that it states or is in."""
    data = message.get_payload(decode=True)
    charset = message.get_content_charset() or ""
    html = message.get_content_subtype() == "html"
    return decode(data, html=html, declared=charset)[0] if isinstance(data, bytes) else ""


def _part(message: EmailMessage, kind: str) -> str:
    found = message.get_body((kind,))
    return part_text(cast(EmailMessage, found)) if found is not None else ""


def _address(message: EmailMessage) -> str:
    for name in ("Archived-At", "Content-Location"):
        place = str(message.get(name, "")).strip("<> ")
        if place.startswith("http"):
            return place
    return ""


def parse_box(given: Input) -> Found:
    """Yield the article of each mail in a mailbox."""
    with given.open() as stream:
        for number, data in enumerate(_messages(stream, given.options.limit), start=1):
            if len(data) > given.options.limit:
                yield Unreadable(given.options.too_long, f":{number}")
                continue
            try:
                yield parse(data).at(f":{number}")
            except Unreadable as reason:
                yield Unreadable(str(reason), f":{number}")


def count(given: Input) -> int:
    """Return the number of mails in a mailbox."""
    with given.open() as stream:
        return sum(row.startswith(b"From ") for row in stream)


def _messages(stream: BinaryIO, limit: int) -> Iterator[bytes]:
    """Yield each mail: a line that begins with "From " follows a blank one, and begins the next."""
    rows: list[bytes] = []
    size, blank, begun = 0, True, False
    for row in stream:
        if blank and row.startswith(b"From "):
            if begun:
                yield b"".join(rows)
            rows, size, begun = [], 0, True
        elif size <= limit:
            rows.append(row.removeprefix(b">") if row.startswith(b">From ") else row)
            size += len(row)
        blank = not row.strip()
    if not begun:
        raise Unreadable("not a mailbox: no line in it begins with From")
    yield b"".join(rows)


FORMAT = Format("mail", (".eml",), single(parse))
MAILBOX = Format("mailbox", (".mbox",), parse_box, count=count)
