"""Follow-ups: what a question needs of the turns before it."""

import pytest

from qa.reading.cite import refusal
from qa.search.followups import before, depends, names, standalone, subjects
from qa.types import Answer, Statement, Turn

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
        "How many points did the Dow gain after that?",
        "What did the court say about his appeal?",
        "How many flights were canceled this time?",
        "Why did the latter resign from parliament in March?",
        "Who would he succeed as prime minister?",
        "Which team would he join next season?",
        "Who's his running mate?",
        "What did Mara Velk say about it?",
        "how much did it cost",
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
        "What is the name of the company that bought Twitter?",
        "Which singer canceled her tour in Japan?",
        "Which country elected its first female president in 2022?",
        "Is there a vaccine against malaria?",
        "Which IT company bought Red Hat?",
        "Who won the world cup?",
        "When did Mara Velk open her bridge?",
        "Which film came out this week?",
        "Who shot former Prime Minister Shinzo Abe?",
        "Who met then-President Velk?",
        "Which ship sank this Sunday?",
        "Which party could lose its majority?",
        "Who would lose their benefits under the plan?",
        "how cold does it get at the poles of the moon in winter",
        "Did casinos that banned smoking lose money over it?",
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


def test_what_there_is() -> None:
    assert subjects("What happened there?", TURNS) == ["Tolk", "Jonas Brandt"]
    assert subjects("What happened to him?", TURNS) == ["Jonas Brandt", "Tolk"]
    dated = [Turn("user", "What happened in Tolk on 16 March 2022?"), Turn("assistant", "")]
    assert subjects("And what happened there?", dated) == ["Tolk"]
    assert subjects("What happened there?", []) == []


def test_names_are_carried_on_while_questions_need_them() -> None:
    turns = [*TURNS, Turn("user", "Who was his rival?"), Turn("assistant", "Petra Sonn [1][2]")]
    assert standalone("When?", turns) == "Tolk Jonas Brandt Petra Sonn. When?"
    # A question that stands alone changes the subject.
    turns += [Turn("user", "Who opened the bridge in Lindhaven?"), Turn("assistant", "Velk [1]")]
    assert standalone("When?", turns) == "Lindhaven Velk. When?"


def test_a_long_answer_lends_its_first_names_and_no_days() -> None:
    told = "On Monday 3 May 2021 Mara Velk opened the bridge in Lindhaven. Jonas Brandt came from "
    told += "Tolk with 12 men on Tuesday, and Petra Sonn from Marn on 4 May."
    turns = [Turn("user", "Tell me about the bridge of Ostrany"), Turn("assistant", told)]
    carried = "Ostrany Mara Velk Lindhaven Jonas Brandt"
    assert standalone("When was it opened?", turns).startswith(carried)
    assert not {"Monday", "2021", "3"} & set(standalone("Why?", turns).split())


def test_a_question_without_names_lends_its_words() -> None:
    turns = [Turn("user", "who won the election for mayor of the capital city?")]
    assert standalone("when was it?", turns) == "won election mayor capital city. when was it?"


def test_a_refusal_lends_nothing() -> None:
    for refused in (refusal([], None), refusal([], None, limited=True)):
        turns = [Turn("user", "Who is the mayor of Tolk?"), Turn("assistant", refused)]
        assert standalone("Since when?", turns) == "Tolk. Since when?"


def test_a_long_conversation_does_not_push_the_question_out() -> None:
    turns = [
        turn
        for n in range(500)
        for turn in (Turn("user", f"And Name{n}?"), Turn("assistant", ""), Turn("user", " "))
    ]
    carried = standalone("Since when?", turns)
    assert "Name499" in carried
    assert len(carried) < 200
    assert (
        standalone("Since when?", [Turn("user", ""), Turn("assistant", "Hello")]) == "Since when?"
    )


def test_names_that_are_also_small_words() -> None:
    assert names("What did Theresa May and WHO do in May 2017?") == [
        *("Theresa", "May", "WHO", "May", "2017")
    ]


def test_notes_on_dates_are_no_names() -> None:
    said = Turn("assistant", "Mara Velk (expected, reported 31 March 2017) [1]")
    turns = [Turn("user", "Who will open the bridge?"), said]
    assert standalone("Where does she live?", turns).startswith("open bridge Mara Velk. Where")


def test_what_people_say_is_never_taken_for_a_refusal() -> None:
    asked = Turn("user", f"{refusal([], None)} Why does Tolk not?")
    assert "Tolk" in standalone("Since when?", [asked])


def test_an_answer_says_itself_what_was_said() -> None:
    """Its notes and brackets of its own are told apart without a look at the text."""
    said = Statement("Mara Velk (WHO)", note="reported 12 June 2021", markers=(1,))
    answer = Answer("q", str(said), "Mara Velk", "answered", 0.9, statements=(said,))
    assert answer.turn.text == "Mara Velk (WHO) (reported 12 June 2021) [1]"
    turns = [Turn("user", "Who will open the bridge?"), answer.turn]
    assert standalone("When was he born?", turns) == "open bridge Mara Velk WHO. When was he born?"
