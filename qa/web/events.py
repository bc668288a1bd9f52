"""What comes in over Gradio's API is checked before any listener sees it; the log tells once."""

import inspect
import json
import logging
import re
import time
import traceback
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any, NoReturn, get_type_hints

import gradio as gr
from pydantic import TypeAdapter, ValidationError

from qa.text.printable import printable
from qa.web.limits import Refused
from qa.web.routes import Kind
from qa.web.sessions import CALLER

MALFORMED = "The page sent something that the server does not understand: load it again."
_LOG = logging.getLogger("qa.web")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
# Seconds in which the same is told once, and of how much that is remembered.
_ONCE, _REMEMBERED = 60.0, 1000


class Journal:
    """The log of what was refused: who, and what, once in a while."""

    def __init__(self) -> None:
        self._told: OrderedDict[tuple[str, str], float] = OrderedDict()

    def tell(self, who: str, what: str) -> None:
        """Log a line, if the same has not been logged a moment ago."""
        now = time.monotonic()
        key = (who, what)
        if now - self._told.get(key, -_ONCE) < _ONCE:
            return
        self._told[key] = now
        self._told.move_to_end(key)
        while len(self._told) > _REMEMBERED:
            self._told.popitem(last=False)
        _LOG.warning("qa: refused from %s: %s", printable(who), printable(what))


def parsed(body: bytes) -> dict[str, Any]:
    """Return a JSON object. Raises `Refused`."""
    try:
        # Half of a surrogate pair, which browsers can send, is no text that can be kept.
        text = body.decode("utf-8")
        found = json.loads(text, parse_constant=_no_constant)
        if "\\u" in text:
            found = json.loads(json.dumps(found, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError):
        raise Refused(422, "this is no JSON") from None
    if not isinstance(found, dict):
        raise Refused(422, "this is no JSON object")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def checked(kind: Kind, given: Mapping[str, Any], page: gr.Blocks) -> dict[str, Any]:
    """Return what an event of the page is to have and no more. Raises `Refused`."""
    check = {
        Kind.JOIN: _join,
        Kind.RUN: _run,
        Kind.CALL: _call,
        Kind.SERVER: _server,
        Kind.CANCEL: _cancel,
    }[kind]
    try:
        return check(given, page)
    except (KeyError, TypeError, ValueError) as error:
        named = str(error) if isinstance(error, ValueError) else f"no {error}"
        raise Refused(422, f"malformed: {named}") from None


def _join(given: Mapping[str, Any], page: gr.Blocks) -> dict[str, Any]:
    index = _whole(given, "fn_index")
    listener = page.fns.get(index)
    if listener is None or listener.fn is None:
        raise ValueError("there is no such listener")
    data = _list(given)
    if len(data) != len(listener.inputs):
        raise ValueError(f"{len(data)} values for {listener.name}, not {len(listener.inputs)}")
    trigger = given.get("trigger_id")
    return {
        "session_hash": session_name(given["session_hash"]),
        "fn_index": index,
        "data": data,
        "event_data": given.get("event_data"),
        "trigger_id": None if trigger is None else _whole(given, "trigger_id"),
    }


def _run(given: Mapping[str, Any], page: gr.Blocks) -> dict[str, Any]:
    found = _join(given, page)
    if page.fns[found["fn_index"]].queue:
        raise ValueError("this listener waits in the queue")
    return found


def _call(given: Mapping[str, Any], page: gr.Blocks) -> dict[str, Any]:
    found: dict[str, Any] = {"data": _list(given)}
    if given.get("session_hash") is not None:
        found["session_hash"] = session_name(given["session_hash"])
    return found


def _server(given: Mapping[str, Any], page: gr.Blocks) -> dict[str, Any]:
    block, name = page.blocks.get(_whole(given, "component_id")), given["fn_name"]
    function = getattr(block, name, None) if isinstance(name, str) and block else None
    if not getattr(function, "_is_server_fn", False):
        raise ValueError("there is no such function")
    return {
        "session_hash": session_name(given["session_hash"]),
        "component_id": given["component_id"],
        "fn_name": name,
        "data": given["data"],
    }


def _cancel(given: Mapping[str, Any], page: gr.Blocks) -> dict[str, Any]:
    return {
        "session_hash": session_name(given["session_hash"]),
        "fn_index": _whole(given, "fn_index"),
        "event_id": session_name(given["event_id"]),
    }


def public(page: gr.Blocks, name: str) -> bool:
    """Tell whether the API has an endpoint of that name."""
    return any(one.api_name == name and one.api_visibility == "public" for one in page.fns.values())


def session_name(given: Any) -> str:
    """Return the name of a session or event. Raises `ValueError` for what cannot be one."""
    if not isinstance(given, str) or not _NAME.fullmatch(given):
        raise ValueError("no such session")
    return given


def _whole(given: Mapping[str, Any], name: str) -> int:
    value = given[name]
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"{name} is no number")
    return value


def _list(given: Mapping[str, Any]) -> list[Any]:
    if not isinstance(given["data"], list):
        raise ValueError("data is no list")
    return given["data"]


class CheckedBlocks(gr.Blocks):
    """Gradio's page, which checks the values of an event by the types of its listener.

    Whatever goes wrong with an event, the person is told in one line, and so is the log.
    """

    journal = Journal()

    async def preprocess_data(
        self, block_fn: Any, inputs: list[Any], *rest: Any, **more: Any
    ) -> Any:
        """Return the values as the listener takes them. Raises `gr.Error`."""
        try:
            values = await super().preprocess_data(block_fn, inputs, *rest, **more)
            for name, adapter, value in _typed(block_fn.fn, values):
                try:
                    adapter.validate_python(value, strict=True)
                except ValidationError as error:
                    raise TypeError(f"{name}: {error.errors()[0]['msg']}") from None
            return values
        except Exception as error:
            raise gr.Error(MALFORMED, print_exception=False) from error

    async def call_function(self, block_fn: Any, *rest: Any, **more: Any) -> Any:
        """Call a listener. Raises `gr.Error`."""
        try:
            return await super().call_function(block_fn, *rest, **more)
        except gr.Error as error:
            if not error.print_exception:
                raise
            raise gr.Error(str(error), print_exception=False) from error
        except Exception as error:
            raise gr.Error(MALFORMED, print_exception=False) from error

    async def process_api(self, block_fn: Any, *rest: Any, **more: Any) -> Any:
        """Process an event. Raises `gr.Error`, and tells the log who sent it and what was wrong."""
        try:
            return await super().process_api(block_fn, *rest, **more)
        except gr.Error as error:
            if error.__cause__ is not None:
                self._tell(block_fn, more.get("request"), error.__cause__)
            raise

    def _tell(self, block_fn: Any, request: Any, error: BaseException) -> None:
        scope = getattr(getattr(request, "request", None), "scope", {})
        name = getattr(block_fn, "name", None) or "a listener"
        self.journal.tell(str(scope.get(CALLER, "this server")), f"{name}: {brief(error)}")
        _LOG.debug("qa: refused", exc_info=error)


def brief(error: BaseException) -> str:
    """Return an error on one line: its kind, its first line, and where it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno})" if frames else ""
    first = str(error).strip().partition("\n")[0][:200]
    return f"{type(error).__name__}: {first}{place}"


def _typed(function: Any, values: list[Any]) -> Iterator[tuple[str, TypeAdapter[Any], Any]]:
    """Yield each value of a listener with the type that it has to be of, if one is named."""
    hints = get_type_hints(function)
    given = iter(values)
    for name, parameter in inspect.signature(function).parameters.items():
        hint = hints.get(name, Any)
        if isinstance(hint, type) and issubclass(hint, gr.Request | gr.EventData):
            continue
        many = parameter.kind is inspect.Parameter.VAR_POSITIONAL
        # Those that are not given have a default.
        for value in given if many else islice(given, 1):
            yield name, _adapter(hint), value


@lru_cache(maxsize=256)
def _adapter(hint: Any) -> TypeAdapter[Any]:
    return TypeAdapter(hint)
