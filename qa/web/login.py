"""Logging in and out: two forms that need no script, and what is done with them."""

import asyncio
import html
import logging
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import Receive, Scope

from qa.text.printable import printable
from qa.web.limits import Refused, body_of
from qa.web.passwords import Passwords
from qa.web.sessions import Caller, Sessions, cookie_names, cookies, set_cookie
from qa.web.throttle import Throttle

LOGIN, LOGOUT = "/login", "/logout"
_LOG = logging.getLogger("qa.web")
# Bytes of a login's form, and letters of a name in the log.
_FORM, _SHOWN = 10_000, 40
# Passwords checked at once, and those that may wait for it: each takes 32 MB.
_CHECKED, _WAITING = 2, 20
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root {{ color-scheme: light dark }}
body {{ font: 1rem system-ui, sans-serif; max-width: 22rem; margin: 15vh auto; padding: 0 1rem }}
label, input, button {{ display: block; width: 100%; box-sizing: border-box; font: inherit }}
input, button {{ padding: .5rem; margin: .3rem 0 1rem }}
</style></head>
<body><main><h1>{title}</h1><p role="status">{said}</p>{form}</main></body></html>
"""
_LOG_IN = """<form method="post" action="./login">
<label for="user">Username</label>
<input id="user" name="username" autocomplete="username" required autofocus>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button>Login</button></form>"""
_LOG_OUT = """<form method="post" action="./logout">
<button>Log out</button><button name="everywhere" value="yes">Log out everywhere</button></form>"""


class Logins:
    """Logs people in and out. A wrong password costs time, more with each."""

    def __init__(self, passwords: Passwords, sessions: Sessions) -> None:
        self._passwords = passwords
        self._sessions = sessions
        self._throttle = Throttle()
        self._turns = asyncio.Semaphore(_CHECKED)
        self._waiting = 0

    def __bool__(self) -> bool:
        return bool(self._passwords)

    def page(self, said: str = "", status: int = 200) -> Response:
        """Return the page that asks for a login."""
        shown = _PAGE.format(title="Login", said=html.escape(said), form=_LOG_IN)
        return HTMLResponse(shown, status, {"Cache-Control": "no-store"})

    async def answer(self, scope: Scope, receive: Receive, caller: Caller) -> Response:
        """Answer what was sent to LOGIN or LOGOUT. Raises `Refused`."""
        posted = scope["method"] == "POST"
        if scope["path"].rstrip("/") == LOGIN:
            return await self._log_in(scope, receive, caller) if posted else self._home(scope)
        if posted:
            return await self._log_out(scope, receive)
        # Only a form ends a login: any page of another site could send people here.
        shown = _PAGE.format(title="Log out", said="", form=_LOG_OUT)
        return HTMLResponse(shown, headers={"Cache-Control": "no-store"})

    async def check(self, user: str, password: str, address: str) -> None:
        """Check a login. Raises `Refused` for a wrong one, and for a try before its time."""
        shown, wait = printable(user[:_SHOWN]), self._throttle.wait(user, address)
        if wait > 0:
            raise _later(wait)
        if self._waiting >= _WAITING:
            raise _later(1)
        wait = self._throttle.tried(user, address)
        self._waiting += 1
        try:
            async with self._turns:
                right = await run_in_threadpool(self._passwords.right, user, password)
        finally:
            self._waiting -= 1
        if right:
            self._throttle.succeeded(user, address)
            return
        locked = f": the next try in {wait:.0f} s" if wait else ""
        _LOG.warning("qa: wrong password for %r from %s%s", shown, address, locked)
        raise Refused(401, "the name or the password is wrong")

    async def check_basic(self, user: str, password: str, address: str) -> None:
        """Check a login that comes with each request. Raises as `check` does."""
        if not self._passwords.remembered(user, password):
            await self.check(user, password, address)
            self._passwords.remember(user, password)

    async def _log_in(self, scope: Scope, receive: Receive, caller: Caller) -> Response:
        form = _form(await body_of(scope, receive, _FORM))
        user, password = form.get("username", "").strip(), form.get("password", "")
        readable = "text/html" in Headers(scope=scope).get("accept", "")
        try:
            if self:
                await self.check(user, password, caller.address)
        except Refused as refused:
            if not readable:
                raise
            answer = self.page(f"{refused.detail[:1].upper()}{refused.detail[1:]}.")
            answer.status_code = refused.status_code
            answer.headers.update(refused.headers or {})
            return answer
        answer = self._home(scope) if readable else JSONResponse({"success": True})
        if self:
            token = self._sessions.begin(user)
            answer.headers["Set-Cookie"] = set_cookie(scope, cookie_names(scope)[0], token)
        return answer

    async def _log_out(self, scope: Scope, receive: Receive) -> Response:
        form = _form(await body_of(scope, receive, _FORM))
        name, _ = cookie_names(scope)
        self._sessions.end(cookies(scope).get(name, ""), everywhere="everywhere" in form)
        answer = self._home(scope)
        answer.headers["Set-Cookie"] = set_cookie(scope, name, "", 0)
        return answer

    def _home(self, scope: Scope) -> Response:
        # As the browser sees it: behind a proxy the page may stand in a folder.
        up = ".." if scope["path"].endswith("/") else "."
        return RedirectResponse(f"{up}/", 303, {"Cache-Control": "no-store"})


def _later(wait: float) -> Refused:
    seconds = max(1, round(wait))
    return Refused(
        429, f"too many wrong passwords: try again in {seconds} s", {"Retry-After": str(seconds)}
    )


def _form(body: bytes) -> dict[str, str]:
    try:
        return {
            name: values[-1] for name, values in parse_qs(body.decode(), max_num_fields=10).items()
        }
    except ValueError:
        raise Refused(400, "this is no form") from None
