"""What the page offers to ask: tried first, at little cost."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from qa.assistant import Assistant
from qa.ingest import Summary
from qa.settings import Settings
from qa.types import Answer, Filters
from qa.web.suggest import Starters, follow_ups
from tests.test_assistant import assert_grounded

_BRIDGE = "Tell me about the harbor bridge in Lindhaven."


def test_a_trial_answers_what_is_told_in_several_sentences(assistant: Assistant) -> None:
    trial = assistant.trial()
    told = trial.answer(_BRIDGE)
    assert told.outcome == assistant.answer(_BRIDGE).outcome == "answered"
    assert_grounded(told, trial)
    assert trial.answer("What is the capital of Peru?").outcome == "refused"


@pytest.mark.parametrize("question", ["When was the harbor bridge opened?", _BRIDGE])
def test_what_is_offered_is_answered_and_new(assistant: Assistant, question: str) -> None:
    asked = ["Who is Jonas Brandt?"]
    offered = follow_ups(assistant.trial(), assistant.answer(question), Filters(), asked)
    assert offered
    assert question not in offered
    assert asked[0] not in offered
    for one in (*offered, *Starters(assistant.library).find(assistant.trial())):
        assert assistant.answer(one).outcome == "answered", one


def test_names_of_several_articles_are_offered_before_those_of_all_and_of_one(
    bring: Callable[..., Summary], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = "The quake was felt by Odalys Brenn in the port, says the Lind Herald, and by Tom Oka."
    others = ["The keeper is Odalys Brenn, says the Lind Herald."]
    others += [f"Ferry {n} is late, says the Lind Herald." for n in range(8)]
    rows = [
        {"url": "https://x.example/a", "title": "A quake", "date": "2021-03-01", "text": told},
        *(
            {"url": f"https://x.example/{n}", "date": f"2021-03-{n:02}", "text": text}
            for n, text in enumerate(others, start=2)
        ),
    ]
    source = tmp_path / "quake.jsonl"
    source.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    bring(source)
    with Assistant.load(Settings(library=tmp_path / "library")) as opened:
        answer = opened.answer("Where was the quake felt?")
        assert [one.article.id for one in answer.citations] == ["https://x.example/a"]
        trial = opened.trial()
        tried: list[str] = []

        def refused(question: str, **_: object) -> Answer:
            tried.append(question)
            return Answer(question, "", "", "refused", 0.0)

        monkeypatch.setattr(trial, "answer", refused)
        assert follow_ups(trial, answer, Filters(), []) == []
        about = "Tell me about "
        names = [one.removeprefix(about) for one in tried if one.startswith(about)]
        assert names == ["Odalys Brenn", "Lind Herald", "Tom Oka"]
