"""Measures, against values worked out by hand."""

import pytest

from qa.evaluation.metrics import (
    contained,
    exact_match,
    f1,
    hit_at,
    reciprocal_rank,
    token_f1,
)
from qa.wording import normalise


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("“Squid Game”", "squid game"),
        ("The  U.S. and an Apple’s price: $3.50", "us and apples price 350"),
        ("Another theory", "another theory"),
        ("—", ""),
    ],
)
def test_normalise(text: str, normal: str) -> None:
    assert normalise(text) == normal


def test_answers() -> None:
    gold = ["Shinzo Abe", "Prime Minister Abe"]
    assert exact_match("the Shinzo  Abe.", gold) == 1.0
    assert exact_match("Abe", gold) == exact_match("", gold) == 0.0
    # Two of its three words, and both of the gold's: 2 * 2/3 * 1 / (2/3 + 1).
    assert token_f1("Shinzo Abe said", gold) == pytest.approx(0.8)
    assert token_f1("said said Abe", ["Abe Abe"]) == pytest.approx(2 / 5)
    assert token_f1("nobody", gold) == token_f1("", gold) == token_f1("x", []) == 0.0
    assert contained("Abe", gold) == contained("Mr. Shinzo Abe, who", gold) == 1.0
    assert contained("be", gold) == contained("", gold) == contained("the", ["a"]) == 0.0


def test_ranking() -> None:
    relevant = [False, False, True, True]
    assert [hit_at(relevant, k) for k in (1, 2, 3, 10)] == [0.0, 0.0, 1.0, 1.0]
    assert reciprocal_rank(relevant) == pytest.approx(1 / 3)
    assert reciprocal_rank([False]) == reciprocal_rank([]) == 0.0


def test_f1() -> None:
    predicted, gold = [True, True, False, False], [True, False, True, True]
    assert f1(predicted, gold) == pytest.approx((1 / 2, 1 / 3, 2 / 5))
    assert f1([False], [True]) == (0.0, 0.0, 0.0)
