"""Findings: one answer for the same words, several articles count for more, both networks count."""

import math
from dataclasses import replace

import pytest

from qa.models.calibration import Scores
from qa.models.span_model import Reading
from qa.reading.findings import Read, findings, places, seen, sureness
from qa.types import Hit, Passage, Source
from tests.readings import reading

PLAIN = Scores(
    likelihood=1.0,
    judge=0.0,
    holds=1.0,
    likelihood_again=0.0,
    judge_again=0.0,
    holds_again=0.0,
    rank=0.0,
    similarity=0.0,
    dated=0.0,
    nothing=0.0,
)


def hit(article: str, text: str, rank: int = 1) -> Hit:
    return Hit(
        Passage(f"{article}-0", article, 10, 10 + len(text), text), Source(article, "T"), 1.0, rank
    )


def found(hits: list[Hit], readings: list[Reading], scores: Scores = PLAIN) -> list[str]:
    return [finding.text for finding in all_of(map(Read, hits, readings), scores)]


def all_of(read, scores: Scores = PLAIN):  # type: ignore[no-untyped-def]
    return findings(places([span for one in read for span in seen(one, 30)], scores))


def test_the_same_answer_in_several_articles_is_one_answer() -> None:
    ours = ["It was opened by Mara Velk today", "“Mara  Velk” cut it", "Jonas Brandt did it"]
    hits = [
        hit(name, text, rank) for rank, (name, text) in enumerate(zip("abc", ours, strict=True), 1)
    ]
    readings = [
        reading(ours[0], {"Mara Velk": 3.0}),
        reading(ours[1], {"“Mara": 3.0, "Velk”": 3.0}),
        reading(ours[2], {"Jonas Brandt": 4.0}),
    ]
    best, second, *_ = all_of(map(Read, hits, readings))
    assert best.text == "Mara Velk"
    assert [place.hit.article.id for place in best.places] == ["a", "b"]
    assert second.text == "Jonas Brandt"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("$1.5 million", "$15 million", False),
        ("2-0", "20", False),
        ("5%", "$5", False),
        ("12.5%", "125%", False),
        ("10,000", "10000", True),
        ("2–0", "2-0", True),
        ("the 10,000", "10,000.", True),
    ],
)
def test_figures_that_differ_are_two_answers(one: str, other: str, same: bool) -> None:
    hits = [hit("a", f"by {one}"), hit("b", f"by {other}")]
    readings = [reading(f"by {text}", {text: 3.0}) for text in (one, other)]
    best = all_of(map(Read, hits, readings))[0]
    assert len(best.places) == 1 + same


def test_one_article_counts_once() -> None:
    text, other = "by Mara Velk", "by Jonas Brandt"
    hits = [hit("a", text), hit("a", text), hit("b", other)]
    readings = [reading(t, {t[3:]: 3.0}) for t in (text, text, other)]
    best, second, *_ = all_of(map(Read, hits, readings))
    assert best.score == pytest.approx(second.score)
    assert len(best.places) == len(second.places) == 1


def test_a_passage_that_holds_no_answer_counts_for_less() -> None:
    text, other = "by Mara Velk", "by Jonas Brandt"
    hits = [hit("a", text, 1), hit("b", other, 2)]
    readings = [
        reading(text, {"Mara Velk": 3.0}, holds=-2.0),
        reading(other, {"Jonas Brandt": 3.0}, holds=1.0),
    ]
    assert found(hits, readings)[0] == "Jonas Brandt"
    assert found(hits, readings, replace(PLAIN, holds=0.0, rank=-1.0))[0] == "Mara Velk"


def test_no_spans_no_findings() -> None:
    assert findings([]) == []


def test_what_the_large_network_says_is_weighed_with_the_small_ones() -> None:
    text = "by Mara Velk or Jonas Brandt"
    first = reading(text, {"Mara Velk": 3.0, "Jonas Brandt": 2.0})
    again = reading(text, {"Mara Velk": 1.0, "Jonas Brandt": 5.0})
    one = Read(hit("a", text), first, again)
    assert all_of([one])[0].text == "Mara Velk"
    assert all_of([one], replace(PLAIN, likelihood_again=1.0))[0].text == "Jonas Brandt"
    assert one.last is again
    assert replace(one, again=None).last is first


def test_a_span_that_one_network_alone_finds_has_the_signs_of_both() -> None:
    text = "by Mara Velk"
    first, again = reading(text, {"by": 3.0}), reading(text, {"Mara Velk": 3.0}, judge=2.0)
    signs = {one.text: one.signs for one in seen(Read(hit("a", text, 2), first, again), 30)}
    assert signs["Mara Velk"][0] < signs["by"][0]
    assert signs["Mara Velk"][3] > signs["by"][3]
    assert signs["by"][4] == 2.0
    assert signs["by"][6] == pytest.approx(math.log(5))


def test_how_sure_an_answer_is() -> None:
    text = "by Mara Velk"
    [*some] = all_of([Read(hit("a", text), reading(text, {"Mara Velk": 9.0}))])
    assert sureness(some, 0.0) == pytest.approx(some[0].score, abs=0.1)
    assert sureness(some, 4.0) < sureness(some, 0.0)
    assert sureness([some[0], some[0]], -99.0) == pytest.approx(0.0)
