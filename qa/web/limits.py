"""What one person may send and hold: bytes, seconds, requests at once, a share of the queue."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope

# Bytes of what is sent but for uploads: the longest question, and a list of a thousand files, take
# a small part of it.
BODY = 1_000_000
# Seconds for what is sent, and bytes in a second that a large upload has to reach.
SECONDS, RATE = 20.0, 50_000
# Requests of one person at once, streams included, and of all at one address.
_PERSON, _ADDRESS = 32, 128
# Events of one person that wait or are at work, of the 64 of all; and of all at one address where
# there are no logins: a program makes itself a new browser when it likes.
SHARE, ADDRESS_SHARE = 16, 32


class Refused(HTTPException):
    """A request is refused: the answer's status, and why, in one line."""


async def body_of(scope: Scope, receive: Receive, most: int = BODY) -> bytes:
    """Return the body of a request, of at most so many bytes. Raises `Refused`."""
    receive = bounded(scope, receive, most)
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refused(400, "the request was broken off")
        body += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(body)


def bounded(scope: Scope, receive: Receive, most: int) -> Receive:
    """Return a `receive` that raises `Refused` for more than so many bytes, and for a slow sender.

    Raises it at once where the request itself says that it is longer.
    """
    too_long = f"this is longer than {most:,} bytes: send less"
    said = Headers(scope=scope).get("content-length", "0")
    if not said.isdecimal() or len(said) > 18 or int(said) > most:
        raise Refused(413, too_long, {"Connection": "close"})
    size = 0
    until = asyncio.get_running_loop().time() + SECONDS + most / RATE * (most > BODY)

    async def received() -> Message:
        nonlocal size
        try:
            async with asyncio.timeout_at(until if size >= 0 else None):
                message = await receive()
        except TimeoutError:
            raise Refused(408, "this was sent too slowly", {"Connection": "close"}) from None
        if message["type"] == "http.request":
            size += len(message.get("body", b""))
            if size > most:
                raise Refused(413, too_long, {"Connection": "close"})
            if not message.get("more_body"):
                # From now on the server only waits for the browser to go.
                size = -1
        return message

    return received


def replayed(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that hands a body over once more, and then what comes after it."""
    given = False

    async def received() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return received


class AtOnce:
    """Counts the requests of each person and address that are being answered."""

    def __init__(self) -> None:
        self._of: Counter[str] = Counter()

    @contextmanager
    def one_more(self, person: str, address: str) -> Iterator[None]:
        """Count one while it is answered. Raises `Refused` where there are too many."""
        keys = (person, f"at {address}")
        for key, most in zip(keys, (_PERSON, _ADDRESS), strict=True):
            if self._of[key] >= most:
                raise Refused(
                    429, f"{most} requests are open already: close some", {"Retry-After": "5"}
                )
        self._of.update(keys)
        try:
            yield
        finally:
            self._of.subtract(keys)
            # Only those that are there are kept.
            for key in keys:
                if not self._of[key]:
                    del self._of[key]


def check_share(waiting: Sequence[tuple[str | None, str]], person: str, address: str) -> None:
    """Refuse one more event of a person whose share of the queue is full.

    `waiting` are person and address of all that wait or are at work. Raises `Refused`.
    """
    mine = sum(one == person for one, _ in waiting)
    here = sum(place == address for _, place in waiting)
    if mine >= SHARE or (here >= ADDRESS_SHARE and not person.startswith("login:")):
        raise Refused(
            429,
            "your questions fill your share of the queue: wait until one is answered",
            {"Retry-After": "5"},
        )
