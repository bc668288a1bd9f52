"""A server on loopback that speaks OpenAI's protocol, and misbehaves as it is told to."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Served(ThreadingHTTPServer):
    """Plays a script: each entry answers one request, the last one all that come after.

    A string is a reply; a number is the status of an error; ("slow", seconds, reply) waits first;
    ("cut", reply) breaks the connection off in the middle of it.
    """

    daemon_threads = True

    def __init__(self, script: list[Any]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script = list(script)
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def next(self) -> Any:
        with self.lock:
            return self.script.pop(0) if len(self.script) > 1 else self.script[0]


class _Handler(BaseHTTPRequestHandler):
    server: Served

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append(asked)
        self.server.keys.append(self.headers.get("Authorization", ""))
        step = self.server.next()
        if isinstance(step, int):
            self._error(step)
            return
        kind, *rest = step if isinstance(step, tuple) else ("whole", step)
        if kind == "slow":
            time.sleep(rest[0])
        reply = rest[-1]
        if asked.get("stream"):
            self._stream(reply, cut=kind == "cut")
        else:
            self._whole(reply)

    def _error(self, status: int) -> None:
        # As a real one does, it tells a part of the key.
        body = {"error": {"message": "Incorrect API key provided: sk-sec***ret.", "code": status}}
        self._send(status, "application/json", json.dumps(body).encode())

    def _whole(self, reply: str) -> None:
        message = {"role": "assistant", "content": reply}
        body = {
            "id": "1",
            "object": "chat.completion",
            "created": 1,
            "model": "m",
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 70, "completion_tokens": 7, "total_tokens": 77},
        }
        self._send(200, "application/json", json.dumps(body).encode())

    def _stream(self, reply: str, cut: bool) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        if cut:
            # More is promised than comes.
            self.send_header("Content-Length", "100000")
        self.end_headers()
        pieces = [reply[n : n + 7] for n in range(0, len(reply), 7)]
        for piece in pieces[: len(pieces) // 2] if cut else pieces:
            self._chunk([{"index": 0, "delta": {"content": piece}, "finish_reason": None}])
        if cut:
            return
        self._chunk([{"index": 0, "delta": {}, "finish_reason": "stop"}])
        usage = {"prompt_tokens": 70, "completion_tokens": 7, "total_tokens": 77}
        self._chunk([], usage=usage)
        self.wfile.write(b"data: [DONE]\n\n")

    def _chunk(self, choices: list[Any], **more: Any) -> None:
        head = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
        data = json.dumps({**head, "choices": choices, **more})
        self.wfile.write(f"data: {data}\n\n".encode())
        self.wfile.flush()

    def _send(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def served(*script: Any) -> Iterator[Served]:
    with Served(list(script)) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
