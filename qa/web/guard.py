"""Who may call what: in front of all of the page, in the order in which a request is looked at."""

import base64
import ipaddress
import json
import logging
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import gradio as gr
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.web.events import CheckedBlocks, brief, checked, parsed, public, session_name
from qa.web.headers import with_policy
from qa.web.limits import AtOnce, Refused, body_of, bounded, check_share, replayed
from qa.web.login import LOGIN, LOGOUT, Logins
from qa.web.routes import API, MCP, Found, Kind, Routes
from qa.web.sessions import CALLER, Caller, Owners, Sessions, cookie_names, cookies, set_cookie
from qa.web.uploads import Uploads

_LOG = logging.getLogger("qa.web")
# What a browser may send along with an upload: the parts' heads.
_HEADS = 1_000_000


@dataclass(frozen=True)
class Guarded:
    """What the guard stands in front of.

    `local` says that the page is for this machine alone. Without `uploads` nobody may upload.
    """

    page: gr.Blocks
    routes: Routes
    logins: Logins
    sessions: Sessions
    local: bool
    uploads: Uploads | None = None


class Guard:
    """ASGI middleware in front of all of the page.

    It refuses what another site's page sends on behalf of somebody who has that page open, what
    comes without a login where there are logins, and what the page does not use; binds Gradio's
    sessions and events to the person who began them; and bounds what one person may send.
    """

    def __init__(self, app: ASGIApp, guarded: Guarded) -> None:
        """Guard `app`."""
        self._app = app
        self._guarded = guarded
        self._owners = Owners()
        self._at_once = AtOnce()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            # The page has no WebSocket.
            await send({"type": "websocket.close", "code": 1008})
            return
        answer = _Answer(send)
        try:
            await self._pass_on(scope, receive, answer.send)
        except Refused as refused:
            await answer.instead(scope, receive, refused)
        except Exception as error:  # noqa: BLE001 - told in one line, and the server goes on
            who = str(scope.get(CALLER, "unknown"))
            self._journal.tell(who, f"{scope['method']} {scope['path']}: {brief(error)}")
            _LOG.debug("qa: failed", exc_info=error)
            failed = Refused(500, "this went wrong: load the page again")
            await answer.instead(scope, receive, failed)

    async def _pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._check_origin(scope)
        caller = self._caller(scope)
        scope[CALLER] = caller
        with self._at_once.one_more(caller.person, caller.address):
            if scope["path"].rstrip("/") in (LOGIN, LOGOUT):
                form = await self._guarded.logins.answer(scope, receive, caller)
                await form(scope, receive, send)
                return
            found = self._guarded.routes.find(scope["method"], scope["path"])
            if answer := await self._asked_to_log_in(scope, found, caller):
                await answer(scope, receive, send)
                return
            if found is None:
                raise Refused(404, "there is no such page")
            try:
                receive = await self._checked(scope, receive, found, caller)
            except Refused as refused:
                if refused.status_code != 401:
                    self._journal.tell(str(caller), f"{scope['path']}: {refused.detail}")
                raise
            send = self._with_visitor(scope, send, found, caller)
            if found.route.kind in (Kind.JOIN, Kind.CALL):
                send = self._with_event(send, caller)
            await self._app(scope, receive, send)

    @property
    def _journal(self) -> Any:
        return CheckedBlocks.journal

    # Who it is

    def _check_origin(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        # A name of its own for this machine is how another site's page would reach it.
        if self._guarded.local and not self._guarded.logins and not is_loopback(_name(host)):
            raise Refused(403, "the page is at 127.0.0.1, and has no other name")
        origin = headers.get("origin")
        hosts = {host, headers.get("x-forwarded-host", host)}
        if origin is not None and _place(origin) not in hosts:
            raise Refused(403, "this is for the page itself")

    def _caller(self, scope: Scope) -> Caller:
        login, visitor = (cookies(scope).get(name, "") for name in cookie_names(scope))
        address = (scope.get("client") or ("unknown",))[0]
        return Caller(self._guarded.sessions.user(login) if login else None, visitor[:64], address)

    async def _asked_to_log_in(
        self, scope: Scope, found: Found | None, caller: Caller
    ) -> Response | None:
        if not self._guarded.logins:
            return None
        kind = found.route.kind if found else None
        if kind is Kind.MCP or MCP in scope["path"]:
            await self._check_basic(scope, caller)
        elif caller.login is None and kind is Kind.PAGE:
            return self._guarded.logins.page()
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
            await self._guarded.logins.check_basic(user, password, caller.address)
        except Refused as refused:
            raise Refused(
                refused.status_code, refused.detail, {**challenge, **(refused.headers or {})}
            ) from None

    def _with_visitor(self, scope: Scope, send: Send, found: Found, caller: Caller) -> Send:
        """Return a `send` that names a browser without a login, for that browser alone."""
        if found.route.kind is not Kind.PAGE or caller.login is not None or caller.visitor:
            return send
        cookie = set_cookie(scope, cookie_names(scope)[1], secrets.token_urlsafe(32))

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("Set-Cookie", cookie)
            await send(message)

        return sent

    # What is sent

    async def _checked(
        self, scope: Scope, receive: Receive, found: Found, caller: Caller
    ) -> Receive:
        """Check a request that may be made by this person; return how to receive it."""
        kind = found.route.kind
        if kind in (Kind.JOIN, Kind.RUN, Kind.CALL, Kind.SERVER, Kind.CANCEL):
            return await self._event(scope, receive, found, caller)
        if kind is Kind.UPLOAD:
            return self._upload(scope, receive)
        if kind is Kind.LISTEN:
            self._claim(_query(scope, "session_hash"), caller)
        elif kind is Kind.HEARTBEAT:
            self._claim(found.parameters["session_hash"], caller)
        elif kind is Kind.RESULT and self._owners.of(found.parameters["event_id"]) != caller.person:
            raise Refused(404, "there is no such event")
        elif kind is Kind.MCP:
            return replayed(await body_of(scope, receive), receive)
        return bounded(scope, receive, 0)

    async def _event(self, scope: Scope, receive: Receive, found: Found, caller: Caller) -> Receive:
        kind, page = found.route.kind, self._guarded.page
        if kind is Kind.CALL and not public(page, found.parameters["api_name"]):
            raise Refused(404, "there is no such endpoint")
        given = checked(kind, parsed(await body_of(scope, receive)), page)
        if "session_hash" in given:
            self._claim(given["session_hash"], caller)
        if kind is Kind.CANCEL and self._owners.of(given["event_id"]) != caller.person:
            raise Refused(404, "there is no such event")
        if kind in (Kind.JOIN, Kind.CALL):
            check_share(list(self._in_queue()), caller.person, caller.address)
        body = json.dumps(given).encode()
        headers = MutableHeaders(scope=scope)
        headers["content-length"], headers["content-type"] = str(len(body)), "application/json"
        del headers["transfer-encoding"]
        return replayed(body, receive)

    def _claim(self, session: str, caller: Caller) -> None:
        try:
            mine = self._owners.claim(session_name(session), caller.person)
        except ValueError as error:
            raise Refused(422, str(error)) from None
        if not mine:
            raise Refused(403, "this session is another person's: load the page again")

    def _in_queue(self) -> Iterator[tuple[str | None, str]]:
        """Yield person and address of each event that waits in Gradio's queue, or is at work."""
        queue = self._guarded.page._queue
        queues = queue.event_queue_per_concurrency_id.values()
        waiting = [one for each in queues for one in each.queue]
        working = [one for job in queue.active_jobs if job for one in job]
        for event in [*waiting, *working]:
            caller: Caller | None = event.request.scope.get(CALLER)
            if caller is not None:
                yield caller.person, caller.address

    def _with_event(self, send: Send, caller: Caller) -> Send:
        """Return a `send` that notes whose event it is that Gradio has begun."""
        body = bytearray()

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.body":
                body.extend(message.get("body", b""))
                if not message.get("more_body"):
                    # Gradio answers a failure with a text, or an object without an event.
                    found = re.search(rb'"event_id":\s*"([\w-]+)"', body)
                    if found:
                        self._owners.claim(found[1].decode(), caller.person)
            await send(message)

        return sent

    def _upload(self, scope: Scope, receive: Receive) -> Receive:
        uploads = self._guarded.uploads
        if uploads is None:
            raise Refused(403, "nobody may upload here")
        receive = bounded(scope, receive, uploads.one + _HEADS)
        if not uploads.has_room(int(Headers(scope=scope).get("content-length", uploads.one))):
            raise Refused(
                507,
                "too much was uploaded and is still to be ingested: try again later",
                {"Connection": "close"},
            )
        return receive


class _Answer:
    """An answer on its way, with what every answer tells browsers."""

    def __init__(self, send: Send) -> None:
        self._send = with_policy(send)
        self._begun = self._whole = False

    async def send(self, message: Message) -> None:
        """Send a part."""
        self._begun = True
        self._whole = message["type"] == "http.response.body" and not message.get("more_body")
        await self._send(message)

    async def instead(self, scope: Scope, receive: Receive, refused: Refused) -> None:
        """Answer why there is no other answer; one that has begun is brought to its end."""
        if not self._begun:
            await _response(scope, refused)(scope, receive, self.send)
        elif not self._whole:
            await self.send({"type": "http.response.body", "body": b"", "more_body": False})


def _response(scope: Scope, refused: Refused) -> Response:
    """Return why a request is refused, as a browser or a program reads it."""
    if scope["path"].startswith(API):
        return JSONResponse({"detail": refused.detail}, refused.status_code, refused.headers)
    said = refused.detail[:1].upper() + refused.detail[1:]
    return PlainTextResponse(f"{said}.", refused.status_code, refused.headers)


def is_loopback(host: str) -> bool:
    """Tell whether a host, by name or address, is this machine as nobody else can reach it."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _query(scope: Scope, name: str) -> str:
    """Return a value in an address, '' if there is none."""
    return str(parse_qs(scope["query_string"].decode("latin-1")).get(name, [""])[0])


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
