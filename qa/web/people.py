"""Whose conversations they are: of who has logged in, or else of a browser."""

from typing import Any

from qa.errors import ConversationError
from qa.library.conversations import owner
from qa.web.sessions import CALLER, login_of


def person_of(browser: str, request: Any) -> str:
    """Return under which name the conversations of who sends a request are kept.

    `browser` is the secret that the browser keeps. Raises `ConversationError` if neither that nor a
    login tells. Where the page has logins, the guard lets nobody come here without one.
    """
    login = login_of(request)
    if not login and not browser:
        raise ConversationError("the page does not know you any more: load it again")
    return owner(login, browser)


def caller_of(request: Any) -> str:
    """Return who sends a request, and from where, as the log names them."""
    return str(request.scope.get(CALLER, "this server"))
