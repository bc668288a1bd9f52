"""Who may call what: in front of all of the page, in the order in which a request is looked at."""

import logging
from typing import Any

from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.web.callers import Callers
from qa.web.events import CheckedBlocks, brief
from qa.web.headers import with_policy
from qa.web.limits import AtOnce, Refused
from qa.web.login import LOGIN, LOGOUT
from qa.web.requests import Requests
from qa.web.routes import API, Kind, Routes
from qa.web.sessions import CALLER

_LOG = logging.getLogger("qa.web")


class Guard:
    """ASGI middleware in front of all of the page.

    It refuses what another site's page sends on behalf of somebody who has that page open, what
    comes without a login where there are logins, and what the page does not use; binds Gradio's
    sessions and events to the person who began them; and bounds what one person may send.
    """

    def __init__(self, app: ASGIApp, routes: Routes, callers: Callers, requests: Requests) -> None:
        """Guard `app`, of which nobody may call more than `routes`."""
        self._app = app
        self._routes = routes
        self._callers = callers
        self._requests = requests
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
        self._callers.check_origin(scope)
        caller = self._callers.of(scope)
        scope[CALLER] = caller
        with self._at_once.one_more(caller.person, caller.address):
            if scope["path"].rstrip("/") in (LOGIN, LOGOUT):
                form = await self._callers.logins.answer(scope, receive, caller)
                await form(scope, receive, send)
                return
            found = self._routes.find(scope["method"], scope["path"])
            if answer := await self._callers.asked_to_log_in(scope, found, caller):
                await answer(scope, receive, send)
                return
            if found is None:
                raise Refused(404, "there is no such page")
            try:
                receive = await self._requests.checked(scope, receive, found, caller)
            except Refused as refused:
                if refused.status_code != 401:
                    self._journal.tell(str(caller), f"{scope['path']}: {refused.detail}")
                raise
            send = self._callers.with_visitor(scope, send, found, caller)
            if found.route.kind in (Kind.JOIN, Kind.CALL):
                send = self._requests.with_event(send, caller)
            await self._app(scope, receive, send)

    @property
    def _journal(self) -> Any:
        return CheckedBlocks.journal


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
