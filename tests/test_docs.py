"""The documents: their code runs, their help texts and links are true, their site can be built."""

import ast
import os
import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import CHECKOUT
from tests.openai_server import served

DOCS = CHECKOUT / "docs"
PAGES = [CHECKOUT / "README.md", *sorted(DOCS.rglob("*.md"))]
MARKDOWN = [*PAGES, *(CHECKOUT / name for name in ("CONTRIBUTING.md", "SECURITY.md"))]
# A block of Python, with the reason before it why it is not run, if there is one.
BLOCK = re.compile(r"(?sm)(?:^<!-- not run: ([^\n]+) -->\n)?^```python\n(.*?)^```$")
RESULT = re.compile(r"  # → (.+)$")
FENCED = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)|<img src=\"([^\"]+)\"")


def named(path: Path) -> str:
    return str(path.relative_to(CHECKOUT))


def blocks(page: Path) -> list[tuple[str, str]]:
    return BLOCK.findall(page.read_text(encoding="utf-8"))


@pytest.fixture
def desk(library_of_corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the sample articles and a library of them, in which the documents are tried."""
    (tmp_path / ".library").symlink_to(library_of_corpus)
    (tmp_path / "corpus").symlink_to(CHECKOUT / "corpus")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QA_LIBRARY", ".library")
    return tmp_path


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page)], ids=named)
def test_python_on_a_page_runs_and_gives_what_it_says(page: Path, desk: Path) -> None:
    names: dict[str, Any] = {}
    for reason, code in blocks(page):
        compile(code, named(page), "exec")
        if not reason:
            run(code, names)


def run(code: str, names: dict[str, Any]) -> None:
    """Run a block statement by statement; `value  # → 'this'` has to give what stands there."""
    lines = code.splitlines()
    for node in ast.parse(code).body:
        said = RESULT.search(lines[(node.end_lineno or 1) - 1])
        if said and isinstance(node, ast.Expr):
            value = eval(compile(ast.Expression(node.value), "<page>", "eval"), names)
            assert repr(value) == said[1], ast.unparse(node)
        else:
            exec(compile(ast.Module([node], []), "<page>", "exec"), names)


def test_the_check_of_a_page_finds_a_wrong_result() -> None:
    run("1 + 1  # → 2", {})
    with pytest.raises(AssertionError):
        run("1 + 1  # → 3", {})


def test_the_page_of_commands_has_the_help_of_each() -> None:
    page = runpy.run_path(str(DOCS / "command_line.py"))
    helps, written = page["helps"](), page["written"]()
    assert list(written) == list(helps)
    for name, text in helps.items():
        fix = f"docs/command-line.md: run `python docs/command_line.py` for `qa {name}`"
        # Versions of Python break lines in other places.
        assert written[name].split() == text.split(), fix


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as the hosts of repositories make them."""
    text = FENCED.sub("", page.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("page", MARKDOWN, ids=named)
def test_links_lead_somewhere(page: Path) -> None:
    text = FENCED.sub("", page.read_text(encoding="utf-8"))
    for link in (first or second for first, second in LINK.findall(text)):
        if re.match(r"https?:", link):
            continue
        place, _, anchor = link.partition("#")
        target = (page.parent / place).resolve() if place else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_every_page_is_in_the_navigation() -> None:
    navigation = (CHECKOUT / "zensical.toml").read_text(encoding="utf-8")
    listed = re.findall(r'"([\w/-]+\.md)"', navigation)
    pages = [path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")]
    assert sorted(listed) == sorted(pages)


def test_the_readme_is_short() -> None:
    assert len((CHECKOUT / "README.md").read_bytes()) < 6000


def test_the_site_is_built_without_a_broken_link(tmp_path: Path) -> None:
    pytest.importorskip("zensical", reason="the extra docs is not installed")
    shutil.copytree(DOCS, tmp_path / "docs")
    shutil.copy(CHECKOUT / "zensical.toml", tmp_path)
    environment = {**os.environ, "REPOSITORY": "https://example.org/qa/blob/main/"}
    program = tmp_path / "docs" / "build_site.py"
    done = subprocess.run(
        [sys.executable, str(program)], capture_output=True, text=True, env=environment
    )
    assert done.returncode == 0, done.stdout + done.stderr
    page = (tmp_path / "build/site/architecture/index.html").read_text(encoding="utf-8")
    assert 'href="https://example.org/qa/blob/main/qa/assistant.py"' in page
    assert not re.search(r'(?:src|href)="https?://(?!example\.org|zensical\.org)', page)


def example(name: str, *arguments: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run one of the examples as `python examples/NAME.py` does."""
    monkeypatch.setattr(sys, "argv", [name, *arguments])
    runpy.run_path(str(CHECKOUT / "examples" / f"{name}.py"), run_name="__main__")


def test_an_example_asks(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    example("ask", monkeypatch=monkeypatch)
    out = capsys.readouterr().out
    assert out.startswith("Planned for 27–28 April 2017")
    assert "[1] Vice foreign ministers of Japan and Russia" in out
    assert "“April 27” is 2017-04-27" in out
    monkeypatch.setenv("QA_LIBRARY", "nowhere")
    with pytest.raises(SystemExit, match="no library in nowhere"):
        example("ask", monkeypatch=monkeypatch)


def test_an_example_has_a_chain_of_its_own(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    example("langchain_chain", monkeypatch=monkeypatch)
    prompt = capsys.readouterr().out
    assert "(2018-10-11)\n" in prompt
    assert prompt.endswith("Question: When did the Toyosu market open?\n")
    with served("It opened on 11 October 2018.") as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "none")
        monkeypatch.setenv("MODEL", "openai:any")
        example("langchain_chain", monkeypatch=monkeypatch)
        [asked] = server.requests
    assert capsys.readouterr().out == "It opened on 11 October 2018.\n"
    assert asked["messages"][0]["content"] in prompt


def test_an_example_compares_two_runs(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    example("evaluate", "corpus/questions.jsonl", "runs", "2", monkeypatch=monkeypatch)
    out = capsys.readouterr().out
    assert re.search(r"^right +[+-]\d\.\d{3}  \[", out, re.MULTILINE)
    assert (desk / "runs" / "both" / "report.html").is_file()
    with pytest.raises(SystemExit, match="usage: evaluate"):
        example("evaluate", monkeypatch=monkeypatch)
