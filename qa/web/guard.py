"""Who may call: the logins, and the login of those who call over MCP."""

import base64
import binascii
import hmac
from collections.abc import Mapping

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
    """ASGI middleware: lets nobody at the MCP server who does not give a login (HTTP Basic)."""

    def __init__(self, app: ASGIApp, known: Mapping[str, str]) -> None:
        """Guard `app`, if there are `known` passwords, by user."""
        self._app = app
        self._known = dict(known)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        guarded = scope["type"] in ("http", "websocket") and "mcp" in scope["path"].split("/")
        if guarded and self._known and not self._knows(Headers(scope=scope).get("authorization")):
            refused = PlainTextResponse(
                "Log in with HTTP Basic", 401, {"WWW-Authenticate": 'Basic realm="qa"'}
            )
            await refused(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _knows(self, authorization: str | None) -> bool:
        kind, _, code = (authorization or "").partition(" ")
        try:
            user, _, password = base64.b64decode(code, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return False
        # As long for a wrong password as for a right one.
        expected = self._known.get(user, "")
        same = hmac.compare_digest(password.encode(), expected.encode())
        return kind.lower() == "basic" and bool(expected) and same
