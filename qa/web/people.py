"""Who is at the page, and which exchange they point at."""

from collections.abc import Sequence

import gradio as gr

from qa.library.conversations import owner


def person_of(browser: str | None, request: gr.Request) -> str:
    """Return whose conversations these are: of who has logged in, or else of a browser."""
    login = getattr(request, "username", None)
    if not login and not browser:
        wait = "The page is still being loaded: try again in a moment."
        raise gr.Error(wait, print_exception=False)
    return owner(login, browser or "")


def place_of(index: int | Sequence[int]) -> int:
    """Return which exchange a message is of, by its place among the messages."""
    first = index if isinstance(index, int) else index[0]
    return first // 2
