"""The page: chat, timeline and archive, an article beside them, and the API; how it is served."""

import contextlib
import json
import os
import secrets
import sys
from functools import partial
from pathlib import Path
from typing import Any

# Read when Gradio is imported: without it the page reports home.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio as gr
from gradio.events import api
from gradio_client import Client
from starlette.middleware import Middleware

from qa.assistant import Assistant
from qa.errors import QAError, SettingsError, require_extra
from qa.library.conversations import Conversations
from qa.library.opening import open_conversations
from qa.settings import Settings
from qa.web import listeners
from qa.web.archive import Archive
from qa.web.article import NOTHING, opened
from qa.web.chat import Chat
from qa.web.fields import date_of, filters_of
from qa.web.guard import MCP, Guard, is_loopback, logins
from qa.web.health import Health, ready
from qa.web.tabs import Given, Tab
from qa.web.timeline import Timeline

TITLE = "Ask the archive"
# The tabs, in their order. A new one is named here.
TABS: tuple[type[Tab], ...] = (Chat, Timeline, Archive)
_FONTS = ["system-ui", "Segoe UI", "Helvetica", "Arial", "sans-serif"]
_MONOSPACE = ["ui-monospace", "Consolas", "monospace"]
_CSS = (Path(__file__).parent / "page.css").read_text(encoding="utf-8")
_SCRIPT = (Path(__file__).parent / "page.js").read_text(encoding="utf-8")
# A login of the machine's own: a person's ends everywhere when that person logs out.
_MACHINE = ("qa-mcp", secrets.token_urlsafe(32))
# What may wait for its turn; who comes after that is told that the page is busy.
_WAITING = 64
# Seconds after which files that Gradio has kept are removed, and how often it looks.
_KEPT = 3600


def build(
    assistant: Assistant,
    conversations: Conversations,
    settings: Settings,
    *,
    may_change: bool = False,
) -> gr.Blocks:
    """Return the page for an assistant.

    Who has the page can add articles and remove them if they `may_change` the archive.
    """

    def reach() -> str:
        articles, _ = assistant.library.counts()
        extent = assistant.library.extent()
        days = f", {extent[0]:%Y-%m-%d} to {extent[1]:%Y-%m-%d}" if extent else ""
        said = f"{articles:,} articles{days}. Every quote is word for word from an article."
        return f"<h1>{TITLE}</h1><p>{said}</p>"

    def show(href: str) -> str:
        try:
            return opened(href, assistant.library)
        except QAError as error:
            return listeners.error_html(error)

    page: gr.Blocks
    with gr.Blocks(
        title=TITLE, analytics_enabled=False, fill_width=True, delete_cache=(_KEPT, _KEPT)
    ) as page:
        head = gr.HTML(reach(), elem_id="qa-head", padding=False)
        # The page's script writes each link that is followed into it.
        link = gr.Textbox(visible="hidden", label="Link")
        given = Given(assistant, conversations, settings, link, may_change)
        tabs: list[Tab] = []
        with gr.Row(elem_id="qa-page"):
            with gr.Column(scale=3, min_width=340), gr.Tabs():
                for kind in TABS:
                    with gr.Tab(kind.title):
                        tabs.append(kind(given))
            with gr.Column(scale=2, min_width=340, elem_id="qa-side-article"):
                panel = gr.HTML(NOTHING, elem_id="qa-panel", padding=False)
        for link_kind in ("cite", "article"):
            followed = listeners.follow(link_kind, show, link, [], panel)
            followed.then(None, None, None, js="() => window.qaShowQuote()", **listeners.PRIVATE)
        page.load(reach, None, head, **listeners.PRIVATE)
        for tab in tabs:
            tab.on_arrival(page)
            for changed in tab.changes:
                changed.then(reach, None, head, **listeners.PRIVATE)
        _api(assistant)
    page.queue(max_size=_WAITING, default_concurrency_limit=4 * listeners.ANSWERS)
    return page


def _api(assistant: Assistant) -> None:
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
        with listeners.errors_shown():
            given = filters_of(since, until, as_of, sites)
            found = assistant.answer(question, asked_on=date_of(asked_on), filters=given)
        return dict(json.loads(found.to_json()))

    api(answer, api_name="answer", **listeners.WORKING)


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
        Assistant.load(settings) as assistant,
        open_conversations(settings) as conversations,
    ):
        local = is_loopback(host)
        name = f"[{host}]" if ":" in host else host
        may_change = not settings.read_only and (bool(known) or local)
        page = build(assistant, conversations, settings, may_change=may_change)
        try:
            # Where MCP is served, Gradio says so even if it is to be quiet.
            with contextlib.redirect_stdout(sys.stderr):
                page.launch(
                    server_name=name,
                    server_port=port,
                    auth=[*known.items(), _MACHINE] if known else None,
                    quiet=True,
                    # Said out loud: an environment variable could make the page public, or add MCP.
                    share=False,
                    mcp_server=mcp,
                    # It would let anybody at the login of this machine's user elsewhere.
                    run_history=False,
                    # Gradio mounts MCP as an app of its own, which does not ask for its login.
                    app_kwargs={
                        "middleware": [
                            Middleware(Health, ready=partial(ready, assistant.stores)),
                            Middleware(Guard, known=known, local=local),
                        ]
                    },
                    max_file_size=max(1, int(settings.upload_mb * 1_000_000)) if may_change else 1,
                    prevent_thread_lock=True,
                    ssr_mode=False,
                    footer_links=[],
                    theme=_theme(),
                    css=_CSS,
                    js=_SCRIPT,
                )
        except (OSError, OverflowError):
            raise SettingsError(
                f"cannot serve at {host}:{port}, it is taken or not of this machine: "
                "choose another --port or --host"
            ) from None
        if mcp and known:
            _let_mcp_in(page, f"http://{name}:{port}")
        more = f", MCP at http://{name}:{port}{MCP}/" if mcp else ""
        print(f"qa: chat at http://{name}:{port}{more}", flush=True)  # noqa: T201 - the one line
        page.block_thread()


def _let_mcp_in(page: gr.Blocks, address: str) -> None:
    # Gradio's MCP server calls the API as a client of its own, which knows no login: every call
    # that the guard has let through would be refused. There is no public way to give it one.
    client = Client(
        address, auth=_MACHINE, download_files=False, verbose=False, analytics_enabled=False
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
