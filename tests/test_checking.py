"""The check: rules that are certain, and a network that tells what follows from quotes."""

import datetime
import json
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from qa import checking
from qa.checking.judge import Checker
from qa.checking.premise import premise
from qa.checking.rules import broken_rule
from qa.checking.statements import hypothesis
from qa.errors import ModelError
from qa.models.calibration import FILE, EntailmentCalibration
from qa.models.entailment_model import LABELS, Pair
from qa.models.loading import changed_reader, load_entailment, load_large_reader
from qa.models.shipped import ENTAILMENT, READER, WEIGHTS, file_hash, load_entailment_calibration
from qa.settings import Settings
from qa.training.entailment import sources
from qa.training.entailment.falsify import false_versions, names
from qa.training.entailment.lessons import FALSE, FOLLOWS, OPPOSITE, Lesson
from qa.training.entailment.premises import quoted
from qa.training.entailment.statements import declarative
from qa.training.entailment.style import as_tokenised
from qa.training.natural import TrainingQuestion
from qa.types import Article, Source

QUOTE = (
    "Jonas Brandt won the election for mayor of Tolk on Sunday with 54 percent of the vote, "
    "and his rival, Petra Sonn, conceded before midnight."
)


@pytest.fixture(scope="module")
def checker() -> Checker:
    return checking.load(Settings())


# The rules


@pytest.mark.parametrize(
    ("sentence", "fault"),
    [
        ("Brandt won: see http://evil.example/x.", "address"),
        ("Brandt won [1].", "brackets"),
        ("It did not.", "nothing"),
        (" ", "nothing"),
        ("Brandt won 45 percent of the vote.", "figure"),
        ("Brandt won on 19 September.", "day"),
        ("Brandt won 54% of the vote.", ""),
    ],
)
def test_a_certain_rule_names_its_fault(sentence: str, fault: str) -> None:
    found = broken_rule(sentence, QUOTE)
    assert fault in found
    assert bool(fault) == bool(found)
    assert broken_rule("Brandt won.", " ")


def test_figures_in_words_are_left_to_the_network() -> None:
    quote = "The treatment was approved in 1998, after Lee, Kim and Odenkirk had asked for it."
    assert not broken_rule("Three people asked for the treatment.", quote)
    assert "figure" in broken_rule("3 people asked for the treatment.", quote)
    assert not broken_rule("It cost two million crowns.", "It cost 2,000,000 crowns.")


def test_names_are_told_by_the_network(checker: Checker) -> None:
    for name in ("Mohamed", "Kimberly", "Myers", "Ming", "Italy"):
        verdict = checker.judge(f"{name} approved the treaty.", "Spain approved the treaty.")
        assert not verdict.passes
    assert checker.judge("Spain approved the treaty.", "Spain approved the treaty.").passes


def test_dates_of_a_quote_are_put_into_days() -> None:
    text = "They met on Monday. That day it rained in Tolk."
    place = text.index("That"), len(text)
    found = premise(text, place, datetime.date(2017, 3, 31))
    assert found == "That day (perhaps 27 March 2017) it rained in Tolk."
    assert premise(text, place, None) == text[slice(*place)]


# The network


@pytest.mark.parametrize(
    ("sentence", "label"),
    [
        ("Jonas Brandt was elected mayor of Tolk.", "follows"),
        ("It was on Sunday that Brandt won, with more than half of the vote.", "follows"),
        ("Jonas Brandt lost the election for mayor of Tolk.", "opposite"),
        ("Petra Sonn won the election for mayor of Tolk.", "opposite"),
        ("Petra Sonn refused to concede.", "opposite"),
        ("Jonas Brandt won because Petra Sonn had promised higher taxes.", "neither"),
        ("Jonas Brandt promised to build a new hospital in Tolk.", "neither"),
    ],
)
def test_sentences_are_told_apart(checker: Checker, sentence: str, label: str) -> None:
    verdict = checker.judge(sentence, [QUOTE])
    assert verdict.label == label
    assert verdict.passes == (label == "follows")
    assert bool(verdict.why) == (label != "follows")


def test_a_rule_outweighs_the_network(checker: Checker) -> None:
    verdict = checker.judge("Jonas Brandt won the election [1].", [QUOTE])
    assert not verdict.passes
    assert verdict.label != "follows"
    assert "brackets" in verdict.why


def test_many_are_judged_as_one_by_one(checker: Checker) -> None:
    given = [
        Pair("Jonas Brandt won.", QUOTE),
        Pair("Petra Sonn won.", QUOTE, "Election in Tolk (20 September 2021)"),
        Pair("It rained.", f"{QUOTE} {QUOTE}"),
    ]
    together = checker.judge_all(given)
    for one, verdict in zip(given, together, strict=True):
        [alone] = checker.judge_all([one])
        assert alone.label == verdict.label
        assert alone.probability == pytest.approx(verdict.probability, abs=0.05)
    assert checker.judge_all([]) == []


def test_long_quotes_are_cut_and_odd_ones_judged(checker: Checker) -> None:
    for sentence, quotes in (("Brandt won.", []), ("", [QUOTE]), ("It did not.", [QUOTE])):
        assert not checker.judge(sentence, quotes).passes
    assert checker.judge("Jonas Brandt won.", [QUOTE] * 60).passes
    assert checker.judge("Jonas Brandt won.", QUOTE) == checker.judge("Jonas Brandt won.", [QUOTE])


def test_what_is_too_long_to_be_read_whole_does_not_pass(checker: Checker) -> None:
    verdict = checker.judge(f"{'Jonas Brandt won the election, and ' * 40} taxes rose.", [QUOTE])
    assert not verdict.passes
    assert "too long" in verdict.why


def test_the_reader_and_the_check_share_one_body() -> None:
    settings = Settings()
    reader, entailment = load_large_reader(settings), load_entailment(settings)
    assert reader
    shared = {value.data_ptr() for value in reader.network.body.state_dict().values()}
    own = entailment._network.own()
    body = entailment._network.state_dict()
    assert len(own) < len(body)
    assert all(value.data_ptr() in shared for name, value in body.items() if name not in own)


def test_the_reader_reads_as_before_beside_the_check() -> None:
    """The change of low rank is the check's alone."""
    from qa.models.span_model import Text

    reader = load_large_reader(Settings())
    assert reader
    before = reader.read("Who won?", [Text(QUOTE)])[0]
    load_entailment(Settings()).probabilities([Pair("Brandt won.", QUOTE)])
    after = reader.read("Who won?", [Text(QUOTE)])[0]
    assert np.array_equal(before.start, after.start)


def test_other_weights_are_no_entailment_network() -> None:
    reader = load_large_reader(Settings())
    assert reader
    with pytest.raises(ModelError, match=r"run `python -m qa\.training\.entailment`"):
        changed_reader(reader.network, {"label.weight": torch.zeros(3, 768)})


def test_the_shipped_weights_are_those_that_the_calibration_names() -> None:
    known = load_entailment_calibration()
    assert known.sha256 == file_hash(ENTAILMENT / WEIGHTS)
    for path, sha256 in known.reader.items():
        assert file_hash(READER / path) == sha256


def test_another_reader_or_a_damaged_file_is_refused(tmp_path: Path) -> None:
    known = load_entailment_calibration()
    other = dict.fromkeys(known.reader, "0" * 64)
    with pytest.raises(ModelError, match=r"another large reader.* by `python -m qa\.training"):
        known.check(other)
    whole = json.loads((ENTAILMENT / FILE).read_text(encoding="utf-8"))
    (tmp_path / FILE).write_text(json.dumps(whole | {"threshold": 3}), encoding="utf-8")
    with pytest.raises(ModelError, match=r"threshold: .*restore the file"):
        EntailmentCalibration.read(tmp_path / FILE)
    replace(known, threshold=0.5).write(tmp_path / FILE)
    assert EntailmentCalibration.read(tmp_path / FILE).threshold == 0.5


# What it learns from


def test_a_question_and_its_answer_are_put_together() -> None:
    assert hypothesis("who won", "jonas Brandt") == "who won? Jonas Brandt."
    assert hypothesis("Who won?", "Jonas Brandt.") == "Who won? Jonas Brandt."


@pytest.mark.parametrize(
    ("question", "answer", "sentence"),
    [
        ("Who won the election?", "Jonas Brandt", "Jonas Brandt won the election."),
        ("How many people died in the storm?", "12", "12 people died in the storm."),
        ("When did Abe plan to visit Russia?", "in April", ""),
        ("What did Velk open?", "the bridge", ""),
        ("How many people did the storm hurt?", "12", ""),
    ],
)
def test_only_sure_rules_make_a_sentence(question: str, answer: str, sentence: str) -> None:
    assert declarative(question, answer) == sentence


def test_false_versions_change_one_thing() -> None:
    around = f"{QUOTE} Minister Mara Velk said 12 of them were wrong, but Mara Velk had not come."
    seen = set()
    for seed in range(40):
        for made in false_versions(QUOTE, around, random.Random(seed)):
            assert made.sentence != QUOTE
            assert made.label in (FALSE, OPPOSITE, 2)
            seen.add(made.kind)
    assert seen >= {"name", "roles", "figure", "date", "added", "opposite"}
    assert "Mara Velk" in names(around)


def test_now_and_then_a_lesson_is_in_pieces() -> None:
    lesson = Lesson("Brandt won, they said.", QUOTE, "", FOLLOWS, "")
    draw = random.Random(0)
    made = [as_tokenised(lesson, draw) for _ in range(300)]
    changed = [one for one in made if one != lesson]
    assert 5 < len(changed) < 60
    assert {"Brandt won , they said .", "brandt won , they said ."} == {
        one.sentence for one in changed
    }


def test_what_does_not_follow_needs_no_label_of_its_own() -> None:
    """The loss of `FALSE` counts that "follows" is unlikely, whatever else is likely."""
    from qa.training.entailment.__main__ import Line, _loss
    from qa.training.run import Recipe

    logits = torch.tensor([[0.0, 5.0, 0.0], [0.0, 0.0, 5.0], [5.0, 0.0, 0.0]])
    line = Line([2, 7, 3, 8, 3], 3, FALSE)
    losses = [
        float(_loss(lambda *_, row=row: row[None], [line], Recipe(1)))  # type: ignore[arg-type]
        for row in logits
    ]
    assert losses[0] == pytest.approx(losses[1])
    assert losses[2] > 10 * losses[0]


TEXT = (
    "Jonas Brandt won the election for mayor of Tolk on Sunday with 54 percent of the vote. "
    "Brandt, a former teacher, promised to build a new hospital in the north of the town. "
    "His rival, Petra Sonn, conceded before midnight and wished Jonas Brandt luck. "
    "Mara Velk, the minister of transport, had supported Petra Sonn in the campaign. "
    "About 12,000 people voted, 300 more than at the election of 2017, officials said. "
    "The new mayor takes office in October, when the council meets for the first time."
)
ARTICLE = Article(Source("u", "Brandt wins in Tolk", datetime.date(2021, 9, 20)), TEXT)


def question(kind: str, text: str, answer: str, quote: str) -> TrainingQuestion:
    day = datetime.date(2021, 9, 20)
    return TrainingQuestion("1", text, day, kind, "plain", (answer,), quote, ("u",), True, False)


def test_questions_become_true_and_false_lessons() -> None:
    sentence = TEXT.split(". ")[0] + "."
    asked = [
        question("who", "Who won the election in Tolk?", "Jonas Brandt", sentence),
        question("yesno", "Did Brandt lose the election?", "no", sentence),
    ]
    found = list(sources.asked({"u": ARTICLE}, asked, 1))
    assert {lesson.label for lesson in found if lesson.kind == "asked"} == {FOLLOWS}
    assert {lesson.label for lesson in found if lesson.kind == "asked, wrong"} == {FALSE}
    said = {lesson.sentence: lesson.label for lesson in found if lesson.kind == "yesno"}
    assert said == {
        "Did Brandt lose the election? Yes.": OPPOSITE,
        "Did Brandt lose the election? No.": FOLLOWS,
    }


def test_sentences_of_the_news_become_true_and_false_lessons() -> None:
    found = list(sources.copied({"u": ARTICLE}, 1, 1))
    assert {lesson.label for lesson in found if lesson.kind == "copied"} == {FOLLOWS}
    changed = [lesson for lesson in found if lesson.kind != "copied"]
    assert changed
    assert all(lesson.label != FOLLOWS for lesson in changed)
    assert all(lesson.sentence not in lesson.quotes for lesson in changed)


def test_dates_of_a_quote_stand_beside_it_or_the_quote_is_bare() -> None:
    place = (0, TEXT.index("."))
    assert quoted(ARTICLE, [place]) == (
        premise(TEXT, place, ARTICLE.source.date),
        "Brandt wins in Tolk (20 September 2021)",
    )
    draw = random.Random(0)
    seen = {quoted(ARTICLE, [place], draw) for _ in range(30)}
    assert seen == {quoted(ARTICLE, [place]), (TEXT[slice(*place)], "")}


def test_what_is_learned_chosen_by_and_reported_on_share_no_article() -> None:
    parts: dict[str, set[str]] = {}
    for line in sources.WRITTEN.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        parts.setdefault(row["part"], set()).add(row["url"])
        assert row["label"] in LABELS
        assert row["quotes"]
        assert row["sentence"].strip()
    assert parts.keys() == {"learn", "choose", "report"}
    for one in parts:
        for other in parts:
            assert one == other or not parts[one] & parts[other]
