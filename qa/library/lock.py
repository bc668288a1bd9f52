"""The writer's lock of a library, and who holds it."""

import json
import os
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from qa.errors import LibraryBusy, LibraryError
from qa.text.printable import printable

_LOCK, _HOLDER = "writer.lock", "writer.holder"
# On a file system without locks of its own, filelock writes into the file who holds the lock; what
# stands behind a "?" is which container of the machine it was.
_MARKER = re.compile(r"(\d+)\n([^\n?]+)")
# Bytes read of what another process has written.
_MOST = 4096


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that holds a lock, and the machine that the process runs on."""

    pid: str
    host: str


@contextmanager
def writer_lock(folder: Path) -> Iterator[None]:
    """Hold the lock; on this machine it ends with the process, however that ends.

    Raises `LibraryBusy`, which names the process that holds the lock, and `LibraryError`.
    """
    lock = FileLock(folder / _LOCK, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise LibraryBusy(_busy(folder)) from None
    except OSError as error:
        raise LibraryError(
            f"cannot write to {folder} ({error.strerror}): check its permissions"
        ) from None
    holder = folder / _HOLDER
    try:
        # Without it others are told less; a full disk is told by what is written next.
        with suppress(OSError):
            said = {"pid": os.getpid(), "host": socket.gethostname()}
            holder.write_text(json.dumps(said), encoding="utf-8")
        yield
    finally:
        with suppress(OSError):
            holder.unlink(missing_ok=True)
        lock.release()


def holder_of(folder: Path) -> Holder | None:
    """Return who holds the lock of a library; None where that is not known."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        said = json.loads(_text(folder / _HOLDER))
        return Holder(str(said["pid"]), str(said["host"]))
    with suppress(OSError):
        if found := _MARKER.match(_text(folder / _LOCK)):
            return Holder(found[1], found[2])
    return None


def _text(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(_MOST).decode("utf-8", "replace")


def _busy(folder: Path) -> str:
    holder = holder_of(folder)
    writing = f"another qa process is writing to {folder}"
    wait = "wait until it has finished, then run this again"
    if holder is None:
        return f"{writing}: {wait}"
    pid, host = printable(holder.pid), printable(holder.host)
    if holder.host == socket.gethostname():
        return f"{writing} (process {pid}): {wait}"
    return (
        f"{writing} (process {pid} on the machine {host}): wait until it has finished; "
        f"if no qa runs on {host} any more, delete {_LOCK} and {_HOLDER} in that folder, then run "
        "this again"
    )
