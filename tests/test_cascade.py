"""The cascade: the small network reads all hits, the large one the best of them again."""

import datetime
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from qa.models.loading import load_entailment, load_large_reader, load_small_reader
from qa.models.shipped import READER, load_calibration, load_entailment_calibration
from qa.models.span_model import Reading, SpanJudge, SpanModel, Text
from qa.reading.drafts import settling
from qa.reading.findings import Finding, Place, Read
from qa.reading.reader import AGAIN, SpanReader
from qa.reading.spans import Candidate
from qa.reading.verify import AnswerVerifier, changed, settled
from qa.search.question import understand
from qa.settings import Settings
from qa.types import Claim, Span
from tests.test_reader import assert_cut_out, hits

# What common code hosts take of one file.
LARGEST = 100 * 1000 * 1000

QUESTION = "Who won the election for mayor of Tolk?"
ANSWER = "Jonas Brandt won the election for mayor of Tolk on Sunday with 54 percent of the vote."
OTHERS = [f"The weather in town {number} was fair, and the shops were open." for number in range(9)]


class Recorder:
    """Stands between the reader and a network, and keeps what that is asked to read."""

    def __init__(self, network: SpanModel) -> None:
        self.network = network
        self.passages: list[str] = []

    def read(self, question: str, texts: Sequence[Text]) -> list[Reading]:
        self.passages += [text.passage for text in texts]
        return self.network.read(question, texts)


@pytest.fixture
def large() -> SpanModel:
    found = load_large_reader(Settings())
    assert found
    return found


def test_the_large_network_reads_the_best_passages_alone(large: SpanModel) -> None:
    small, again = Recorder(load_small_reader(Settings())), Recorder(large)
    reader = SpanReader(small, load_calibration(), again)  # type: ignore[arg-type]
    found = hits(*OTHERS, ANSWER)
    draft = reader.read(understand(QUESTION), found)
    assert small.passages == [*OTHERS, ANSWER]
    assert len(again.passages) == AGAIN
    # The last hit, but the best of them.
    assert again.passages[0] == ANSWER
    assert draft.short == "Jonas Brandt"
    assert {hit.article.id for hit in draft.hits} == {hit.article.id for hit in found}
    assert_cut_out(draft, found)


def test_a_setting_leaves_the_large_network_out() -> None:
    alone = Settings(reader="small")
    assert load_large_reader(alone) is None
    found = hits(*OTHERS, ANSWER)
    draft = SpanReader.load(alone).read(understand(QUESTION), found)
    assert draft.short == "Jonas Brandt"
    both = SpanReader.load(Settings()).read(understand(QUESTION), found)
    assert draft.confidence != both.confidence


def test_no_file_of_weights_is_too_large_to_share() -> None:
    paths = list(READER.glob("*/model*.safetensors"))
    assert {path.parent.name for path in paths} == {"small", "large"}
    assert max(path.stat().st_size for path in paths) < LARGEST


def verified(contradicted: float, said: float = 0.0, sure: float = 1.0) -> SpanReader:
    """The shipped reader, with other probabilities from which on the verifier's word counts."""
    settings = Settings()
    known = load_entailment_calibration()
    calibration = replace(known, contradicted=contradicted, said=said, sure=sure)
    networks = load_small_reader(settings), load_calibration(), load_large_reader(settings)
    return SpanReader(*networks, AnswerVerifier(load_entailment(settings), calibration))


def test_an_answer_that_its_sentence_contradicts_is_not_shown() -> None:
    found = hits(*OTHERS, ANSWER)
    draft = verified(contradicted=0.0).read(understand(QUESTION), found)
    assert draft.claims == ()
    assert draft.others
    assert draft.confidence > 0


def test_an_answer_that_its_sentence_does_not_say_is_doubted() -> None:
    found = hits(*OTHERS, ANSWER)
    for said, doubt in ((1.0, "some"), (0.0, "none")):
        draft = verified(contradicted=1.0, said=said).read(understand(QUESTION), found)
        assert draft.short == "Jonas Brandt"
        assert draft.doubt == doubt


def test_a_right_answer_passes_the_verifier() -> None:
    draft = SpanReader.load(Settings()).read(understand(QUESTION), hits(*OTHERS, ANSWER))
    assert draft.short == "Jonas Brandt"
    assert draft.doubt == "none"


def test_an_answer_that_the_reader_is_sure_of_is_not_verified() -> None:
    found = hits(*OTHERS, ANSWER)
    sure = SpanReader.load(Settings()).read(understand(QUESTION), found).confidence
    for enough, claims in ((sure, True), (sure + 0.001, False)):
        reader = verified(contradicted=0.0, sure=enough)
        assert bool(reader.read(understand(QUESTION), found).claims) == claims


def test_whole_sentences_are_not_verified() -> None:
    """Why and yes or no are answered by a sentence, which says itself."""
    reason = "A storm tore the roof off the old theater because its beams had rotted, they said."
    asked = understand("Why did the storm tear the roof off the old theater?")
    assert verified(contradicted=0.0).read(asked, hits(reason)).claims


def test_two_claims_differ_if_the_second_answers_otherwise() -> None:
    verifier = AnswerVerifier.load(Settings())
    first, second = (
        Claim(words, (Span("a", 0, len(quote), quote),))
        for words, quote in (
            ("9", "The fire killed 9 people in Tolk."),
            ("19", "The fire killed 19 people in Tolk."),
        )
    )
    cold = Claim("19", (Span("b", 0, 36, "It was 19 degrees in Tolk on Monday."),))
    asked = "How many people did the fire in Tolk kill?"
    assert verifier.differ(asked, first, second)
    # Their own quote does not say so.
    assert not verifier.differ(asked, first, cold)
    # Two days that are both called so.
    assert verifier.differ("When?", replace(first, text="Monday"), replace(second, text="monday"))


def place(day: str | None) -> Place:
    [hit] = hits(ANSWER)
    date = datetime.date.fromisoformat(day) if day else None
    reading = Reading(NONE, NONE, (), 0.0, 0.0, 0.0, NONE, SpanJudge(NONE, NONE, NONE, 0.0))
    read = Read(replace(hit, article=replace(hit.article, date=date)), reading)
    return Place(read, Candidate((0, 1), (0, 1), (0, 0), 0.0), np.zeros(9), 0.0)


@pytest.mark.parametrize(
    ("question", "written", "counts"),
    [
        ("Did she win the final in 2022?", "2016-07-09", False),
        ("Did she win the final in 2022?", "2022-07-09", True),
        ("Did she win the final in 2022?", None, True),
        ("Did she win the final?", "2016-07-09", True),
        # What was said some months before may be told of that time.
        ("Did she win the final in 2022?", "2021-12-01", True),
        # What was planned before is said before.
        ("Will she play in 2022?", "2019-12-01", True),
        ("Do lawyers think that she can run in 2026?", "2022-12-01", True),
    ],
)
def test_what_was_written_before_the_time_asked_about_does_not_settle(
    question: str, written: str | None, counts: bool
) -> None:
    found = [Finding(0.0, (place(written),))]
    asked = understand(question, today=datetime.date(2023, 1, 1))
    assert bool(settling(asked, found)) == counts


NONE = np.zeros(0, np.float32)
YES, NO, NEITHER = (0.9, 0.1), (0.2, 0.8), (0.3, 0.4)


@pytest.mark.parametrize(
    ("read", "said"),
    [
        ([("2022-05-01", NEITHER)], []),
        ([], []),
        ([("2022-05-01", NO), ("2022-05-01", YES)], ["yes", "no"]),
        # What was reported a week later counts, what was on the next day does not.
        ([("2022-05-08", NO), ("2022-05-01", YES)], ["no", "yes"]),
        ([("2022-05-02", NO), ("2022-05-01", YES)], ["yes", "no"]),
        ([("2022-05-01", NO), ("2022-05-20", YES)], ["yes", "no"]),
        ([("2022-05-20", NEITHER), ("2022-05-01", YES)], ["yes"]),
        ([("2022-05-20", NO), (None, YES)], ["yes", "no"]),
    ],
)
def test_what_counts_of_sentences_for_yes_and_for_no(
    read: list[tuple[str | None, tuple[float, float]]], said: list[str]
) -> None:
    found = settled([(place(day), likely) for day, likely in read], 0.5)
    assert [one.said for one in found] == said


def test_reports_of_two_times_may_both_be_true() -> None:
    first, last = (settled([(place(day), YES)], 0.5)[0] for day in ("2022-05-01", "2022-05-08"))
    other = settled([(place("2022-05-20"), NO)], 0.5)[0]
    assert changed(first, other)
    assert changed(other, first)
    assert not changed(first, last)
