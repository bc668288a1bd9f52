"""Articles that people add by way of the page: what was uploaded → the library."""

import html
import queue
import shutil
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from gradio.utils import get_upload_folder

from qa.errors import CorpusError, QAError
from qa.ingest import Summary, ingest
from qa.ingest.files import files
from qa.settings import Settings
from qa.web.desk import Desk, Functions
from qa.web.jobs import Job, Jobs, Step

_MEGABYTE = 1_000_000


class Uploads:
    """What the page can do to add articles; nothing, where the archive may not be changed."""

    def __init__(self, desk: Desk, jobs: Jobs) -> None:
        self._desk = desk
        self._settings = desk.settings
        self._jobs = jobs
        # One after the other: the library has one writer.
        self._turn = threading.Lock()

    @property
    def functions(self) -> Functions:
        """What the page may call."""
        return {"add": self.add} if self._desk.may_change else {}

    def add(self, person: str, paths: list[str]) -> str:
        """Begin to ingest what was uploaded; return the work, which tells how it goes on."""
        if not self._desk.may_change:
            raise CorpusError("nobody may change this archive by way of the page")
        uploaded = [_uploaded(path) for path in paths]
        self._check(uploaded)

        def work(job: Job) -> Iterator[Step]:
            try:
                if not self._desk.loading.done():
                    yield {"html": "<p>Loading the models …</p>"}
                # Two threads that load the same model at once would each spoil the other's.
                self._desk.assistant()
                with self._turn:
                    yield from ({"html": shown} for shown in _ingested(uploaded, self._settings))
            finally:
                for path in uploaded:
                    path.unlink(missing_ok=True)

        return self._jobs.begin(person, work)

    def _check(self, paths: Sequence[Path]) -> None:
        names = {path.name for path in paths}
        if len(names) < len(paths):
            raise CorpusError("two files have the same name: rename one, it is the article's id")
        most, size = self._settings.upload_files, sum(path.stat().st_size for path in paths)
        if len(paths) > most:
            raise CorpusError(f"{len(paths)} files, the limit is {most}: upload them in parts")
        if size > self._settings.upload_mb * _MEGABYTE:
            raise CorpusError(
                f"{size / _MEGABYTE:.0f} MB, the limit is {self._settings.upload_mb:g}: upload "
                "them in parts, or use `qa ingest`"
            )


def _uploaded(path: str) -> Path:
    """Return the path of a file that was uploaded; the page could name any file of the server.

    Raises `CorpusError` for others.
    """
    found = Path(path).resolve()
    if not found.is_relative_to(Path(get_upload_folder()).resolve()) or not found.is_file():
        raise CorpusError("this file was not uploaded, or is gone: choose it again")
    return found


class _Progress:
    """Hears of an ingest's progress, in the thread that it runs in."""

    def __init__(self) -> None:
        self.articles = 0
        self.notices: list[str] = []
        self.done: queue.Queue[str | BaseException | None] = queue.Queue()

    def progress(self, articles: int) -> None:
        self.articles += articles
        self.done.put(None)

    def notice(self, line: str) -> None:
        self.notices.append(line)
        self.done.put(None)

    def shown(self, summary: str = "") -> str:
        lines = "".join(f"<li>{html.escape(line)}</li>" for line in self.notices)
        working = f"{self.articles} articles read …"
        return f'<p>{html.escape(summary or working)}</p><ul class="qa-notices">{lines}</ul>'


def _ingested(paths: Sequence[Path], settings: Settings) -> Iterator[str]:
    """Ingest files; yield how it goes on, as HTML. Of those that cannot be read it tells."""
    progress = _Progress()
    readable = list(_readable(paths, progress))
    if not readable:
        yield progress.shown(str(Summary(skipped=len(progress.notices))))
        return
    refused = len(progress.notices)

    def work() -> None:
        try:
            with tempfile.TemporaryDirectory(prefix="qa-upload-") as folder:
                copies = [Path(shutil.copy(path, folder)) for path in readable]
                summary = ingest(copies, settings, progress)
                progress.done.put(str(replace(summary, skipped=summary.skipped + refused)))
        except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
            progress.done.put(error)

    # A thread of its own: if the page's work is stopped, the ingest is still brought to its end.
    thread = threading.Thread(target=work)
    thread.start()
    while (step := progress.done.get()) is None:
        yield progress.shown()
    thread.join()
    if isinstance(step, QAError | OSError):
        yield progress.shown(str(step))
    elif isinstance(step, BaseException):
        raise step
    else:
        yield progress.shown(step)


def _readable(paths: Sequence[Path], progress: _Progress) -> Iterator[Path]:
    """Yield the files of a kind that qa reads; say of each other why it is skipped."""
    for path in paths:
        try:
            files(path)
        except CorpusError as error:
            progress.notice(f"skipped {error}")
        else:
            yield path
