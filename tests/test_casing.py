"""Questions typed without capitals: names are known by the archive's capitals."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from qa.assistant import Assistant
from qa.library.sqlite.catalogue import SQLiteCatalogue
from qa.search.casing import truecased
from qa.search.followups import depends
from qa.types import Turn

TURNS = [Turn("user", "Tell me about the harbor bridge in Lindhaven."), Turn("assistant", "Yes.")]


@pytest.mark.parametrize(
    ("question", "cased"),
    [
        ("who is petra sonn", "who is Petra Sonn"),
        ("did the mayor of tolk promise a hospital?", "did the mayor of Tolk promise a hospital?"),
        ("who won", "who won"),
        ("who is angela merkel", "who is angela merkel"),
        # Whoever types capitals types them all.
        ("who is petra SONN", "who is petra SONN"),
        ("", ""),
    ],
)
def test_names_have_the_archives_capitals(library_of_news: Path, question: str, cased: str) -> None:
    with SQLiteCatalogue.open(library_of_news) as library:
        assert truecased(question, library) == cased


def test_a_word_that_hardly_any_passage_has_is_as_good_as_a_name(
    bring: Callable[..., object], tmp_path: Path
) -> None:
    rows = [
        {"url": f"https://x.example/{n}", "text": f"Ferry number {n} left the port of Lind."}
        for n in range(1300)
    ]
    rows.append({"url": "https://x.example/m", "text": "They named a new mineral elaliite."})
    source = tmp_path / "ferries.jsonl"
    source.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    bring(source)
    with SQLiteCatalogue.open(tmp_path / "library") as library:
        assert truecased("which port of elaliite", library) == "which port of Elaliite"
        assert not depends("which port of Elaliite")
        assert truecased("which ferry left", library) == "which ferry left"


def test_a_question_with_a_subject_of_its_own_is_not_mixed_with_the_turns_before(
    assistant: Assistant,
) -> None:
    for question in ("who is petra sonn", "who won the election for mayor of tolk"):
        begun = assistant._begin({"question": question, "turns": TURNS})
        assert begun.alone, question
        assert begun.asked.whole == question
    assert not assistant._begin({"question": "when was it opened", "turns": TURNS}).alone
    # What a name without a capital lends to the next question is that name.
    turns = [*TURNS, Turn("user", "who is petra sonn"), Turn("assistant", "")]
    begun = assistant._begin({"question": "since when?", "turns": turns})
    assert begun.asked.whole == "Petra Sonn. since when?"


def test_small_talk_is_small_talk_after_any_answer(assistant: Assistant) -> None:
    dated = [Turn("user", "What happened in Tolk in 2022?"), Turn("assistant", "A storm [1]")]
    assert assistant.answer("hello! how are you", dated).kind == "talk"
