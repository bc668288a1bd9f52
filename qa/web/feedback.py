"""What people say of an answer: a thumb, the right answer if they know it, a note."""

from typing import Any

import gradio as gr

from qa.library.conversations import Conversations, Rating
from qa.web import listeners
from qa.web.people import person_of, place_of


class Feedback:
    """The fields for it, and what they do. Make it inside the page's `gr.Blocks`."""

    def __init__(self, conversations: Conversations) -> None:
        """Lay the fields out; `group`, which is hidden until there is a thumb, holds them."""
        self._conversations = conversations
        self._rated = gr.Textbox(visible="hidden", label="What is rated")
        with gr.Group(visible=False) as self.group:
            self._right = gr.Textbox(label="The right answer, if you know it", max_length=500)
            self._note = gr.Textbox(label="A note, if you like", max_length=2000)
            with gr.Row():
                self._keep = gr.Button("Keep", size="sm", variant="primary")
                self._skip = gr.Button("No more to say", size="sm")

    def listen(self, chatbot: gr.Chatbot, mine: list[Any]) -> None:
        """Hear the thumbs of a chat; `mine` are the conversation's id and the browser's secret."""
        remarks = [self.group, self._right, self._note, self._rated]
        chatbot.like(self._liked, mine, remarks, **listeners.PRIVATE)
        gr.on(
            [self._keep.click, self._right.submit, self._note.submit],
            self._remarked,
            [self._rated, self._right, self._note, *mine],
            self.group,
            **listeners.PRIVATE,
        )
        self._skip.click(lambda: gr.Group(visible=False), None, self.group, **listeners.PRIVATE)

    def _liked(
        self, current: str, browser: str, request: gr.Request, data: gr.LikeData
    ) -> dict[Any, Any]:
        person, hidden = person_of(browser, request), {self.group: gr.Group(visible=False)}
        with listeners.errors_shown():
            said = self._conversations.exchanges(person, current) if current else []
            place = place_of(data.index)
            if place >= len(said):
                return hidden
            number = said[place].number
            if not isinstance(data.liked, bool):
                # Taken back.
                self._conversations.unrate(person, current, number)
                return hidden
            rating: Rating = "up" if data.liked else "down"
            self._conversations.rate(person, current, number, rating)
        return {
            self.group: gr.Group(visible=True),
            self._right: gr.Textbox("", visible=not data.liked),
            self._note: "",
            self._rated: f"{number} {rating}",
        }

    def _remarked(
        self, rated: str, right: str, note: str, current: str, browser: str, request: gr.Request
    ) -> Any:
        number, _, rating = rated.partition(" ")
        with listeners.errors_shown():
            self._conversations.rate(
                person_of(browser, request),
                current,
                int(number) if number.isdecimal() else -1,
                "up" if rating == "up" else "down",
                right,
                note,
            )
        gr.Info("Thank you: it is kept with the question.")
        return gr.Group(visible=False)
