"""The public surface: its names, and what `import qa` costs."""

import subprocess
import sys

import qa


def test_public_names_are_sorted_and_exist() -> None:
    assert qa.__all__ == sorted(qa.__all__)
    for name in qa.__all__:
        assert getattr(qa, name).__doc__, name


def test_importing_qa_is_light_and_silent() -> None:
    code = "import qa, sys; print(*sys.modules, sep='\\n', file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stderr.split())
    assert done.stdout == ""
    assert "qa.settings" in loaded
    heavy = {"torch", "transformers", "chromadb", "gradio", "langchain_core", "sqlite3", "numpy"}
    assert not heavy & loaded


def test_unknown_name_is_an_attribute_error() -> None:
    assert not hasattr(qa, "Oracle")
