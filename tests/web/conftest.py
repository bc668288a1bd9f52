"""A page that is served by a process of its own, and browsers to look at it."""

import os
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from qa.ingest import ingest
from qa.settings import Settings
from tests.conftest import NEWS, Notices
from tests.processes import Process

FLAGS = """--no-sandbox --disable-gpu --disable-quic --no-first-run
--disable-background-networking --disable-component-update --disable-sync""".split()
HOSTILE = """ date 2022-03-03 TOLK —

On Sunday Petra Sonn of Tolk wrote <script>document.title = "pwned"</script> and **bold** and
<img src="http://192.0.2.1/x.png"> and [link](http://192.0.2.1/) on the town's wall in red paint.

It said ${document.title = "pwned"} and {{value}} and <img src=x onerror="document.title='pwned'">.
"""
# Of a length that no screen holds: what is quoted of it stands far down.
LONG = (
    " date 2022-02-14 MARN —\n\n"
    + "\n\n".join(
        f"The council of Marn met for the {n}th time and talked about the lake, the road to the "
        f"quarry, and the school's new windows, of which {n} had been ordered. Nothing was decided."
        for n in range(4, 30)
    )
    + "\n\nThe lighthouse keeper Odalys Brenn retired after 41 years on Friday.\n\n"
    + "\n\n".join(
        f"The council then turned to item {n} of its list, which was put off until spring, when "
        "the ferry would bring the surveyors back to the island."
        for n in range(30, 48)
    )
)
KEEPER = "Which lighthouse keeper retired?"
WINNER = "Who won the election for mayor of Tolk?"

# Milliseconds. A machine that is busy with other work has taken thirty seconds to load the models.
PATIENCE = 120_000
expect.set_options(timeout=PATIENCE)

Serving = Callable[..., AbstractContextManager[str]]


@pytest.fixture(scope="session")
def served_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    (folder / "news").mkdir()
    for name, text in {**NEWS, "hostile.txt": HOSTILE, "2022-02-14-marn.txt": LONG}.items():
        (folder / "news" / name).write_text(text, encoding="utf-8")
    ingest([folder / "news"], Settings(library=folder / "library"), Notices())
    return folder / "library"


@contextmanager
def serving(
    library: Path, *more: str, port: int = 0, log: IO[str] | None = None, **environment: str
) -> Iterator[str]:
    """Serve the page as people do, in a process of its own; its address."""
    if not port:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
    command = ["-m", "qa.cli", "chat", "--library", str(library), "--port", str(port), *more]
    # A proxy that is not there: the page must not need it to reach itself.
    proxy = {"http_proxy": "http://127.0.0.1:9", "GRADIO_SHARE": "true"}
    with Process(*command, stderr=log, env=proxy | environment) as process:
        assert process.stdout.readline().startswith(f"qa: chat at http://127.0.0.1:{port}")
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def address(served_library: Path, chromium: str) -> Iterator[str]:
    with serving(served_library) as address:
        yield address


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def person(browser: Browser) -> Iterator[BrowserContext]:
    """A browser of somebody who has not been here before."""
    context = browser.new_context()
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


@pytest.fixture
def page(person: BrowserContext, address: str) -> Page:
    return visit(person, address)


def visit(person: BrowserContext, address: str) -> Page:
    opened = person.new_page()
    opened.goto(address)
    arrived(opened)
    return opened


def arrived(page: Page) -> None:
    """Wait until the page knows who has come."""
    expect(page.locator(".qa-talks:not([aria-busy])")).to_be_attached()


def box(page: Page) -> Locator:
    return page.get_by_placeholder("Ask a question …")


def ask(page: Page, question: str) -> None:
    box(page).fill(question)
    box(page).press("Enter")


def timeline_of(page: Page, subject: str) -> Locator:
    """Open the timeline, ask for a subject, and return the field it was typed into."""
    view(page, "Timeline")
    field = page.get_by_label("A person, a place or a subject")
    field.fill(subject)
    field.press("Enter")
    return field


def view(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Views").get_by_text(name).click()


def answered(page: Page, text: str | re.Pattern[str]) -> None:
    """Wait for the last answer's first paragraph, and until it is kept."""
    last = page.locator(".qa-exchange").last
    expect(last.locator(".qa-answer").first).to_have_text(text)
    expect(page.locator(".stop-button")).to_be_hidden()


def open_menu(page: Page, title: str) -> None:
    row = page.locator(".qa-talks li", has_text=title)
    row.hover()
    row.get_by_role("button").click()


def shoot(page: Page, name: str) -> None:
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png")
