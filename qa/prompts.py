"""Loads the Markdown texts in `prompts/` and checks their variables."""

import hashlib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from qa.errors import PromptError

_PACKAGED = Path(__file__).parent / "_prompts"
_CHECKOUT = Path(__file__).parent.parent / "prompts"
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_PHRASE = re.compile(r"^- (\w+): (.+)$", re.MULTILINE)
_VARIABLE = re.compile(r"\{(\w+)\}")


def load(name: str, folder: Path | None = None) -> str:
    """Return the text of `prompts/NAME.md` without its leading comment.

    Raises `PromptError` if there is no such prompt.
    """
    path = (folder or _folder()) / f"{name}.md"
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise PromptError(f"no prompt at {path} ({error.strerror}): reinstall qa") from None
    return _COMMENT.sub("", text).strip()


def own(name: str, folder: Path | None) -> Path | None:
    """Return the folder to take a prompt from: one's own, if it has one of that name."""
    return folder if folder and (folder / f"{name}.md").is_file() else None


def digest(name: str, folder: Path | None = None) -> str:
    """Return the SHA-256 of a prompt's text, in hex. Raises `PromptError` if there is none."""
    return hashlib.sha256(load(name, folder).encode("utf-8")).hexdigest()


def fill(name: str, folder: Path | None = None, /, **variables: str) -> str:
    """Return a prompt with its `{variables}` replaced.

    Values are put in as they are: braces in an article's title are never read as variables.
    Raises `PromptError` if the prompt's variables and those given are not the same.
    """
    return _filled(f"prompts/{name}.md", load(name, folder), variables)


def _filled(owner: str, template: str, variables: Mapping[str, str]) -> str:
    wanted = set(_VARIABLE.findall(template))
    if wanted != set(variables):
        raise PromptError(
            f"{owner} uses the variables {sorted(wanted)}, "
            f"but qa fills {sorted(variables)}: make them the same"
        )
    return _VARIABLE.sub(lambda match: variables[match[1]], template)


def phrase(name: str, /, **variables: str) -> str:
    """Return one of the fixed phrases of `prompts/phrases.md` with its `{variables}` replaced.

    Raises `PromptError` if there is none of that name, or its variables and those given are not the
    same.
    """
    found = _phrases().get(name)
    if found is None:
        raise PromptError(
            f"prompts/phrases.md lacks the phrase {name!r}: put a line `- {name}: …` in"
        )
    return _filled(f"phrase {name}", found, variables)


def has_phrase(name: str) -> bool:
    """Tell whether `prompts/phrases.md` has a phrase of a name."""
    return name in _phrases()


def form(kind: str) -> str:
    """Return what `prompts/forms.md` asks of a chat model for a kind of question; '' if nothing."""
    return _phrases("forms").get(kind, "")


@cache
def _phrases(name: str = "phrases") -> dict[str, str]:
    return dict(_PHRASE.findall(load(name)))


@cache
def refusal_opening() -> str:
    """Return the words that every refusal begins with, a chat model's as the reader's."""
    return load("refusal").partition("{")[0].strip()


def _folder() -> Path:
    # A wheel carries the prompts inside the package, a checkout at its top level.
    return _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT
