"""What is sent: each request is checked, bounded and put down to a person before Gradio sees it."""

import json
import re
from collections.abc import Iterator
from urllib.parse import parse_qs

import gradio as gr
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import Message, Receive, Scope, Send

from qa.web.events import checked, parsed, public, session_name
from qa.web.limits import Refused, body_of, bounded, check_share, replayed
from qa.web.routes import Found, Kind
from qa.web.sessions import CALLER, Caller, Owners
from qa.web.uploads import Uploads

# What a browser may send along with an upload: the parts' heads.
_HEADS = 1_000_000


class Requests:
    """Checks what is sent, and binds Gradio's sessions and events to who began them."""

    def __init__(self, page: gr.Blocks, uploads: Uploads | None) -> None:
        """Take the page, and where uploads lie; without these nobody may upload."""
        self._page = page
        self._uploads = uploads
        self._owners = Owners()

    async def checked(
        self, scope: Scope, receive: Receive, found: Found, caller: Caller
    ) -> Receive:
        """Check a request that may be made by this person; return how to receive it."""
        kind = found.route.kind
        if kind in (Kind.JOIN, Kind.RUN, Kind.CALL, Kind.SERVER, Kind.CANCEL):
            return await self._event(scope, receive, found, caller)
        if kind is Kind.UPLOAD:
            return self._upload(scope, receive)
        if kind is Kind.LISTEN:
            self._claim(_query(scope, "session_hash"), caller)
        elif kind is Kind.HEARTBEAT:
            self._claim(found.parameters["session_hash"], caller)
        elif kind is Kind.RESULT and self._owners.of(found.parameters["event_id"]) != caller.person:
            raise Refused(404, "there is no such event")
        elif kind is Kind.MCP:
            return replayed(await body_of(scope, receive), receive)
        return bounded(scope, receive, 0)

    async def _event(self, scope: Scope, receive: Receive, found: Found, caller: Caller) -> Receive:
        kind, page = found.route.kind, self._page
        if kind is Kind.CALL and not public(page, found.parameters["api_name"]):
            raise Refused(404, "there is no such endpoint")
        given = checked(kind, parsed(await body_of(scope, receive)), page)
        if "session_hash" in given:
            self._claim(given["session_hash"], caller)
        if kind is Kind.CANCEL and self._owners.of(given["event_id"]) != caller.person:
            raise Refused(404, "there is no such event")
        if kind in (Kind.JOIN, Kind.CALL):
            check_share(list(self._in_queue()), caller.person, caller.address)
        body = json.dumps(given).encode()
        headers = MutableHeaders(scope=scope)
        headers["content-length"], headers["content-type"] = str(len(body)), "application/json"
        del headers["transfer-encoding"]
        return replayed(body, receive)

    def _claim(self, session: str, caller: Caller) -> None:
        try:
            mine = self._owners.claim(session_name(session), caller.person)
        except ValueError as error:
            raise Refused(422, str(error)) from None
        if not mine:
            raise Refused(403, "this session is another person's: load the page again")

    def _in_queue(self) -> Iterator[tuple[str | None, str]]:
        """Yield person and address of each event that waits in Gradio's queue, or is at work."""
        queue = self._page._queue
        queues = queue.event_queue_per_concurrency_id.values()
        waiting = [one for each in queues for one in each.queue]
        working = [one for job in queue.active_jobs if job for one in job]
        for event in [*waiting, *working]:
            caller: Caller | None = event.request.scope.get(CALLER)
            if caller is not None:
                yield caller.person, caller.address

    def with_event(self, send: Send, caller: Caller) -> Send:
        """Return a `send` that notes whose event it is that Gradio has begun."""
        body = bytearray()

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.body":
                body.extend(message.get("body", b""))
                if not message.get("more_body"):
                    # Gradio answers a failure with a text, or an object without an event.
                    found = re.search(rb'"event_id":\s*"([\w-]+)"', body)
                    if found:
                        self._owners.claim(found[1].decode(), caller.person)
            await send(message)

        return sent

    def _upload(self, scope: Scope, receive: Receive) -> Receive:
        uploads = self._uploads
        if uploads is None:
            raise Refused(403, "nobody may upload here")
        receive = bounded(scope, receive, uploads.one + _HEADS)
        if not uploads.has_room(int(Headers(scope=scope).get("content-length", uploads.one))):
            raise Refused(
                507,
                "too much was uploaded and is still to be ingested: try again later",
                {"Connection": "close"},
            )
        return receive


def _query(scope: Scope, name: str) -> str:
    """Return a value in an address, '' if there is none."""
    return str(parse_qs(scope["query_string"].decode("latin-1")).get(name, [""])[0])
