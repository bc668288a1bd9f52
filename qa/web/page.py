"""The chat page. Gradio is used here and nowhere else."""

import datetime
import os
from typing import Any

# Read when Gradio is imported: without it the page reports home.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio as gr

from qa import prompts
from qa.assistant import Assistant
from qa.errors import QAError, QuestionError, SettingsError
from qa.settings import Settings
from qa.types import Filters, Role, Turn
from qa.web.render import literal, message, said

TITLE = "Ask the archive"
_FONTS = ["system-ui", "Segoe UI", "Helvetica", "Arial", "sans-serif"]
_MONOSPACE = ["ui-monospace", "Consolas", "monospace"]
_CSS = """
.qa-answer { font-size: 1.05rem; line-height: 1.5; }
.qa-citation { margin-top: .5rem; font-size: .9rem; }
.qa-citation summary { cursor: pointer; }
.qa-citation blockquote { margin: .4rem 0 .2rem .3rem; padding-left: .8rem;
  border-left: 3px solid var(--border-color-accent); }
.qa-dates { margin: .1rem 0 .2rem 1.1rem; font-size: .85rem; opacity: .75; }
.qa-citation mark { background: var(--color-accent-soft); color: inherit; font-weight: 600; }
"""


def build(assistant: Assistant) -> gr.Blocks:
    """Return the page for an assistant."""

    def reply(
        question: str,
        history: list[dict[str, Any]],
        since: str | None = None,
        until: str | None = None,
        as_of: str | None = None,
        sites: list[str] | None = None,
    ) -> str:
        turns = [_turn(turn["role"], _text(turn["content"])) for turn in history]
        try:
            filters = Filters(_date(since), _date(until), tuple(sites or ()), _date(as_of))
            return message(assistant.answer(question, turns, filters=filters))
        except QAError as error:
            return literal(str(error))

    articles, _ = assistant.library.counts()
    extent = assistant.library.extent()
    reach = f", {extent[0]:%Y-%m-%d} to {extent[1]:%Y-%m-%d}" if extent else ""
    limits: list[Any] = [
        gr.DateTime(include_time=False, type="string", label=label)
        for label in ("From", "To", "As the archive stood on")
    ]
    limits.append(gr.Dropdown(assistant.library.sites(), multiselect=True, label="Sites"))
    return gr.ChatInterface(
        reply,
        title=TITLE,
        description=f"{articles} articles{reach}. Every quote is word for word from an article.",
        examples=[[example] for example in examples(assistant)] or None,
        run_examples_on_click=True,
        additional_inputs=limits,
        additional_inputs_accordion=gr.Accordion("Search only some articles", open=False),
        cache_examples=False,
        chatbot=gr.Chatbot(
            label="Conversation",
            # Math would be set where an article names two prices in dollars.
            latex_delimiters=[],
            buttons=["copy"],
            feedback_options=None,
            height="65vh",
            placeholder="Ask a question about the articles in this archive.",
        ),
        flagging_mode="never",
        api_name="chat",
        analytics_enabled=False,
    )


def examples(assistant: Assistant) -> list[str]:
    """Return the example questions that this library answers."""
    questions = prompts.load("examples").splitlines()
    return [line for line in questions if assistant.answer(line).outcome == "answered"]


def serve(settings: Settings, host: str, port: int, auth: str | None) -> None:
    """Serve the page until it is interrupted; say where, on one line.

    Raises `QAError`s: no library, a port in use, a login that is not USER:PASSWORD.
    """
    login = _login(auth)
    _reach_itself(host)
    with Assistant.load(settings) as assistant:
        page = build(assistant)
        try:
            page.launch(
                server_name=host,
                server_port=port,
                auth=login,
                quiet=True,
                # Said out loud: an environment variable could make the page public.
                share=False,
                prevent_thread_lock=True,
                ssr_mode=False,
                footer_links=[],
                theme=gr.themes.Default(font=_FONTS, font_mono=_MONOSPACE),
                css=_CSS,
            )
        except (OSError, OverflowError):
            raise SettingsError(
                f"cannot serve at {host}:{port}, it is taken or not of this machine: "
                "choose another --port or --host"
            ) from None
        print(f"qa: chat at http://{host}:{port}", flush=True)  # noqa: T201 - the one line
        page.block_thread()


def _reach_itself(host: str) -> None:
    # Gradio asks its own page whether it is up, by way of any proxy that is set; the proxy
    # of, say, a package index would be asked for this very machine.
    for name in ("NO_PROXY", "no_proxy"):
        hosts = [entry for entry in os.environ.get(name, "").split(",") if entry]
        os.environ[name] = ",".join([*hosts, "127.0.0.1", "localhost", host])


def _login(auth: str | None) -> tuple[str, str] | None:
    if auth is None:
        return None
    user, separator, password = auth.partition(":")
    if not (user and separator and password):
        raise SettingsError("--auth must be USER:PASSWORD, neither of them empty")
    return user, password


def _turn(role: Role, text: str) -> Turn:
    return Turn(role, said(text) if role == "assistant" else text)


def _date(text: str | None) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text.strip()) if text and text.strip() else None
    except ValueError:
        raise QuestionError(f"{text!r} is not a date like 2017-03-31: mend or empty it") from None


def _text(content: Any) -> str:
    """Return the text of a message; Gradio hands over a string or a list of parts."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else [content]
    return " ".join(
        str(part.get("text", "")) if isinstance(part, dict) else str(part) for part in parts
    )
