"""How the page is served: its API, MCP, logins, what a browser may reach, what goes wrong."""

import ast
import asyncio
import base64
import re
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from playwright.sync_api import Browser, BrowserContext, expect

from qa.errors import SettingsError
from qa.web.callers import is_loopback
from qa.web.passwords import Passwords, hashed, logins
from tests.conftest import run_qa
from tests.web.conftest import PATIENCE, WINNER, answered, arrived, ask, serving, view

LOGINS = "ann:secret bob:word:with:colons"


@pytest.mark.parametrize("auth", ["ann", "ann:", ":secret", "ann:secret bob", " "])
def test_a_login_has_two_parts(auth: str) -> None:
    with pytest.raises(SettingsError, match="must be USER:PASSWORD"):
        logins(auth)


def test_several_people_have_logins() -> None:
    known = Passwords(logins(f"{LOGINS} eve:{hashed('already a hash')}"))
    assert known.right("ann", "secret")
    assert known.right("bob", "word:with:colons")
    assert known.right("eve", "already a hash")
    for user, password in (("ann", "word:with:colons"), ("bob", "word"), ("carl", "secret")):
        assert not known.right(user, password)


def test_a_password_is_kept_as_a_hash() -> None:
    known = logins(LOGINS)
    assert "secret" not in str(known)
    assert known["ann"] != logins(LOGINS)["ann"]
    with pytest.raises(SettingsError, match="hash of ann's password"):
        logins(f"ann:{known['ann'][:-9]}")


@pytest.fixture(scope="module")
def guarded(served_library: Path, chromium: str) -> Iterator[str]:
    """A page with logins and MCP, on which nobody may change the archive."""
    with serving(served_library, "--mcp", "--read-only", QA_AUTH=LOGINS) as address:
        yield address


def test_the_api_gives_the_answer_as_json(address: str) -> None:
    client = Client(address, verbose=False)
    found = client.predict(WINNER, api_name="/answer")
    assert (found["short"], found["outcome"]) == ("Jonas Brandt", "answered")
    assert found["citations"][0]["article"]["date"] == "2021-09-20"
    as_of = client.predict("Who won the election?", as_of="2021-03-02", api_name="/answer")
    assert as_of["outcome"] == "refused"
    for question, options, error in (
        ("", {}, "the question is empty"),
        ("Who won?", {"since": "soon"}, "is not a date like"),
        ("Who won?", {"sites": ["//"]}, "is no site"),
    ):
        with pytest.raises(AppError, match=error):
            client.predict(question, **options, api_name="/answer")


def test_the_api_is_no_more_than_it_says(address: str) -> None:
    client = Client(address, verbose=False)
    assert list(client.view_api(return_format="dict")["named_endpoints"]) == ["/answer"]


def test_nothing_can_be_called_without_the_login(guarded: str) -> None:
    for path in ("call/answer", "queue/join", "run/answer", "upload"):
        call = Request(f"{guarded}/gradio_api/{path}", b'{"data": ["Who?"]}')
        call.add_header("Content-Type", "application/json")
        with pytest.raises(HTTPError, match=r"401|403") as refused:
            urlopen(call)
        refused.value.close()


def test_the_api_answers_who_has_logged_in(guarded: str) -> None:
    client = Client(guarded, auth=("ann", "secret"), verbose=False)
    assert client.predict(WINNER, api_name="/answer")["short"] == "Jonas Brandt"


@pytest.mark.parametrize(
    "path", ["mcp", "mcp/", "mcp/sse", "mcp/schema", "mcp/http/", "mcp/messages/", "%6dcp/"]
)
@pytest.mark.parametrize("login", [None, "eve:wrong", "carl:", ":", "ann"])
def test_mcp_refuses_who_has_no_login(guarded: str, path: str, login: str | None) -> None:
    call = Request(f"{guarded}/gradio_api/{path}", b"{}")
    call.add_header("Content-Type", "application/json")
    call.add_header("Accept", "application/json, text/event-stream")
    if login is not None:
        call.add_header("Authorization", f"Basic {base64.b64encode(login.encode()).decode()}")
    # After some wrong passwords, the next try has to wait.
    with pytest.raises(HTTPError, match=r"401|429") as refused:
        urlopen(call)
    refused.value.close()


def test_mcp_answers_who_has_a_login(guarded: str) -> None:
    async def call() -> tuple[list[str], Any]:
        url = f"{guarded}/gradio_api/mcp/"
        async with (
            httpx.AsyncClient(auth=("bob", "word:with:colons"), timeout=60) as http,
            streamable_http_client(url, http_client=http) as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            tools = await session.list_tools()
            given = {"question": WINNER}
            return [tool.name for tool in tools.tools], await session.call_tool(
                tools.tools[0].name, given
            )

    # In a thread of its own: Playwright has a loop running in this one.
    with ThreadPoolExecutor(1) as pool:
        names, result = pool.submit(lambda: asyncio.run(call())).result()
    assert names == ["answer"]
    # Gradio gives the dictionary as Python writes it.
    assert ast.literal_eval(result.content[0].text)["short"] == "Jonas Brandt"


@pytest.mark.browser
def test_each_login_has_conversations_of_its_own_in_any_browser(
    guarded: str, browser: Browser
) -> None:
    def log_in(user: str, password: str) -> BrowserContext:
        context = browser.new_context()
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.goto(guarded)
        expect(page.get_by_role("button", name="Login")).to_be_visible()
        expect(page.get_by_placeholder("Ask a question …")).to_have_count(0)
        expect(page.locator("#qa-page")).to_have_count(0)
        page.get_by_label("username").fill(user)
        page.get_by_label("password").fill(password)
        page.get_by_role("button", name="Login").click()
        arrived(page)
        return context

    ann = log_in("ann", "secret")
    ask(ann.pages[0], WINNER)
    answered(ann.pages[0], "Jonas Brandt [1]")
    elsewhere, bob = log_in("ann", "secret"), log_in("bob", "word:with:colons")
    expect(elsewhere.pages[0].locator(".qa-talks a")).to_have_text([WINNER])
    expect(bob.pages[0].locator(".qa-talks a")).to_have_count(0)
    page = ann.pages[0]
    expect(page.get_by_role("link", name="Log out")).to_be_visible()
    view(page, "Archive")
    expect(page.locator("#qa-articles li").first).to_be_visible()
    # It is read-only: there is nothing to add with, or to remove.
    expect(page.get_by_text("Add articles")).to_have_count(0)
    expect(page.locator(".qa-drop")).to_have_count(0)
    # Who has logged in has nothing of others by saying that they are another browser.
    other = page.evaluate(
        """async (browser) => {
          const place = document.querySelector('script[src$="app.js"]').src;
          const { call } = await import(place.replace("app.js", "server.js"));
          return await call("talks", { browser });
        }""",
        "of-somebody-else",
    )
    assert WINNER in other
    for context in (ann, elsewhere, bob):
        context.close()


@pytest.mark.browser
def test_the_page_asks_no_other_host(person: BrowserContext, address: str) -> None:
    page = person.new_page()
    hosts: set[str | None] = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
    page.goto(address)
    arrived(page)
    ask(page, WINNER)
    answered(page, "Jonas Brandt [1]")
    for name in ("Timeline", "Archive"):
        view(page, name)
    expect(page.locator("#qa-articles li").first).to_be_visible()
    assert hosts - {None} == {"127.0.0.1"}


def test_a_port_in_use_is_one_line(served_library: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run_qa("chat", "--library", str(served_library), "--port", port)
    assert (done.returncode, done.stdout) == (1, "")
    assert "choose another --port" in done.stderr.splitlines()[-1]


def test_what_only_this_machine_reaches() -> None:
    assert all(map(is_loopback, ("127.0.0.1", "::1", "localhost")))
    assert not any(map(is_loopback, ("0.0.0.0", "::", "192.0.2.1", "news.example")))


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://evil.example", "Host": "evil.example"},
        {"Host": "localtest.me:7860"},
    ],
)
def test_another_sites_page_gets_nothing(address: str, headers: dict[str, str]) -> None:
    for path, data in (("config", None), ("gradio_api/upload", b"x"), ("gradio_api/info", None)):
        with pytest.raises(HTTPError, match="403") as refused:
            urlopen(Request(f"{address}/{path}", data, headers))
        refused.value.close()


def test_the_server_fetches_nothing_for_others(address: str) -> None:
    with pytest.raises(HTTPError, match="404") as refused:
        urlopen(f"{address}/gradio_api/file=http://192.0.2.1/x")
    refused.value.close()


def test_what_never_changes_is_kept_and_sent_small(address: str) -> None:
    with urlopen(Request(address, headers={"Accept-Encoding": "gzip"})) as answered_with:
        assert answered_with.headers["Content-Encoding"] == "gzip"
    with urlopen(address) as answered_with:
        document = answered_with.read().decode()
    style = re.findall(r'href="\./(qa/\w+/page\.css)"', document)[0]
    with urlopen(f"{address}/{style}") as answered_with:
        assert "immutable" in answered_with.headers["Cache-Control"]
    # What is painted first stands in the document itself.
    assert "Ask a question …" in document
    assert "1 March 2021 – 3 March 2022" in document
    assert not re.findall(
        r"https?://(?!www\.w3\.org)[\w.]*(?:huggingface|gradio|github)", head(document)
    )


def head(document: str) -> str:
    """Return a document's head without Gradio's own configuration."""
    return re.sub(r"<script>.*?</script>", "", document.partition("<body")[0], flags=re.DOTALL)


@pytest.mark.browser
def test_nothing_moves_while_the_page_is_loaded(person: BrowserContext, address: str) -> None:
    page = person.new_page()
    page.add_init_script(
        """window.moved = 0;
        new PerformanceObserver((list) => {
          for (const one of list.getEntries()) if (!one.hadRecentInput) window.moved += one.value;
        }).observe({ type: "layout-shift", buffered: true });"""
    )
    page.goto(address)
    # It can be typed into at once, and what is typed stays when Gradio has come.
    page.bring_to_front()
    page.get_by_placeholder("Ask a question …").press_sequentially("Who won the")
    arrived(page)
    expect(page.get_by_placeholder("Ask a question …")).to_have_value("Who won the")
    expect(page.get_by_placeholder("Ask a question …")).to_be_focused()
    expect(page.locator(".qa-starters .qa-offer").first).to_be_visible()
    assert page.evaluate("window.moved") < 0.05


def test_a_page_that_cannot_be_served_says_why_in_one_line(tmp_path: Path) -> None:
    done = run_qa("chat", "--library", str(tmp_path))
    assert (done.returncode, done.stdout) == (1, "")
    assert "make one with `qa ingest" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
