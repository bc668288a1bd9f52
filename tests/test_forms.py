"""The form of answer that a question wants: told apart, and given."""

import datetime
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from safetensors.numpy import save_file

from qa import prompts
from qa.assistant import Assistant
from qa.errors import ModelError, PromptError
from qa.library.conversations import Exchange
from qa.library.conversations import turns as turns_of
from qa.models import loading, shipped
from qa.models.loading import load_embedder, load_question_kinds, load_small_reader
from qa.models.question_kinds import KINDS, QuestionKinds
from qa.models.shipped import load_selection
from qa.reading.about import about, by_month
from qa.reading.layout import items, names, names_either, on_either, side_by_side, values
from qa.reading.overview import choose
from qa.reading.sides import sides
from qa.reading.telling import Sentence, Told, naming, read_sentences
from qa.search.question import Asked, understand
from qa.settings import Settings
from qa.text.words import stems
from qa.training.kinds.__main__ import QUESTIONS, written
from qa.types import Draft, Filters, Hit, QuestionKind, Source, Turn
from tests.test_assistant import assert_grounded
from tests.test_reader import hits


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("hello there!", "talk"),
        ("What can you do?", "talk"),
        ("how many articles do you have", "talk"),
        ("Tell me about the harbor bridge in Lindhaven.", "overview"),
        ("what do we know about the storm in Tolk", "overview"),
        ("Who is Jonas Brandt?", "who"),
        ("whats the Karsk accord", "who"),
        ("Did Petra Sonn concede?", "yesno"),
        ("Which towns were flooded?", "list"),
        ("How did the price of bread change over the year?", "count"),
        ("Compare the plans of Brandt and Sonn.", "compare"),
        ("When was the harbor bridge opened?", "fact"),
        ("can you tell me when the bridge opened", "fact"),
    ],
)
def test_kinds_are_told_apart(question: str, kind: QuestionKind) -> None:
    assert load_question_kinds(Settings()).kind(question) == kind


def test_kinds_are_told_apart_on_questions_that_were_not_learned_from() -> None:
    asked = written("report")
    likely = load_question_kinds(Settings()).probabilities([question for question, _ in asked])
    assert likely.sum(axis=1) == pytest.approx(1, abs=1e-5)
    said = [KINDS[place] for place in likely.argmax(axis=1)]
    right = np.mean([one == kind for one, (_, kind) in zip(said, asked, strict=True)])
    assert right > 0.8


def test_no_question_is_both_learned_from_and_reported_on() -> None:
    rows = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    parts: dict[str, set[str]] = {"learn": set(), "report": set()}
    for row in rows:
        assert row["kind"] in get_args(QuestionKind)
        parts[row["part"]].add(row["question"].casefold())
    assert not parts["learn"] & parts["report"]
    assert len(rows) == sum(map(len, parts.values()))


def test_weights_of_another_shape_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = {"weights": np.zeros((8, 10), np.float32), "bias": np.zeros(8, np.float32)}
    with pytest.raises(ModelError, match=r"run `python -m qa\.training\.kinds`"):
        QuestionKinds(wrong, load_embedder(Settings()))
    monkeypatch.setattr(loading, "KINDS", tmp_path)
    for damage in (lambda path: None, lambda path: path.write_bytes(b"x")):
        damage(tmp_path / "model.safetensors")
        with pytest.raises(ModelError, match="restore qa/weights/kinds"):
            load_question_kinds.__wrapped__(Settings())
    save_file(wrong, tmp_path / "model.safetensors")
    with pytest.raises(ModelError, match=r"python -m qa\.training\.kinds"):
        load_question_kinds.__wrapped__(Settings())


def test_a_selection_of_another_embedder_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = load_selection()
    other = replace(known, embedder_sha256="0" * 64)
    other.write(tmp_path / "calibration.json")
    monkeypatch.setattr(shipped, "SELECTION", tmp_path)
    with pytest.raises(ModelError, match=r"python -m qa\.training\.selection"):
        load_selection.__wrapped__()


@pytest.mark.parametrize("question", ["hi", "Thanks a lot!", "what can I ask you?", "🙂🙂🙂"])
def test_small_talk_is_answered_with_what_the_archive_holds(
    assistant: Assistant, question: str
) -> None:
    answer = assistant.answer(question)
    assert (answer.kind, answer.outcome, answer.short) == ("talk", "answered", "")
    assert "4 articles" in answer.text
    limited = assistant.answer(question, filters=Filters(since=datetime.date(2030, 1, 1)))
    assert "widen them" in limited.text
    assert "from 1 March 2021 to 15 January 2022" in answer.text
    assert answer.citations == ()
    assert answer.hits == ()
    assert {statement.kind for statement in answer.statements} == {"phrase"}


def test_what_begins_as_a_question_for_yes_or_no_is_taken_for_one(assistant: Assistant) -> None:
    question = "Do Tolk's officials, going by the engineers, class the old theater as dangerous?"
    assert assistant.answer(question).kind == "yesno"
    assert assistant.answer("Can you tell me when the harbor bridge was opened?").kind == "fact"


def test_what_needs_the_turns_before_is_no_small_talk(assistant: Assistant) -> None:
    turns = [Turn("user", "Who won the election for mayor of Tolk?")]
    for question in ("and when?", "why?", "and then?"):
        assert assistant.answer(question, turns).kind == "fact"
    assert assistant.answer("thanks!", turns).kind == "talk"


def test_small_talk_is_no_turn_that_a_question_could_mean(assistant: Assistant) -> None:
    talk = assistant.answer("hi")
    assert talk.said == ""
    assert turns_of([Exchange("hi", talk)]) == []
    said = assistant.answer("Did Jonas Brandt win the election for mayor of Tolk?").said
    assert said.startswith("Jonas Brandt won")


def test_an_empty_archive_says_how_to_fill_it() -> None:
    [claim] = about(0, 0, [], None).claims
    assert "qa ingest" in claim.text
    assert "3 articles." in about(5, 3, [], None).claims[0].text
    assert "widen them" in about(5, 0, [], None).claims[0].text


def test_an_overview_of_more_than_was_read_names_the_months_of_the_most() -> None:
    months = {"2022-03": 40, "2022-04": 12, "2022-09": 3, "2022-11": 900}
    said = by_month(months).text
    assert "955 articles" in said
    assert "March 2022, April 2022, November 2022." in said


def test_months_count_the_articles_that_have_all_words(assistant: Assistant) -> None:
    library = assistant.library
    bridge = library.months(words=["bridge", "Lindhaven"])
    assert bridge
    assert sum(bridge.values()) < sum(library.months().values())
    assert library.months(words=["bridge", 'no "such" word']) == {}


def test_an_overview_tells_several_things_in_order_of_time(assistant: Assistant) -> None:
    answer = assistant.answer("Tell me about the harbor bridge in Lindhaven.")
    assert answer.kind == "overview"
    assert_grounded(answer, assistant)
    told = [citation.quote for citation in answer.citations]
    assert any("plans to open the harbor bridge" in quote for quote in told)
    assert any("was opened on Saturday" in quote for quote in told)
    # The newest first, the others in order of time.
    newest, *others = [citation.article.date for citation in answer.citations]
    assert others == sorted(others, key=str)
    assert newest is not None
    assert newest >= max(day for day in others if day)
    assert answer.text.startswith("Newest, ")
    assert "12 June 2021" in answer.text


def test_who_asks_for_what_is_new_is_told_of_the_newest_articles(
    bring: Callable[..., object], tmp_path: Path
) -> None:
    days = [f"2021-{month:02d}-{day:02d}" for month in (1, 2, 3) for day in range(1, 13)]
    events = ["halted freight at the port", "shut the ferries", "brought talks with the mayor"]
    rows = [
        {
            "url": f"https://x.example/{number}",
            "title": f"Dockers' strike in Lind, report {number}",
            "date": day,
            "text": f"The dockers' strike in Lind {events[number % 3]} on pier {number}, the union "
            f"of dockers said. Some {1000 + 37 * number} people took part in the strike.",
        }
        for number, day in enumerate(days)
    ]
    source = tmp_path / "strike.jsonl"
    source.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    bring(source)
    with Assistant.load(Settings(library=tmp_path / "library")) as opened:
        told = opened.answer("Tell me about the dockers' strike in Lind.")
        newest = opened.answer("What's the latest on the dockers' strike in Lind?")
        assert told.kind == newest.kind == "overview"
        march = datetime.date(2021, 3, 1)
        assert min(one.article.date or march for one in told.citations) < march
        assert newest.citations
        assert all((one.article.date or march) >= march for one in newest.citations)
        assert_grounded(newest, opened)
        # Of all that the archive has, not only of what was told.
        assert "36 articles" in newest.text
        # A day that is named counts, and not the newest.
        named = opened.answer("What was the latest on the dockers' strike in Lind in January 2021?")
        assert any((one.article.date or march) < march for one in named.citations)


@pytest.mark.parametrize("question", ["Who is Jonas Brandt?", "Who is Angela Merkel?"])
def test_the_reader_reads_once_whether_or_not_the_subject_is_known(
    assistant: Assistant, question: str
) -> None:
    class Counted:
        times = 0

        def read(self, asked: Asked, found: Sequence[Hit], searched: int | None = None) -> Draft:
            self.times += 1
            return assistant._reader.read(asked, found, searched)

    reader = Counted()
    other = Assistant(assistant.library, assistant.retriever, reader, forms=assistant.forms)
    answer = other.answer(question)
    assert answer.kind == "who"
    assert answer.outcome == ("refused" if "Merkel" in question else "answered")
    assert reader.times == 1


def test_sentences_on_somebody_stand_in_passages_that_have_the_name() -> None:
    named = "Sanna Daw left the prison of Tolk in spring. She had been convicted of theft in 2008."
    partly = "Daw had sung in the choir of the town, and baked bread for the harbor's workers."
    other = "The singer Lia Moro is a star of the season, who was convicted of theft in 2009."

    def told_of(name: str) -> set[str]:
        found = read_sentences(asked, hits(named, partly, other), reader)
        told = Told(asked, found, np.zeros((1 + len(found), 2), dtype=np.float32))
        return {found[place].hit.passage.text for place in naming(stems(name), told, 0.5)}

    reader, asked = load_small_reader(Settings()), understand("Who is Sanna Daw?")
    # Sentences with "she", and with half of the name, are of the same person.
    assert told_of("Sanna Daw") == {named, partly}
    assert told_of("Lia Moro") == {other}
    # Nobody is named in full.
    assert told_of("Petra Daw") == {named, partly, other}


def test_sentences_that_say_the_same_are_told_once() -> None:
    sentence = "The harbor bridge in Lindhaven was opened on Saturday by the minister of transport."
    found = read_sentences(
        understand("Tell me about the harbor bridge."),
        hits(sentence, sentence, "Photo: the bridge", "Who opened the bridge?"),
        load_small_reader(Settings()),
    )
    assert [one.text for one in found] == [sentence]


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("compare Ian and Fiona", ("Ian", "Fiona")),
        ("pfizer vs. moderna", ("pfizer", "moderna")),
        ("How do the plans of Brandt and of Sonn differ?", ("Brandt", "Sonn")),
        ("compare pfizer and moderna", ("pfizer", "moderna")),
        ("iphone 14 vs iphone 13", ("iphone 14", "iphone 13")),
        ("What sets the Oxford vaccine apart from the Pfizer one?", ("Oxford", "Pfizer")),
        ("How does Ian compare to Fiona?", ("Ian", "Fiona")),
        ("Is the bridge longer than the tunnel?", ("bridge longer", "tunnel")),
        ("which towns want to merge", None),
        ("Who is Jonas Brandt?", None),
        ("and?", None),
    ],
)
def test_the_sides_of_a_comparison(question: str, named: tuple[str, str] | None) -> None:
    assert sides(question, load_selection().common) == named


def sentence(text: str, day: str, answer: str = "", likelihood: float = -20.0) -> Sentence:
    [hit] = hits(text)
    article = Source(text, "", datetime.date.fromisoformat(day))
    start = text.find(answer)
    place = start, start + len(answer)
    return Sentence(replace(hit, article=article), 0, len(text), text, place, likelihood, 0.0, 0.0)


IAN = sentence("Ian came ashore as a strong storm.", "2022-09-28")
FIONA = sentence("Fiona hit the north.", "2022-09-24")
BOTH = sentence("Fiona and Ian were storms.", "2022-10-01")
NEITHER = sentence("The president spoke of the economy.", "2022-10-02")


def test_a_comparison_stands_side_by_side() -> None:
    told = [FIONA, NEITHER, BOTH, IAN]
    assert [(one.lead, one.text) for one in side_by_side(("Ian", "Fiona"), told, told)] == [
        ("Ian", IAN.text), ("Fiona", FIONA.text), ("Both", BOTH.text), ("Besides", NEITHER.text),
    ]  # fmt: skip


def test_a_title_puts_no_sentence_on_both_sides_that_names_one() -> None:
    article = replace(IAN.hit.article, title="Ian and Fiona, side by side")
    one = replace(IAN, hit=replace(IAN.hit, article=article))
    other = replace(NEITHER, hit=replace(NEITHER.hit, article=article))
    claims = side_by_side(("Ian", "Fiona"), [one, other], [one, FIONA])
    assert [(claim.lead, claim.text) for claim in claims] == [
        ("Ian", IAN.text),
        ("Both", NEITHER.text),
    ]


def test_a_side_of_which_nothing_was_read_is_said_to_be_missing() -> None:
    said, missing = side_by_side(("Ian", "Fiona"), [IAN], [IAN, NEITHER])
    assert said.text == IAN.text
    assert (missing.kind, missing.spans) == ("phrase", ())
    assert "Nothing was found on Fiona" in missing.text
    # Of Fiona there was something, which is not among the few that are told.
    assert len(side_by_side(("Ian", "Fiona"), [IAN], [IAN, FIONA])) == 1
    for named in (None, ("Ada", "Bea")):
        [other] = side_by_side(named, [NEITHER], [NEITHER])
        assert other.lead == "2 October 2022"


def test_a_word_that_both_sides_share_does_not_find_either() -> None:
    *_, missing = side_by_side(("Hurricane Ian", "Hurricane Zorblax"), [IAN], [IAN, FIONA])
    assert "Nothing was found on Hurricane Zorblax" in missing.text
    # All that is told is on neither side: it stays, since there is nothing else.
    kept = side_by_side(("Ian", "Zorblax"), [NEITHER], [IAN, NEITHER])
    assert NEITHER.text in [claim.text for claim in kept]


def test_a_comparison_is_known_by_the_name_of_a_side() -> None:
    assert names_either(("Ian", "Nobody"), [IAN, FIONA, BOTH])
    assert not names_either(("Ian", "Fiona"), [IAN, FIONA])
    assert not names_either(None, [IAN, FIONA, BOTH])
    assert not names_either(("Ian", "Fiona"), [])


def test_a_subject_of_one_article_is_known_by_its_name() -> None:
    assert names(frozenset(("fiona",)), [FIONA, BOTH, NEITHER])
    assert not names(frozenset(("fiona",)), [FIONA, NEITHER])
    assert not names(frozenset(("fiona", "alaska")), [FIONA, BOTH])
    assert not names(frozenset(), [FIONA, BOTH])


def test_each_side_has_its_sentences() -> None:
    assert on_either(("Ian", "Fiona"), [BOTH, FIONA, NEITHER, IAN]) == ([3], [1])
    assert on_either(None, [IAN]) == ()


def test_each_thing_of_a_list_stands_once() -> None:
    one = sentence("Jif recalled its peanut butter.", "2022-05-20", "Jif", -0.5)
    again = sentence("Stores took back what Jif made.", "2022-05-21", "Jif", -0.5)
    unsure = sentence("Many recalls were announced.", "2022-05-22", "Many", -12.0)
    head, first, second = items([unsure, one, again])
    assert head.text.startswith("Found 1; articles: 1.")
    assert (first.text, first.spans[0].quote) == ("Jif", one.text)
    assert second.text == unsure.text
    assert [claim.text for claim in items([unsure])] == [unsure.text]


def test_figures_stand_in_order_of_time() -> None:
    late = sentence("The Fed raised rates by 0.75 points.", "2022-06-15", "0.75 points", -0.5)
    early = sentence("The Fed raised rates by 0.5 points.", "2022-05-04", "0.5 points", -0.5)
    told = values([late, early])
    assert [(one.lead, one.text) for one in told] == [
        ("4 May 2022", "0.5 points"), ("15 June 2022", "0.75 points"),
    ]  # fmt: skip


def test_what_is_chosen_is_likely_and_repeats_nothing() -> None:
    vectors = np.array([[1, 0], [1, 0], [0, 1], [0, 1]], np.float32)
    likely = np.array([0.9, 0.8, 0.5, 0.1])
    assert choose(likely, vectors, 0.2, 5.0, 2) == [0, 2]
    # The last is too unlikely.
    assert choose(likely, vectors, 0.2, 0.0, 4) == [0, 1, 2]
    assert choose(likely[:0], vectors[:0], 0.2, 0.0, 4) == []


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Did Jonas Brandt win the election for mayor of Tolk?", "Yes."),
        ("Was anybody hurt when the storm tore the roof off the theater in Tolk?", "No."),
    ],
)
def test_yes_or_no_is_said_with_the_sentence_that_settles_it(
    assistant: Assistant, question: str, said: str
) -> None:
    answer = assistant.answer(question)
    assert answer.kind == "yesno"
    assert answer.text.startswith(said)
    assert answer.short == said.lower().strip(".")
    assert_grounded(answer, assistant)


def test_a_phrase_is_filled_or_one_line_says_what_is_missing() -> None:
    assert prompts.phrase("about_sites", sites="cnn.com") == ", the most from cnn.com"
    with pytest.raises(PromptError, match="lacks the phrase 'none'"):
        prompts.phrase("none")
    with pytest.raises(PromptError, match=r"uses the variables \['sites'\]"):
        prompts.phrase("about_sites")
