"""Examples made of questions on the news: where the answer stands, and what does not answer."""

import datetime
import random
from dataclasses import replace

import pytest

from qa.training.examples import Example
from qa.training.forms import astray, in_other_forms, of_other_years, with_headings
from qa.training.natural import (
    FORMS,
    TrainingQuestion,
    answer_spans,
    examples,
    misses,
    with_false_premise,
)
from qa.types import Article, Passage, Source

DAY = datetime.date(2022, 6, 15)
FIRST = "The harbor bridge in Lindhaven was opened on Saturday. "
SECOND = "Mara Velk cut the ribbon, as did Jonas Brandt and Ida Sund. It cost 84 million crowns."
TEXT = FIRST + SECOND
SOURCE = Source("u", "A bridge", DAY, url="u")
OPENED = Passage("u-0", "u", 0, len(FIRST), FIRST)
RIBBON = Passage("u-1", "u", len(FIRST), len(TEXT), SECOND)
WHO = TrainingQuestion(
    "1",
    "Who opened the new bridge in Lindhaven?",
    DAY,
    "who",
    "plain",
    ("Mara Velk", "Velk", "the minister"),
    "Mara Velk cut the ribbon, as did Jonas Brandt and Ida Sund.",
    ("u",),
    True,
    False,
)


def spans(question: TrainingQuestion, passage: Passage = RIBBON) -> list[str]:
    return [passage.text[a:b] for a, b in answer_spans(question, passage, TEXT)]


@pytest.mark.parametrize(
    ("kind", "answers", "found"),
    [
        ("who", ("Mara Velk", "Velk", "Ida Sund"), ["Mara Velk", "Velk"]),
        ("list", ("Jonas Brandt", "Mara Velk"), ["Mara Velk cut the ribbon, as did Jonas Brandt"]),
        ("yesno", ("yes",), [WHO.quote]),
        ("who", ("84 million",), []),
    ],
)
def test_where_the_answer_stands(kind: str, answers: tuple[str, ...], found: list[str]) -> None:
    assert spans(replace(WHO, kind=kind, answers=answers)) == found


def test_the_answer_stands_in_the_quotes_passage_alone() -> None:
    assert spans(WHO, OPENED) == []
    assert spans(replace(WHO, quote="A quote that nobody wrote.")) == []
    quiz = replace(WHO, kind="", quote="", answers=("Lindhaven",))
    assert spans(quiz, OPENED) == ["Lindhaven"]


def test_what_surely_does_not_answer() -> None:
    assert misses(WHO, OPENED)
    assert not misses(WHO, RIBBON)
    told = Passage("x", "x", 0, 60, "The ribbon was cut by Brandt and one other person.")
    assert misses(WHO, told)
    assert not misses(WHO, replace(told, text="Brandt, Sund and a third one cut the ribbon."))


def test_a_question_comes_with_passages_that_do_and_do_not_answer() -> None:
    rain = Passage("r-0", "r", 0, 13, "Rain in Tolk.")
    other = Source("r", "Rain", DAY, url="r")
    found = [(rain, other), (RIBBON, SOURCE), (OPENED, SOURCE)]
    own = {"u": (Article(SOURCE, TEXT), [(OPENED, SOURCE), (RIBBON, SOURCE)])}
    made = list(examples(WHO, found, own, random.Random(0), 2))
    held = [one for one in made if one.spans]
    assert (
        held
        == [Example(WHO.text, SECOND, ((0, 9), (5, 9)), "A bridge (15 June 2022)", "who")] * FORMS
    )
    assert {one.passage for one in made if not one.spans} == {FIRST, "Rain in Tolk."}
    nothing = replace(WHO, held=False, answers=(), kind="unanswerable")
    made = list(examples(nothing, found, own, random.Random(0), 4))
    assert {one.passage for one in made} == {FIRST, SECOND, "Rain in Tolk."}
    assert not any(one.spans or one.kind for one in made)


def test_a_false_premise_is_one_that_the_passage_does_not_have() -> None:
    chosen = random.Random(0)
    made = {with_false_premise(WHO.text, ["Karsk", "Brandt"], TEXT, chosen) for _ in range(20)}
    assert made == {"Who opened the new bridge in Karsk?"}
    years = {with_false_premise("what cost 84 crowns in 2021", [], TEXT, chosen) for _ in range(20)}
    assert years
    assert not any("84 crowns in 2021" in str(text) for text in years)
    assert with_false_premise("who opened it", ["Karsk"], TEXT, chosen) is None


def test_other_forms_ask_the_same() -> None:
    asked = Example("Who opened the new bridge in Lindhaven?", FIRST, ((0, 3),), "T", "who")
    made = list(in_other_forms([asked] * 400, seed=0))
    assert {(one.passage, one.spans, one.heading, one.kind) for one in made} == {
        (FIRST, ((0, 3),), "T", "who")
    }
    texts = [one.question for one in made]
    assert 0.5 < texts.count(asked.question) / len(texts) < 0.7
    assert "Who opened the new bridge in Lindhaven" in texts
    assert "Who opened new bridge Lindhaven" in texts
    assert "can you tell me who opened the new bridge in Lindhaven?" in texts
    assert len(set(texts)) > 20


def test_years_move_alike_in_all_of_an_example() -> None:
    passage = "In 2019 it was shut; in 2022, at 20:22, some 2022 people came. Room 1200."
    at = passage.index("2022 people")
    asked = Example("who came in 2022", passage, ((at, at + 11),), "T of 2022 (3 May 2022)", "who")
    made = list(of_other_years([asked] * 300, seed=0))
    for one in made:
        [year] = {text[-4:] for text in [one.question]}
        assert one.passage.startswith(f"In {int(year) - 3} it was shut; in {year}, at 20:22, some ")
        assert one.passage.endswith("Room 1200.")
        assert one.passage[slice(*one.spans[0])] == f"{year} people"
        assert one.heading in ("", f"T of {year}", f"T of {year} (3 May {year})")
    assert len({one.question for one in made}) > 20
    assert len({one.heading.count(" ") for one in made}) == 3


def test_a_passage_without_a_title_is_headed_by_its_first_words() -> None:
    asked = Example(
        "Who?", "Rain fell on the hills of Tolk and Karsk all day long, for nine days.", ()
    )
    made = list(with_headings([asked] * 300, seed=0))
    headed = [one for one in made if one.heading]
    assert 0.3 < len(headed) / len(made) < 0.5
    assert all(one.heading.startswith("Rain fell on the") for one in headed)
    assert all("… (" in one.heading for one in headed)
    assert {replace(one, heading="") for one in made} == {asked}


def test_a_question_on_something_else_is_not_answered() -> None:
    some = [
        Example(f"Who opened bridge {n}?", f"Velk opened {n}.", ((0, 4),), "T") for n in range(600)
    ]
    made = list(astray(some, seed=0))
    assert 20 < len(made) < 90
    assert not any(one.spans or one.kind for one in made)
    pairs = {(one.question, one.passage) for one in some}
    assert not any((one.question, one.passage) in pairs for one in made)
    asked = {one.question for one in made}
    assert asked & {"hi", "?", "thanks", "what can you do", "test", "ok", "who are you"}
    assert asked & {one.question for one in some}
