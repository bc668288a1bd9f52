"""The command line, in a process of its own where that matters."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from qa.cli.commands import main
from qa.web.passwords import Passwords, logins
from tests.conftest import CHECKOUT, run_qa_alone

LOADING = "qa: loading the models ...\n"


def test_ask_prints_json_and_nothing_else(library_of_news: Path) -> None:
    question = "Who won the election for mayor of Tolk?"
    done = run_qa_alone("ask", question, "--library", str(library_of_news), "--json")
    assert (done.returncode, done.stderr) == (0, LOADING)
    assert json.loads(done.stdout)["outcome"] == "answered"


def test_ask_prints_the_answer_and_its_source(
    library_of_news: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", "Who won in Tolk?", "--library", str(library_of_news)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Jonas Brandt [1]"
    assert lines[2].startswith("[1] Jonas Brandt won the election")
    assert "(20 September 2021), " in lines[2]
    assert lines[2].endswith(" years ago")
    assert lines[3].strip().endswith("with 54 percent of the vote.")


def test_a_refusal_is_no_failure(library_of_news: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "Capital of Peru?", "--library", str(library_of_news)]) == 0
    assert capsys.readouterr().out.startswith("The archive does not hold the answer")


def test_ask_within_limits(library_of_news: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["ask", "Who spoke of the bridge?", "--json", "--library", str(library_of_news)]

    def ids(*limits: str) -> set[str]:
        assert main([*asked, *limits]) == 0
        return {hit["article"]["id"] for hit in json.loads(capsys.readouterr().out)["hits"]}

    assert ids("--as-of", "2021-03-02", "--asked-on", "2022-01-01") == {
        "2021-03-01-harbor-bridge-planned.txt"
    }
    assert ids("--from", "2021-06-12", "--to", "2021-06-12") == {
        "2021-06-12-harbor-bridge-opened.txt"
    }
    assert ids("--source", "cnn.com", "--source", "bbc.com") == set()
    with pytest.raises(SystemExit) as stopped:
        main([*asked, "--from", "yesterday"])
    assert stopped.value.code == 2
    assert "'yesterday' is not a date like 2017-03-31" in capsys.readouterr().err


def test_ingest_list_remove_doctor(
    news: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    library = ["--library", str(tmp_path / "library")]
    folder = Path(shutil.copytree(news, tmp_path / "news"))
    (folder / "empty.txt").write_text("", encoding="utf-8")
    assert main(["ingest", str(folder), *library]) == 0
    out, err = capsys.readouterr()
    assert out == "added 4, changed 0, unchanged 0, removed 0, skipped 1\n"
    assert "skipped empty.txt: empty: it holds no text" in err
    assert "articles/s" in err
    assert main(["list", *library]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert len(listed) == 4
    assert listed[0].startswith("2021-03-01  2021-03-01-harbor-bridge-planned.txt  The government")
    assert main(["remove", "2022-01-15-storm.txt", *library]) == 0
    assert main(["list", "--json", *library]) == 0
    out = capsys.readouterr().out
    assert out.startswith("removed 1\n")
    assert json.loads(out.splitlines()[1])["date"] == "2021-03-01"
    assert main(["doctor", *library]) == 0
    assert capsys.readouterr().out.startswith("3 articles, 3 passages: the catalogue and")
    shutil.rmtree(tmp_path / "library" / "vectors")
    assert main(["doctor", *library]) == 1
    assert "run `qa doctor --rebuild`" in capsys.readouterr().err
    assert main(["doctor", "--rebuild", *library]) == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["ask", "Who?", "--library", "{tmp}"], "no library in"),
        (["ask", "", "--library", "{news}"], "the question is empty"),
        (["ask", "x" * 10000, "--library", "{news}"], "the limit is 2000"),
        (["list", "--library", "{tmp}"], "make one with `qa ingest"),
        (["remove", "nothing", "--library", "{news}"], "`qa list` shows the ids"),
        (["doctor", "--library", "{tmp}"], "no library in"),
        (["doctor", "--rebuild", "--library", "{tmp}"], "no library in"),
        (["ingest", "{tmp}", "--library", "{tmp}/library"], "no articles in"),
        (["ingest", "{tmp}/none", "--library", "{tmp}/library"], "no file or folder at"),
        (
            ["chat", "--auth", "ann", "--library", "{news}"],
            "--auth (or QA_AUTH) must be USER:PASSWORD",
        ),
        (["chat", "--library", "{tmp}"], "no library in"),
    ],
)
def test_a_failure_is_one_line(
    arguments: list[str],
    says: str,
    library_of_news: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    filled = [a.format(tmp=tmp_path, news=library_of_news) for a in arguments]
    assert main(filled) == 1
    out, err = capsys.readouterr()
    assert out == ""
    lines = err.removeprefix(LOADING).splitlines()
    [line] = [line for line in lines if line.strip() and "articles/s" not in line]
    assert line.startswith("qa: ")
    assert says in line


def test_an_unknown_setting_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QA_LIBARY", "x")
    assert main(["list"]) == 1
    assert "QA_LIBARY is not a setting" in capsys.readouterr().err


def test_a_terminal_that_knows_only_ascii_and_a_pipe_that_closes(
    library_of_news: Path, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("東京 opened a bridge.", encoding="utf-8")
    library = ("--library", str(tmp_path / "library"))
    assert main(["ingest", str(tmp_path / "a.txt"), *library]) == 0
    done = run_qa_alone("list", *library, env={"PYTHONIOENCODING": "ascii"})
    assert (done.returncode, done.stderr) == (0, "")
    assert "\\u6771\\u4eac opened" in done.stdout
    line = f'"{sys.executable}" -m qa.cli list --library "{library_of_news}" | true'
    closed = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {line}"],
        capture_output=True,
        text=True,
        cwd=CHECKOUT,
        env={key: value for key, value in os.environ.items() if key != "PYTHONUNBUFFERED"},
    )
    assert closed.stderr == ""


def test_only_bad_files_is_a_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_bytes(b"\x00\x01")
    assert main(["ingest", str(tmp_path), "--library", str(tmp_path / "library")]) == 1
    out, err = capsys.readouterr()
    assert out == "added 0, changed 0, unchanged 0, removed 0, skipped 1\n"
    assert "no article could be read from" in err


def test_a_wheel_answers_from_another_folder(library_of_news: Path, tmp_path: Path) -> None:
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"),
            *("--no-build-isolation", "--disable-pip-version-check"),
            *("--wheel-dir", str(tmp_path), str(CHECKOUT)),
        ],
        check=True,
        cwd=tmp_path,
    )
    [wheel] = tmp_path.glob("*.whl")
    installed = tmp_path / "installed"
    zipfile.ZipFile(wheel).extractall(installed)
    assert {path.name for path in installed.iterdir()} >= {"qa"}
    done = run_qa_alone(
        *("ask", "What is the capital of Peru?", "--library", str(library_of_news)),
        cwd=tmp_path,
        env={"PYTHONPATH": str(installed)},
    )
    assert done.stderr == LOADING
    assert done.stdout.startswith("The archive does not hold the answer to this.")


def test_a_missing_extra_is_named_in_one_line(tmp_path: Path) -> None:
    """What an extra installs is hidden from a process of its own, as if it were not there."""
    for extra, hidden, command in (
        ("web", "gradio", ["chat", "--library", str(tmp_path)]),
        ("eval", "ir_measures", ["eval", "questions.jsonl"]),
    ):
        done = without([hidden], command)
        assert done.returncode == 1
        assert re.fullmatch(rf"qa: .+ needs the extra {extra} .+'\.\[{extra}\]'\n", done.stderr)


def test_answers_need_no_extra(library_of_news: Path) -> None:
    command = ["ask", "Who won the election for mayor of Tolk?", "--library", str(library_of_news)]
    done = without(["gradio", "ir_measures", "jinja2", "matplotlib"], command)
    assert done.stdout.startswith("Jonas Brandt")


def without(hidden: list[str], command: list[str]) -> subprocess.CompletedProcess[str]:
    code = (
        f"import sys; sys.modules.update(dict.fromkeys({hidden})); "
        f"from qa.cli.commands import main; sys.exit(main({command}))"
    )
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, cwd=CHECKOUT
    )


def test_a_password_is_printed_as_a_hash_that_a_login_takes() -> None:
    done = run_qa_alone("password", input="open sesame\n")
    assert (done.returncode, done.stderr) == (0, "")
    known = Passwords(logins(f"ann:{done.stdout.strip()}"))
    assert known.right("ann", "open sesame")
    assert not known.right("ann", done.stdout.strip())
