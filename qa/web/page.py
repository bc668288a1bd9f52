"""The page and the API: put together, and served. What the page can do stands in its parts."""

import contextlib
import hashlib
import json
import math
import os
import secrets
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from functools import partial
from typing import Any

# Read when Gradio is imported: without it the page reports home.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio as gr
from gradio.events import api
from gradio_client import Client
from starlette.middleware import Middleware

from qa.assistant import Assistant
from qa.errors import QAError, SettingsError, require_extra
from qa.ingest import mend
from qa.library.opening import open_conversations, open_library
from qa.library.recipe import facts
from qa.settings import Settings
from qa.web.archive import Archive
from qa.web.article import Reading
from qa.web.callers import Callers, is_loopback
from qa.web.chat import Chat
from qa.web.component import page_component
from qa.web.connections import settle
from qa.web.desk import Desk, Functions
from qa.web.events import CheckedBlocks
from qa.web.fields import date_of, filters_of
from qa.web.guard import Guard
from qa.web.health import Health, ready
from qa.web.jobs import Jobs
from qa.web.login import Logins
from qa.web.passwords import Passwords, logins
from qa.web.progress import ANSWERS
from qa.web.requests import Requests
from qa.web.routes import MCP, Routes
from qa.web.sessions import Sessions, cookie_names, login_of
from qa.web.shell import Shell, assets, limits_html
from qa.web.sources import Sites
from qa.web.suggest import Starters
from qa.web.timeline import Timeline
from qa.web.upload import Uploads
from qa.web.uploads import folder
from qa.web.welcome import welcome_html

TITLE = "Ask the archive"
_FONTS = ["system-ui", "Segoe UI", "Helvetica", "Arial", "sans-serif"]
_MONOSPACE = ["ui-monospace", "Consolas", "monospace"]
# A login of the machine's own, which does not end while it serves.
_MACHINE = "qa-mcp"
# What may wait for its turn; who comes after that is told that the page is busy.
_WAITING = 64
# Seconds after which files that Gradio has kept are removed, and how often it looks.
_KEPT = 3600


def build(desk: Desk, functions: Functions) -> gr.Blocks:
    """Return the page, which calls these functions, and the API."""
    # Each library has a key of its own: the secret of another could not read what is kept there.
    secret = desk.conversations.secret()
    of_library = hashlib.sha256(secret.encode()).hexdigest()[:12]
    page: CheckedBlocks
    with CheckedBlocks(
        title=TITLE, analytics_enabled=False, fill_width=True, delete_cache=(_KEPT, _KEPT)
    ) as page:
        page_component(functions)
        # The key and the secret are fixed: what a browser keeps outlives a restart.
        browser = gr.BrowserState("", storage_key=f"qa-person-{of_library}", secret=secret)
        private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        # What nobody can guess: who has it, has the conversations.
        page.load(
            lambda known: known or secrets.token_urlsafe(32),
            browser,
            browser,
            queue=False,
            **private,
        ).then(None, browser, None, js="(secret) => window.qa.known(secret)", **private)
        _api(desk)
    page.queue(max_size=_WAITING, default_concurrency_limit=4 * ANSWERS)
    return page


def _api(desk: Desk) -> None:
    def answer(
        question: str,
        asked_on: str | None = None,
        since: str | None = None,
        until: str | None = None,
        as_of: str | None = None,
        sites: list[str] | None = None,
    ) -> dict[str, Any]:
        """Answer a question from a news archive, with the exact sentences the answer rests on.

        Args:
            question: what to ask, in English
            asked_on: prefer news of the days around, an ISO date; else of the newest
            since: search only articles of this day and later, an ISO date
            until: search only articles of this day and earlier, an ISO date
            as_of: ask the archive as it stood on this day, an ISO date
            sites: search only articles of these sites, such as cnn.com
        """
        try:
            given = filters_of(since, until, as_of, sites)
            asked = date_of(asked_on)
            found = desk.assistant().answer(question, asked_on=asked, filters=given)
        except QAError as error:
            raise gr.Error(str(error), print_exception=False) from None
        return dict(json.loads(found.to_json()))

    api(answer, api_name="answer", concurrency_limit=ANSWERS)


def serve(settings: Settings, host: str, port: int, *, mcp: bool = False) -> None:
    """Serve the page until it is interrupted; say where, on one line.

    Articles can be added and removed by way of the page where only this machine reaches it, or
    with a login, unless the settings say `read_only`. With `mcp`, the API is an MCP server's too.

    Raises `QAError`s: no library, a port in use, a login that is not USER:PASSWORD, no extra `mcp`.
    """
    known = logins(settings.auth.get_secret_value()) if settings.auth else {}
    if mcp:
        require_extra("mcp", "--mcp", "mcp")
    _reach_itself(host)
    with (
        open_library(settings) as stores,
        open_conversations(settings) as conversations,
        folder(settings) as uploads,
    ):
        library = stores.catalogue
        library.check(facts(settings))
        local = is_loopback(host)
        name = f"[{host}]" if ":" in host else host
        may_change = not settings.read_only and (bool(known) or local)
        desk = Desk(stores, conversations, settings, Future(), may_change)
        sites, starters, jobs = Sites(library), Starters(library), Jobs()
        page = build(desk, _functions(desk, sites, starters, jobs))

        def welcome() -> tuple[str, str, str]:
            extent = library.extent()
            shown = welcome_html(library, sites, starters.ready, may_change)
            return shown, str(extent[0]) if extent else "", str(extent[1]) if extent else ""

        adding = limits_html(settings.upload_files, settings.upload_mb) if may_change else ""
        sessions = Sessions()
        guard = Middleware(
            Guard,
            routes=Routes(uploads=may_change, mcp=mcp),
            callers=Callers(Logins(Passwords(known), sessions), sessions, local),
            requests=Requests(page, uploads if may_change else None),
        )
        around = [
            Middleware(Health, ready=partial(ready, stores)),
            guard,
            Middleware(Shell, welcome=welcome, adding=adding, title=TITLE, logins=bool(known)),
        ]
        try:
            # Where MCP is served, Gradio says so even if it is to be quiet.
            with contextlib.redirect_stdout(sys.stderr):
                page.launch(
                    server_name=name,
                    server_port=port,
                    auth_dependency=login_of if known else None,
                    quiet=True,
                    # Said out loud: an environment variable could make the page public, or add MCP.
                    share=False,
                    mcp_server=mcp,
                    # It would let anybody at the login of this machine's user elsewhere.
                    run_history=False,
                    app_kwargs={"middleware": around, "routes": [assets()]},
                    max_file_size=max(1, int(settings.upload_mb * 1_000_000)) if may_change else 1,
                    prevent_thread_lock=True,
                    ssr_mode=False,
                    footer_links=[],
                    theme=_theme(),
                )
        except (OSError, OverflowError):
            raise SettingsError(
                f"cannot serve at {host}:{port}, it is taken or not of this machine: "
                "choose another --port or --host"
            ) from None
        settle(page.server)
        if mcp:
            _let_mcp_in(page, f"http://{name}:{port}", sessions)
        more = f", MCP at http://{name}:{port}{MCP}/" if mcp else ""
        print(f"qa: chat at http://{name}:{port}{more}", flush=True)  # noqa: T201 - the one line
        # The page is there before its models: what is asked meanwhile waits for them.
        with _loaded(desk, starters):
            page.block_thread()


def _functions(desk: Desk, sites: Sites, starters: Starters, jobs: Jobs) -> Functions:
    """Return all that the page may call."""
    parts = (
        Chat(desk, jobs, sites, starters),
        Reading(desk),
        Timeline(desk, sites),
        Archive(desk, sites),
        Uploads(desk, jobs),
        jobs,
    )
    return {name: function for part in parts for name, function in part.functions.items()}


@contextlib.contextmanager
def _loaded(desk: Desk, starters: Starters) -> Iterator[None]:
    """Load the models, and let the first questions be tried. Raises as `Assistant.load`.

    A small library whose vectors are damaged is mended first.
    """
    mend(desk.settings)
    with Assistant.load(desk.settings) as assistant:
        desk.loading.set_result(assistant)
        trying = threading.Thread(target=starters.find, args=(assistant.trial(),), daemon=True)
        trying.start()
        yield


def _let_mcp_in(page: gr.Blocks, address: str, sessions: Sessions) -> None:
    # Gradio's MCP server calls the API as a client of its own, which knows no login: every call
    # that the guard has let through would be refused. There is no public way to give it one.
    cookie, _ = cookie_names({"server": ("", page.server_port)})
    client = Client(
        address,
        httpx_kwargs={"cookies": {cookie: sessions.begin(_MACHINE, math.inf)}},
        download_files=False,
        verbose=False,
        analytics_enabled=False,
    )
    page.mcp_server_obj._client_instance = client  # type: ignore[union-attr]


def _theme() -> gr.themes.Base:
    """Return Gradio's own look, with the fonts of the machine and greys that can be read."""
    greys = {
        name: f"*neutral_{shade}"
        for color in ("input_placeholder_color", "body_text_color_subdued")
        for name, shade in ((color, 600), (f"{color}_dark", 400))
    }
    return gr.themes.Default(primary_hue="blue", font=_FONTS, font_mono=_MONOSPACE).set(**greys)


def _reach_itself(host: str) -> None:
    # Gradio asks its own page whether it is up, by way of any proxy that is set; the proxy
    # of, say, a package index would be asked for this very machine.
    for name in ("NO_PROXY", "no_proxy"):
        hosts = [entry for entry in os.environ.get(name, "").split(",") if entry]
        os.environ[name] = ",".join([*hosts, "127.0.0.1", "localhost", host])
