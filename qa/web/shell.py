"""The page's markup inside Gradio's document, so that it is painted before Gradio is loaded."""

import gzip
import hashlib
import html
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

STATIC = Path(__file__).parent / "static"
# Of what never changes under its name; Gradio's own assets have hashes in theirs.
_FOR_EVER = b"public, max-age=31536000, immutable"
# In Gradio's document: other hosts are named, though not asked, by what only its makers need.
_NOT_OURS = re.compile(r'\s*<meta\s+(?:property="og:|name="twitter:)[^>]*>')
_GRADIO_STYLE = re.compile(r'<link rel="stylesheet" crossorigin href="(\./assets/index-[^"]+)">')


@cache
def version() -> str:
    """Return a name for the state of the page's own files: a browser keeps them for ever."""
    state = hashlib.sha256()
    for path in sorted(STATIC.iterdir()):
        state.update(path.name.encode() + path.read_bytes())
    return state.hexdigest()[:16]


def assets() -> Mount:
    """Return the route at which the page's own files are served."""
    return Mount(f"/qa/{version()}", StaticFiles(directory=STATIC))


def limits_html(files: int, megabytes: float) -> str:
    """Return the part of the page in which articles are added."""
    limits = f"At most {files} files, {megabytes:g} MB together"
    return _read("adding.html").format(limits=html.escape(limits))


def _read(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8")


class Shell:
    """ASGI middleware that puts the page into Gradio's document, and lets browsers keep assets.

    The document of somebody who has yet to log in stays as it is.
    """

    def __init__(
        self,
        app: ASGIApp,
        welcome: Callable[[], tuple[str, str, str]],
        adding: str,
        title: str,
        logins: bool = False,
    ) -> None:
        """Wrap `app`. `welcome` returns the welcome, and the archive's first and last day."""
        self._app = app
        self._welcome = welcome
        self._adding = adding
        self._title = title
        self._leaving = _LEAVING if logins else ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and change what is answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"] == "/" and scope["method"] == "GET":
            await self._document(scope, receive, send)
        elif scope["path"].startswith(("/assets/", f"/qa/{version()}/")):
            await self._app(scope, receive, _kept(send))
        else:
            await self._app(scope, receive, send)

    async def _document(self, scope: Scope, receive: Receive, send: Send) -> None:
        start: Message = {}
        body = b""

        async def hear(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
                return
            body += message.get("body", b"")
            if not message.get("more_body"):
                await self._send(start, body, scope, receive, send)

        await self._app(scope, receive, hear)

    async def _send(
        self, start: Message, body: bytes, scope: Scope, receive: Receive, send: Send
    ) -> None:
        document = body.decode("utf-8")
        if '"auth_required"' not in document and start["status"] == 200:
            document = self._with_page(document)
        kind = dict(start["headers"]).get(b"content-type", b"text/html").decode()
        content, packed = document.encode(), {}
        # Gradio packs its scripts, and not the document, which has all of its configuration.
        if "gzip" in Headers(scope=scope).get("accept-encoding", ""):
            content, packed = gzip.compress(content, 5), {"content-encoding": "gzip"}
        response = Response(content, start["status"], packed, kind)
        response.headers["vary"] = "accept-encoding"
        for name, value in start["headers"]:
            if name not in (b"content-length", b"content-type"):
                response.raw_headers.append((name, value))
        await response(scope, receive, send)

    def _with_page(self, document: str) -> str:
        place = f"qa/{version()}"
        welcome, first, last = self._welcome()
        page = _read("page.html").replace("{welcome}", welcome).replace("{adding}", self._adding)
        page = page.replace("{leaving}", self._leaving)
        page = page.replace('id="qa" ', f'id="qa" data-first="{first}" data-last="{last}" ', 1)
        head = (
            f"<title>{html.escape(self._title)}</title>"
            f'<link rel="icon" href="data:,"><script>{_STUB}{_read("theme.js")}</script>'
            f'<link rel="stylesheet" href="./{place}/page.css">'
            f'<script type="module" src="./{place}/app.js"></script>'
        )
        modules = sorted(path.name for path in STATIC.glob("*.js") if path.name != "theme.js")
        head += "".join(f'<link rel="modulepreload" href="./{place}/{name}">' for name in modules)
        # Gradio's own style is for what it draws itself: the page need not wait for it.
        document = _GRADIO_STYLE.sub(
            r'<link rel="stylesheet" crossorigin href="\1" media="print" '
            r"""onload="this.media='all'">""",
            _NOT_OURS.sub("", document),
        )
        # Behind the viewport's width, which the first script asks for; before all that is loaded.
        document = document.replace("<style>", f"{head}<style>", 1)
        body = document.index(">", document.index("<body")) + 1
        return f'{document[:body]}<div id="qa-page" role="main">{page}</div>{document[body:]}'


_LEAVING = '<a class="qa-leave" href="./logout">Log out</a>'
# Gradio may be there before the page's modules: what it hands over waits for them.
_STUB = "window.qa={connect(...given){this.waiting=given},known(secret){this.told=secret}};"


def _kept(send: Send) -> Send:
    """Return a `send` that lets browsers keep what is sent."""

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 200:
            headers = [one for one in message["headers"] if one[0] != b"cache-control"]
            message = {**message, "headers": [*headers, (b"cache-control", _FOR_EVER)]}
        await send(message)

    return sent
