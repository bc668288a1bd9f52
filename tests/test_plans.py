"""Planned or happened; reports that differ; what happened at a time."""

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest

from qa import dates
from qa.assistant import Assistant
from qa.ingest import Summary
from qa.reading import plans
from qa.reading.differing import differing
from qa.search.question import understand
from qa.settings import Settings
from qa.types import Claim, Draft, Filters, Span, Timing, Turn

MONDAY = datetime.date(2021, 6, 14)
DAY = datetime.timedelta(1)


def claim(text: str, quote: str, written: datetime.date | None = MONDAY, id_: str = "1") -> Claim:
    """A claim whose answer is `text`, of an article that is one sentence."""
    start = quote.index(text)
    found = dates.find(quote, written)
    timing = plans.timing(quote, (start, start + len(text)), (0, len(quote)), found, written)
    return Claim(text, (Span(id_, 0, len(quote), quote, timing),))


@pytest.mark.parametrize(
    ("text", "quote", "due"),
    [
        ("Thursday", "The bridge will be opened on Thursday by the minister.", "2021-06-17"),
        ("Thursday", "The bridge was opened on Thursday by the minister.", None),
        ("12 July", "The bridge opens on 12 July.", "2021-07-12"),
        ("Wednesday", "It is slated to take off early on Wednesday morning.", "2021-06-16"),
        ("Mara Velk", "The bridge will be opened by Mara Velk.", "2021-06-15"),
        ("Mara Velk", "In July, on 9 July, it will be opened by Mara Velk.", "2021-07-09"),
        ("Mara Velk", "The bridge was opened by Mara Velk.", None),
        ("Mara Velk", "Mara Velk may open the bridge.", None),
        ("21", "You must be 21 to drink there.", None),
        ("84 million crowns", "The bridge is expected to cost 84 million crowns.", "2021-06-15"),
        ("June", "The bridge will be opened in June.", "2021-06-15"),
        ("June", "The bridge was opened in June.", None),
        ("Thursday", "The bridge will not be opened on Thursday.", None),
        ("Thursday", "The results are not expected until Thursday.", "2021-06-17"),
        ("2 July", "The results will not be published before 2 July.", "2021-07-02"),
        ("ten years later", "He was freed ten years later.", None),
        ("Thursday", "If it is not ready, it will be opened on Thursday.", "2021-06-17"),
        ("Thursday", "The bridge had been expected to open on Thursday.", None),
        ("Mara Velk", "The bridge will not be opened by Mara Velk.", None),
        ("Mara Velk", "Minister Mara Velk will open the bridge on Friday.", None),
        ("heavy rain", "The match was cancelled due to heavy rain.", None),
        ("Paris", "The film is set in Paris.", None),
        ("Usain Bolt", "It beat the record set by Usain Bolt.", None),
        ("Jonas Brandt", "The attack was planned by Jonas Brandt, police said.", None),
        ("Karsk", "The planned bridge in Karsk is 3 km long.", None),
        ("3%", "Growth slowed more than expected, to 3%.", None),
        ("the 2022 World Cup", "Qatar won the right to host the 2022 World Cup.", None),
        ("today", "The bridge was opened today.", None),
        ("today", "The bridge will be opened today.", "2021-06-15"),
    ],
)  # fmt: skip
def test_what_was_still_to_come(text: str, quote: str, due: str | None) -> None:
    timing = claim(text, quote).spans[0].timing
    assert timing.written == MONDAY
    assert (timing.due.isoformat() if timing.due else None) == due


def test_a_question_that_looks_forward_is_answered_by_who_will() -> None:
    quote = "Minister Mara Velk will open the bridge on Friday."
    found = dates.find(quote, MONDAY)
    timing = plans.timing(
        quote, (9, 18), (0, len(quote)), found, MONDAY, ahead=understand("Who will?").ahead
    )
    assert timing.due == datetime.date(2021, 6, 18)
    assert not understand("Who opened the bridge?").ahead


@pytest.mark.parametrize("written", [None, datetime.date.max])
def test_without_a_day_of_writing_nothing_is_to_come(written: datetime.date | None) -> None:
    timing = claim("Mara Velk", "It will be opened by Mara Velk.", written).spans[0].timing
    assert timing == Timing(written)


PLAN = claim("Thursday", "The bridge will be opened on Thursday.")


@pytest.mark.parametrize(
    ("later", "reports"),
    [
        (claim("Thursday", "It was opened on Thursday.", MONDAY + 4 * DAY, "2"), True),
        # It was put off for a week.
        (claim("Wednesday", "It was opened on Wednesday.", MONDAY + 10 * DAY, "2"), True),
        (claim("Thursday", "It was opened on Thursday.", MONDAY + 40 * DAY, "2"), False),
        (claim("Monday", "It was planned on Monday.", MONDAY + 4 * DAY, "2"), False),
        (claim("rain", "It was opened in the rain.", MONDAY + 4 * DAY, "2"), False),
        (claim("Friday", "It will be opened on Friday.", MONDAY + 3 * DAY, "2"), False),
        (claim("today", "It was promised today.", MONDAY, "2"), False),
    ],
)
def test_a_report_of_what_was_planned(later: Claim, reports: bool) -> None:
    assert plans.planned(Draft((PLAN,))) == MONDAY + 3 * DAY
    found = plans.report(PLAN, Draft((later,)))
    assert found == (Claim(later.text, later.spans) if reports else None)
    # Of other places, only what is told in like words.
    assert plans.report(PLAN, Draft(others=(later,))) is None


def test_another_place_may_hold_the_report_in_like_words() -> None:
    quote = "The bridge was opened on Thursday."
    later = claim("Thursday", quote, MONDAY + 4 * DAY, "2")
    assert plans.report(PLAN, Draft(others=(later,))) == later


def test_the_most_exact_report_is_shown() -> None:
    vague = claim("June", "It was opened in June.", MONDAY + 30 * DAY, "2")
    exact = claim("Thursday", "It was opened on Thursday.", MONDAY + 4 * DAY, "3")
    assert plans.report(PLAN, Draft((vague, exact))) == exact
    assert plans.report(PLAN, Draft((vague,))) == vague


def test_a_plan_for_today_and_one_without_a_day() -> None:
    plan = claim("today", "The bridge will be opened today.")
    later = claim("Monday", "The bridge was opened on Monday.", MONDAY + DAY, "2")
    assert plans.report(plan, Draft((later,))) == later
    plan = claim("his widow", "The bridge will be opened by his widow.")
    for text, found in (("his widow Akie", True), ("widow", True), ("Akie", False)):
        later = claim(text, f"It was opened by {text}.", MONDAY + DAY, "2")
        assert plans.report(plan, Draft((later,))) == (later if found else None)


def test_a_report_in_the_draft_itself_is_told_apart() -> None:
    later = claim("Thursday", "It was opened on Thursday.", MONDAY + 4 * DAY, "2")
    merged = Draft((Claim("Thursday", (*PLAN.spans, *later.spans)),), "Thursday")
    draft = plans.with_report(merged, plans.report(merged.claims[0], merged))
    assert [(one.spans, one.lead) for one in draft.claims] == [
        (PLAN.spans, "Planned for 17 June 2021 (reported 14 June 2021)"),
        (later.spans, "Reported on 18 June 2021"),
    ]
    # The days stand before, so the sentence follows, not "Thursday".
    assert [one.text for one in draft.claims] == [one.spans[0].quote for one in draft.claims]


def test_what_is_to_come_without_a_day_is_expected() -> None:
    plan = claim("his widow", "The bridge will be opened by his widow.")
    [told] = plans.with_report(Draft((plan,)), None).claims
    assert (told.text, told.lead) == ("his widow", "Expected (reported 14 June 2021)")
    forecast = claim("Thursday", "Rain is expected on Thursday.")
    [told] = plans.with_report(Draft((forecast,)), None).claims
    assert told.lead.startswith("Expected for 17 June 2021")


def test_a_sentence_is_no_plan() -> None:
    quote = "The bridge will be opened on Thursday."
    assert plans.planned(Draft((Claim(quote, PLAN.spans, kind="sentence"),))) is None


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        (("19", "The fire killed 19 people."), ("21", "The fire killed 21 people."), True),
        (("19", "The fire killed 19 people."), ("Nineteen", "Nineteen people died."), False),
        (("19", "The fire killed 19 people."), ("2", "The fire killed 2 dogs."), False),
        (("40", "About 40 people fled a fire."), ("38", "38 people fled a fire."), False),
        (("19", "The fire killed 19 people."), ("21", "A flood in Karsk took 21 people."), False),
        (("19", "A fire killed 19 people."), ("8", "A fire killed 19 people, 8 at once."), False),
        (("$5", "A gallon of gas costs $5 now."), ("$4", "A gallon of gas costs $4."), True),
        (("May 3", "The fire broke out May 3."), ("May 4", "The fire broke out May 4."), True),
        (("May 3", "The fire broke out May 3."), ("2020", "The fire broke out in 2020."), False),
        (("Mara", "The fire was lit by Mara."), ("Jonas", "The fire was lit by Jonas."), False),
        (("9", "The fire killed 9 people."), ("19", "The fire killed 19 people."), True),
        (("19", "The fire killed 19 people."), ("21", "The flood hurt 21 people in May."), False),
    ],
)  # fmt: skip
def test_reports_that_differ(one: tuple[str, str], other: tuple[str, str], differ: bool) -> None:
    older, newer = claim(*one, MONDAY), claim(*other, MONDAY + DAY, "2")
    found = differing(older, [newer], lambda *_: True)
    if not differ:
        assert found == (older,)
        return
    assert [(each.text, each.lead) for each in found] == [
        (other[0], "Reported on 15 June 2021"),
        (one[0], "Reported on 14 June 2021"),
    ]


def test_of_one_day_or_of_two_years_nothing_differs() -> None:
    older, quote = claim("19", "The fire killed 19 people."), "The fire killed 21 people."
    for written in (MONDAY, MONDAY + 40 * DAY, None):
        other = claim("21", quote, written, "2")
        assert differing(older, [other], lambda *_: True) == (older,)


def test_other_digits_that_answer_something_else_are_no_other_report() -> None:
    older = claim("9", "The fire killed 9 people.", MONDAY)
    newer = claim("19", "The fire killed 19 people.", MONDAY + DAY, "2")
    asked = []

    def otherwise(one: Claim, other: Claim) -> bool:
        asked.append((one.text, other.text))
        return False

    assert differing(older, [newer], otherwise) == (older,)
    assert asked == [("9", "19")]


@pytest.mark.parametrize(
    ("question", "subject", "days"),
    [
        ("What happened on 20 March 2017?", "", ("2017-03-20", "2017-03-20")),
        ("What happened in Tolk on 20 March 2017?", "tolk", ("2017-03-20", "2017-03-20")),
        ("what happened to the theater in january 2022", "theater", ("2022-01-01", "2022-01-31")),
        ("What was in the news last week?", "", ("2021-06-07", "2021-06-13")),
        ("What’s happened since?", None, None),
        ("What happened after 20 March 2017?", None, None),
        ("What was the news conference on Monday about?", None, None),
        ("What happened on the night of 20 March 2017?", "", ("2017-03-20", "2017-03-20")),
        ("What happened in the world on 20 March 2017?", "", ("2017-03-20", "2017-03-20")),
        ("What happened in 2017?", None, None),
        ("Who won on 20 March 2017?", None, None),
    ],
)
def test_what_happened(question: str, subject: str | None, days: tuple[str, str] | None) -> None:
    found = understand(question, today=MONDAY).happening
    if subject is None:
        assert found is None
    else:
        assert found is not None
        assert (found.subject, tuple(map(str, found.period))) == (subject, days)


def test_a_plan_is_shown_with_its_report(assistant: Assistant) -> None:
    answer = assistant.answer("When did the government plan to open the harbor bridge?")
    plan, report = answer.text.split("\n\n")
    assert plan.startswith("Planned for 12 June 2021 (reported 1 March 2021): “")
    assert report.startswith("Reported on 12 June 2021: “")
    assert (plan[-4:], report[-4:]) == (" [1]", " [2]")
    assert [str(citation.due) for citation in answer.citations] == ["2021-06-12", "None"]
    assert "was opened on Saturday" in answer.citations[1].quote
    assert "update" in answer.stages


def test_as_of_a_day_no_later_report_is_known(assistant: Assistant) -> None:
    question = "When did the government plan to open the harbor bridge?"
    filters = Filters(as_of=datetime.date(2021, 6, 1))
    answer = assistant.answer(question, filters=filters)
    assert answer.text.startswith("Planned for 12 June 2021 (reported 1 March 2021): “")
    assert len(answer.citations) == 1


def test_what_happened_is_told_in_order_and_cited(assistant: Assistant) -> None:
    answer = assistant.answer("What happened in January 2022?")
    assert answer.outcome == "answered"
    assert answer.text == (
        "14 January 2022: “A storm tore the roof off the old theater in Tolk on Friday "
        "night because its beams\nhad rotted, engineers said.” [1]"
    )
    assert answer.citations[0].quote == answer.short
    assert answer.confidence == 1.0
    assert assistant.answer("What happened in Lindhaven in January 2022?").outcome == "refused"


def test_what_happened_takes_its_subject_from_the_turns_before(assistant: Assistant) -> None:
    won = Turn("assistant", "Jonas Brandt [1]")
    turns = [Turn("user", "Who won the election for mayor of Tolk?"), won]
    answer = assistant.answer("And what happened there in January 2022?", turns)
    assert "A storm tore the roof off the old theater in Tolk" in answer.text
    opened = Turn("assistant", "Mara Velk [1]")
    turns = [Turn("user", "Who opened the bridge in Lindhaven?"), opened]
    answer = assistant.answer("And what happened there in January 2022?", turns)
    assert "2022-01-15-storm.txt" not in [cited.article.id for cited in answer.citations]


def test_today_is_the_day_as_of_which_the_archive_is_asked(assistant: Assistant) -> None:
    filters = Filters(as_of=datetime.date(2021, 9, 21))
    answer = assistant.answer("What happened this week?", filters=filters)
    assert answer.outcome == "refused"
    answer = assistant.answer("What happened last week?", filters=filters)
    assert answer.text.startswith("19 September 2021: “Jonas Brandt won the election for mayor")


def test_tolls_that_differ_are_shown_newest_first(
    bring: Callable[..., Summary], tmp_path: Path
) -> None:
    said = " date {} KARSK —\n\nThe landslide in Karsk killed {} people, the mayor said on {}.\n"
    for day, toll, name in (("2021-07-05", 19, "Monday"), ("2021-07-07", 24, "Wednesday")):
        (tmp_path / f"{day}.txt").write_text(said.format(day, toll, name), encoding="utf-8")
    bring(*tmp_path.glob("*.txt"))
    with Assistant.load(Settings(library=tmp_path / "library")) as assistant:
        answer = assistant.answer("How many people did the landslide in Karsk kill?")
        assert answer.short in ("19", "24")
    assert answer.text == ("Reported on 7 July 2021: 24 [1]\n\nReported on 5 July 2021: 19 [2]")
