"""Who may call what: routes, logins, sessions, sizes, times and shares."""

import asyncio
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import gradio as gr
import httpx
import pytest
from gradio.routes import App
from playwright.sync_api import Browser, BrowserContext, expect
from starlette.types import Message

from qa.settings import Settings
from qa.web import limits
from qa.web.headers import policy
from qa.web.limits import AtOnce, Refused, bounded, check_share
from qa.web.routes import Kind, Routes
from qa.web.sessions import Caller, Owners, Sessions, set_cookie
from qa.web.throttle import ADDRESS, NAME, PAIR, Throttle, network
from qa.web.uploads import folder
from tests.conftest import CHECKOUT
from tests.web.conftest import WINNER, answered, arrived, ask
from tests.web.test_events import API, Server, logged

LOGINS = "ann:secret bob:word:with:colons"
# The routes of Gradio that the page does not use. One that is new in another version of Gradio has
# to be put here, or, if the page is to use it, into `qa.web.routes`.
# The page's own files, which Gradio knows nothing of.
OWN = {"GET /qa/{version}/{path:path}"}
CLOSED = {
    *("GET /openapi.json", "HEAD /openapi.json", "POST /login", "POST /login/", "GET /logout"),
    *("GET /svelte/{path:path}", "GET /config/", "GET /pwa_icon", "GET /pwa_icon/{size}"),
    *("GET /monitoring", "GET /monitoring/summary", "GET /monitoring/{key}"),
    *(f"GET {API}/{name}" for name in ("user", "user/", "login_check", "login_check/", "token")),
    *(f"GET {API}/{name}" for name in ("token/", "app_id", "app_id/", "dev/reload", "runs")),
    *(f"GET {API}/{name}" for name in ("runs/", "info/", "openapi.json", "deep_link")),
    *(f"GET {API}/{name}" for name in ("queue/status", "theme.css", "vibe-code", "vibe-code/")),
    *(f"POST {API}/{name}" for name in ("vibe-code", "vibe-code/", "vibe-edit", "vibe-edit/")),
    *(f"POST {API}/{name}" for name in ("undo-vibe-edit", "undo-vibe-edit/")),
    *(f"POST {API}/{name}" for name in ("vibe-starter-queries", "vibe-starter-queries/")),
    *(f"POST {API}/{name}" for name in ("reset", "reset/", "process_recording")),
    *(f"POST {API}/{name}" for name in ("stream/{event_id}", "stream/{event_id}/close")),
    *(f"POST {API}/{name}" for name in ("run/{api_name}/", "api/{api_name}", "api/{api_name}/")),
    *(f"POST {API}/{name}" for name in ("call/{api_name}/", "call/v2/{api_name}")),
    f"POST {API}/call/v2/{{api_name}}/",
    f"GET {API}/call/v2/{{api_name}}/{{event_id}}",
    *(f"{method} {API}/file={{path_or_url:path}}" for method in ("GET", "HEAD")),
    *(f"{method} {API}/proxy={{url_path:path}}" for method in ("GET", "HEAD")),
    f"GET {API}/file/{{path:path}}",
    f"GET {API}/custom_component/{{id}}/{{environment}}/{{type}}/{{file_name}}",
    *(
        f"GET {API}/stream/{{session_hash}}/{{run}}/{{component_id}}/{name}"
        for name in ("playlist.m3u8", "playlist-file", "{segment_id}.{ext}")
    ),
    f"POST {API}/run-history/connect",
    *(f"GET {API}/run-history/{name}" for name in ("buckets", "records")),
    f"GET {API}/run-history/records/{{endpoint}}/{{record_id}}/assets/{{asset_id}}",
}


def of_gradio() -> set[str]:
    """Return all routes of the Gradio that is installed: method and path."""
    with gr.Blocks() as blocks:
        text = gr.Textbox()
        text.submit(str, text, text, api_name="answer")
    found: set[str] = set()

    def walk(routes: Any) -> None:
        for route in routes:
            if inner := getattr(route, "original_router", None):
                walk(inner.routes)
            elif route.methods is None:
                found.add(f"mount {route.path}")
            else:
                found.update(f"{method} {route.path}" for method in route.methods)

    def methods(routes: Any) -> None:
        for route in routes:
            if not hasattr(route, "methods"):
                route.methods = None

    app = App.create_app(blocks, mcp_server=True)
    methods(app.router.routes)
    walk(app.router.routes)
    return found


def opened() -> set[str]:
    routes = Routes(uploads=True, mcp=True).open
    return {f"{method} {one.path}" for one in routes for method in one.methods}


def test_each_route_of_gradio_is_open_by_name_or_closed_by_name() -> None:
    # In a process of its own: Gradio leaves loops open.
    code = "import json, tests.web.test_guard as t; print(json.dumps(sorted(t.of_gradio())))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    routes = set(json.loads(done.stdout))
    mcp = {one for one in opened() if f"{API}/mcp" in one}
    # A GET that Gradio answers is open as a HEAD too, which it then refuses itself.
    used = {one for one in opened() - mcp - OWN if not one.startswith("HEAD ")}
    assert used <= routes, "the page names routes that Gradio has not"
    assert routes - opened() - {f"mount {API}/mcp"} == CLOSED
    assert mcp


@pytest.mark.parametrize("route", sorted(CLOSED))
def test_a_closed_route_is_not_there(server: Server, route: str) -> None:
    method, path = route.split()
    if urlsplit(path).path.rstrip("/") in ("/login", "/logout"):
        pytest.skip("answered by the page's own login")
    path = re.sub(r"\{size\}|\{component_id\}", "1", path)
    reply = httpx.request(method, server.address + re.sub(r"\{.*?\}", "answer", path))
    assert reply.status_code == 404


def test_what_is_open_depends_on_what_is_served() -> None:
    bare, whole = (Routes(uploads=flag, mcp=flag) for flag in (False, True))
    for method, path, kind in (
        ("POST", f"{API}/upload", Kind.UPLOAD),
        ("POST", f"{API}/mcp/", Kind.MCP),
        ("POST", f"{API}/mcp", Kind.MCP),
    ):
        assert bare.find(method, path) is None
        found = whole.find(method, path)
        assert found is not None
        assert found.route.kind is kind
    for method, path in (
        ("GET", f"{API}/queue/join"),
        ("POST", "/"),
        ("GET", "//"),
        ("GET", f"{API}/call/v2/answer/x"),
        ("GET", f"{API}/heartbeat/a/b"),
        ("GET", "/%61ssets"),
    ):
        assert whole.find(method, path) is None


@pytest.fixture(scope="module")
def server(served_library: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with logged(served_library, tmp_path_factory.mktemp("log") / "log") as found:
        yield found


@pytest.fixture(scope="module")
def guarded(served_library: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    log = tmp_path_factory.mktemp("log") / "log"
    with logged(served_library, log, *(f"--auth={one}" for one in LOGINS.split())) as found:
        yield found


# Headers


@pytest.mark.parametrize(
    "path", ["/", "/config", "/theme.css", "/nothing", f"{API}/nothing", "/login"]
)
def test_every_answer_tells_browsers_what_not_to_do(server: Server, path: str) -> None:
    headers = httpx.get(server.address + path).headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "'unsafe-inline'" not in headers["content-security-policy"].split("style-src")[0]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-frame-options"] == "DENY"


def test_a_policy_allows_the_scripts_of_its_document_alone() -> None:
    document = "<script>let a = 1</script><script src='x.js'></script><link onload='b()'>"
    assert policy(document).count("sha256-") == 2
    assert "sha256-" not in policy("<p>let a = 1</p>")


@pytest.mark.browser
def test_the_page_works_under_its_policy(person: BrowserContext, server: Server) -> None:
    page = person.new_page()
    said: list[str] = []
    page.on("console", lambda line: said.append(f"{line.type}: {line.text}"))
    page.on("pageerror", lambda error: said.append(f"error: {error}"))
    page.goto(server.address)
    arrived(page)
    ask(page, WINNER)
    answered(page, re.compile("Jonas Brandt"))
    page.locator(".qa-answer .qa-open").first.click()
    expect(page.locator("#qa-quote")).to_be_visible()
    assert not [line for line in said if line.startswith("error") or "Security Policy" in line]
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"pwned=1\">')"
    )
    page.wait_for_timeout(300)
    assert page.evaluate("typeof pwned") == "undefined"
    assert any("Security Policy" in line for line in said)


@pytest.mark.browser
def test_no_other_page_can_hold_it_in_a_frame(browser: Browser, server: Server) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.set_content(f'<iframe src="{server.address}"></iframe>')
    page.wait_for_timeout(1000)
    assert "chrome-error" in page.frames[-1].url
    context.close()


# Logins


def log_in(server: Server, user: str, password: str, **headers: str) -> httpx.Response:
    data = {"username": user, "password": password}
    return httpx.post(f"{server.address}/login", data=data, headers=headers)


def test_a_login_is_a_cookie_that_no_script_and_no_other_site_has(guarded: Server) -> None:
    plain = log_in(guarded, "ann", "secret")
    assert plain.json() == {"success": True}
    behind_tls = log_in(guarded, "ann", "secret", **{"X-Forwarded-Proto": "https"})
    for reply, secure in ((plain, False), (behind_tls, True)):
        [cookie] = reply.headers.get_list("set-cookie")
        facts = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"httponly", "samesite=lax", "path=/"} <= facts
        assert any(re.fullmatch(r"max-age=[1-9]\d+", fact) for fact in facts)
        assert ("secure" in facts) is secure


def test_wrong_passwords_are_slowed_down_and_told(guarded: Server) -> None:
    replies = [log_in(guarded, "eve\nforged", "guess") for _ in range(12)]
    assert [reply.status_code for reply in replies[:5]] == [401] * 5
    late = [reply for reply in replies if reply.status_code == 429]
    assert late
    assert all(int(reply.headers["retry-after"]) >= 1 for reply in late)
    told = [line for line in guarded.lines() if "wrong password" in line]
    assert len(told) == 12 - len(late)
    assert "'eve\\\\nforged' from 127.0.0.1: the next try in" in told[-1]
    # Others at the same address are let in.
    assert log_in(guarded, "ann", "secret").status_code == 200


def test_no_other_page_can_log_anybody_out(guarded: Server) -> None:
    with httpx.Client(base_url=guarded.address, follow_redirects=True) as client:
        client.cookies.update(log_in(guarded, "ann", "secret").cookies)
        assert client.get("/config").status_code == 200
        assert "Log out" in client.get("/logout").text
        assert client.get("/config").status_code == 200
        other = client.post("/logout", headers={"Origin": "http://other.example"})
        assert other.status_code == 403
        assert client.get("/config").status_code == 200
        assert "Username" in client.post("/logout", headers={"Origin": guarded.address}).text
        assert client.get("/config").status_code == 401


def test_a_person_can_log_out_everywhere(guarded: Server) -> None:
    here, there, bob = (
        log_in(guarded, *login.split(":", 1)).cookies
        for login in ("ann:secret", "ann:secret", "bob:word:with:colons")
    )

    def inside(cookies: httpx.Cookies) -> bool:
        return httpx.get(f"{guarded.address}/config", cookies=cookies).status_code == 200

    httpx.post(f"{guarded.address}/logout", cookies=there)
    assert (inside(here), inside(there), inside(bob)) == (True, False, True)
    there = log_in(guarded, "ann", "secret").cookies
    httpx.post(f"{guarded.address}/logout", cookies=there, data={"everywhere": "yes"})
    assert (inside(here), inside(there), inside(bob)) == (False, False, True)


def test_a_browser_logs_in_and_out_without_a_script(guarded: Server, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(guarded.address)
    page.get_by_label("Username").fill("ann")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Login").click()
    expect(page.get_by_role("status")).to_have_text("The name or the password is wrong.")
    page.get_by_label("Username").fill("ann")
    page.get_by_label("Password").fill("secret")
    page.get_by_role("button", name="Login").click()
    expect(page.get_by_label("Password")).to_have_count(0)
    page.goto(f"{guarded.address}/logout")
    page.get_by_role("button", name="Log out", exact=True).click()
    expect(page.get_by_label("Password")).to_be_visible()
    context.close()


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_each_wrong_password_costs_more_time_until_it_is_forgotten() -> None:
    clock = Clock()
    throttle = Throttle(clock)
    waits = []
    for _ in range(PAIR.free + 20):
        clock.now += throttle.wait("ann", "192.0.2.1")
        waits.append(throttle.tried("ann", "192.0.2.1"))
    assert waits[: PAIR.free - 1] == [0.0] * (PAIR.free - 1)
    assert waits == sorted(waits)
    assert waits[-1] == PAIR.longest
    clock.now += 2 * 3600
    assert throttle.wait("ann", "192.0.2.1") == 0
    assert throttle.tried("ann", "192.0.2.1") == 0


def test_an_address_waits_whatever_names_it_tries_and_a_name_wherever_it_is_tried() -> None:
    throttle = Throttle(Clock())
    for number in range(ADDRESS.free):
        throttle.tried(f"name{number}", "192.0.2.1")
    assert throttle.wait("another", "192.0.2.1") > 0
    assert throttle.wait("another", "192.0.2.2") == 0
    for number in range(NAME.free):
        throttle.tried("ann", f"2001:db8:{number:x}::1")
    assert 0 < throttle.wait("ann", "198.51.100.1") <= NAME.longest
    assert network("2001:db8::1") == network("2001:db8::ffff")


def test_who_mistyped_and_then_logged_in_does_not_wait() -> None:
    throttle = Throttle(Clock())
    for _ in range(PAIR.free):
        throttle.tried("ann", "192.0.2.1")
    assert throttle.wait("ann", "192.0.2.1") > 0
    throttle.succeeded("ann", "192.0.2.1")
    assert throttle.wait("ann", "192.0.2.1") == 0


def test_what_the_throttle_keeps_is_bounded() -> None:
    throttle = Throttle(Clock())
    for number in range(20_000):
        throttle.tried(f"{number}" * 1000, f"10.0.{number // 256 % 256}.{number % 256}")
    assert len(throttle) <= 10_000


def test_a_login_ends_after_its_age_and_the_oldest_when_there_are_too_many() -> None:
    clock = Clock()
    sessions = Sessions(clock)
    first = sessions.begin("ann")
    assert sessions.user(first) == "ann"
    clock.now += 8 * 24 * 3600
    assert sessions.user(first) is None
    tokens = [sessions.begin("ann") for _ in range(30)]
    assert [sessions.user(token) is not None for token in tokens] == [False] * 10 + [True] * 20
    assert sessions.user("") is None
    assert "Secure" in set_cookie({"type": "http", "scheme": "https", "headers": []}, "a", "b")


# Sessions


@contextmanager
def visitors(server: Server, logins: Sequence[str]) -> Iterator[list[httpx.Client]]:
    """Yield the browsers of two people, and of one who has no cookie."""
    with ExitStack() as stack:
        found = [
            stack.enter_context(httpx.Client(base_url=server.address, timeout=60)) for _ in range(3)
        ]
        for one, login in zip(found, logins, strict=False):
            user, password = login.split(":", 1)
            one.post("/login", data={"username": user, "password": password})
        for one in found[:2]:
            one.get("/")
        yield found


@pytest.mark.parametrize("kind", ["login", "browser"])
def test_a_session_is_its_persons_alone(guarded: Server, server: Server, kind: str) -> None:
    place, logins = (guarded, LOGINS.split()) if kind == "login" else (server, [])
    with visitors(place, logins) as (mine, others, nobodys):
        join = {
            "fn_index": answering(mine),
            "data": [WINNER, *[None] * 5],
            "session_hash": "ofmine",
        }
        event = mine.post(f"{API}/queue/join", json=join).json()["event_id"]
        cancel = {"session_hash": "ofmine", "fn_index": 0, "event_id": event}
        listen = f"{API}/queue/data?session_hash=ofmine"
        for one in (others, nobodys):
            replies = [
                one.get(listen),
                one.get(f"{API}/heartbeat/ofmine"),
                one.get(f"{API}/call/answer/{event}"),
                one.post(f"{API}/queue/join", json=join),
                one.post(f"{API}/cancel", json=cancel),
                one.post(f"{API}/cancel", json={**cancel, "session_hash": "another"}),
            ]
            assert {reply.status_code for reply in replies} <= {401, 403, 404}
        with mine.stream("GET", listen) as told:
            assert any("Jonas Brandt" in line for line in told.iter_lines())


def answering(client: httpx.Client) -> int:
    """Return the number of the API's listener."""
    config = client.get("/config").json()
    return int(next(one["id"] for one in config["dependencies"] if one["api_name"] == "answer"))


def test_the_api_can_be_called_without_a_client(server: Server) -> None:
    api = f"{server.address}{API}/call/answer"
    event = httpx.post(api, json={"data": [WINNER, *[None] * 5]}).json()["event_id"]
    with httpx.stream("GET", f"{api}/{event}", timeout=60) as told:
        assert "Jonas Brandt" in "".join(told.iter_lines())
    assert httpx.post(f"{api}s", json={"data": []}).status_code == 404


def test_owners_are_remembered_within_bounds() -> None:
    owners = Owners()
    assert owners.claim("mine", "ann")
    assert owners.claim("mine", "ann")
    assert not owners.claim("mine", "bob")
    for number in range(5000):
        owners.claim(f"session{number}", "bob")
    assert owners.of("session0") is None
    # One person's many sessions do not push another's out.
    assert owners.of("mine") == "ann"


# Sizes, times and shares


@pytest.mark.parametrize("path", ["queue/join", "call/answer", "component_server", "run/predict"])
def test_a_body_is_bounded_before_it_is_read(server: Server, path: str) -> None:
    url = f"{server.address}{API}/{path}"
    place = urlsplit(url)
    head = f"POST {place.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 300000000\r\n\r\n{{"
    with closing(socket.create_connection((place.hostname or "", place.port or 80))) as said:
        said.settimeout(60)
        said.sendall(head.encode())
        assert b" 413 " in said.recv(100)

    def endless() -> Iterator[bytes]:
        while True:
            yield b"x" * 65536

    # The server hangs up on what it does not want to hear.
    with suppress(httpx.TransportError):
        assert httpx.post(url, content=endless()).status_code == 413


def test_a_connection_that_dawdles_is_closed(server: Server) -> None:
    place = urlsplit(server.address)
    head = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    with ExitStack() as stack:
        # One that says nothing, one in the middle of its head, one after an answer.
        slow = []
        for begun in (b"", head + b"X-A: ", head + b"\r\n" + head):
            connection = socket.create_connection((place.hostname or "", place.port or 80))
            slow.append(stack.enter_context(closing(connection)))
            connection.settimeout(60)
            connection.sendall(begun)
        # Each is closed; to those that have not been answered yet it is said why.
        heard = []
        for connection in slow:
            with connection.makefile("rb") as file:
                heard.append(file.read())
    assert [b" 408 Request Timeout" in said for said in heard[:2]] == [True, True]
    assert b" 200 OK" in heard[2]


def test_a_body_that_dawdles_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SECONDS", 0.05)

    async def never() -> Message:
        await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    async def read() -> None:
        await bounded({"type": "http", "headers": []}, never, 100)()

    # In a thread of its own: Playwright has a loop running in this one.
    with ThreadPoolExecutor(1) as pool, pytest.raises(Refused) as refused:
        pool.submit(lambda: asyncio.run(read())).result()
    assert refused.value.status_code == 408


def test_one_person_cannot_fill_the_queue(server: Server) -> None:
    with httpx.Client(base_url=server.address) as greedy:
        greedy.get("/")
        which = answering(greedy)
        join = {"fn_index": which, "data": [WINNER, *[None] * 5], "session_hash": "greedy"}
        replies = [greedy.post(f"{API}/queue/join", json=join).status_code for _ in range(40)]
        assert set(replies) == {200, 429}
        other = {"data": [WINNER, *[None] * 5]}
        assert httpx.post(f"{server.address}{API}/call/answer", json=other).status_code == 200
        with greedy.stream("GET", f"{API}/queue/data?session_hash=greedy", timeout=120) as told:
            done = sum("process_completed" in line for line in told.iter_lines())
    assert done == replies.count(200)


def test_shares_are_counted_by_person_and_by_address() -> None:
    place = "192.0.2.1"
    check_share([("visitor:a", place)] * 15, "visitor:a", place)
    with pytest.raises(Refused):
        check_share([("visitor:a", place)] * 16, "visitor:a", place)
    many = [(f"visitor:{number}", place) for number in range(32)]
    with pytest.raises(Refused):
        check_share(many, "visitor:new", place)
    check_share(many, "login:ann", place)
    at_once = AtOnce()
    with ExitStack() as open_ones:
        for _ in range(32):
            open_ones.enter_context(at_once.one_more("visitor:a", place))
        with pytest.raises(Refused), at_once.one_more("visitor:a", place):
            pass
        with at_once.one_more("visitor:b", place):
            pass
    with at_once.one_more("visitor:a", place):
        pass


# Uploads


def test_what_is_uploaded_and_not_ingested_is_swept(tmp_path: Path) -> None:
    with folder(Settings(library=tmp_path, upload_mb=1, upload_files=2)) as uploads:
        assert os.environ["GRADIO_TEMP_DIR"] == str(uploads.path)
        assert uploads.path.stat().st_mode & 0o077 == 0
        (uploads.path / "sha").mkdir()
        for name in ("old.txt", "new.txt"):
            (uploads.path / "sha" / name).write_bytes(b"x" * 100)
        hours_ago = time.time() - 7200
        os.utime(uploads.path / "sha" / "old.txt", (hours_ago, hours_ago))
        assert uploads.sweep() == 1
        assert [path.name for path in (uploads.path / "sha").iterdir()] == ["new.txt"]
        assert uploads.has_room(4_000_000)
        assert not uploads.has_room(5_000_000)
        for number in range(10):
            (uploads.path / f"{number}").touch()
        assert not uploads.has_room(1)
    assert not uploads.path.exists()
    assert "GRADIO_TEMP_DIR" not in os.environ


def test_the_uploads_of_a_killed_process_go_with_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    dead = tmp_path / "qa-uploads-dead"
    (dead / "sha").mkdir(parents=True)
    (dead / ".lock").touch()
    (dead / "sha" / "article.txt").write_text("x")
    with folder(Settings(library=tmp_path)) as living, folder(Settings(library=tmp_path)):
        assert not dead.exists()
        assert living.path.exists()


def test_nobody_uploads_where_nobody_may_change_the_archive(guarded: Server) -> None:
    assert Caller("ann", "", "192.0.2.1").person == "login:ann"
    files = {"files": ("a.txt", b"x")}
    assert httpx.post(f"{guarded.address}{API}/upload", files=files).status_code == 401
    ann = log_in(guarded, "ann", "secret").cookies
    reply = httpx.post(f"{guarded.address}{API}/upload", files=files, cookies=ann)
    assert json.loads(reply.text)[0].endswith("a.txt")
    assert (
        httpx.get(f"{guarded.address}{API}/file={reply.json()[0]}", cookies=ann).status_code == 404
    )
