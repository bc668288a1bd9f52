"""The chat page, which Gradio serves."""

from qa.errors import require_extra

require_extra("web", "the chat page", "gradio")
