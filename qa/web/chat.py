"""The conversation: asking, and all that can be done with what was said."""

import hashlib
import secrets
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import gradio as gr

from qa.errors import ConversationError, QAError
from qa.library import conversations as kept
from qa.library.conversations import Exchange
from qa.types import Answer
from qa.web import export, listeners
from qa.web.article import named
from qa.web.feedback import Feedback
from qa.web.fields import filters_of
from qa.web.people import person_of, place_of
from qa.web.progress import progress
from qa.web.refused import examples, near, offered
from qa.web.render import literal, message, offers, question, talks, unquoted
from qa.web.tabs import Given

_TALK = "#talk-"
# What is kept of a question that is too long to be asked.
_LONGEST = 2000
_STOPPED = "Stopped."
# A name is asked for, or leave, by the browser itself: both work from a keyboard and aloud.
_NAME = "(...given) => [prompt('A new name for this conversation') ?? '', ...given.slice(1)]"
# While one is at work there is a button to stop it, and Enter still sends.
_ALONE = "(text) => document.querySelector('#qa-box .stop-button') ? null : text"

# New values, by the component that shows them.
Shown = dict[Any, Any]


class Chat:
    """The chat's parts and what they do: a `Tab`."""

    title: ClassVar[str] = "Chat"
    changes: tuple[Any, ...] = ()

    def __init__(self, given: Given) -> None:
        """Lay the chat out."""
        self._assistant = given.assistant
        # For the page's own questions: a chat model would be paid for them.
        self._unwritten = given.assistant.unwritten()
        self._conversations = given.conversations
        self._link = given.link
        # The key and the secret are fixed: what a browser keeps outlives a restart. Each library
        # has a key of its own: the secret of another could not read what is there.
        secret = given.conversations.secret()
        of_library = hashlib.sha256(secret.encode()).hexdigest()[:12]
        self._browser = gr.BrowserState("", storage_key=f"qa-person-{of_library}", secret=secret)
        # Kept by the browser too, so that an open page goes on after a restart.
        self._current = gr.Textbox(visible="hidden", label="Conversation's id")
        self._asked = gr.Textbox("", visible="hidden", label="What is asked")
        self._at = gr.Textbox("", visible="hidden", label="In whose place")
        with gr.Row(elem_id="qa-chat"):
            with gr.Column(scale=1, min_width=150, elem_id="qa-side"):
                new = gr.Button("New conversation", size="sm", elem_id="qa-new")
                self._talks = gr.HTML("", padding=False)
            with gr.Column(scale=4, min_width=320):
                self._lay_out()
        self._listen(new)

    def _lay_out(self) -> None:
        self._chatbot = gr.Chatbot(
            label="Conversation",
            show_label=False,
            # Math would be set where an article names two prices in dollars.
            latex_delimiters=[],
            buttons=[],
            editable="user",
            height="62vh",
            placeholder="Ask a question about the articles in this archive.",
            examples=[{"text": line} for line in examples(self._unwritten)] or None,
            elem_id="qa-talk",
        )
        self._offers = gr.HTML("", elem_id="qa-offers", padding=False)
        self._feedback = Feedback(self._conversations)
        self._box = gr.Textbox(
            "",
            label="Question",
            show_label=False,
            placeholder="Ask a question …",
            submit_btn="Ask",
            autofocus=True,
            elem_id="qa-box",
        )
        with gr.Row(visible=False, elem_id="qa-tools") as self._tools:
            self._rename = gr.Button("Rename", size="sm")
            self._export = gr.Button("Export", size="sm")
            # The page's script asks before it lets the click through: it would stop an answer.
            self._delete = gr.Button("Delete", size="sm", elem_id="qa-delete")
        with gr.Accordion("Search only some articles", open=False):
            days = ("From", "To", "As the archive stood on")
            self._filter_fields: list[Any] = [listeners.day_field(label) for label in days]
            sites = self._assistant.library.sites()
            self._filter_fields.append(gr.Dropdown(sites, multiselect=True, label="Sites"))

    def _listen(self, new: gr.Button) -> None:
        whole = [
            *(self._chatbot, self._current, self._talks, self._tools),
            *(self._box, self._feedback.group, self._offers),
        ]
        mine = [self._current, self._browser]
        asked = [*mine, *self._filter_fields]
        # What is asked, by each way there is to ask.
        quick = {**listeners.PRIVATE, "queue": False}
        to_ask = [self._asked, self._at]
        ways: list[Any] = [
            self._box.submit(self._typed, self._box, [*to_ask, self._box], js=_ALONE, **quick),
            self._chatbot.example_select(self._chosen, None, to_ask, **quick),
            listeners.follow("ask", lambda link: (named(link), ""), self._link, [], to_ask),
            self._chatbot.retry(self._again, mine, to_ask, **quick),
            self._chatbot.edit(self._edited, mine, to_ask, **quick),
        ]
        # One that was stopped counts as at work for a while: "once" would not let the next begin.
        working = {**listeners.ASKING, "trigger_mode": "multiple"}
        asking: list[Any] = []
        offering: list[Any] = []
        for way in ways:
            asking.append(way.success(self._ask, [*to_ask, *asked], whole, **working))
            # To try them takes a moment, in which the refusal can be read, or the next be asked.
            offering.append(
                asking[-1].success(self._offer, asked, self._offers, **listeners.ASKING)
            )
            asking[-1].failure(self._restored, mine, whole, **listeners.PRIVATE)
        # Not at once: a stage that is on its way would be shown after it.
        self._box.stop(None, None, None, cancels=asking, **listeners.PRIVATE).then(
            self._restored, mine, whole, **listeners.PRIVATE
        )
        # What is still at work would be shown in the place of what is opened.
        leaving = {**listeners.PRIVATE, "cancels": [*asking, *offering]}
        new.click(self._new, self._browser, whole, **leaving)
        listeners.follow("talk", self._opened, self._link, [self._browser], whole, **leaving)
        self._rename.click(
            self._named, [self._link, *mine], self._talks, js=_NAME, **listeners.PRIVATE
        )
        self._delete.click(self._gone, mine, whole, **leaving)
        # Made into a file by the browser: none lies at the server for others to guess.
        self._export.click(self._exported, mine, self._link, **listeners.PRIVATE).success(
            None, self._link, None, js="(text) => window.qaSave(text)", **listeners.PRIVATE
        )
        self._feedback.listen(self._chatbot, mine)
        # The address names the conversation, so that a reload comes back to it.
        self._talks.change(
            None, self._talks, None, js="(shown) => window.qaAddress(shown)", **listeners.PRIVATE
        )
        self._arrives = (
            [self._link, self._browser],
            [self._browser, *whole, self._filter_fields[-1]],
        )

    def on_arrival(self, page: gr.Blocks) -> None:
        """Let the page, when it is opened, show whose it is and what its address names."""
        inputs, outputs = self._arrives
        page.load(
            self._arrive,
            inputs,
            outputs,
            js="(...given) => [window.location.hash, ...given.slice(1)]",
            **listeners.PRIVATE,
        )

    def _arrive(self, link: str, browser: str | None, request: gr.Request) -> Shown:
        # What nobody can guess: who has it, has the conversations.
        browser = browser or secrets.token_urlsafe(32)
        shown = self._shown("", person_of(browser, request))
        if link.startswith(_TALK):
            shown |= self._opened(link, browser, request)
        sites = gr.Dropdown(choices=self._assistant.library.sites())
        return {**shown, self._browser: browser, self._filter_fields[-1]: sites}

    # Showing

    def _shown(self, current: str, person: str) -> Shown:
        """Return what the page shows of a conversation; of none, if `current` is ''."""
        exchanges = self._conversations.exchanges(person, current) if current else []
        return {
            self._chatbot: _chatbot(exchanges),
            self._current: current,
            self._talks: talks(self._conversations.listed(person), current),
            self._tools: gr.Row(visible=bool(current)),
            self._feedback.group: gr.Group(visible=False),
            self._box: gr.Textbox(submit_btn="Ask", stop_btn=False),
            self._offers: "",
        }

    def _new(self, browser: str, request: gr.Request) -> Shown:
        return self._shown("", person_of(browser, request))

    def _opened(self, link: str, browser: str, request: gr.Request) -> Shown:
        person = person_of(browser, request)
        try:
            return self._shown(link.removeprefix(_TALK), person)
        except ConversationError as error:
            gr.Warning(str(error))
            return self._shown("", person)

    # Asking

    # Gradio hands the request and the event over in the place of the parameters of their types;
    # they stand first, so that the fields of the filters can be taken together.

    def _ask(
        self, request: gr.Request, asked: str, at: str, current: str, browser: str, *fields: Any
    ) -> Iterator[Shown]:
        """Ask in the current conversation, or begin one; show the stages, then the answer.

        `at` is the place of the exchange that it is asked instead of, with all after it, if any.
        """
        person = person_of(browser, request)
        if not asked.strip():
            yield self._shown(current, person)
            return
        with listeners.errors_shown():
            current = current or self._conversations.begin(person, asked)
            said = self._conversations.exchanges(person, current)
            place = int(at) if at.isdecimal() else len(said)
            before, gone = said[:place], [one.number for one in said[place:]]
            if place == len(said):
                # Kept before it is answered, whatever comes between. What is asked again has an
                # answer, which stays until there is another.
                gone = [self._conversations.add(person, current, Exchange(asked[:_LONGEST]))]
        shown = [*_messages(before), {"role": "user", "content": question(asked)}]
        waiting = {
            self._current: current,
            self._talks: talks(self._conversations.listed(person), current),
            self._box: gr.Textbox(submit_btn=False, stop_btn="Stop"),
            self._feedback.group: gr.Group(visible=False),
            self._offers: "",
        }
        exchange = Exchange(asked[:_LONGEST])
        try:
            given = {
                "question": asked,
                "turns": kept.turns(before),
                "filters": filters_of(*fields),
            }
            for step in progress(self._assistant, given):
                if not step:
                    yield {self._offers: gr.skip()}
                    continue
                if isinstance(step, Answer):
                    exchange = Exchange(asked, step, near=near(self._assistant.library, step))
                    content = _said(exchange)
                else:
                    stage = f'<p class="qa-stage">{literal(step)}</p>'
                    content = {"role": "assistant", "content": stage}
                yield {**waiting, self._chatbot: [*shown, content]}
                # Once: what is opened meanwhile must not become this conversation again.
                waiting = {}
        except QAError as error:
            exchange = Exchange(asked[:_LONGEST], error=str(error))
        with listeners.errors_shown():
            self._conversations.add(person, current, exchange, instead_of=gone)
            yield self._shown(current, person)

    def _typed(self, text: str | None) -> tuple[str, str, str]:
        if text is None:
            # It stays in the box.
            raise gr.Error("one question at a time", print_exception=False)
        return text, "", ""

    def _chosen(self, chosen: gr.SelectData) -> tuple[str, str]:
        return str(chosen.value["text"]), ""

    def _again(
        self, request: gr.Request, retried: gr.RetryData, current: str, browser: str
    ) -> tuple[str, str]:
        place = place_of(retried.index)
        said = self._kept(current, person_of(browser, request))
        with listeners.errors_shown():
            if place != len(said) - 1:
                # Another window went on, or deleted it: what came after would be lost.
                raise ConversationError("this question is not the last any more: ask it anew")
        return said[place].question, str(place)

    def _edited(
        self, request: gr.Request, edit: gr.EditData, current: str, browser: str
    ) -> tuple[str, str]:
        place = place_of(edit.index)
        said = self._kept(current, person_of(browser, request))
        # An earlier one is asked anew, at the end: what came after it would be lost.
        return unquoted(str(edit.value)), str(place) if place == len(said) - 1 else ""

    def _kept(self, current: str, person: str) -> Sequence[Exchange]:
        with listeners.errors_shown():
            return self._conversations.exchanges(person, current)

    def _restored(self, current: str, browser: str, request: gr.Request) -> Shown:
        """Return the page as it is kept, after an answer was stopped or has failed."""
        return self._opened(f"{_TALK}{current}", browser, request)

    def _offer(self, request: gr.Request, current: str, browser: str, *fields: Any) -> str:
        """Return what could be asked instead, where the last question was refused."""
        person = person_of(browser, request)
        last = self._kept(current, person)[-1:] if current else []
        if not last or last[0].answer is None or last[0].answer.outcome == "answered":
            return ""
        return offers(offered(self._unwritten, last[0].answer, filters_of(*fields)))

    # What can be done with a conversation

    def _named(self, name: str, current: str, browser: str, request: gr.Request) -> str:
        person = person_of(browser, request)
        if current and name.strip():
            with listeners.errors_shown():
                self._conversations.rename(person, current, name)
        return talks(self._conversations.listed(person), current)

    def _gone(self, current: str, browser: str, request: gr.Request) -> Shown:
        person = person_of(browser, request)
        with listeners.errors_shown():
            self._conversations.delete(person, current)
        return self._shown("", person)

    def _exported(self, current: str, browser: str, request: gr.Request) -> str:
        person = person_of(browser, request)
        with listeners.errors_shown():
            title = self._conversations.title(person, current)
            return export.markdown(title, self._conversations.exchanges(person, current))


def _chatbot(exchanges: Sequence[Exchange]) -> gr.Chatbot:
    thumbs = {"up": "Like", "down": "Dislike", None: None}
    return gr.Chatbot(
        _messages(exchanges), feedback_value=[thumbs[one.rating] for one in exchanges]
    )


def _messages(exchanges: Sequence[Exchange]) -> list[Any]:
    found: list[Any] = []
    for exchange in exchanges:
        found.append({"role": "user", "content": question(exchange.question)})
        found.append(_said(exchange))
    return found


def _said(exchange: Exchange) -> dict[str, Any]:
    answer = exchange.answer
    said = message(answer, exchange.near) if answer else literal(exchange.error or _STOPPED)
    return {"role": "assistant", "content": said}
