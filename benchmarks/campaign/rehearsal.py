"""Run the commands of `deploy/compose.yaml` as they stand, without containers.

    python -m benchmarks.campaign.rehearsal --news DIR --minutes 60

starts a PostgreSQL and a Chroma server of its own, gives each service the environment that the file
gives it, with addresses of this machine, and runs what the file runs: the first ingest, both pages,
and then two ingests of `--news` at once. Meanwhile people ask the pages in turn, one question every
`--pause` seconds. It prints what each process holds of memory, every few minutes, and at the end
how many articles there are, how long answers took and what failed; it exits with 1 if anything did.
The proxy is left out: questions go to the pages by turns, as it would pass them on.
"""

import argparse
import itertools
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import yaml
from pydantic import SecretStr

from benchmarks.campaign.servers import QUESTIONS, ask, ready
from benchmarks.process import megabytes
from benchmarks.timing import milliseconds
from qa.library import doctor
from qa.library.opening import open_library
from qa.settings import Settings
from tests.servers import Chroma, Postgres, chroma, free_port, postgres, postgres_programs

COMPOSE = Path(__file__).parents[2] / "deploy" / "compose.yaml"
Running = subprocess.Popen[bytes]


class Stack:
    """The services of the file that are qa's own."""

    def __init__(self, database: str, vectors: str, news: Path, logs: Path) -> None:
        self._services = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]
        self._addresses = {"QA_DATABASE_URL": database, "QA_CHROMA_URL": vectors, "QA_AUTH": ""}
        self._news, self._logs = news, logs
        self.ports: dict[str, int] = {}

    def start(self, service: str) -> Running:
        """Start a service; a page on a port of its own, since here they share one machine."""
        found = self._services[service]
        assert found["environment"].keys() == self._addresses.keys()
        command = list(found["command"])
        for mount in found.get("volumes", ()):
            source, place = mount.removesuffix(":ro").rsplit(":", 1)
            # The default of ${NEWS:-…}, and paths beside the file.
            there = self._news if source.startswith("${NEWS") else COMPOSE.parent / source
            command = [str(there) if part == place else part for part in command]
        if "--port" in command:
            self.ports[service] = free_port()
            place = command.index("--port") + 1
            command[place] = str(self.ports[service])
            command[command.index("--host") + 1] = "127.0.0.1"
        with (self._logs / f"{service}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "qa.cli", *command],
                env={**os.environ, **self._addresses},
                stdout=log,
                stderr=log,
            )


def run(options: argparse.Namespace, servers: tuple[Postgres, Chroma], folder: Path) -> int:
    database, vectors = servers[0].create("rehearsal"), servers[1].url
    stack = Stack(database, vectors, options.news.resolve(), folder)
    failed: list[str] = []
    if status := stack.start("begin").wait():
        failed.append(f"the first ingest ended with {status}")
    pages = {name: stack.start(name) for name in ("page1", "page2")}
    watched = {**pages, "postgres": servers[0].process, "chroma": servers[1].process}
    try:
        until = time.monotonic() + 120
        while not all(map(ready, stack.ports.values())) and time.monotonic() < until:
            time.sleep(0.5)
        for path in ("healthz", "readyz"):
            for name, port in stack.ports.items():
                reply = urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=10)
                print(f"{name} /{path}: {reply.status} {reply.read().decode()}")
        writers = [stack.start("ingest") for _ in range(2)]
        taken = asked(options, stack.ports, watched, failed)
        for writer in writers:
            if status := writer.wait(3600):
                failed.append(f"an ingest ended with {status}")
        failed += [f"{name} has ended" for name, page in pages.items() if page.poll() is not None]
    finally:
        for page in pages.values():
            page.kill()
            page.wait()
    with open_library(Settings(database_url=SecretStr(database), chroma_url=vectors)) as library:
        failed += doctor.check(library)
        articles, passages = library.catalogue.counts()
    print(f"{articles} articles, {passages} passages; {len(taken)} answers: {milliseconds(taken)}")
    tracebacks = sum(log.read_text().count("Traceback") for log in folder.glob("*.log"))
    print(f"tracebacks in the logs: {tracebacks}; failed: {'; '.join(failed) or 0}")
    return int(bool(failed or tracebacks))


def asked(
    options: argparse.Namespace,
    ports: dict[str, int],
    watched: dict[str, Any],
    failed: list[str],
) -> list[float]:
    taken: list[float] = []
    questions: Sequence[str] = [line for line in QUESTIONS.splitlines() if line]
    if options.questions:
        lines = options.questions.read_text(encoding="utf-8").splitlines()
        questions = [line for line in lines if line]
    print(f"| minutes | asked | {' | '.join(f'{name}, MB' for name in watched)} |")
    print(f"|---|---|{'---|' * len(watched)}")
    started = told = time.monotonic()
    for number in itertools.count():
        now = time.monotonic()
        if now >= told or now - started > 60 * options.minutes:
            memory = " | ".join(str(megabytes("VmRSS", one.pid)) for one in watched.values())
            print(f"| {(now - started) / 60:.0f} | {len(taken)} | {memory} |", flush=True)
            told += 60 * options.every
        if now - started > 60 * options.minutes:
            return taken
        name = list(ports)[number % len(ports)]
        try:
            taken.append(ask(ports[name], questions[number % len(questions)]))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is counted
            failed.append(f"{name}: {repr(error)[:100]}")
        time.sleep(options.pause)
    raise AssertionError


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--news", type=Path, required=True, help="what the two ingests read")
    parser.add_argument("--questions", type=Path, help="a file with one on each line")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument(
        "--every", type=float, default=5, help="minutes between two looks at memory"
    )
    parser.add_argument("--pause", type=float, default=2, help="seconds between two questions")
    options = parser.parse_args()
    programs = postgres_programs()
    assert programs is not None, "needs PostgreSQL: apt-get install postgresql"
    with tempfile.TemporaryDirectory() as place, ExitStack() as running:
        folder = Path(place)
        (folder / "vectors").mkdir()
        servers = (
            running.enter_context(postgres(programs)),
            running.enter_context(chroma(folder / "vectors")),
        )
        return run(options, servers, folder)


if __name__ == "__main__":
    sys.exit(main())
