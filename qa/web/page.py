"""The chat page. Gradio is used here and nowhere else."""

import datetime
import html
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

# Read when Gradio is imported: without it the page reports home.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio as gr
from gradio.events import api

from qa import prompts
from qa.assistant import Assistant
from qa.cite import citation
from qa.errors import QAError, QuestionError, SettingsError
from qa.settings import Settings
from qa.types import Answer, Citation, Filters, Role, Span, Turn, day
from qa.web.article import NOTHING, opened
from qa.web.progress import progress
from qa.web.render import literal, message, said

TITLE = "Ask the archive"
_FONTS = ["system-ui", "Segoe UI", "Helvetica", "Arial", "sans-serif"]
_MONOSPACE = ["ui-monospace", "Consolas", "monospace"]
_CSS = (Path(__file__).parent / "page.css").read_text(encoding="utf-8")
_SCRIPT = (Path(__file__).parent / "page.js").read_text(encoding="utf-8")
# Questions answered at once: the models take turns, and more would only wait for each other.
_ANSWERS = 4
# Questions that are offered where the archive does not hold an answer.
_OFFERED = 2


def build(assistant: Assistant) -> gr.Blocks:
    """Return the page for an assistant."""

    def reply(
        question: str,
        history: list[dict[str, Any]],
        since: str | None = None,
        until: str | None = None,
        as_of: str | None = None,
        sites: list[str] | None = None,
    ) -> Iterator[str | gr.ChatMessage]:
        turns = [_turn(turn["role"], _text(turn["content"])) for turn in history]
        try:
            filters = _filters(since, until, as_of, sites)
            asked = {"question": question, "turns": turns, "filters": filters}
            for step in progress(assistant, asked):
                if isinstance(step, Answer):
                    yield from _messages(assistant, step, filters)
                else:
                    yield f'<p class="qa-stage">{literal(step)}</p>'
        except QAError as error:
            yield literal(str(error))

    def answer(
        question: str,
        asked_on: str | None = None,
        since: str | None = None,
        until: str | None = None,
        as_of: str | None = None,
        sites: list[str] | None = None,
    ) -> dict[str, Any]:
        """Answer a question from the archive, with the sentences that the answer rests on."""
        try:
            filters = _filters(since, until, as_of, sites)
            found = assistant.answer(question, asked_on=_date(asked_on), filters=filters)
        except QAError as error:
            raise gr.Error(str(error)) from None
        return dict(json.loads(found.to_json()))

    def show(href: str) -> str:
        try:
            return opened(href, assistant.library)
        except QAError as error:
            return f'<p class="qa-note">{html.escape(str(error))}</p>'

    page: gr.Blocks
    with gr.Blocks(title=TITLE, analytics_enabled=False) as page, gr.Row():
        with gr.Column(scale=3, min_width=340):
            _chat(assistant, reply)
        with gr.Column(scale=2, min_width=340):
            panel = gr.HTML(NOTHING, elem_id="qa-panel", padding=False)
        # The page's script clicks it when a citation is clicked, and hands its link over.
        link = gr.Textbox(visible="hidden", label="Citation")
        button = gr.Button("Open", elem_id="qa-go", visible="hidden")
        button.click(
            show,
            link,
            panel,
            js="() => window.qaCitation",
            show_progress="hidden",
            api_visibility="private",
        ).then(None, js="() => window.qaShowQuote()")
        api(answer, api_name="answer", concurrency_limit=_ANSWERS)
    return page


def _chat(assistant: Assistant, reply: Callable[..., Iterator[Any]]) -> None:
    """Add the conversation to the page."""
    articles, _ = assistant.library.counts()
    extent = assistant.library.extent()
    reach = f", {extent[0]:%Y-%m-%d} to {extent[1]:%Y-%m-%d}" if extent else ""
    limits: list[Any] = [
        gr.DateTime(include_time=False, type="string", label=label, render=False)
        for label in ("From", "To", "As the archive stood on")
    ]
    sites = assistant.library.sites()
    limits.append(gr.Dropdown(sites, multiselect=True, label="Sites", render=False))
    gr.ChatInterface(
        reply,
        title=TITLE,
        description=f"{articles} articles{reach}. Every quote is word for word from an article.",
        examples=[[example] for example in examples(assistant)] or None,
        run_examples_on_click=True,
        editable=True,
        additional_inputs=limits,
        additional_inputs_accordion=gr.Accordion(
            "Search only some articles", open=False, render=False
        ),
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
        concurrency_limit=_ANSWERS,
    )


def _messages(
    assistant: Assistant, answer: Answer, filters: Filters
) -> Iterator[str | gr.ChatMessage]:
    """Yield an answer as a message; a refusal again with questions that the archive can answer."""
    if answer.outcome == "answered":
        yield message(answer)
        return
    refusal = message(answer, _nearest(assistant, answer))
    yield refusal
    # To try them takes a moment, in which the refusal can be read.
    offered = _offered(assistant, answer, filters)
    options: list[Any] = [{"value": question, "label": question} for question in offered]
    yield gr.ChatMessage(refusal, role="assistant", options=options)


def _nearest(assistant: Assistant, answer: Answer) -> list[Citation]:
    """Return a citation of the first passage of each article that was found."""
    articles = assistant.library.articles([hit.article.id for hit in answer.hits])
    found: dict[str, Citation] = {}
    for hit in answer.hits:
        passage, article = hit.passage, articles.get(hit.article.id)
        stands = article and article.text[passage.start : passage.end] == passage.text
        if article and stands and article.id not in found:
            span = Span(article.id, passage.start, passage.end, passage.text)
            found[article.id] = citation(1, span, article)
    return list(found.values())


def _offered(assistant: Assistant, answer: Answer, filters: Filters) -> list[str]:
    """Return questions near one that was refused, each of which is answered."""
    days = dict.fromkeys(hit.article.date for hit in answer.hits if hit.article.date)
    found: list[str] = []
    for date in list(days)[: 2 * _OFFERED]:
        question = f"What happened on {day(date)}?"
        if assistant.answer(question, filters=filters).outcome == "answered":
            found.append(question)
        if len(found) == _OFFERED:
            break
    return found


def examples(assistant: Assistant) -> list[str]:
    """Return the example questions that this library answers."""
    questions = prompts.load("examples").splitlines()
    return [line for line in questions if assistant.answer(line).outcome == "answered"]


def serve(settings: Settings, host: str, port: int) -> None:
    """Serve the page until it is interrupted; say where, on one line.

    Raises `QAError`s: no library, a port in use, a login that is not USER:PASSWORD.
    """
    login = None if settings.auth is None else _login(settings.auth.get_secret_value())
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
                js=_SCRIPT,
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


def _login(auth: str) -> tuple[str, str]:
    user, separator, password = auth.partition(":")
    if not (user and separator and password):
        raise SettingsError("--auth (or QA_AUTH) must be USER:PASSWORD, neither of them empty")
    return user, password


def _turn(role: Role, text: str) -> Turn:
    return Turn(role, said(text) if role == "assistant" else text)


def _filters(
    since: str | None, until: str | None, as_of: str | None, sites: list[str] | None
) -> Filters:
    return Filters(_date(since), _date(until), tuple(sites or ()), _date(as_of))


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
