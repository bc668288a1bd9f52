"""Who calls: by which name for this machine, from whose page, with which login or browser."""

import base64
import ipaddress
import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import Message, Scope, Send

from qa.web.limits import Refused
from qa.web.login import Logins
from qa.web.routes import MCP, Found, Kind
from qa.web.sessions import Caller, Sessions, cookie_names, cookies, set_cookie


@dataclass(frozen=True)
class Callers:
    """Tells who sends a request, and whether a login is missing.

    `local` says that the page is for this machine alone.
    """

    logins: Logins
    sessions: Sessions
    local: bool

    def check_origin(self, scope: Scope) -> None:
        """Raise `Refused` if another site's page sends the request."""
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        # A name of its own for this machine is how another site's page would reach it.
        if self.local and not self.logins and not is_loopback(_name(host)):
            raise Refused(403, "the page is at 127.0.0.1, and has no other name")
        origin = headers.get("origin")
        hosts = {host, headers.get("x-forwarded-host", host)}
        if origin is not None and _place(origin) not in hosts:
            raise Refused(403, "this is for the page itself")

    def of(self, scope: Scope) -> Caller:
        """Return who sends a request."""
        login, visitor = (cookies(scope).get(name, "") for name in cookie_names(scope))
        address = (scope.get("client") or ("unknown",))[0]
        return Caller(self.sessions.user(login) if login else None, visitor[:64], address)

    async def asked_to_log_in(
        self, scope: Scope, found: Found | None, caller: Caller
    ) -> Response | None:
        """Return the form to log in, if that is what a person has to do first.

        Raises `Refused` if a program has to.
        """
        if not self.logins:
            return None
        kind = found.route.kind if found else None
        if kind is Kind.MCP or MCP in scope["path"]:
            await self._check_basic(scope, caller)
        elif caller.login is None and kind is Kind.PAGE:
            return self.logins.page()
        elif caller.login is None and kind is not Kind.ASSET:
            raise Refused(401, "log in first")
        return None

    async def _check_basic(self, scope: Scope, caller: Caller) -> None:
        kind, _, code = Headers(scope=scope).get("authorization", "").partition(" ")
        try:
            user, _, password = base64.b64decode(code, validate=True).decode().partition(":")
        except ValueError:
            user = password = ""
        challenge = {"WWW-Authenticate": 'Basic realm="qa"'}
        if kind.lower() != "basic" or not (user and password):
            raise Refused(401, "log in with HTTP Basic", challenge)
        try:
            await self.logins.check_basic(user, password, caller.address)
        except Refused as refused:
            raise Refused(
                refused.status_code, refused.detail, {**challenge, **(refused.headers or {})}
            ) from None

    def with_visitor(self, scope: Scope, send: Send, found: Found, caller: Caller) -> Send:
        """Return a `send` that names a browser without a login, for that browser alone."""
        if found.route.kind is not Kind.PAGE or caller.login is not None or caller.visitor:
            return send
        cookie = set_cookie(scope, cookie_names(scope)[1], secrets.token_urlsafe(32))

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("Set-Cookie", cookie)
            await send(message)

        return sent


def is_loopback(host: str) -> bool:
    """Tell whether a host, by name or address, is this machine as nobody else can reach it."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _place(origin: str) -> str | None:
    """Return host and port of an Origin header; None for what is none."""
    try:
        return urlsplit(origin).netloc or None
    except ValueError:
        return None


def _name(host: str) -> str:
    """Return the name in a Host header, without its port."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
