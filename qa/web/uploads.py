"""The folder for files that were uploaded: for this process alone, bounded, and swept."""

import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from qa.settings import Settings

# Seconds after which files that were not ingested are removed, and how often they are looked for.
AGE, _LOOK = 1800.0, 60.0
# How many times what one upload may have the folder may hold.
_TIMES = 5
_PREFIX = "qa-uploads-"
_LOCK = ".lock"


@contextmanager
def folder(settings: Settings) -> Iterator["Uploads"]:
    """Make the folder, and let Gradio put what is uploaded there; remove it in the end.

    Folders of processes that were killed are removed as well.
    """
    parent = Path(tempfile.gettempdir())
    for path in parent.glob(f"{_PREFIX}*"):
        _remove_if_dead(path)
    before = os.environ.get("GRADIO_TEMP_DIR")
    with tempfile.TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True) as name:
        lock = FileLock(Path(name) / _LOCK)
        with lock:
            os.environ["GRADIO_TEMP_DIR"] = name
            uploads = Uploads(Path(name), settings)
            over = threading.Event()
            threading.Thread(target=_sweeping, args=(uploads, over), daemon=True).start()
            try:
                yield uploads
            finally:
                over.set()
                os.environ.pop("GRADIO_TEMP_DIR")
                if before is not None:
                    os.environ["GRADIO_TEMP_DIR"] = before


class Uploads:
    """What was uploaded and is still to be ingested."""

    def __init__(self, path: Path, settings: Settings) -> None:
        """Bound what `path` holds by what the settings allow for one upload."""
        self.path = path
        self.one = int(settings.upload_mb * 1_000_000)
        self.files = settings.upload_files

    def has_room(self, size: int) -> bool:
        """Tell whether so many bytes more may be uploaded."""
        held: list[int] = []
        for path in self._files():
            # What is ingested at this moment goes.
            with suppress(OSError):
                held.append(path.stat().st_size)
        return sum(held) + size <= _TIMES * self.one and len(held) < _TIMES * self.files

    def sweep(self, older_than: float = AGE) -> int:
        """Remove what has lain there for so many seconds; return how many files that were."""
        swept = 0
        for path in self._files():
            with suppress(OSError):
                if time.time() - path.stat().st_mtime >= older_than:
                    path.unlink()
                    swept += 1
                    # If it was the last in its folder.
                    path.parent.rmdir()
        return swept

    def _files(self) -> Iterator[Path]:
        for path in self.path.rglob("*"):
            if path.name != _LOCK and path.is_file():
                yield path


def _sweeping(uploads: Uploads, over: threading.Event) -> None:
    while not over.wait(_LOOK):
        uploads.sweep()


def _remove_if_dead(path: Path) -> None:
    """Remove the folder of a process that is not running any more, if it was this user's."""
    with suppress(OSError, Timeout):
        # Of another user's folder the lock could be a link to anything.
        mine = not hasattr(os, "getuid") or path.lstat().st_uid == os.getuid()
        # A folder without a lock may be in the making.
        if mine and not path.is_symlink() and (path / _LOCK).is_file():
            with FileLock(path / _LOCK, timeout=0):
                shutil.rmtree(path)
