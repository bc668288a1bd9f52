"""Attack the chat page of a library, and tell of each kind of attack what got through.

    python -m benchmarks.campaign.web --library .library

serves the library twice on free ports of this machine, once without logins and once with them, and
prints a table: how often each attack was tried, refused, and got through, where what is within a
person's share is neither; then who may call which route, by the status that a bare request gets;
then what is left in memory and in the logs. It exits with 1 if anything got through.
"""

import argparse
import base64
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from benchmarks import process as of_process

API = "/gradio_api"
USER, PASSWORD = "ann", "correct-horse"
REFUSED = range(400, 500)


@dataclass
class Site:
    """A page that is served by a process of its own."""

    address: str
    process: subprocess.Popen[str]
    log: Path

    @contextmanager
    def client(self, login: bool = False) -> Iterator[httpx.Client]:
        with httpx.Client(base_url=self.address, timeout=120) as client:
            if login:
                client.post("/login", data={"username": USER, "password": PASSWORD})
            client.get("/")
            yield client

    def memory(self) -> int:
        """Return what the process holds of memory, in megabytes; 0 where that is not told."""
        with suppress(OSError):
            return of_process.megabytes("VmRSS", self.process.pid)
        return 0

    def tracebacks(self) -> int:
        return self.log.read_text(encoding="utf-8", errors="replace").count("Traceback")


@contextmanager
def served(library: Path, folder: Path, *more: str) -> Iterator[Site]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log = folder / f"{port}.log"
    with log.open("w") as file:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "qa.cli", "chat", "--library", str(library)),
                *("--port", str(port), *more),
            ],
            stdout=subprocess.PIPE,
            stderr=file,
            text=True,
            env={**os.environ, "TMPDIR": str(folder)},
        )
        assert process.stdout is not None
        with process.stdout:
            process.stdout.readline()
            yield Site(f"http://127.0.0.1:{port}", process, log)
            process.terminate()
            process.wait(60)


@dataclass
class Tally:
    """What came of one kind of attack."""

    name: str
    tried: int = 0
    refused: int = 0
    through: list[str] = field(default_factory=list)

    def add(self, refused: bool, what: str) -> None:
        self.tried += 1
        self.refused += refused
        if not refused:
            self.through.append(what)


Attack = Callable[[Site, Tally], None]


def passwords(site: Site, tally: Tally) -> None:
    """Guess passwords from many threads for ten seconds: five guesses are free."""
    until = time.monotonic() + 10

    def guess(number: int) -> list[int]:
        found: list[int] = []
        while time.monotonic() < until:
            data = {"username": "bob", "password": f"{number}-{len(found)}"}
            found.append(httpx.post(f"{site.address}/login", data=data, timeout=60).status_code)
        return found

    with ThreadPoolExecutor(16) as pool:
        statuses = [status for each in pool.map(guess, range(16)) for status in each]
    checked = statuses.count(401)
    for status in statuses:
        tally.add(status in REFUSED, f"a guess was answered with {status}")
    if checked > 12:
        tally.through.append(f"{checked} guesses were checked in 10 s")


def basic(site: Site, tally: Tally) -> None:
    """Guess passwords over HTTP Basic."""
    for number in range(20):
        code = base64.b64encode(f"dave:{number}".encode()).decode()
        headers = {"Authorization": f"Basic {code}"}
        reply = httpx.post(f"{site.address}{API}/mcp/", headers=headers, json={}, timeout=60)
        tally.add(reply.status_code in REFUSED, f"Basic {number}: {reply.status_code}")


def logout(site: Site, tally: Tally) -> None:
    """End a login as another site's page can: by a link, a picture, a form."""
    with site.client(login=True) as client:
        for method, path, origin in (
            ("GET", "/logout", ""),
            ("GET", "/logout?all_session=true", ""),
            ("HEAD", "/logout", ""),
            ("POST", "/logout", "http://other.example"),
            ("POST", "/logout", "null"),
        ):
            client.request(method, path, headers={"Origin": origin} if origin else {})
            tally.add(client.get("/config").status_code == 200, "a login was ended")


def unlogged(site: Site, tally: Tally) -> None:
    """Call every route that is open, without a login."""
    with httpx.Client(base_url=site.address, timeout=20) as client:
        for method, path in (
            *(("GET", path) for path in ("/config", f"{API}/info", f"{API}/heartbeat/abc")),
            *(("GET", path) for path in (f"{API}/queue/data?session_hash=abc",)),
            *(("GET", path) for path in (f"{API}/call/answer/abc", f"{API}/upload_progress")),
            *(
                ("POST", f"{API}/{path}")
                for path in (
                    *("queue/join", "run/predict", "call/answer", "component_server", "cancel"),
                    *("upload", "mcp/", "mcp"),
                )
            ),
        ):
            status = client.request(method, path, json={} if method == "POST" else None).status_code
            tally.add(status in (401, 404), f"{method} {path}: {status}")


def closed(site: Site, tally: Tally) -> None:
    """Ask for what Gradio serves and the page does not use."""
    from tests.web.test_guard import CLOSED

    with site.client() as client:
        for route in sorted(CLOSED):
            method, path = route.split()
            if path.strip("/") in ("login", "logout"):
                continue
            path = path.replace("{session_hash}", "abc").replace("{size}", "9")
            status = client.request(method, path).status_code
            tally.add(status in (404, 405), f"{route}: {status}")
        for path in (
            f"{API}/deep_link?session_hash=abc",
            f"{API}/file=/etc/passwd",
            f"{API}/file=http://192.0.2.1/",
            f"{API}/../monitoring/summary",
            f"//{API}/openapi.json",
            f"{API}/%6fpenapi.json",
            f"{API}//dev/reload",
            "/assets/../../../../../../etc/passwd",
            "/static/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        ):
            status = client.get(path).status_code
            tally.add(status in REFUSED, f"{path}: {status}")


def question(client: httpx.Client, session: str, text: str) -> dict[str, Any]:
    config = client.get("/config").json()
    which = next(one for one in config["dependencies"] if one["api_name"] == "answer")
    data = [text, *[None] * (len(which["inputs"]) - 1)]
    return {"fn_index": which["id"], "data": data, "session_hash": session}


def sessions(site: Site, tally: Tally) -> None:
    """Listen to another person's session, end that person's events, and join in."""
    with site.client() as mine, site.client() as other, httpx.Client(base_url=site.address) as bare:
        join = question(mine, "campaign", "What happened?")
        event = mine.post(f"{API}/queue/join", json=join).json()["event_id"]
        cancel = {"session_hash": "campaign", "fn_index": join["fn_index"], "event_id": event}
        for client in (other, bare):
            for reply in (
                client.get(f"{API}/queue/data?session_hash=campaign"),
                client.get(f"{API}/heartbeat/campaign"),
                client.get(f"{API}/call/answer/{event}"),
                client.get(f"{API}/deep_link?session_hash=campaign"),
                client.post(f"{API}/cancel", json=cancel),
                client.post(f"{API}/cancel", json={**cancel, "session_hash": "x"}),
                client.post(f"{API}/queue/join", json=join),
            ):
                tally.add(reply.status_code in REFUSED, f"{reply.url}: {reply.status_code}")
        with mine.stream("GET", f"{API}/queue/data?session_hash=campaign") as told:
            done = any("process_completed" in line for line in told.iter_lines())
        if not done:
            tally.through.append("a question of another was broken off")


def malformed(site: Site, tally: Tally) -> None:
    """Send every listener values of wrong types, and envelopes that are none."""
    from tests.web.test_events import BODIES, ENVELOPES, EVENT_DATA, VALUES, Server, happened, shape

    before = site.tracebacks()
    with site.client() as client:
        listeners = [
            one for one in client.get("/config").json()["dependencies"] if one["backend_fn"]
        ]
        for body in BODIES:
            for path in ("queue/join", "run/predict", "call/answer", "component_server", "cancel"):
                status = client.post(f"{API}/{path}", content=body).status_code
                tally.add(status == 422, f"{path} {body[:20]!r}: {status}")
        for wrong in ENVELOPES:
            for path in ("queue/join", "run/predict", "component_server", "cancel"):
                sent = {"fn_index": listeners[0]["id"], "data": [], "session_hash": "abc", **wrong}
                status = client.post(f"{API}/{path}", json=sent).status_code
                tally.add(status == 422, f"{path} {wrong}: {status}")
    events = [shape(one, value) for one in listeners for value in VALUES.values()]
    events += [shape(one, "x", data) for one in listeners for data in EVENT_DATA]
    for outcome in happened(Server(site.address, site.log), "campaignvalues", events):
        said = str(outcome.get("error") or "")
        # Some values are right for some listeners: what these make of them is no harm.
        tally.tried += 1
        tally.refused += bool(said) or "detail" in outcome
        tally.through += [said] if "\n" in said else []
    if more := site.tracebacks() - before:
        tally.through.append(f"{more} tracebacks in the log")


def bodies(site: Site, tally: Tally) -> None:
    """Send questions of 50 to 300 MB, with their length and without."""
    before = site.memory()

    def chunks(size: int) -> Iterator[bytes]:
        yield b'{"data": ["'
        for _ in range(size // 65536):
            yield b"x" * 65536

    for megabytes in (50, 100, 300):
        for path in ("queue/join", "call/answer", "component_server", "run/predict", "cancel"):
            for declared in (True, False):
                size = megabytes * 1_000_000
                headers = {"Content-Length": str(size)} if declared else {}
                try:
                    url = f"{site.address}{API}/{path}"
                    status = httpx.post(url, content=chunks(size), headers=headers).status_code
                    refused = status == 413
                except httpx.TransportError:
                    # The server hung up in the middle of it.
                    status, refused = 0, True
                tally.add(refused, f"{megabytes} MB to {path}: {status}")
    if site.memory() - before > 50:
        tally.through.append(f"{site.memory() - before:.0f} MB more in memory")


def slow(site: Site, tally: Tally) -> None:
    """Hold 50 connections open by a byte every two seconds: in the head, and in the body."""
    host, _, port = site.address.removeprefix("http://").partition(":")
    head = b"POST /gradio_api/queue/join HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n"
    with ExitStack() as stack:
        alive: list[socket.socket] = []
        for number in range(50):
            one = stack.enter_context(closing(socket.create_connection((host, int(port)))))
            one.setblocking(False)
            one.send(head + b"\r\n" * (number % 2))
            alive.append(one)
        for _ in range(15):
            time.sleep(2)
            alive = [one for one in alive if _is_open(one)]
        for number in range(50):
            tally.add(number >= len(alive), "a connection was still open after 30 s")


def _is_open(connection: socket.socket) -> bool:
    try:
        if connection.recv(4096) is not None:
            # An answer, or the end: the server does not wait any more.
            return False
    except BlockingIOError:
        pass
    except OSError:
        return False
    try:
        connection.send(b"x")
    except OSError:
        return False
    return True


def queue(site: Site, tally: Tally) -> None:
    """Fill the queue by one tab, and then ask as somebody else."""
    with site.client() as greedy, site.client() as other:
        join = question(greedy, "greedy", "What happened?")
        taken = 0
        for _ in range(200):
            status = greedy.post(f"{API}/queue/join", json=join).status_code
            taken += status == 200
            tally.tried += 1
            tally.refused += status == 429
        asked = other.post(f"{API}/queue/join", json={**join, "session_hash": "other"})
        if asked.status_code != 200:
            tally.through.append(f"another person was answered with {asked.status_code}")
        with greedy.stream("GET", f"{API}/queue/data?session_hash=greedy") as told:
            done = sum("process_completed" in line for line in told.iter_lines())
        if done < taken:
            tally.through.append(f"{taken - done} questions were lost")


def uploads(site: Site, tally: Tally) -> None:
    """Upload 150 files that nobody ingests, and ask for them as somebody else."""
    with site.client() as mine, site.client() as other:
        for number in range(150):
            files = {"files": (f"{number}.txt", f"text {number}".encode())}
            reply = mine.post(f"{API}/upload", files=files)
            tally.tried += 1
            tally.refused += reply.status_code != 200
            if reply.status_code == 200:
                back = other.get(f"{API}/file={reply.json()[0]}").status_code
                tally.through += [] if back in REFUSED else [f"handed to another: {back}"]


def others(site: Site, tally: Tally) -> None:
    """Call as another site's page, or by another name for this machine."""
    with httpx.Client(base_url=site.address) as client:
        for headers in (
            {"Origin": "http://other.example"},
            {"Origin": "null"},
            {"Origin": "http://[::"},
            {"Origin": "http://other.example", "Host": "other.example"},
            {"Host": "localtest.example:7860"},
            {"Host": "[::"},
        ):
            for path in ("/", "/config", f"{API}/info", f"{API}/queue/join"):
                status = client.post(path, headers=headers).status_code
                tally.add(status == 403, f"{headers} {path}: {status}")


OPEN: tuple[Attack, ...] = (*(closed, sessions, malformed, bodies, slow, queue, uploads, others),)
WITH_LOGINS: tuple[Attack, ...] = (passwords, basic, logout, unlogged)


def run(site: Site, attack: Attack) -> Tally:
    said = (attack.__doc__ or "").partition(":")[0].rstrip(".").partition("\n")[0]
    tally = Tally(said)
    attack(site, tally)
    return tally


def routes(site: Site, guarded: Site) -> Iterator[str]:
    """Yield who may call which route: what nobody, and what a person with a login, is answered."""
    from qa.web.routes import Routes

    with httpx.Client(base_url=guarded.address) as bare, guarded.client(login=True) as person:
        for route in Routes(uploads=True, mcp=True).open:
            method = sorted(route.methods)[0]
            path = route.path.replace("{path:path}", "x").replace("{session_hash}", "seen")
            path = path.replace("{api_name}", "answer").replace("{event_id}", "seen")
            statuses = []
            for client in (bare, person):
                with suppress(httpx.TimeoutException), client.stream(method, path) as reply:
                    statuses.append(str(reply.status_code))
            yield f"| {method} | `{route.path}` | {route.kind} | {' | '.join(statuses)} |"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", type=Path, required=True)
    options = parser.parse_args()
    found: list[Tally] = []
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        site = stack.enter_context(served(options.library, folder))
        guarded = stack.enter_context(
            served(options.library, folder, f"--auth={USER}:{PASSWORD}", "--read-only")
        )
        begun = site.memory()
        for attacked, attacks in ((site, OPEN), (guarded, WITH_LOGINS)):
            for attack in attacks:
                found.append(run(attacked, attack))
                print(json.dumps(found[-1].__dict__), file=sys.stderr, flush=True)
        print("| attack | tried | refused | got through |\n|---|---|---|---|")
        for one in found:
            through = "; ".join(dict.fromkeys(one.through)) or "0"
            print(f"| {one.name} | {one.tried} | {one.refused} | {through} |")
        print("\n| | route | kind | nobody | a login |\n|---|---|---|---|---|")
        print("\n".join(routes(site, guarded)))
        print(f"\nmemory: {begun:.0f} MB before, {site.memory():.0f} MB after")
        print(f"tracebacks in the logs: {site.tracebacks() + guarded.tracebacks()}")
        dead = [str(one.address) for one in (site, guarded) if one.process.poll() is not None]
        print(f"servers that died: {len(dead)}")
    return int(bool(dead or any(one.through for one in found)))


if __name__ == "__main__":
    sys.exit(main())
