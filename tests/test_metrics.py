"""Measures, against values worked out by hand."""

import math

import numpy as np
import pytest

from qa.evaluation.metrics import (
    calibration_error,
    contained,
    exact_match,
    f1,
    ranking,
    right,
    token_f1,
)
from qa.text.amounts import same_value
from qa.text.answers import holds, normalise


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
    found = ranking(relevant, total=4)
    assert [found[f"hit@{k}"] for k in (1, 3, 5, 10)] == [0.0, 1.0, 1.0, 1.0]
    assert [found[f"recall@{k}"] for k in (1, 3, 10)] == [0.0, 0.25, 0.5]
    assert found["mrr"] == pytest.approx(1 / 3)
    # Gains at ranks 3 and 4, of an ideal list with four.
    ideal = sum(1 / math.log2(rank + 1) for rank in (1, 2, 3, 4))
    assert found["ndcg@10"] == pytest.approx((1 / math.log2(4) + 1 / math.log2(5)) / ideal)
    assert set(ranking([], total=1).values()) == set(ranking([False], total=2).values()) == {0.0}
    for wrong in ([True], 0), ([], 0):
        with pytest.raises(ValueError, match="relevant results"):
            ranking(*wrong)


def test_holds() -> None:
    assert holds("Prime Minister Shinzo Abe’s plan", ["Shinzo Abe"]) is True
    assert holds("the players' union", ["the players"]) is True
    assert holds("a 101-year-old man", ["101"]) is True
    assert holds("a non-profit group", ["profit"]) is False
    assert holds("15 million people", ["1.5 million"]) is False
    assert holds("It took 1.5 million.", ["1.5 million"]) is True
    assert holds("It was “Shinzo Abe” who", ["Taro Aso", "the Shinzo Abe"]) is True
    assert holds("a", ["the"]) is False


def test_right() -> None:
    assert right("the minister, Vladimir Titov", ["Vladimir Titov"]) == 1.0
    assert right("Vladimir Putin", ["Vladimir Titov"]) == 0.0
    assert right("April 27–28", ["around April 27 to 28"]) == 1.0
    assert right("4 million barrels", ["half a million barrels"]) == 0.0
    assert right("a long journey by ship", ["a long and tiring journey by ship"]) == 1.0
    assert right("$1.5 million", ["$15 million"]) == 0.0
    assert right("It was 12 of the 30 states.", ["12"]) == 1.0
    assert right("2-1", ["1-2"]) == 0.0
    assert right("an 18-year-old man", ["an 18-year-old woman"]) == 0.0
    assert right("£2m", ["£2 million"]) == 1.0
    assert right("", ["x"]) == 0.0


def test_calibration_error() -> None:
    # One bin of two, .9 sure and half right; one of one, .25 sure and wrong.
    sure, true = np.array([0.9, 0.9, 0.25]), np.array([1.0, 0.0, 0.0])
    assert calibration_error(sure, true) == pytest.approx((2 * 0.4 + 0.25) / 3)
    assert calibration_error(np.array([1.0]), np.array([1.0])) == 0.0
    assert calibration_error(np.array([]), np.array([])) == 0.0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("27–28 April 2017", "April 27 to 28", True),
        ("Oct. 15, 1997", "15 October 1997", True),
        ("between Aug. 28 and Sept. 5, 1945", "28 August to 5 September 1945", True),
        ("Aug. 5 and Sept. 28", "Aug. 28 and Sept. 5", False),
        ("2017-04-27", "April 27", True),
        ("April 27", "April 27 to 28", False),
        ("April 2017", "April 2018", False),
        ("November 2013", "2013", False),
        ("in 2013", "2013", True),
        ("$3 billion a year", "three billion dollars", True),
        ("about 17 thousand", "17,000", True),
        ("eighty-three years", "83", True),
        ("1,500", "1500", True),
        ("24 months", "two years", False),
        ("5 meters", "5 kilometers", False),
        ("110 km", "about 110 kilometres", True),
        ("54 per cent", "54%", True),
        ("one hundred and twenty", "120", True),
        ("two thousand five hundred", "2,500", True),
        ("30 people and five children", "35 people", False),
        ("20 and three", "23", False),
        ("10:00 on 5 May", "14:00 on 5 May", False),
        ("Philip May", "Theresa May", False),
        ("£2m", "£2 million", True),
        ("27m people", "27 million", True),
        ("the 100m race", "100 million", False),
        ("the 100m", "100m sprint", True),
        ("$10k", "$10,000", True),
        ("half a million", "500,000", True),
        ("half-a-million", "500,000", True),
        ("half a dozen", "six", True),
        ("a dozen", "12", True),
        ("2-1", "1-2", False),
        ("2–1", "2-1", True),
        ("6-4, 6-3", "4-6, 6-3", False),
        ("70 miles per hour", "70 kilometers per hour", False),
        ("Covid-19 lockdowns", "Covid-19 vaccine mandates", False),
        ("Putin", "Abe", False),
        ("", "5", False),
    ],
)
def test_same_value(one: str, other: str, same: bool) -> None:
    assert same_value(one, other) is same_value(other, one) is same


def test_f1() -> None:
    predicted, gold = [True, True, False, False], [True, False, True, True]
    assert f1(predicted, gold) == pytest.approx((1 / 2, 1 / 3, 2 / 5))
    assert f1([False], [True]) == (0.0, 0.0, 0.0)
