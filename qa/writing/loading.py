"""Settings → a writer, which lets a chat model write."""

from qa.settings import Settings
from qa.writing.cache import ReplyCache
from qa.writing.providers import load_chat_model
from qa.writing.writer import Writer


def load_writer(settings: Settings) -> Writer:
    """Return a writer with the chat model that the settings name. Nothing is sent to the model.

    Raises `SettingsError` if it cannot be had, and `PromptError` for prompts that do not fit.
    """
    model = load_chat_model(settings)
    can = bool((model.profile or {}).get("structured_output"))
    return Writer(
        model,
        name=settings.model,
        url=settings.model_url,
        prompts_folder=settings.prompts,
        budget=settings.context_chars,
        tries=settings.model_tries,
        structured=settings.model_format == "structured"
        or (settings.model_format == "auto" and can),
        replies=ReplyCache.open(settings.library) if settings.model_cache else None,
    )
