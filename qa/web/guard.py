"""Who may call: the logins, and the login of those who call over MCP."""

import base64
import hmac
import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from qa.errors import SettingsError

MCP = "/gradio_api/mcp"


def logins(auth: str) -> dict[str, str]:
    """Return the passwords in "USER:PASSWORD", of several people with spaces between, by user.

    Raises `SettingsError` for what is not in that form.
    """
    known: dict[str, str] = {}
    for one in auth.split():
        user, separator, password = one.partition(":")
        if not (user and separator and password):
            known.clear()
            break
        known[user] = password
    if not known:
        raise SettingsError(
            "--auth (or QA_AUTH) must be USER:PASSWORD, neither of them empty or with spaces"
        )
    return known


class Guard:
    """ASGI middleware in front of all of the page.

    It refuses what another site's page sends on behalf of somebody who has that page open, and at
    the MCP server who does not give a login (HTTP Basic).
    """

    def __init__(self, app: ASGIApp, known: Mapping[str, str], local: bool) -> None:
        """Guard `app`: `known` are passwords by user, `local` says that it is for this machine."""
        self._app = app
        self._known = dict(known)
        self._local = local

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        refused = self._refused(scope) if scope["type"] in ("http", "websocket") else None
        await (refused or self._app)(scope, receive, send)

    def _refused(self, scope: Scope) -> PlainTextResponse | None:
        headers, path = Headers(scope=scope), scope["path"]
        host = headers.get("host", "")
        # A name of its own for this machine is how another site's page would reach it.
        if self._local and not self._known and not is_loopback(_name(host)):
            return PlainTextResponse("The page is at 127.0.0.1, and has no other name", 403)
        origin = headers.get("origin")
        hosts = {host, headers.get("x-forwarded-host", host)}
        if origin is not None and urlsplit(origin).netloc not in hosts:
            return PlainTextResponse("This is for the page itself", 403)
        if "file=http" in path:
            # Gradio would fetch it.
            return PlainTextResponse("There is no such file", 404)
        guarded = self._known and "mcp" in path.split("/")
        if guarded and not self._knows(headers.get("authorization")):
            challenge = {"WWW-Authenticate": 'Basic realm="qa"'}
            return PlainTextResponse("Log in with HTTP Basic", 401, challenge)
        return None

    def _knows(self, authorization: str | None) -> bool:
        kind, _, code = (authorization or "").partition(" ")
        try:
            user, _, password = base64.b64decode(code, validate=True).decode().partition(":")
        except ValueError:
            return False
        # As long for a wrong password as for a right one.
        expected = self._known.get(user, "")
        same = hmac.compare_digest(password.encode(), expected.encode())
        return kind.lower() == "basic" and bool(expected) and same


def is_loopback(host: str) -> bool:
    """Tell whether a host, by name or address, is this machine as nobody else can reach it."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _name(host: str) -> str:
    """Return the name in a Host header, without its port."""
    return urlsplit(f"//{host}").hostname or ""
