"""What the tests share: no network but loopback, a small news corpus, a library made of it."""

import ipaddress
import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from qa.assistant import Assistant
from qa.ingest import Summary, ingest
from qa.settings import Settings
from tests.processes import finished
from tests.servers import Chroma, Postgres, chroma, postgres, postgres_programs

CHECKOUT = Path(__file__).parents[1]
SHARED = CHECKOUT.parent / "shared"

# The tests' own articles: of a country that does not exist, so that no model knows it.
NEWS = {
    "2021-03-01-harbor-bridge-planned.txt": """ date 2021-03-01 LINDHAVEN —

The government of Ostrany plans to open the harbor bridge in Lindhaven on 12 June 2021,
Transport Minister Mara Velk said on Monday.

The bridge will cost 84 million crowns. It will carry two lanes for cars and a path for cyclists.
""",
    "2021-06-12-harbor-bridge-opened.txt": """ date 2021-06-12 LINDHAVEN —

The harbor bridge in Lindhaven was opened on Saturday by Transport Minister Mara
Velk, who cut a blue ribbon in heavy rain.

Thousands of people walked across it before the first cars were let through at noon.
""",
    "2021-09-20-tolk-election.txt": """ date 2021-09-20 TOLK —

Jonas Brandt won the election for mayor of Tolk on Sunday with 54 percent of the vote.

Brandt, a former teacher, promised to build a new hospital. His rival, Petra Sonn,
conceded before midnight.
""",
    "2022-01-15-storm.txt": """ date 2022-01-15 TOLK —

A storm tore the roof off the old theater in Tolk on Friday night because its beams
had rotted, engineers said.

Nobody was hurt. The theater was built in 1887.
""",
}


def pytest_configure() -> None:
    sys.addaudithook(_no_network)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # The page's tests take longest: at the end, one of two processes would wait for the other.
    items.sort(key=lambda item: "web" not in item.path.parts)


def _no_network(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event == "socket.connect" and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    if host in (None, "", "localhost"):
        return
    try:
        local = ipaddress.ip_address(host)
    except ValueError:
        local = None
    if local is None or not (local.is_loopback or local.is_unspecified):
        raise RuntimeError(f"a test reached for the network: {host}")


class Notices:
    """A listener that keeps what it is told."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.articles = 0

    def progress(self, articles: int) -> None:
        self.articles += articles

    def notice(self, line: str) -> None:
        self.lines.append(line)


@pytest.fixture
def notices() -> Notices:
    return Notices()


@pytest.fixture
def bring(tmp_path: Path, notices: Notices) -> Callable[..., Summary]:
    """Ingest paths into the library at `tmp_path / "library"`."""

    def run(*paths: Path, **options: Any) -> Summary:
        return ingest(paths, Settings(library=tmp_path / "library"), notices, **options)

    return run


@pytest.fixture(scope="session")
def news(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the tests' own articles."""
    folder = tmp_path_factory.mktemp("news")
    for name, text in NEWS.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def library_of_news(news: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("library")
    ingest([news], Settings(library=folder), Notices())
    return folder


@pytest.fixture(scope="session")
def library_of_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus-library")
    ingest([CHECKOUT / "corpus"], Settings(library=folder), Notices())
    return folder


@pytest.fixture
def assistant(library_of_news: Path) -> Iterator[Assistant]:
    with Assistant.load(Settings(library=library_of_news)) as loaded:
        yield loaded


@pytest.fixture
def corpus_assistant(library_of_corpus: Path) -> Iterator[Assistant]:
    with Assistant.load(Settings(library=library_of_corpus)) as loaded:
        yield loaded


def run_qa(*arguments: str, env: Mapping[str, str] | None = None) -> CompletedProcess[str]:
    """Run the command line in a process of its own."""
    return finished("-m", "qa.cli", *arguments, env=env)


def run_qa_alone(*arguments: str, **options: Any) -> CompletedProcess[str]:
    """Run the command line as a user does, imports and all; `through` another command."""
    return subprocess.run(
        [*options.pop("through", []), sys.executable, "-m", "qa.cli", *arguments],
        capture_output=True,
        text=True,
        timeout=240,
        cwd=options.pop("cwd", CHECKOUT),
        env={**os.environ, **options.pop("env", {})},
        **options,
    )


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium; without one, its tests are skipped, and fail under CI=true."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    reason = "no Chromium: on Debian, `apt-get install chromium`"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """A PostgreSQL of the tests' own; without it they are skipped, and fail under CI=true."""
    programs = postgres_programs()
    if programs is None:
        reason = "no PostgreSQL 15 or newer: on Debian, `apt-get install postgresql`"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with postgres(programs) as server:
        yield server


@pytest.fixture
def database(postgres_server: Postgres) -> str:
    """The address of an empty database."""
    return postgres_server.create(f"test{next(_NUMBERS)}")


@pytest.fixture(scope="session")
def chroma_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chroma]:
    """A Chroma server of the tests' own."""
    with chroma(tmp_path_factory.mktemp("chroma")) as server:
        yield server


_NUMBERS = itertools.count()
