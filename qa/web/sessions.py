"""Who is logged in, by the cookie of a browser, and whose Gradio's sessions and events are."""

import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import Scope

# Seconds that a login lasts.
AGE = 7 * 24 * 3600
# Logins of one person at once: the oldest ends when there is another.
_LOGINS = 20
# Sessions and events of Gradio whose person is remembered: of one, and of all.
_OF_ONE, _OF_ALL = 1000, 100_000
# Where a request's `Caller` stands in its scope.
CALLER = "qa.caller"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends a request: the name of a login, or else a browser's own cookie; and from where."""

    login: str | None
    visitor: str
    address: str

    @property
    def person(self) -> str:
        """A name for the person, not to be shown to others."""
        if self.login is not None:
            return f"login:{self.login}"
        # A program without cookies is known by its address alone.
        return f"visitor:{self.visitor}" if self.visitor else f"address:{self.address}"

    def __str__(self) -> str:
        return f"{self.login!r} at {self.address}" if self.login is not None else self.address


def login_of(request: Any) -> str | None:
    """Return the name with which the sender of a request has logged in: Gradio asks for it."""
    caller: Caller | None = request.scope.get(CALLER)
    return caller.login if caller else None


@dataclass(frozen=True, slots=True)
class _Login:
    user: str
    until: float


@dataclass(slots=True)
class Sessions:
    """Logins. A token is kept by its hash: who reads the memory cannot use it."""

    clock: Callable[[], float] = time.time
    _logins: OrderedDict[bytes, _Login] = field(default_factory=OrderedDict)

    def begin(self, user: str, age: float = AGE) -> str:
        """Log somebody in, for so many seconds; return the token that tells."""
        token = secrets.token_urlsafe(32)
        mine = [key for key, login in self._logins.items() if login.user == user]
        for key in mine[: max(0, len(mine) + 1 - _LOGINS)]:
            del self._logins[key]
        self._logins[_digest(token)] = _Login(user, self.clock() + age)
        return token

    def user(self, token: str) -> str | None:
        """Return who has a token; None if nobody has, or no more."""
        login = self._logins.get(_digest(token))
        if login is None:
            return None
        if login.until <= self.clock():
            del self._logins[_digest(token)]
            return None
        return login.user

    def end(self, token: str, *, everywhere: bool = False) -> None:
        """Log somebody out in one browser, or in all."""
        user = self.user(token)
        self._logins.pop(_digest(token), None)
        if everywhere and user is not None:
            for key in [key for key, login in self._logins.items() if login.user == user]:
                del self._logins[key]


class Owners:
    """Whose Gradio's sessions and events are: they are named by browsers, or by chance."""

    def __init__(self) -> None:
        self._of: OrderedDict[str, str] = OrderedDict()
        self._by: dict[str, OrderedDict[str, None]] = {}

    def claim(self, name: str, person: str) -> bool:
        """Tell whether a session or event is a person's; from now on it is, if it was nobody's."""
        if name in self._of:
            self._of.move_to_end(name)
            return self._of[name] == person
        mine = self._by.setdefault(person, OrderedDict())
        if len(mine) >= _OF_ONE:
            self._drop(next(iter(mine)))
        if len(self._of) >= _OF_ALL:
            self._drop(next(iter(self._of)))
        self._by.setdefault(person, OrderedDict())[name] = None
        self._of[name] = person
        return True

    def of(self, name: str) -> str | None:
        """Return the person whose a session or event is; None if it is nobody's."""
        return self._of.get(name)

    def _drop(self, name: str) -> None:
        person = self._of.pop(name)
        del self._by[person][name]
        if not self._by[person]:
            del self._by[person]


def cookie_names(scope: Scope) -> tuple[str, str]:
    """Return the names of the cookies with a login and with a browser's own name.

    Browsers send a host's cookies to all of its ports: the name tells them apart.
    """
    port = (scope.get("server") or ("", 0))[1]
    return f"qa-login-{port}", f"qa-visitor-{port}"


def cookies(scope: Scope) -> dict[str, str]:
    """Return the cookies of a request."""
    return dict(cookie_parser("; ".join(Headers(scope=scope).getlist("cookie"))))


def set_cookie(scope: Scope, name: str, value: str, age: int = AGE) -> str:
    """Return a Set-Cookie header: for no script, for no other site, behind TLS only for TLS."""
    forwarded = Headers(scope=scope).get("x-forwarded-proto", "")
    secure = "https" in (scope.get("scheme"), forwarded.partition(",")[0].strip())
    line = f"{name}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax"
    return line + ("; Secure" if secure else "")


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
