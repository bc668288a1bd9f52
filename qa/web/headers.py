"""What every answer tells a browser that it must not do."""

import base64
import gzip
import hashlib
from html.parser import HTMLParser

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send

# Gradio builds functions out of the page's own scripts (unsafe-eval) and sets styles of its own;
# what stands inside the document is allowed by its hash, and no other inline script.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-eval'{hashes}; "
    "style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; media-src 'self' blob:; "
    "worker-src 'self' blob:; connect-src 'self'; frame-src 'none'; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
# Sent with every answer, also those that come before any of our code. "same-origin" and not
# "no-referrer": with that, browsers tell the Origin of the login's own form as "null".
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class _Inline(HTMLParser):
    """Collects the scripts and the handlers that stand inside a document."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.scripts: list[str] = []
        self.handlers: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._inside = tag == "script" and "src" not in dict(attributes)
        if self._inside:
            self.scripts.append("")
        self.handlers += [value or "" for name, value in attributes if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.scripts[-1] += data

    def handle_endtag(self, tag: str) -> None:
        self._inside = False


def policy(document: str = "") -> str:
    """Return the Content-Security-Policy of an answer, which allows a document's own scripts."""
    inline = _Inline()
    inline.feed(document)
    hashes = "".join(f" 'sha256-{_hash(one)}'" for one in dict.fromkeys(inline.scripts))
    if inline.handlers:
        hashes += " 'unsafe-hashes'"
        hashes += "".join(f" 'sha256-{_hash(one)}'" for one in dict.fromkeys(inline.handlers))
    return _POLICY.format(hashes=hashes)


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def with_policy(send: Send) -> Send:
    """Return a `send` that sends a Content-Security-Policy with whatever is answered.

    A document is held back until it is whole: its policy names its scripts.
    """
    start: Message = {}
    body = bytearray()

    async def sent(message: Message) -> None:
        nonlocal start
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if headers.get("content-type", "").startswith("text/html"):
                start = message
                return
            headers["Content-Security-Policy"] = policy()
            await send(message)
        elif start:
            body.extend(message.get("body", b""))
            if message.get("more_body"):
                return
            headers = MutableHeaders(scope=start)
            packed = headers.get("content-encoding") == "gzip"
            document = gzip.decompress(body) if packed else bytes(body)
            headers["Content-Security-Policy"] = policy(document.decode())
            await send(start)
            await send({"type": "http.response.body", "body": bytes(body)})
        else:
            await send(message)

    return sent
