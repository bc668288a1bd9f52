"""Processes that the tests start, each as `python ARGUMENTS` would be.

All are forks of one process that has imported `tests.preloaded`: the imports alone take ten
seconds, and the tests start some forty processes. Arguments, environment, output, signals
and exit status are a process's own. Where the imports matter, a test starts Python itself.
"""

import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from multiprocessing.connection import Connection
from types import TracebackType
from typing import IO, Self

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.preloaded"])


class Process:
    """A process that runs `-m MODULE …` or `-c CODE …`; it is terminated when its block ends.

    What it prints is read from `stdout`, unless another file is given for it. A process that does
    not end within 30 seconds of being terminated is an error.
    """

    def __init__(
        self,
        *arguments: str,
        stdout: IO[str] | None = None,
        stderr: IO[str] | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        reader, writer = os.pipe()
        self.stdout = os.fdopen(reader, encoding="utf-8")
        # A connection is what can be handed to a process that is not a child.
        outputs = [
            Connection(writer if stdout is None else os.dup(stdout.fileno()), readable=False),
            Connection(os.dup(2 if stderr is None else stderr.fileno()), readable=False),
        ]
        self._forked = _FORKS.Process(
            target=_run, args=(arguments, {**os.environ, **(env or {})}, outputs), daemon=True
        )
        self._forked.start()
        for output in outputs:
            output.close()
        if stdout is not None:
            os.close(writer)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._forked.terminate()
        try:
            self.wait(30)
        finally:
            self.stdout.close()

    @property
    def status(self) -> int | None:
        """The exit status, or minus the signal that ended the process; None while it runs."""
        return self._forked.exitcode

    def wait(self, seconds: float) -> int:
        """Wait for the exit status; raises `TimeoutError`."""
        self._forked.join(seconds)
        if self.status is None:
            raise TimeoutError(f"still running after {seconds} s")
        return self.status

    def kill(self) -> None:
        """Send SIGKILL, and wait until the process has ended."""
        self._forked.kill()
        self.wait(60)


def finished(
    *arguments: str, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a process to its end, and return what `subprocess.run` does."""
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as out,
        tempfile.TemporaryFile("w+", encoding="utf-8") as err,
        Process(*arguments, stdout=out, stderr=err, env=env) as process,
    ):
        status = process.wait(240)
        printed = [os.pread(file.fileno(), 1 << 24, 0).decode() for file in (out, err)]
    return subprocess.CompletedProcess(arguments, status, *printed)


def _run(arguments: tuple[str, ...], env: Mapping[str, str], outputs: list[Connection]) -> None:
    """Become the process that `python ARGUMENTS` would have started."""
    for number, output in enumerate(outputs, start=1):
        os.dup2(output.fileno(), number)
        output.close()
    # The streams that were inherited hold the encoding of another output.
    sys.stdout = os.fdopen(1, "w", closefd=False, encoding="utf-8")
    sys.stderr = os.fdopen(2, "w", closefd=False, encoding="utf-8", buffering=1)
    os.environ.clear()
    os.environ.update(env)
    kind, what, *rest = arguments
    sys.argv = [kind, *rest]
    if kind == "-m":
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    else:
        exec(compile(what, "<string>", "exec"), {"__name__": "__main__"})
