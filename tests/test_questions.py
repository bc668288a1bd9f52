"""Which questions want a sentence for an answer, and which a few words."""

import pytest

from qa.questions import lists_choices, proper, wants_sentence


@pytest.mark.parametrize(
    "question",
    [
        "Why did the roof fall in?",
        "The theater lost its roof this week. How did that happen?",
        "Did Brandt win the election?",
        "Season 5 came out. Is it any good?",
        "Wasn’t it Brandt?",
        "Which of these towns was hit by the storm?",
        "All of the following cost more, except:",
        "True or false: the bridge is open.",
        "How come?",
    ],
)
def test_a_sentence_is_wanted(question: str) -> None:
    assert wants_sentence(question)


@pytest.mark.parametrize(
    "question",
    [
        "When was it opened?",
        "How many people died?",
        "Is it raining? Where was the bridge opened?",
        "It was named for how much money?",
        "How is the new bridge called?",
        "The bridge was opened by which minister?",
        "Did you know? This minister opened the bridge.",
        "Which show was told to mind how it speaks of the storm?",
        "Who will have to pay?",
        "",
    ],
)
def test_a_few_words_are_wanted(question: str) -> None:
    assert not wants_sentence(question)


def test_choices() -> None:
    assert lists_choices("Which of the following is not a fruit?")
    assert lists_choices("All these fell except")
    assert not lists_choices("Who left, all of a sudden?")


def test_the_question_proper_is_its_last_sentence() -> None:
    assert proper("A storm came. Where? (Hint: it rained.)") == "Where?"
    assert proper("(Where?)") == "(Where?)"
