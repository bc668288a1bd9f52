"""What a library on servers bears: people asking while processes are killed at random.

PostgreSQL, Chroma, two pages and two ingests run on this machine. People ask the pages, each one
question after the other; meanwhile one of the six processes is killed (`kill -9`), again and again,
and started anew. At the end each article must be there once, `qa doctor` finds no fault, and the
answers are those of a folder's library of the same articles. With `--kills 0` it is the measure of
many people asking. Every kill and every error is a line of the log.
"""

import argparse
import itertools
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gradio_client import Client
from pydantic import SecretStr

from benchmarks.timing import milliseconds
from qa.assistant import Assistant
from qa.ingest import ingest
from qa.library import doctor
from qa.library.opening import open_library
from qa.settings import Settings
from tests.servers import Chroma, Postgres, free_port, postgres_programs

# Seconds in which an error is put down to a process that was killed; a page loads its models anew.
BLAME = 40.0
# Seconds that an ingest takes to load what it needs.
LOADING = 30.0


@dataclass
class Process:
    """A command that is started anew whenever it has ended, until it is told to stop."""

    name: str
    command: list[str]
    environment: dict[str, str]
    port: int = 0
    again: bool = True
    running: subprocess.Popen[bytes] | None = None
    since: float = 0.0

    def tend(self) -> None:
        if self.running is None or (self.running.poll() is not None and self.again):
            self.since = time.monotonic()
            self.running = subprocess.Popen(
                [sys.executable, *self.command],
                env={**os.environ, **self.environment},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )

    def at_work(self) -> bool:
        """Whether it has begun its work: a page serves, an ingest has loaded what it needs."""
        return ready(self.port) if self.port else time.monotonic() - self.since > LOADING

    def kill(self) -> None:
        if self.running is not None and self.running.poll() is None:
            self.running.kill()
            self.running.wait()


@dataclass
class Server:
    """A server that is started anew by who kills it."""

    name: str
    server: Postgres | Chroma

    def at_work(self) -> bool:
        return True

    def kill(self) -> None:
        if self.server.process is not None:
            self.server.process.kill()
            self.server.process.wait()


@dataclass
class Log:
    """What happened, with the seconds since the start."""

    started: float = field(default_factory=time.monotonic)
    kills: list[tuple[float, str]] = field(default_factory=list)
    taken: list[float] = field(default_factory=list)
    errors: list[tuple[float, str, str]] = field(default_factory=list)

    def now(self) -> float:
        return time.monotonic() - self.started

    def say(self, line: str) -> None:
        print(f"{self.now():7.1f} s  {line}", flush=True)

    def unexplained(self) -> int:
        """How many errors there are with no process killed before that they may be due to."""
        return sum(
            not any(
                0 <= at - killed < BLAME and name in (page, "postgres", "chroma")
                for killed, name in self.kills
            )
            for at, page, _ in self.errors
        )


def ask(port: int, question: str) -> float:
    """Ask a page; return the seconds that took."""
    started = time.monotonic()
    client = Client(f"http://127.0.0.1:{port}", verbose=False, analytics_enabled=False)
    answer = client.predict(question, api_name="/answer")
    assert answer["outcome"] in ("answered", "refused")
    return time.monotonic() - started


def asking(
    pages: dict[str, int],
    questions: Sequence[str],
    person: int,
    count: int,
    log: Log,
    killer: "Future[None]",
) -> None:
    names = list(pages)
    for place in itertools.count():
        if place >= count and killer.done():
            return
        # As the proxy does, which sends nobody to a page that is not ready.
        while not (served := [name for name in names if ready(pages[name])]):
            time.sleep(1)
        name = served[(person + place) % len(served)]
        question = questions[(person * 7 + place) % len(questions)]
        try:
            log.taken.append(ask(pages[name], question))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is counted
            log.errors.append((log.now(), name, repr(error)[:100]))
            log.say(f"error at {name}: {repr(error)[:100]}")
            time.sleep(2)


def killing(victims: Sequence[Process | Server], log: Log, options: argparse.Namespace) -> None:
    draw = random.Random(options.seed)
    for _ in range(options.kills):
        time.sleep(draw.uniform(0.5, 1.5) * options.pause)
        victim = draw.choice([one for one in victims if one.at_work()])
        log.kills.append((log.now(), victim.name))
        log.say(f"kill -9 {victim.name}")
        victim.kill()
        if isinstance(victim, Server):
            time.sleep(draw.uniform(0, 2))
            victim.server.start()
            log.say(f"{victim.name} is back")


def run(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    programs = postgres_programs()
    assert programs is not None, "needs PostgreSQL: apt-get install postgresql"
    articles = folder / "articles"
    articles.mkdir()
    for path in sorted(options.articles.glob("*.txt"))[: options.count]:
        shutil.copy(path, articles)
    place = Path(tempfile.mkdtemp(prefix="qa-postgres-"))
    postgres, chroma = Postgres(programs, place), Chroma(folder)
    log = Log()
    processes: list[Process] = []
    try:
        postgres.initialise()
        postgres.start()
        chroma.start()
        settings = Settings(
            database_url=SecretStr(postgres.create("campaign")), chroma_url=chroma.url
        )
        own = {
            "QA_DATABASE_URL": postgres.database("campaign"),
            "QA_CHROMA_URL": chroma.url,
            "QA_READER": options.reader,
        }
        # The pages need a library to begin with.
        first = articles / "first"
        first.mkdir()
        (first / "first.txt").write_text("The campaign begins with this.", encoding="utf-8")
        ingest([first], settings)
        shutil.rmtree(first)
        pages = {f"page {number}": free_port() for number in (1, 2)}
        processes = [
            Process(name, ["-m", "qa.cli", "chat", "--port", str(port)], own, port)
            for name, port in pages.items()
        ]
        writers = [Process(f"ingest {number}", [*INGEST, str(articles)], own) for number in (1, 2)]
        report = campaign(options, log, processes, writers, pages, postgres, chroma, settings)
        for one in (*processes, *writers):
            one.again = False
        log.say("the last ingest")
        last = ingest([articles], settings)
        return {**report, **checked(settings, articles, folder, options, str(last))}
    finally:
        for one in processes:
            one.kill()
        chroma.stop()
        postgres.stop()
        shutil.rmtree(place, ignore_errors=True)


# Small rounds, so that many are caught half done.
INGEST = [
    "-c",
    "import sys; from qa.ingest import ingest; from qa.settings import Settings; "
    "print(ingest(sys.argv[1:], Settings.from_environment(), round_size=48))",
]


def campaign(
    options: argparse.Namespace,
    log: Log,
    pages_run: list[Process],
    writers: list[Process],
    pages: dict[str, int],
    postgres: Postgres,
    chroma: Chroma,
    settings: Settings,
) -> dict[str, Any]:
    stopped = threading.Event()

    def tend() -> None:
        while not stopped.is_set():
            for one in (*pages_run, *writers):
                one.tend()
            time.sleep(0.5)

    keeper = threading.Thread(target=tend)
    keeper.start()
    try:
        while not all(ready(port) for port in pages.values()):
            time.sleep(0.5)
        log.say("both pages serve")
        questions = [line for line in QUESTIONS.splitlines() if line]
        servers = [Server("postgres", postgres), Server("chroma", chroma)]
        victims: list[Process | Server] = [*pages_run, *writers, *servers]
        with ThreadPoolExecutor(options.people + 1) as pool:
            killer = pool.submit(killing, victims, log, options)
            people = [
                pool.submit(asking, pages, questions, person, options.questions, log, killer)
                for person in range(options.people)
            ]
            for future in (killer, *people):
                future.result()
        log.say("all have asked")
    finally:
        stopped.set()
        keeper.join()
        for one in (*pages_run, *writers):
            one.kill()
    with open_library(settings) as library:
        written = library.catalogue.counts()[0] - 1
    return {
        "articles_written_meanwhile": written,
        "kills": dict(Counter(name for _, name in log.kills)),
        "asked": len(log.taken) + len(log.errors),
        "errors": len(log.errors),
        "errors_of_none_that_died": log.unexplained(),
        "answer": milliseconds(log.taken) if len(log.taken) > 1 else {},
        "seconds": round(log.now()),
    }


def checked(
    settings: Settings, articles: Path, folder: Path, options: argparse.Namespace, last: str
) -> dict[str, Any]:
    names = {path.name for path in articles.glob("*.txt")}
    with open_library(settings) as library:
        there = Counter(source.id for source in library.catalogue.sources())
        faults = doctor.check(library)
    there.pop("first.txt", None)
    reference = Settings(library=folder / "reference")
    ingest([articles], reference)
    wrong = 0
    questions = [line for line in QUESTIONS.splitlines() if line][: options.compared]
    with Assistant.load(settings) as ours, Assistant.load(reference) as theirs:
        for question in questions:
            wrong += ours.answer(question).text != theirs.answer(question).text
    return {
        "last_ingest": last,
        "lost": len(names - there.keys()),
        "double": sum(count > 1 for count in there.values()),
        "faults": faults,
        "answers_that_differ_from_a_folder": f"{wrong} of {len(questions)}",
    }


def ready(port: int) -> bool:
    """Whether a page says that it can answer."""
    with suppress(OSError):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5).close()
        return True
    return False


QUESTIONS = """
Who is the new prime minister of the United Kingdom?
What did the Federal Reserve do about interest rates?
Which country did Russia invade?
Who won the election?
What happened to the price of gas?
How many people were killed in the shooting?
Who resigned?
Which team won the final?
What did the Supreme Court decide?
When was the rocket launched?
Who bought Twitter?
Where was the summit held?
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=Path, required=True, help="a folder of .txt files")
    parser.add_argument("--count", type=int, default=600, help="articles that are ingested")
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument(
        "--questions",
        type=int,
        default=20,
        help="of each of the people, and more until the last kill",
    )
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--pause", type=float, default=8.0, help="seconds between two kills")
    parser.add_argument("--compared", type=int, default=12, help="questions that are compared")
    parser.add_argument("--reader", choices=["small", "large"], default="large")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        print(json.dumps(run(options, Path(name)), indent=2))


if __name__ == "__main__":
    main()
