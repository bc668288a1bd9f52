"""Dates as people and programs write them."""

import datetime
import time
from typing import Any

import pytest

from qa.ingest.written_dates import find, order_of, parse

MAY_14 = datetime.date(2024, 5, 14)


@pytest.mark.parametrize(
    "value",
    [
        "2024-05-14",
        "2024-05-14T18:20:00-05:00",
        "2024-05-14 18:20:00",
        "2024/05/14",
        "2024.05.14",
        "20240514",
        "20240514T182000Z",
        "20240514182000",
        "14.05.2024",
        "14.5.2024",
        "Tue, 14 May 2024 18:20:00 -0500",
        "14 May 2024 18:20 GMT",
        "May 14, 2024",
        "May 14, 2024 at 9:15 PM ET",
        "Tuesday, May 14th, 2024",
        "14 May 2024",
        "14. Mai 2024",
        "14 de mayo de 2024",
        "14 maggio 2024",
        "14 mai 2024",
        "le 14 mai 2024 à 10h15",
        "14 maja 2024",
        "14 мая 2024",
        "14 Μαΐου 2024",
        "2024年5月14日",
        "2024년 5월 14일",
        "2024. 5. 14.",
        "2024. május 14.",
        "14-May-2024",
        "14/05/2024",
        "05/14/2024",
        "05/14/24",
        1715710800,
        "1715710800",
        1715710800000,
        1715710800.0,
        {"$date": "2024-05-14T00:00:00Z"},
        datetime.datetime(2024, 5, 14, 1),
        MAY_14,
    ],
)
def test_a_date_is_read_however_it_is_written(value: Any) -> None:
    assert parse(value) == MAY_14


@pytest.mark.parametrize(
    "value", ["soon", "2024", "", None, True, 7, "31.02.2024", "May 2024", [], 1e300]
)
def test_what_is_no_date(value: Any) -> None:
    assert parse(value) is None


def test_abbreviations_of_months() -> None:
    day = datetime.date(2021, 9, 30)
    for text in ("Sept. 30, 2021 9:15 PM ET", "30 Sep 2021", "30 sept. 2021", "30 septembre 2021"):
        assert parse(text) == day


def test_numbers_are_read_in_the_order_that_is_told() -> None:
    assert parse("07/11/2023") is None
    assert parse("07/11/2023", "month first") == datetime.date(2023, 7, 11)
    assert parse("07/11/2023", "day first") == datetime.date(2023, 11, 7)
    assert order_of(["07/11/2023", "08/14/2023"]) == "month first"
    assert order_of(["07/11/2023", "14/08/2023"]) == "day first"
    assert order_of(["14/08/2023", "08/14/2023"]) is None


def test_before_1995_too() -> None:
    assert parse("2 January 1887") == datetime.date(1887, 1, 2)


@pytest.mark.parametrize("piece", ["1 ", "12.12.", "2024 ", "May ", "a" * 16, "14 de ", "年月日1"])
def test_the_time_grows_with_the_text_and_no_faster(piece: str) -> None:
    started = time.perf_counter()
    list(find(piece * (400_000 // len(piece))))
    # Not a measure: what it guards against takes hours.
    assert time.perf_counter() - started < 60
