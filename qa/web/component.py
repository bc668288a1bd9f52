"""The page as a component of Gradio's: its markup and its script, and the functions it calls."""

import inspect
from collections.abc import Callable
from typing import Any

import gradio as gr
from pydantic import ValidationError, validate_call

from qa.errors import QAError
from qa.web.desk import Function, Functions
from qa.web.events import CheckedBlocks, brief
from qa.web.people import caller_of, person_of

# The page's markup stands in the document already: the component takes it in, and hands its
# script what Gradio's components have, the server's functions and the upload.
_TAKEN_IN = "window.qa.connect(element, server, upload)"
_STALE = "the page is of another version than the server: load it again"
# Arguments that are Python's own affair.
_CHECKED = {"arbitrary_types_allowed": True}


def page_component(functions: Functions) -> gr.HTML:
    """Return the component that shows the page and calls these functions of the server.

    Make it inside a `gr.Blocks`. Each call is answered with `{"value": …}`, or with `{"error": …}`
    for what qa raises on purpose.
    """
    return gr.HTML(
        "",
        html_template="",
        js_on_load=_TAKEN_IN,
        apply_default_css=False,
        elem_id="qa-root",
        server_functions=[_served(name, function) for name, function in functions.items()],
    )


def _served(name: str, function: Function) -> Callable[..., Any]:
    """Return a function as Gradio calls it: with what the script hands over, by name."""
    checked = validate_call(function, config=_CHECKED)  # type: ignore[call-overload]

    def answered(given: Any, request: Any) -> Any:
        arguments = dict(given) if isinstance(given, dict) else {}
        person = person_of(str(arguments.pop("browser", "")), request)
        return checked(person, **arguments)

    if inspect.iscoroutinefunction(function):

        async def later(given: Any, request: gr.Request) -> dict[str, Any]:
            try:
                return {"value": await answered(given, request)}
            except (QAError, ValidationError) as error:
                return _refused(error, name, request)

        later.__name__ = name
        return later

    def called(given: Any, request: gr.Request) -> dict[str, Any]:
        try:
            return {"value": answered(given, request)}
        except (QAError, ValidationError) as error:
            return _refused(error, name, request)

    called.__name__ = name
    return called


def _refused(error: QAError | ValidationError, name: str, request: gr.Request) -> dict[str, Any]:
    """Return what the page is told; the log is told who sent values of other types."""
    if not isinstance(error, ValidationError):
        return {"error": str(error)}
    CheckedBlocks.journal.tell(caller_of(request), f"{name}: {brief(error)}")
    return {"error": _STALE}
