"""Follow-ups: what a question needs of the turns before it."""

import pytest

from qa.followups import before, depends, names, standalone
from qa.types import Turn

TURNS = [
    Turn("user", "Who won the election for mayor of Tolk?"),
    Turn("assistant", "Jonas Brandt [1]"),
]


@pytest.mark.parametrize(
    "question",
    [
        "When did she open it?",
        "Who else was there?",
        "And the runner-up?",
        "what about the bridge in Lindhaven?",
        "Since when?",
        "How many votes?",
        "Is that true?",
    ],
)
def test_it_needs_what_was_said(question: str) -> None:
    assert depends(question)


@pytest.mark.parametrize(
    "question",
    [
        "Who opened the bridge in Lindhaven?",
        "How much will the new bridge over the harbor of the capital cost?",
        "Who won in 2021?",
    ],
)
def test_it_stands_alone(question: str) -> None:
    assert not depends(question)
    assert standalone(question, TURNS) == question


def test_names_have_a_capital_or_a_figure() -> None:
    assert names("When did Mara Velk spend 84 million in the North?") == [
        *("Mara", "Velk", "84", "North")
    ]
    assert names("Brandt won the vote") == []
    assert names("Brandt won the vote", first=True) == ["Brandt"]


def test_names_of_question_and_answer_are_carried() -> None:
    assert standalone("When was he elected?", TURNS) == "Tolk Jonas Brandt. When was he elected?"
    assert standalone("When was he elected?", []) == "When was he elected?"
    assert before(TURNS) == "Who won the election for mayor of Tolk? Jonas Brandt"
    assert before([]) == before([Turn("assistant", "Ask me.")]) == ""


def test_names_are_carried_on_while_questions_need_them() -> None:
    turns = [*TURNS, Turn("user", "Who was his rival?"), Turn("assistant", "Petra Sonn [1][2]")]
    assert standalone("When?", turns) == "Tolk Jonas Brandt Petra Sonn. When?"
    # A question that stands alone changes the subject.
    turns += [Turn("user", "Who opened the bridge in Lindhaven?"), Turn("assistant", "Velk [1]")]
    assert standalone("When?", turns) == "Lindhaven Velk. When?"


def test_a_question_without_names_lends_its_words() -> None:
    turns = [Turn("user", "who won the election for mayor of the capital city?")]
    assert standalone("when was it?", turns) == "won election mayor capital city. when was it?"


def test_a_refusal_lends_nothing() -> None:
    refused = "The archive does not hold the answer to this. It reaches from 1 March 2021. " * 3
    turns = [Turn("user", "Who is the mayor of Tolk?"), Turn("assistant", refused)]
    assert standalone("Since when?", turns) == "Tolk. Since when?"
