"""Pages that a browser saved with all they show: .mhtml and .mht."""

import email
import email.policy

from qa.ingest.formats.mail import part_text
from qa.ingest.pages import page_parsed
from qa.ingest.pages.head import original
from qa.ingest.parsed import Format, Parsed, Unreadable, single


def parse(data: bytes) -> Parsed:
    """Return the article of the page.

    Raises `Unreadable` if there is no page in it, or no article.
    """
    message = email.message_from_bytes(data, policy=email.policy.default)
    pages = [part for part in message.walk() if part.get_content_type() == "text/html"]
    if not pages:
        raise Unreadable("no page in it: no part is HTML")
    first = pages[0]
    parsed = page_parsed(part_text(first))
    place = str(message.get("Snapshot-Content-Location") or first.get("Content-Location") or "")
    address = parsed.fields["url"] or original("".join(place.split()))
    return Parsed({**parsed.fields, "url": address}, warnings=parsed.warnings)


FORMAT = Format("MHTML", (".mhtml", ".mht"), single(parse), library="trafilatura, htmldate")
