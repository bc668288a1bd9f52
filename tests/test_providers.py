"""The chat model of a setting: real clients, and a real server that speaks OpenAI's protocol."""

import json
import logging
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from qa.assistant import Assistant
from qa.errors import ModelError, ModelUnreachable, SettingsError
from qa.evaluation import evaluate
from qa.evaluation.question_set import Question
from qa.settings import Settings
from qa.writing.providers import load_chat_model, model_error, without_secrets
from tests.conftest import run_qa
from tests.openai_server import served
from tests.test_writer import GOOD, WINNER, WON

KEY = "sk-secret-of-mine"


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def settings(library_of_news: Path) -> Callable[..., Settings]:
    def made(**options: object) -> Settings:
        given = {"library": library_of_news, "model": "openai:m", "model_tries": 2, **options}
        return Settings(**given)

    return made


@pytest.mark.parametrize(
    ("model", "fix"),
    [
        ("gpt-5-mini", "must be PROVIDER:MODEL"),
        ("openai:", "must be PROVIDER:MODEL"),
        ("nobody:m", "openai:…, anthropic:…, ollama:…"),
        ("openai:m", "set OPENAI_API_KEY"),
        ("anthropic:m", "set ANTHROPIC_API_KEY"),
    ],
)
def test_a_setting_that_cannot_work_is_one_line(model: str, fix: str) -> None:
    with pytest.raises(SettingsError, match=fix):
        load_chat_model(Settings(model=model))


@pytest.mark.parametrize("provider", ["openai", "anthropic", "ollama"])
def test_a_package_that_is_missing_is_one_line(
    provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if it were not installed.
    monkeypatch.setitem(sys.modules, f"langchain_{provider}", None)
    with pytest.raises(SettingsError, match=rf"pip install langchain-{provider}$"):
        load_chat_model(Settings(model=f"{provider}:m"))


@pytest.mark.parametrize("provider", ["openai", "anthropic", "ollama"])
def test_each_provider_can_be_had(provider: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY"):
        monkeypatch.setenv(name, KEY)
    model = load_chat_model(Settings(model=f"{provider}:m", model_rate=2.5))
    assert provider in type(model).__module__
    assert KEY not in repr(model)


@pytest.mark.parametrize("url", ["http://[", "http://h:port/v1", "localhost:8000", "file:///etc"])
def test_an_address_that_is_none_is_one_line(url: str) -> None:
    for provider in ("openai", "ollama"):
        with pytest.raises(SettingsError, match="QA_MODEL_URL is no address"):
            load_chat_model(Settings(model=f"{provider}:m", model_url=url))


def test_secrets_in_an_address_are_told_to_nobody() -> None:
    url = "http://ann:secret@h.example:1/v1?key=secret"
    assert without_secrets(url) == "http://h.example:1/v1"
    assert "secret" not in str(model_error(ConnectionError(), "m", url))


def test_a_server_of_ones_own_is_asked(settings: Callable[..., Settings]) -> None:
    with served(GOOD) as server:
        with Assistant.load(settings(model_url=server.url)) as assistant:
            seen = list(assistant.stream(WINNER))
        assert seen[-1].text == "Jonas Brandt won the election with 54 percent. [1]"
        writing = seen[-1].writing
        assert writing
        assert (writing.calls, writing.input_tokens, writing.output_tokens) == (1, 70, 7)
        assert server.requests[0]["model"] == "m"
        assert server.requests[0]["stream"]
        # Without a key of its own, none of anybody's is sent.
        assert server.keys == ["Bearer none"]


def test_a_schema_is_asked_for_where_it_is_wanted(settings: Callable[..., Settings]) -> None:
    quotes = [{"passage": 1, "words": WON}]
    reply = json.dumps({"sentences": [{"text": "Jonas Brandt won.", "quotes": quotes}]})
    with served(reply) as server:
        given = settings(model_url=server.url, model_format="structured")
        with Assistant.load(given) as assistant:
            answer = assistant.answer(WINNER)
        assert answer.text == "Jonas Brandt won. [1]"
        assert server.requests[0]["response_format"]["type"] == "json_schema"
        assert answer.writing
        assert answer.writing.input_tokens == 70


@pytest.mark.parametrize("first", [429, 500, 503, ("slow", 3, GOOD)])
def test_what_passes_is_tried_again(settings: Callable[..., Settings], first: object) -> None:
    with served(first, GOOD) as server:
        given = settings(model_url=server.url, model_timeout=1)
        with Assistant.load(given) as assistant:
            answer = assistant.answer(WINNER)
        assert answer.text.startswith("Jonas Brandt won the election with 54 percent.")
        assert answer.note == ""
        assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (408, "did not answer in time"),
        (429, "was asked too often"),
        (503, "has a fault of its own"),
        (("slow", 3, GOOD), "did not answer in time: raise QA_MODEL_TIMEOUT"),
        (("cut", "Nobody won. " * 20), "cannot be reached"),
    ],
)
def test_what_does_not_pass_lets_the_reader_stand_in(
    settings: Callable[..., Settings], script: object, said: str
) -> None:
    with served(script) as server:
        given = settings(model_url=server.url, model_timeout=1)
        with Assistant.load(given) as assistant:
            answer = assistant.answer(WINNER)
    assert answer.short == "Jonas Brandt"
    assert answer.citations[0].quote.startswith(WON)
    assert said in answer.note
    assert "This is the reader's answer." in answer.note


def test_sentences_before_a_connection_breaks_stay(settings: Callable[..., Settings]) -> None:
    broken = ("cut", GOOD + "\n" + "Petra Sonn " * 40)
    with (
        served(broken) as server,
        Assistant.load(settings(model_url=server.url)) as assistant,
    ):
        answer = assistant.answer(WINNER)
    assert answer.text == "Jonas Brandt won the election with 54 percent. [1]"


@pytest.mark.parametrize(
    ("status", "said"), [(401, "refuses the key"), (404, "is not there: check QA_MODEL")]
)
def test_what_is_set_wrongly_is_one_line_and_tells_no_key(
    settings: Callable[..., Settings],
    status: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    caplog.set_level(logging.DEBUG)
    with served(status) as server:
        with (
            Assistant.load(settings(model_url=server.url)) as assistant,
            pytest.raises(ModelError, match=said) as error,
        ):
            assistant.answer(WINNER)
        assert not isinstance(error.value, ModelUnreachable)
        assert server.keys == [f"Bearer {KEY}"]
    assert "sk-sec" not in str(error.value)
    assert KEY not in caplog.text


def test_on_the_command_line(library_of_news: Path) -> None:
    with served(GOOD) as server:
        done = run_qa(
            *("ask", WINNER, "--library", str(library_of_news), "--model", "openai:m"),
            env={"QA_MODEL_URL": server.url},
        )
    assert done.stdout.startswith("Jonas Brandt won the election with 54 percent. [1]\n")
    with served(404) as server:
        done = run_qa(
            *("ask", WINNER, "--library", str(library_of_news), "--model", "openai:m"),
            env={"QA_MODEL_URL": server.url},
        )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1].startswith("qa: openai:m at http://127.0.0.1:")


def test_what_was_replied_is_kept_if_it_is_wanted(
    settings: Callable[..., Settings], library_of_news: Path
) -> None:
    with served(GOOD) as server:
        given = settings(model_url=server.url, model_cache=True)
        for _ in range(2):
            with Assistant.load(given) as assistant:
                assert assistant.answer(WINNER).text.endswith("[1]")
                again = assistant.answer("Who was elected mayor of Tolk?")
        assert again.text.endswith("[1]")
        # Each question once, in spite of four answers.
        assert len(server.requests) == 2
    assert (library_of_news / "replies.sqlite3").is_file()


def test_what_the_model_could_not_answer_is_no_answer_of_its_and_is_asked_again(
    settings: Callable[..., Settings], tmp_path: Path
) -> None:
    asked = [Question(str(n), WINNER, ("Jonas Brandt",)) for n in range(3)]
    with served(400, 503, GOOD) as server:
        given = settings(model_url=server.url, model_tries=1)
        first = evaluate(asked, settings=given, out=tmp_path / "run")
        refused, unreachable, good = first.results
        assert "does not take the request (400)" in refused.failure
        assert "has a fault of its own (503)" in unreachable.failure
        assert good.verdict == "right"
        assert first.summary.failed == 2
        again = evaluate(asked, settings=given, out=tmp_path / "run")
    assert [result.verdict for result in again.results] == ["right"] * 3
    assert len(server.requests) == 5


def test_an_evaluation_tells_what_became_of_the_sentences(
    settings: Callable[..., Settings], tmp_path: Path
) -> None:
    bad = f'Petra Sonn won. [1 "{WON}"]'
    with served(f"{GOOD}\n{bad}") as server:
        run = evaluate(
            [Question("1", WINNER, ("Jonas Brandt",))],
            settings=settings(model_url=server.url),
            out=tmp_path / "run",
        )
    figures = {name: one.value for name, one in run.summary.figures.items()}
    assert figures["sentences_supported"] == figures["sentences_dropped"] == 0.5
    assert figures["sentences_retried"] == 0.5
    assert figures["reader_stood_in"] == 0
    assert figures["right"] == figures["citation_exact"] == 1
    made = json.loads((tmp_path / "run" / "run.json").read_text(encoding="utf-8"))
    assert set(made["prompts"]) == {
        "answer", "question", "again", "rewrite", "phrases", "refusal",
    }  # fmt: skip
    assert made["settings"]["model"] == "openai:m"
    assert "auth" not in made["settings"]
