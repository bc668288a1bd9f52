"""The routes of Gradio's server that the page and the API use; all others are closed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from starlette.routing import compile_path

API = "/gradio_api"
MCP = f"{API}/mcp"


class Kind(StrEnum):
    """What a route is for: who may call, and how what is sent is checked, depend on that."""

    ASSET = "asset"  # open before the login: scripts, styles, pictures
    PAGE = "page"  # the document, which shows the login to people who have yet to log in
    READ = "read"  # tells about the page
    JOIN = "join"  # begins an event of the page
    RUN = "run"  # an event of the page that does not wait in the queue
    CALL = "call"  # begins a call of the API
    SERVER = "server"  # calls a function of a component
    CANCEL = "cancel"  # ends an event
    LISTEN = "listen"  # a stream, whose session stands in the query
    HEARTBEAT = "heartbeat"  # a stream, whose session stands in the path
    RESULT = "result"  # a stream with what a call of the API returned
    UPLOAD = "upload"  # takes files
    MCP = "mcp"  # asks for a login of its own, by HTTP Basic


@dataclass(frozen=True, slots=True)
class Route:
    """A route: a path as Starlette writes it, the methods that are open, and what it is for."""

    path: str
    methods: frozenset[str]
    kind: Kind


_READING = frozenset({"GET", "HEAD"})
_SENDING = frozenset({"POST"})
_ALWAYS = (
    Route("/", _READING, Kind.PAGE),
    *(
        Route(path, _READING, Kind.ASSET)
        for path in (
            "/assets/{path:path}",
            "/static/{path:path}",
            # The page's own files.
            "/qa/{version}/{path:path}",
            "/favicon.ico",
            "/manifest.json",
            "/robots.txt",
            "/theme.css",
            # Asked by Gradio itself once it serves; the page has no such events.
            f"{API}/startup-events",
        )
    ),
    Route("/config", _READING, Kind.READ),
    Route(f"{API}/info", _READING, Kind.READ),
    Route(f"{API}/queue/join", _SENDING, Kind.JOIN),
    Route(f"{API}/run/{{api_name}}", _SENDING, Kind.RUN),
    Route(f"{API}/queue/data", frozenset({"GET"}), Kind.LISTEN),
    Route(f"{API}/heartbeat/{{session_hash}}", frozenset({"GET"}), Kind.HEARTBEAT),
    Route(f"{API}/cancel", _SENDING, Kind.CANCEL),
    Route(f"{API}/component_server", _SENDING, Kind.SERVER),
    # As Gradio's own script writes the address.
    Route(f"{API}/component_server/", _SENDING, Kind.SERVER),
    Route(f"{API}/call/{{api_name}}", _SENDING, Kind.CALL),
    Route(f"{API}/call/{{api_name}}/{{event_id}}", frozenset({"GET"}), Kind.RESULT),
)
_UPLOADING = (
    Route(f"{API}/upload", _SENDING, Kind.UPLOAD),
    Route(f"{API}/upload_progress", frozenset({"GET"}), Kind.READ),
)
_OVER_MCP = tuple(
    Route(path, frozenset({"GET", "HEAD", "POST", "DELETE"}), Kind.MCP)
    for path in (MCP, f"{MCP}/{{path:path}}")
)


@dataclass(frozen=True, slots=True)
class Found:
    """A route that is open, and what its path holds."""

    route: Route
    parameters: dict[str, str]


class Routes:
    """The routes that are open on a page."""

    def __init__(self, *, uploads: bool, mcp: bool) -> None:
        """Open what every page uses; also what takes files with `uploads`, and MCP with `mcp`."""
        self.open = (*_ALWAYS, *(_UPLOADING if uploads else ()), *(_OVER_MCP if mcp else ()))
        self._patterns = [(compile_path(route.path)[0], route) for route in self.open]

    def find(self, method: str, path: str) -> Found | None:
        """Return the open route of a request; None for all that is closed."""
        return next((found for found in self._at(path) if method in found.route.methods), None)

    def _at(self, path: str) -> Iterator[Found]:
        for pattern, route in self._patterns:
            if match := re.fullmatch(pattern, path):
                yield Found(route, match.groupdict())
