"""Measures, against values worked out by hand."""

import pytest

from qa.evaluation.metrics import f1, hit_at, normalise, reciprocal_rank


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


def test_ranking() -> None:
    relevant = [False, False, True, True]
    assert [hit_at(relevant, k) for k in (1, 2, 3, 10)] == [0.0, 0.0, 1.0, 1.0]
    assert reciprocal_rank(relevant) == pytest.approx(1 / 3)
    assert reciprocal_rank([False]) == reciprocal_rank([]) == 0.0


def test_f1() -> None:
    predicted, gold = [True, True, False, False], [True, False, True, True]
    assert f1(predicted, gold) == pytest.approx((1 / 2, 1 / 3, 2 / 5))
    assert f1([False], [True]) == (0.0, 0.0, 0.0)
