"""Whose conversations they are: of who has logged in, or else of a browser."""

from typing import Any

from qa.errors import ConversationError
from qa.library.conversations import owner


def person_of(browser: str, request: Any) -> str:
    """Return under which name the conversations of who sends a request are kept.

    `browser` is the secret that the browser keeps. Raises `ConversationError` if neither that nor a
    login tells.
    """
    login = _login(request)
    if not login and (not browser or request.app.auth is not None):
        raise ConversationError("the page does not know you any more: load it again")
    return owner(login, browser)


def _login(request: Any) -> str | None:
    # Gradio hands the login to its event listeners, and to a component's functions only the
    # request. The cookie's name is its own, plain or for https.
    app = request.app
    for kind in ("access-token", "access-token-unsecure"):
        if token := request.cookies.get(f"{kind}-{app.cookie_id}"):
            return str(app.tokens[token]) if token in app.tokens else None
    return None
