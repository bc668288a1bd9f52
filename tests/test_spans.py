"""Spans: whole words, one answer for the same words, several articles count for more."""

import math

import numpy as np
import pytest

from qa.models.calibration import Weights
from qa.models.span_model import Reading
from qa.reading.spans import MAX_TOKENS, candidates, findings, widened
from qa.types import Hit, Passage, Source

PLAIN = Weights(temperature=1.0, holds=1.0, rank=0.0)


def hit(article: str, text: str, rank: int = 1) -> Hit:
    return Hit(
        Passage(f"{article}-0", article, 10, 10 + len(text), text), Source(article, "T"), 1.0, rank
    )


def reading(text: str, answers: dict[str, float], holds: float = 0.0, none: float = 0.0) -> Reading:
    """What a network would say that finds these answers, each with these logits."""
    words, offsets, place = text.split(" "), [], 0
    for word in words:
        offsets.append((place, place + len(word)))
        place += len(word) + 1
    start = np.full(len(words), -9.0, dtype=np.float32)
    end = start.copy()
    for answer, logit in answers.items():
        left = text.index(answer)
        start[[o[0] for o in offsets].index(left)] = logit
        end[[o[1] for o in offsets].index(left + len(answer))] = logit
    return Reading(start, end, offsets, none, none, holds)


@pytest.mark.parametrize(
    ("text", "span", "wide"),
    [
        ("It cost $10,000 then", "10,000", "$10,000"),
        ("a rise of 51.3% in May", "51", "51.3%"),
        ("It cost $10,000, then", "000", "$10,000"),
        ("on 5, 6 and 7 May", "5", "5"),
        ("by 2021. Then", "2021", "2021"),
        (".5 of it", "5", "5"),
        ("by Rene\u0301 Velk", "Rene", "Rene\u0301"),
        ("a rise of 51.3% in May", "51.3", "51.3%"),
        ("Lindhaven bridge", "dhav", "Lindhaven"),
        ("Velk’s bridge", "Velk", "Velk"),
        ("the #MeToo tag", "MeToo", "MeToo"),
        ("pay in $", "in", "in"),
    ],
)
def test_spans_end_on_word_boundaries(text: str, span: str, wide: str) -> None:
    start = text.index(span)
    left, right = widened(text, start, start + len(span))
    assert text[left:right] == wide


def test_candidates_are_ordered() -> None:
    text = " ".join(f"w{n}" for n in range(60))
    found = candidates(text, reading(text, {"w3 w4": 5.0, "w9": 4.0}))
    spans = [text[slice(*candidate.span)] for candidate in found]
    assert spans[0] == "w3 w4"
    likelihoods = [candidate.likelihood for candidate in found]
    assert likelihoods == sorted(likelihoods, reverse=True)


def test_a_span_is_no_longer_than_an_answer() -> None:
    text = " ".join(f"w{n}" for n in range(60))
    read = reading(text, {})
    read.start[3] = read.end[2 + MAX_TOKENS] = read.end[3 + MAX_TOKENS] = 9.0
    spans = [text[slice(*candidate.span)] for candidate in candidates(text, read)]
    assert len(spans[0].split()) == MAX_TOKENS
    assert max(len(span.split()) for span in spans) == MAX_TOKENS


def test_the_likelihood_is_shared_with_no_answer() -> None:
    both = np.zeros(1, dtype=np.float32)
    [found] = candidates("Yes", Reading(both, both, [(0, 3)], 0.0, math.log(3), 0.0))
    # Half of the start's probability, a quarter of the end's.
    assert found.likelihood == pytest.approx(math.log(0.5) + math.log(0.25))


def test_candidates_stay_in_one_sentence() -> None:
    text = "It was dark in Tolk. Mara Velk spoke. Then all went home."
    found = candidates(text, reading(text, {"Tolk. Mara": 6.0, "Velk": 4.0}))
    spans = [text[slice(*candidate.span)] for candidate in found]
    assert spans[0] == "Velk"
    assert not [span for span in spans if ". " in span]
    for candidate, span in zip(found, spans, strict=True):
        assert span in text[slice(*candidate.sentence)]


@pytest.mark.parametrize(
    ("text", "agency", "place"),
    [
        ("LONDON (AP) — Fans lined up", "(AP)", "LONDON"),
        ("New York CNN Business —\n\nFans lined up", "Business", "New York"),
        ("Fans said that CNN had paid", None, "CNN"),
        ("Moscow and Kyiv, Ukraine CNN —\n\nFans", "CNN", "Kyiv,"),
        ("Rio de Janeiro CNN — Fans lined up", "CNN", "Rio"),
        ("KYIV, March 5 (Reuters) - Fans lined up", "(Reuters)", "March 5"),
        ("London/Paris (CNN) Fans lined up", "(CNN)", "London/Paris"),
        ("Cable News Network (CNN) was founded", None, "(CNN)"),
        ("Velk CNN — the network — fell", None, "CNN"),
        ("She left CNN — for good", None, "CNN"),
        ("The sale to Reuters was off", None, "Reuters"),
    ],
)
def test_who_sent_the_report_is_no_answer(text: str, agency: str | None, place: str) -> None:
    answers = {place: 3.0} if agency is None else {agency: 5.0, place: 3.0}
    best = candidates(text, reading(text.replace("\n\n", "  "), answers))[0]
    assert text[slice(*best.span)] == place


def test_no_tokens_no_candidates() -> None:
    nothing = np.zeros(0, dtype=np.float32)
    assert candidates("", Reading(nothing, nothing, [], 0.0, 0.0, 0.0)) == []
    assert findings([], [], PLAIN) == []


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
    best, second, *_ = findings(hits, readings, PLAIN)
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
    best = findings(hits, readings, PLAIN)[0]
    assert len(best.places) == 1 + same


def test_one_article_counts_once() -> None:
    text, other = "by Mara Velk", "by Jonas Brandt"
    hits = [hit("a", text), hit("a", text), hit("b", other)]
    readings = [reading(t, {t[3:]: 3.0}) for t in (text, text, other)]
    best, second, *_ = findings(hits, readings, PLAIN)
    assert best.score == pytest.approx(second.score)
    assert len(best.places) == len(second.places) == 1


def test_a_passage_that_holds_no_answer_counts_for_less() -> None:
    text, other = "by Mara Velk", "by Jonas Brandt"
    hits = [hit("a", text, 1), hit("b", other, 2)]
    readings = [
        reading(text, {"Mara Velk": 3.0}, holds=-2.0),
        reading(other, {"Jonas Brandt": 3.0}, holds=1.0),
    ]
    assert findings(hits, readings, PLAIN)[0].text == "Jonas Brandt"
    assert findings(hits, readings, Weights(1.0, 0.0, 1.0))[0].text == "Mara Velk"
