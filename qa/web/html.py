"""Text → HTML in which nothing that an article or a person wrote is markup."""

import base64
import html
import re
from collections.abc import Iterator


def safe(text: str) -> str:
    """Return a text as HTML shows it, also inside an attribute."""
    return html.escape(text, quote=True)


def flat(text: str) -> str:
    """Return a text on one line, as HTML."""
    return safe(" ".join(text.split()))


def marked(text: str, short: str) -> str:
    """Return a text on one line as HTML, the words of `short`, if it has others too, marked."""
    found = re.search(rf"(?<!\w){re.escape(short)}(?!\w)", text) if short else None
    if not found or short == text:
        return flat(text)
    return f"{_part(text[: found.start()])}<mark>{flat(short)}</mark>{_part(text[found.end() :])}"


def _part(text: str) -> str:
    # The white space at its ends stands between it and what is marked.
    return safe(re.sub(r"\s+", " ", text))


def naming(id_: str) -> str:
    """Return a text as it stands in a link: letters, digits, "-" and "_"."""
    return base64.urlsafe_b64encode(id_.encode()).decode().rstrip("=")


def named(href: str) -> str:
    """Return the text that a link `#…-` names; '' if it names none."""
    code = href.rpartition("#")[2].partition("-")[2]
    try:
        return base64.urlsafe_b64decode(code + "=" * (-len(code) % 4)).decode()
    except ValueError:
        return ""


def items(parts: Iterator[str], kind: str = "ul", **attributes: str) -> str:
    """Return list items as a list; '' if there is none."""
    inside = "".join(parts)
    said = "".join(f' {name.rstrip("_")}="{safe(value)}"' for name, value in attributes.items())
    return f"<{kind}{said}>{inside}</{kind}>" if inside else ""
