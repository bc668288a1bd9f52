"""A setting such as "openai:gpt-5-mini" → a LangChain chat model; its errors → one line each.

The provider's own messages are never shown: some hold a part of the key.
"""

import importlib.util
from typing import Any
from urllib.parse import urlsplit

from langchain_core.language_models import BaseChatModel
from langchain_core.rate_limiters import InMemoryRateLimiter

from qa.errors import ModelError, ModelUnreachable, RequestRefused, SettingsError
from qa.settings import Settings, is_set

# Provider: its package, and the variable of its key ("" for none).
_PROVIDERS = {
    "openai": ("langchain-openai", "OPENAI_API_KEY"),
    "anthropic": ("langchain-anthropic", "ANTHROPIC_API_KEY"),
    "ollama": ("langchain-ollama", ""),
}
_REFUSED, _MISSING, _TOO_MANY, _LATE = (401, 403), (404,), (409, 425, 429), (408,)
# The key that is sent to a server of the user's own, which wants none.
_NO_KEY = "none"


def load_chat_model(settings: Settings) -> BaseChatModel:
    """Return the chat model that the settings name. Nothing is sent to it.

    Raises `SettingsError` for a name that is not PROVIDER:MODEL, a provider whose package is not
    installed, and a key that is missing.
    """
    provider, _, name = settings.model.partition(":")
    if provider not in _PROVIDERS or not name:
        known = ", ".join(f"{one}:…" for one in _PROVIDERS)
        raise SettingsError(
            f"QA_MODEL is {settings.model!r}, and must be PROVIDER:MODEL, one of {known}"
        )
    package, key = _PROVIDERS[provider]
    if importlib.util.find_spec(package.replace("-", "_")) is None:
        raise SettingsError(f"{settings.model} needs {package}: pip install {package}")
    if key and not is_set(key) and not settings.model_url:
        raise SettingsError(f"{settings.model} needs a key: set {key} in the environment")
    options = _options(settings, provider, key)
    # Imported late: it imports the provider's package.
    from langchain.chat_models import init_chat_model

    try:
        model: BaseChatModel = init_chat_model(name, model_provider=provider, **options)
    except Exception as error:  # noqa: BLE001 - each provider has errors of its own
        raise SettingsError(
            f"{settings.model} cannot be used ({type(error).__name__}): check QA_MODEL, "
            "QA_MODEL_URL and the key"
        ) from None
    return model


def _options(settings: Settings, provider: str, key: str) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if settings.model_url:
        if not _is_address(settings.model_url):
            raise SettingsError("QA_MODEL_URL is no address such as http://127.0.0.1:8000/v1")
        options["base_url"] = settings.model_url
        if key and not is_set(key):
            options["api_key"] = _NO_KEY
    if provider == "ollama":
        options["client_kwargs"] = {"timeout": settings.model_timeout}
    else:
        # `qa.writing.writer` tries again, in the same way for every provider.
        options |= {"timeout": settings.model_timeout, "max_retries": 0}
    if provider == "openai":
        # Without this, a stream does not count its tokens.
        options["stream_usage"] = True
    if settings.model_rate:
        options["rate_limiter"] = InMemoryRateLimiter(
            requests_per_second=settings.model_rate, max_bucket_size=1
        )
    return options


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def without_secrets(url: str) -> str:
    """Return an address without user name, password and query, which may hold a key."""
    try:
        parts = urlsplit(url)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()
    except ValueError:
        return "an address that is none"


def model_error(error: Exception, model: str, url: str = "") -> ModelError:
    """Return the error of qa that a provider's error means, in one line that names the fix.

    `ModelUnreachable` is for faults that may pass by themselves: a time-out, too many requests, a
    broken connection, a fault of the server.
    """
    at = f"{model} at {without_secrets(url)}" if url else model
    status = getattr(error, "status_code", None) or getattr(
        getattr(error, "response", None), "status_code", None
    )
    name = type(error).__name__
    if status in _REFUSED:
        return ModelError(f"{at} refuses the key: check it, and what it may be used for")
    if status in _MISSING:
        return ModelError(f"{at} is not there: check QA_MODEL and QA_MODEL_URL")
    if status in _TOO_MANY:
        return ModelUnreachable(f"{at} was asked too often: wait, or set QA_MODEL_RATE")
    if isinstance(error, NotImplementedError):
        return ModelError(f"{at} cannot be held to a schema: set QA_MODEL_FORMAT=plain")
    if status is not None and 400 <= int(status) < 500 and status not in _LATE:
        return RequestRefused(
            f"{at} does not take the request ({status}): check QA_MODEL, or lower QA_CONTEXT_CHARS"
        )
    if "Timeout" in name or status in _LATE:
        return ModelUnreachable(f"{at} did not answer in time: raise QA_MODEL_TIMEOUT")
    if status is not None:
        return ModelUnreachable(f"{at} has a fault of its own ({status}): try again later")
    return ModelUnreachable(f"{at} cannot be reached ({name}): start it, or check QA_MODEL_URL")
