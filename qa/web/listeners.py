"""What the page's event listeners share: Gradio's options, followed links, errors."""

import html
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import gradio as gr

from qa.errors import QAError

# Questions answered at once: the models take turns, and more would only wait for each other.
ANSWERS = 4
# Of listeners that only the page calls: they are no part of the API.
PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
# Of listeners that use the models: at most ANSWERS of all of them run at once.
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
    """Register a listener to links `#kind-…`; return Gradio's event.

    When a link is followed, the page's script clicks a hidden button, and the listener is called
    with the link and then the inputs.
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
