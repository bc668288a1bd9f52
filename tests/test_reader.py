"""The reader: the words that answer, cut out of the hits with their sentences, or nothing."""

import datetime
from dataclasses import replace

import pytest

from qa.assistant import Assistant
from qa.models.shipped import load_calibration
from qa.reading.evidence import asks_for_dates
from qa.reading.reader import SpanReader
from qa.search.question import understand
from qa.settings import Settings
from qa.types import Draft, Hit, Passage, Source


@pytest.fixture
def reader() -> SpanReader:
    return SpanReader.load(Settings())


def hits(*texts: str) -> list[Hit]:
    """One hit for each text, each the whole of an article of its own, after 7 characters."""
    return [
        Hit(Passage(f"{n}-0", str(n), 7, 7 + len(text), text), Source(str(n), "T"), 1.0 / n, n)
        for n, text in enumerate(texts, start=1)
    ]


def assert_cut_out(draft: Draft, found: list[Hit]) -> None:
    texts = {hit.article.id: hit.passage for hit in found}
    for claim in draft.claims:
        assert claim.spans
        for span in claim.spans:
            passage = texts[span.article_id]
            assert passage.text[span.start - 7 : span.end - 7] == span.quote


def test_no_hits_no_answer(reader: SpanReader) -> None:
    draft = reader.read(understand("When was it opened?"), [])
    assert (draft.claims, draft.confidence, draft.hits) == ((), 0.0, ())


def test_an_empty_passage_is_no_answer(reader: SpanReader) -> None:
    assert reader.read(understand("When was it opened?"), hits(" ")).claims == ()


@pytest.mark.parametrize(
    ("question", "answered"),
    [("Who won the election for mayor of Tolk?", True), ("What is the capital of Peru?", False)],
)
def test_confidence_decides(
    reader: SpanReader, assistant: Assistant, question: str, answered: bool
) -> None:
    draft = reader.read(understand(question), assistant.retriever.hits(question))
    assert 0.0 < draft.confidence < 1.0
    assert (
        bool(draft.claims)
        is answered
        is (draft.confidence >= load_calibration().large.confidence.threshold)
    )


def test_of_a_few_passages_less_is_asked(reader: SpanReader, assistant: Assistant) -> None:
    question = "Who won the election for mayor of Tolk?"
    found = assistant.retriever.hits(question)
    few, many, unknown = (
        reader.read(understand(question), found, searched).confidence
        for searched in (20, 1_000_000, None)
    )
    assert few > unknown > many


def test_few_words_and_the_sentence_they_stand_in(reader: SpanReader) -> None:
    found = hits(
        "Rain fell all day. The harbor bridge in Lindhaven was opened on 12 June by Transport "
        "Minister Mara Velk. Then all went home."
    )
    draft = reader.read(understand("Who opened the harbor bridge in Lindhaven?"), found)
    [claim] = draft.claims
    assert claim.text == draft.short
    assert draft.short.endswith("Mara Velk")
    assert claim.spans[0].quote.startswith("The harbor bridge")
    assert claim.spans[0].quote.endswith("Velk.")
    assert_cut_out(draft, found)


def test_the_same_answer_in_several_articles_is_one_answer(reader: SpanReader) -> None:
    found = hits(
        "The harbor bridge in Lindhaven was opened by Mara Velk on Saturday.",
        "A storm tore the roof off the old theater in Tolk.",
        "Mara Velk opened the harbor bridge in Lindhaven, and cut a blue ribbon.",
    )
    draft = reader.read(understand("Who opened the harbor bridge in Lindhaven?"), found)
    assert draft.short == "Mara Velk"
    [claim] = draft.claims
    assert {span.article_id for span in claim.spans} == {"1", "3"}
    assert_cut_out(draft, found)


def test_a_far_likelier_place_is_cited_alone(reader: SpanReader) -> None:
    """The same words stand in many passages that say nothing to the question."""
    found = hits(
        "Jonas Brandt won the election for mayor of Tolk on Sunday.",
        "A storm tore the roof off the old theater in Tolk.",
        "In the evening Jonas Brandt went home by bus, as he always does.",
    )
    evidence = reader.evidence(understand("Who won the election for mayor of Tolk?"), found)
    assert len(evidence.found[0].places) == 2
    draft = reader.draft(understand("Who won the election for mayor of Tolk?"), evidence)
    assert [span.article_id for claim in draft.claims for span in claim.spans] == ["1"]


ROOF = "The roof of the old theater in Tolk came off because its beams had rotted."


def test_reasons_get_the_sentence(reader: SpanReader) -> None:
    found = hits(f"It was dark. {ROOF} Nobody was hurt.")
    draft = reader.read(understand("Why did the roof of the theater in Tolk come off?"), found)
    [claim] = draft.claims
    assert claim.text == claim.spans[0].quote == ROOF
    assert draft.short != ROOF
    assert_cut_out(draft, found)


def test_yes_or_no_is_said_with_the_sentence_that_settles_it() -> None:
    found = hits(f"It was dark. {ROOF} Nobody was hurt.")
    asked = understand("Did the roof of the old theater in Tolk come off?")
    draft = SpanReader.load(Settings()).read(asked, found)
    phrase, claim = draft.claims
    assert (phrase.text, phrase.spans, phrase.kind) == ("Yes.", (), "phrase")
    assert claim.text == claim.spans[0].quote == ROOF
    assert draft.short == "yes"


def test_without_the_large_network_yes_or_no_gets_the_sentence_alone() -> None:
    found = hits(f"It was dark. {ROOF} Nobody was hurt.")
    asked = understand("Did the roof of the old theater in Tolk come off?")
    draft = SpanReader.load(Settings(reader="small")).read(asked, found)
    assert [claim.text for claim in draft.claims] == [draft.short] == [ROOF]


def test_a_sentence_is_cited_where_it_stands_and_nowhere_else(reader: SpanReader) -> None:
    found = hits(
        "The match in Tolk was called off because of heavy rain.",
        "The match in Velkhaven was called off because of heavy rain.",
    )
    [claim] = reader.read(understand("Why was the match in Tolk called off?"), found).claims
    assert [span.article_id for span in claim.spans] == ["1"]


def test_the_same_weekday_of_two_weeks_is_two_answers(reader: SpanReader) -> None:
    text = "The peace deal between Tolk and Karsk was signed on Thursday."
    written = (datetime.date(2021, 6, 18), datetime.date(2021, 6, 25))
    found = [
        replace(hit, article=replace(hit.article, date=day))
        for hit, day in zip(hits(text, text), written, strict=True)
    ]
    draft = reader.read(understand("When was the peace deal between Tolk and Karsk signed?"), found)
    assert all(len(claim.spans) == 1 for claim in draft.claims)
    days = [claim.spans[0].timing.days for claim in draft.claims]
    assert [day and day[0].isoformat() for day in days] == ["2021-06-24", "2021-06-17"]


def test_a_sentence_that_sets_the_scene_is_no_reason_to_refuse(reader: SpanReader) -> None:
    found = hits("Jonas Brandt won the election for mayor of Tolk on Sunday.")
    plain = "Who won the election for mayor of Tolk?"
    scene = f"People in Tolk went out to vote on Sunday, in spite of heavy rain. {plain}"
    assert (
        reader.read(understand(scene), found).short
        == reader.read(understand(plain), found).short
        == "Jonas Brandt"
    )


def test_the_hits_are_re_ordered(reader: SpanReader) -> None:
    found = hits(
        "A storm tore the roof off the old theater in Tolk.",
        "Thousands walked across before the first cars were let through.",
        "The harbor bridge in Lindhaven was opened by Mara Velk on Saturday.",
    )
    draft = reader.read(understand("Who opened the harbor bridge in Lindhaven?"), found)
    assert draft.hits[0].article.id == "3"
    assert [hit.rank for hit in draft.hits] == [1, 2, 3]
    assert sorted((h.score for h in draft.hits), reverse=True) == [h.score for h in draft.hits]
    assert {hit.passage for hit in draft.hits} == {hit.passage for hit in found}


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("When did the bridge open?", "12 June 2021"),
        ("How long was the work on the bridge?", "three years"),
        ("Who opened the bridge?", ""),
    ],
)
def test_what_is_of_the_time_asked_for(question: str, asks: str) -> None:
    text = "The bridge opened on 12 June 2021, after three years of work."
    [found] = hits(text)
    dated = asks_for_dates(understand(question))
    for words in ("12 June 2021", "three years", "bridge"):
        start = text.index(words)
        assert dated(found, (start, start + len(words))) is (words == asks)


def test_where_a_date_is_asked_for_dates_are_preferred(reader: SpanReader) -> None:
    found = hits("The bridge opened in heavy rain on 12 June 2021, after three years of work.")
    texts = {}
    for question in ("When did the bridge open?", "How long was the work on the bridge?"):
        evidence = reader.evidence(understand(question), found)
        texts[question] = {finding.text: finding.score for finding in evidence.found}
    when, how_long = texts.values()
    assert max(when, key=lambda text: when[text]).endswith("12 June 2021")
    assert max(how_long, key=lambda text: how_long[text]) == "three years"


@pytest.mark.parametrize("year", [1998, 2017, 2022, 2026])
def test_the_year_of_an_article_is_no_reason_to_refuse(reader: SpanReader, year: int) -> None:
    """What the reader learned from is the news of one year."""
    text = f"Jonas Brandt won the election for mayor of Tolk on 9 May {year}, with 54 percent."
    found = [
        replace(
            hit, article=replace(hit.article, title="Tolk votes", date=datetime.date(year, 5, 10))
        )
        for hit in hits(text)
    ]
    draft = reader.read(understand(f"who won the mayoral election in tolk in may {year}"), found)
    assert draft.short == "Jonas Brandt"
