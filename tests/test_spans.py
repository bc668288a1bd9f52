"""Spans: whole words, in one sentence, the likeliest first."""

import math

import numpy as np
import pytest

from qa.reading.spans import MAX_TOKENS, candidates, widened
from tests.readings import reading, said


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
        ("at -190 °F (-123 °C), it is", "190 °F (-123 °C", "190 °F (-123 °C)"),
        ("by the FA (UK), the bank", "FA (UK", "FA (UK)"),
        ("a man (Okafor) of Tolk", "Okafor) of Tolk", "(Okafor) of Tolk"),
        ("a man (of Tolk) left", "of Tolk", "of Tolk"),
        ("who said “yes” then", "said “yes", "said “yes”"),
        ('called "the rock" then', 'called "the rock', 'called "the rock"'),
        ('the "rock" man', 'rock" man', '"rock" man'),
        ('the "rock" man', "rock", "rock"),
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
    [found] = candidates("Yes", said(both, both, [(0, 3)], no_end=math.log(3)))
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
    assert candidates("", said(nothing, nothing, [])) == []
