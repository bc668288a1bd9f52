"""Whether a page is alive, and whether it can answer: for what watches over it, without a login."""

from collections.abc import Callable

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from qa.errors import QAError
from qa.library.protocols import Library

ALIVE, READY = "/healthz", "/readyz"


class Health:
    """ASGI middleware that answers at two paths, and passes everything else on.

    `/healthz` says 200 while the process serves. `/readyz` says 200 if questions can be answered
    from the catalogue, 503 if not; `vectors` tells whether the archive is searched by meaning too.
    """

    def __init__(self, app: ASGIApp, ready: Callable[[], dict[str, str]]) -> None:
        self._app = app
        self._ready = ready

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass a request on."""
        from starlette.concurrency import run_in_threadpool

        path = scope.get("path") if scope["type"] == "http" else None
        if path == ALIVE:
            await JSONResponse({"status": "ok"})(scope, receive, send)
        elif path == READY:
            found = await run_in_threadpool(self._ready)
            status = 200 if found["catalogue"] == "ok" else 503
            await JSONResponse(found, status)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def ready(library: Library) -> dict[str, str]:
    """Return what each store of a library says: "ok", or "away"; addresses are told to nobody."""
    found = {"catalogue": "away", "vectors": "away"}
    try:
        state = library.catalogue.state()
        found["catalogue"] = "ok"
        library.vectors.ready(state.vectors)
        found["vectors"] = "ok"
    except QAError:
        pass
    return found
