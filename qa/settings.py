"""All settings in one frozen object: the only reader of the environment."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from qa.errors import SettingsError

PREFIX = "QA_"


def _default_library() -> Path:
    return Path(platformdirs.user_data_dir("qa", appauthor=False)) / "library"


class Settings(BaseModel):
    """All settings. Each field is also an environment variable: `library` is `QA_LIBRARY`.

    Raises `SettingsError` for an unknown name or a value out of bounds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    library: Path = Field(
        default_factory=_default_library, description="the folder that holds the library"
    )
    database_url: SecretStr | None = Field(
        default=None,
        exclude=True,
        description="postgresql://USER:PASSWORD@HOST/DATABASE that holds the catalogue, instead of "
        "a folder; goes with QA_CHROMA_URL",
    )
    chroma_url: str = Field(
        default="", description="http(s)://HOST:PORT of the Chroma server that holds the vectors"
    )
    chroma_headers: SecretStr | None = Field(
        default=None,
        exclude=True,
        description="what Chroma is sent with each request, NAME: VALUE; several with ; between",
    )
    chroma_tenant: str = Field(default="default_tenant", description="the tenant in Chroma")
    chroma_database: str = Field(default="default_database", description="the database in Chroma")
    chroma_timeout: float = Field(
        default=10, gt=0, le=600, description="seconds that Chroma has to answer"
    )
    chroma_tries: int = Field(
        default=3, ge=1, le=10, description="times that Chroma is asked if it does not answer"
    )
    device: Literal["auto", "cpu", "cuda", "mps"] = Field(
        default="auto", description="where the models run"
    )
    dtype: Literal["auto", "float32", "bfloat16"] = Field(
        default="auto",
        description="the type of number that the models compute with; auto: the fastest here",
    )
    reader: Literal["small", "large"] = Field(
        default="large",
        description="small: leave out the large network, which reads the best passages again; "
        "a chat model's sentences are still checked by it",
    )
    passage_tokens: int = Field(
        default=200, ge=32, le=200, description="tokens of article text in a passage, at most"
    )
    hits: int = Field(default=12, ge=10, le=100, description="passages read for a question")
    max_article_mb: float = Field(
        default=10, gt=0, le=100, description="megabytes of text in one article, at most"
    )
    max_question_chars: int = Field(
        default=2000, ge=100, le=5000, description="characters in a question, at most"
    )
    auth: SecretStr | None = Field(
        # Not written down with the settings of an evaluation run.
        default=None,
        exclude=True,
        description="USER:PASSWORD that the page asks for; several with spaces between",
    )
    model: str = Field(
        default="",
        description="a chat model that writes the answers, such as openai:gpt-5-mini; "
        "empty: the reader answers",
    )
    model_url: str = Field(
        default="", description="the chat model's address, up to its /v1; empty: the maker's"
    )
    model_format: Literal["auto", "plain", "structured"] = Field(
        default="auto", description="how the chat model replies; auto: structured if it can"
    )
    model_timeout: float = Field(
        default=60, gt=0, le=3600, description="seconds that a chat model has to answer"
    )
    model_tries: int = Field(
        default=3, ge=1, le=10, description="how often a chat model is asked before qa gives up"
    )
    model_rate: float = Field(
        default=0, ge=0, description="requests to a chat model in a second, at most; 0: any number"
    )
    model_cache: bool = Field(
        default=False, description="keep a chat model's replies, and use them again"
    )
    context_chars: int = Field(
        default=12_000,
        ge=500,
        le=1_000_000,
        description="characters of passages that a chat model is handed",
    )
    prompts: Path | None = Field(
        default=None,
        description="a folder with prompts of your own; qa's stand in for missing ones",
    )
    read_only: bool = Field(
        default=False, description="nobody can add or remove articles on the page"
    )
    upload_mb: float = Field(
        default=50, gt=0, le=1000, description="megabytes uploaded at once, at most"
    )
    upload_files: int = Field(default=20, ge=1, le=1000, description="files uploaded at once")

    def __init__(self, **values: Any) -> None:
        if "library" in values:
            values["library"] = _encodable(Path(values["library"]).expanduser())
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise SettingsError(_one_line(error)) from None

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None, **overrides: Any) -> Self:
        """Build settings from `QA_…` variables; `overrides` that are not None win.

        Raises `SettingsError` for a `QA_…` variable that is no setting.
        """
        environ = os.environ if environ is None else environ
        found = {
            key.removeprefix(PREFIX).lower(): value
            for key, value in environ.items()
            if key.startswith(PREFIX) and value
        }
        given = {key: value for key, value in overrides.items() if value is not None}
        if "library" in given:
            # A folder that is named by hand is meant, whatever else is set.
            for key in ("database_url", "chroma_url"):
                found.pop(key, None)
        return cls(**(found | given))


def _encodable(folder: Path) -> Path:
    """Return a folder whose name is Unicode, as SQLite and Chroma want. Raises `SettingsError`."""
    try:
        str(folder).encode()
    except UnicodeEncodeError:
        name = str(folder).encode(errors="backslashreplace").decode()
        raise SettingsError(
            f"the library's folder {name} has a name that is no UTF-8: rename it"
        ) from None
    return folder


def servers(settings: Settings) -> bool:
    """Tell whether the library is on servers, not in a folder.

    Raises `SettingsError` if only one of the two is named.
    """
    named = {"QA_DATABASE_URL": settings.database_url, "QA_CHROMA_URL": settings.chroma_url}
    lacking = [name for name, value in named.items() if not value]
    if len(lacking) == 1:
        [other] = named.keys() - set(lacking)
        raise SettingsError(
            f"{other} needs {lacking[0]} beside it: the catalogue and the vectors go together; "
            "set both, or neither for a library in a folder"
        )
    return not lacking


def is_set(name: str) -> bool:
    """Tell whether a variable that is not ours, such as a provider's key, is in the environment."""
    return bool(os.environ.get(name))


def _one_line(error: ValidationError) -> str:
    first = error.errors()[0]
    name = str(first["loc"][0]) if first["loc"] else "settings"
    if first["type"] == "extra_forbidden":
        known = ", ".join(PREFIX + key.upper() for key in Settings.model_fields)
        return f"{PREFIX}{name.upper()} is not a setting; the settings are {known}"
    return f"{name} ({PREFIX}{name.upper()}): {first['msg']}; got {first['input']!r}"
