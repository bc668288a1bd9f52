"""Prompts: their variables are checked, and values are never read as variables."""

from pathlib import Path

import pytest

from qa import prompts
from qa.errors import PromptError


def test_values_are_put_in_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "greet.md").write_text("<!-- Purpose: {none} -->\nHello {name}.", encoding="utf-8")
    assert prompts.fill("greet", tmp_path, name="{name}") == "Hello {name}."


def test_missing_and_surplus_variables_raise(tmp_path: Path) -> None:
    (tmp_path / "greet.md").write_text("Hello {name}.", encoding="utf-8")
    with pytest.raises(PromptError, match=r"uses the variables \['name'\]"):
        prompts.fill("greet", tmp_path)
    with pytest.raises(PromptError, match="no prompt at"):
        prompts.load("missing", tmp_path)


def test_shipped_prompts_say_what_they_are_for() -> None:
    folder = Path(__file__).parents[1] / "prompts"
    for path in folder.glob("*.md"):
        assert path.read_text(encoding="utf-8").startswith("<!--\nPurpose: "), path.name
        assert prompts.load(path.stem)
