"""What comes in over the API is checked: one clear message, one line in the log, no traceback."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from qa.web.events import MALFORMED, parsed
from qa.web.limits import Refused
from tests.web.conftest import serving

API = "/gradio_api"
# Values in the place of each that a listener takes.
VALUES: dict[str, Any] = {
    "nothing": None,
    "a number": 7,
    "no whole number": 1.5,
    "true": True,
    "a list": [1, [2]],
    "an object": {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}},
    "texts": ["a", "b"],
    "half a character": "\ud83d",
    "a nul": "a\0b",
    "a long text": "x" * 100_000,
    "markup": "<img src=x onerror=alert(1)>",
}
# What an event says of a click, a thumb, an edit.
EVENT_DATA: list[Any] = [
    None,
    "x",
    {"index": "x", "value": 5},
    {"index": [], "value": None, "liked": []},
    {"index": -5, "value": {"text": 5}},
    {"index": [10**20, None], "value": {}, "liked": "x"},
]
BODIES: list[bytes] = [
    b"",
    b"null",
    b"[]",
    b'"x"',
    b"{",
    b"\xff\xfe",
    b"[" * 100_000,
    b'{"data": ' * 10_000,
    b'{"data": [' + b"9" * 100_000 + b"]}",
    b'{"data": [NaN], "fn_index": 0, "session_hash": "abc"}',
]
ENVELOPES: list[dict[str, Any]] = [
    {"fn_index": -1},
    {"fn_index": 10**9},
    {"fn_index": "0"},
    {"fn_index": None},
    {"fn_index": True},
    {"fn_index": 0.5},
    {"session_hash": None},
    {"session_hash": 5},
    {"session_hash": ""},
    {"session_hash": "../../x"},
    {"session_hash": "x" * 100},
    {"data": None},
    {"data": "x"},
    {"data": {}},
    {"data": ["x"] * 99},
    {"trigger_id": "x"},
]


@dataclass
class Server:
    """A page that is served, and what its process has written to its log."""

    address: str
    log: Path

    def lines(self) -> list[str]:
        return self.log.read_text(encoding="utf-8").splitlines()


@contextmanager
def logged(library: Path, log: Path, *more: str) -> Iterator[Server]:
    """Serve the page, and keep the log of its process."""
    with log.open("w", encoding="utf-8") as file, serving(library, *more, log=file) as address:
        yield Server(address, log)


@pytest.fixture(scope="module")
def server(served_library: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with logged(served_library, tmp_path_factory.mktemp("log") / "log") as found:
        yield found


@pytest.fixture(scope="module")
def listeners(server: Server) -> list[dict[str, Any]]:
    """All listeners of the page, as the page itself is told of them."""
    config = httpx.get(f"{server.address}/config").json()
    return [one for one in config["dependencies"] if one["backend_fn"]]


def happened(server: Server, session: str, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Send events in one session, a few at a time; return how each that was taken came out."""
    found: list[dict[str, Any]] = []
    with httpx.Client(base_url=server.address + API, timeout=60) as client:
        for start in range(0, len(events), 8):
            replies = [
                client.post(
                    "run/predict" if event.pop("at once") else "queue/join",
                    # As browsers do: httpx itself refuses half a character.
                    content=json.dumps({**event, "session_hash": session}),
                )
                for event in events[start : start + 8]
            ]
            assert {reply.status_code for reply in replies} <= {200, 422, 500}
            found += [reply.json() for reply in replies if "event_id" not in reply.json()]
            waiting = sum("event_id" in reply.json() for reply in replies)
            with client.stream("GET", f"queue/data?session_hash={session}") as stream:
                for line in stream.iter_lines() if waiting else []:
                    message = json.loads(line.removeprefix("data: ") or "{}")
                    if message.get("msg") == "process_completed":
                        found.append(message["output"])
                    if message.get("msg") == "close_stream":
                        break
    return found


def shape(listener: dict[str, Any], value: Any, event_data: Any = None) -> dict[str, Any]:
    return {
        "fn_index": listener["id"],
        "data": [value] * len(listener["inputs"]),
        "event_data": event_data,
        "at once": not listener["queue"],
    }


def test_every_listener_refuses_wrong_values_in_one_line(
    server: Server, listeners: list[dict[str, Any]]
) -> None:
    events = [shape(one, value) for one in listeners for value in VALUES.values()]
    events += [shape(one, "x", data) for one in listeners for data in EVENT_DATA]
    found = happened(server, "wrongvalues", events)
    assert len(found) >= len(events)
    errors = [one["error"] for one in found if one.get("error")]
    assert MALFORMED in errors
    assert all(isinstance(error, str) and "\n" not in error for error in errors)
    log = server.lines()
    assert not [line for line in log if "Traceback" in line or line.startswith("  File")]
    assert any("refused from 127.0.0.1: " in line for line in log)


@pytest.mark.parametrize(
    "path", ["queue/join", "run/predict", "call/answer", "component_server", "cancel"]
)
@pytest.mark.parametrize("body", BODIES, ids=lambda body: repr(body[:12]))
def test_what_is_no_json_is_refused(server: Server, path: str, body: bytes) -> None:
    reply = httpx.post(f"{server.address}{API}/{path}", content=body)
    assert reply.status_code == 422
    assert "\n" not in reply.json()["detail"]


@pytest.mark.parametrize("path", ["queue/join", "run/predict", "cancel", "component_server"])
@pytest.mark.parametrize("wrong", ENVELOPES, ids=str)
def test_an_event_that_names_nothing_is_refused(
    server: Server, listeners: list[dict[str, Any]], path: str, wrong: dict[str, Any]
) -> None:
    body = {"fn_index": listeners[0]["id"], "data": [], "session_hash": "abc", **wrong}
    reply = httpx.post(f"{server.address}{API}/{path}", json=body)
    assert reply.status_code == 422
    assert reply.json()["detail"].startswith("malformed: ")


def test_the_log_tells_the_same_once_and_nothing_else(server: Server) -> None:
    for _ in range(20):
        httpx.post(f"{server.address}{API}/queue/join", content=b"not a single brace")
    told = [line for line in server.lines() if line.endswith("/queue/join: this is no JSON")]
    assert len(told) == 1
    assert not [line for line in server.lines() if "Traceback" in line]


def test_half_a_surrogate_pair_becomes_a_question_mark() -> None:
    assert parsed(b'{"a": ["\\ud83d", "\\ud83d\\ude00"]}') == {"a": ["?", "\U0001f600"]}
    with pytest.raises(Refused):
        parsed(b"[1]")
