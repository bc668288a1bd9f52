"""What the listeners of the page share: who may call them, links that are followed, faults."""

import html
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import gradio as gr

from qa.errors import QAError

# Questions answered at once: the models take turns, and more would only wait for each other.
ANSWERS = 4
# Listeners of the page alone: no part of its API.
PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
# Of the page, and they make the models work: all of these together, so many at once.
WORKING: dict[str, Any] = {"concurrency_limit": ANSWERS, "concurrency_id": "working"}
ASKING: dict[str, Any] = {**PRIVATE, **WORKING}


def follow(
    kind: str,
    listener: Callable[..., Any],
    link: gr.Textbox,
    inputs: Sequence[Any],
    outputs: Any,
    **options: Any,
) -> Any:
    """Call a listener with each link `#kind-…` that is followed, and then with the inputs.

    The page's script presses a hidden button when it is. Returns Gradio's event.
    """
    button = gr.Button(kind, elem_id=f"qa-go-{kind}", visible="hidden")
    return button.click(
        listener,
        [link, *inputs],
        outputs,
        js="(...given) => [window.qaLink, ...given.slice(1)]",
        **(options or PRIVATE),
    )


@contextmanager
def errors_shown() -> Iterator[None]:
    """Show what qa raises on purpose as a notice on the page."""
    try:
        yield
    except QAError as error:
        raise gr.Error(str(error), print_exception=False) from None


def error_html(error: QAError | OSError) -> str:
    """Return an error as it stands in the place of what was asked for."""
    return f'<p class="qa-note">{html.escape(str(error))}</p>'


def day_field(label: str) -> gr.DateTime:
    """Add a field for a day like 2017-03-31 to the page; on a phone it takes the whole width."""
    return gr.DateTime(include_time=False, type="string", label=label, min_width=220)
