"""How the server treats a connection before there is a request: it waits for so long only."""

import asyncio
from typing import Any

from qa.web.headers import ALWAYS

# Seconds in which the head of a request has to be there.
SECONDS = 10.0
# Connections at once; above that, the server says that it is busy.
_CONNECTIONS = 500
_LATE = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class _Impatient:
    """Closes a connection on which the head of a request does not come to its end in time.

    Uvicorn waits for it without end: its own time-out is for the time between two requests. Mixed
    into the protocol that Uvicorn has chosen.
    """

    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)  # type: ignore[misc]
        self._wait()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)  # type: ignore[misc]
        if self._is_answering():
            self._wait_no_more()
        elif self._timer is None:
            self._wait()

    def connection_lost(self, error: Exception | None) -> None:
        self._wait_no_more()
        super().connection_lost(error)  # type: ignore[misc]

    def _is_answering(self) -> bool:
        cycle = self.cycle  # type: ignore[attr-defined]
        return cycle is not None and not cycle.response_complete

    def _wait(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(SECONDS, self._late)

    def _wait_no_more(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _late(self) -> None:
        self._timer = None
        transport = self.transport  # type: ignore[attr-defined]
        if not self._is_answering() and not transport.is_closing():
            transport.write(_LATE)
            transport.close()


def settle(server: Any) -> None:
    """Let a server of Uvicorn that is running be impatient, and send what every answer is to have.

    Gradio starts the server itself, and has no setting for either.
    """
    config = server.config
    kind = config.http_protocol_class
    config.http_protocol_class = type(f"Impatient{kind.__name__}", (_Impatient, kind), {})
    config.limit_concurrency = _CONNECTIONS
    # The server makes its default headers of these, anew each second.
    config.encoded_headers = [
        *config.encoded_headers,
        *((name.lower().encode(), value.encode()) for name, value in ALWAYS.items()),
    ]
