"""What every tab of the page is given, and what it has."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import gradio as gr

from qa.assistant import Assistant
from qa.library.conversations import Conversations
from qa.settings import Settings


@dataclass(frozen=True)
class Given:
    """What a tab is laid out with.

    `link` is the hidden field in which the page hands followed links over. Nothing on the page adds
    or removes articles unless it `may_change` the archive.
    """

    assistant: Assistant
    conversations: Conversations
    settings: Settings
    link: gr.Textbox
    may_change: bool


class Tab(Protocol):
    """A tab: made inside the page's `gr.Blocks`, where it lays itself out."""

    title: ClassVar[str]

    @property
    def changes(self) -> Sequence[Any]:
        """Gradio's events after which the archive holds other articles."""

    def __init__(self, given: Given) -> None:
        """Lay the tab out, and let its parts work."""

    def on_arrival(self, page: gr.Blocks) -> None:
        """Let the page fill the tab when it is opened."""
