"""Dates in texts: what is found, what it resolves to, and how it is shown."""

import datetime
from pathlib import Path

import pytest

from qa.dates import age, find, hints, period, shown
from qa.ingest.files import Loaded, read

CORPUS = Path(__file__).parents[1] / "corpus"
# A Friday.
DAY = datetime.date(2017, 3, 31)


def found(text: str, date: datetime.date = DAY) -> list[tuple[str, str]]:
    return [(one.text, one.value) for one in find(text, date)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Weekdays, by tense.
        ("Senior diplomats agreed Thursday to go on.", [("Thursday", "2017-03-30")]),
        ("The ministers will meet on Monday.", [("Monday", "2017-04-03")]),
        ("On Monday, he will fly to Moscow.", [("Monday", "2017-04-03")]),
        ("On Monday, he flew to Moscow.", [("Monday", "2017-03-27")]),
        ("They said on Friday that they had won.", [("Friday", "2017-03-31")]),
        ("He would look for a way around Wednesday's ruling.", [("Wednesday", "2017-03-29")]),
        ("It has until Tuesday to answer.", [("Tuesday", "2017-04-04")]),
        ("Last Friday it rained.", [("Last Friday", "2017-03-24")]),
        ("the day before last Tuesday", [("the day before last Tuesday", "2017-03-27")]),
        ("Every Sunday they meet.", [("Every Sunday", "XXXX-WXX-7")]),
        ("The film will be released Friday.", [("Friday", "2017-03-31")]),
        ("He was scheduled to be buried Monday.", [("Monday", "2017-04-03")]),
        ("He could not be reached Monday.", [("Monday", "2017-03-27")]),
        ("Neither side could be reached Monday.", [("Monday", "2017-03-27")]),
        ("No one could be reached for comment Monday.", [("Monday", "2017-03-27")]),
        ("He could be released Monday.", [("Monday", "2017-04-03")]),
        ("On Monday, 12 Mayors met.", [("Monday", "2017-03-27")]),
        ("The death toll had risen to 40 by Thursday.", [("Thursday", "2017-03-30")]),
        ("They were told to leave by Thursday.", [("Thursday", "2017-04-06")]),
        (
            "It was held at 11 a.m. on Saturday, March 18.",
            [("11 a.m. on Saturday, March 18", "2017-03-18T11:00")],
        ),
        ("It was held on Saturday, 18 March.", [("Saturday, 18 March", "2017-03-18")]),
        ("It was open 5:30-9:30 p.m. Friday.", [("Friday", "2017-03-31")]),
        (
            "He was convicted in 2004 and freed ten years later.",
            [("2004", "2004"), ("ten years later", "2014")],
        ),
        ("She was freed ten years later.", [("ten years later", "P10Y")]),
        (
            "Theresa May lost the seats that she had before May called the vote in May 2016.",
            [("May 2016", "2016-05")],
        ),
        ("The council on Monday set a limit on what they may buy.", [("Monday", "2017-03-27")]),
        ("The vote is set for Monday.", [("Monday", "2017-04-03")]),
        ("He is set to resign Monday.", [("Monday", "2017-04-03")]),
        ("The trial begins Monday.", [("Monday", "2017-04-03")]),
        ("He is due in court Tuesday.", [("Tuesday", "2017-04-04")]),
        ("The match is this Sunday.", [("this Sunday", "2017-04-02")]),
        ("They work Monday through Friday.", [("Monday", "2017-03-27"), ("Friday", "2017-03-31")]),
        # Days of the calendar.
        ("on March 27, 2015, in Kyiv", [("March 27, 2015", "2015-03-27")]),
        ("on 27 March 2015", [("27 March 2015", "2015-03-27")]),
        ("the 3rd of May, 2016", [("the 3rd of May, 2016", "2016-05-03")]),
        ("Monday, Oct. 24", [("Monday, Oct. 24", "2016-10-24")]),
        ("2016-02-29", [("2016-02-29", "2016-02-29")]),
        ("2/29/2016", [("2/29/2016", "2016-02-29")]),
        ("29/2/2016", [("29/2/2016", "2016-02-29")]),
        ("on March 5 last year", [("March 5 last year", "2016-03-05")]),
        ("He died on Nov. 25.", [("Nov. 25", "2016-11-25")]),
        ("It will open on May 6.", [("May 6", "2017-05-06")]),
        # A year that was named once holds for the same day later on.
        (
            "Shot on Oct. 23, 1998. Since Oct. 23 nobody has come.",
            [("Oct. 23, 1998", "1998-10-23"), ("Oct. 23", "1998-10-23")],
        ),
        # Known by their date alone.
        ("the Sept. 11 attacks", [("Sept. 11", "2001-09-11")]),
        ("the 9/11 museum", [("9/11", "2001-09-11")]),
        ("3/14/97", [("3/14/97", "1997-03-14")]),
        # One paragraph knows nothing of the next.
        ("Season 4\n\nMay 27, 2016", [("May 27, 2016", "2016-05-27")]),
        # Two in one.
        (
            "Abe plans to visit Russia around April 27 to 28 for talks.",
            [("April 27", "2017-04-27"), ("28", "2017-04-28")],
        ),
        ("on 3–5 June 2016", [("3", "2016-06-03"), ("5 June 2016", "2016-06-05")]),
        (
            "from Dec. 30 to Jan. 2, 2017",
            [("Dec. 30", "2016-12-30"), ("Jan. 2, 2017", "2017-01-02")],
        ),
        # Months, seasons, quarters, years.
        ("in late April", [("late April", "2017-04")]),
        ("in January 2016", [("January 2016", "2016-01")]),
        ("It began in November.", [("November", "2016-11")]),
        ("at the summit in December", [("December", "2016-12")]),
        ("last October", [("last October", "2016-10")]),
        ("next May", [("next May", "2017-05")]),
        ("last fall", [("last fall", "2016-FA")]),
        ("the summer of 1998", [("the summer of 1998", "1998-SU")]),
        ("the third quarter of 2016", [("the third quarter of 2016", "2016-Q3")]),
        ("since 1991", [("1991", "1991")]),
        ("the early 1990s", [("the early 1990s", "199X")]),
        ("the 19th century", [("the 19th century", "18XX")]),
        ("Thanksgiving Day 2016", [("Thanksgiving Day 2016", "2016-11-24")]),
        ("at Easter 2016", [("Easter 2016", "2016-03-27")]),
        ("after 9/11", [("9/11", "2001-09-11")]),
        ("Q3 2016", [("Q3 2016", "2016-Q3")]),
        ("from 2012-2014", [("2012", "2012"), ("2014", "2014")]),
        ("2016 women's tournament", [("2016", "2016")]),
        ("On June 1 amid protests", [("June 1", "2017-06-01")]),
        ("this winter", [("this winter", "2017-WI")]),
        ("this Thanksgiving", [("this Thanksgiving", "2017-11-23")]),
        # Told from the article's own date, or from the one before.
        ("yesterday and tomorrow", [("yesterday", "2017-03-30"), ("tomorrow", "2017-04-01")]),
        ("last week", [("last week", "2017-W12")]),
        ("next month", [("next month", "2017-04")]),
        ("this year", [("this year", "2017")]),
        ("two weeks ago", [("two weeks ago", "2017-W11")]),
        ("11 days ago", [("11 days ago", "2017-03-20")]),
        ("a decade ago", [("a decade ago", "2007")]),
        ("a year earlier", [("a year earlier", "2016")]),
        (
            "On March 3 it rose; that day it fell.",
            [("March 3", "2017-03-03"), ("that day", "2017-03-03")],
        ),
        ("In 1998 he left. Later that year", [("1998", "1998"), ("that year", "1998")]),
        # Times of day.
        ("at 9 a.m. Tuesday it opened", [("9 a.m. Tuesday", "2017-03-28T09:00")]),
        ("at 8 p.m. on June 10", [("8 p.m. on June 10", "2017-06-10T20:00")]),
        ("tonight", [("tonight", "2017-03-31TNI")]),
        # How long, how often, and what has no place in the calendar.
        ("for three days", [("three days", "P3D")]),
        ("a 16-hour march", [("16-hour", "PT16H")]),
        ("5 1/2 hours", [("5 1/2 hours", "PT5H30M")]),
        ("the past two months", [("the past two months", "P2M")]),
        ("more than four decades", [("more than four decades", "P40Y")]),
        ("for several weeks", [("several weeks", "PXW")]),
        ("It sank several hours later.", [("several hours later", "PTXH")]),
        ("several quarters from now", [("several quarters from now", "PXQ")]),
        ("they met daily", [("daily", "P1D")]),
        ("every two years", [("every two years", "P2Y")]),
        ("It is now closed.", [("now", "PRESENT_REF")]),
    ],
)
def test_what_is_found(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "the two-plus-two talks",
        "a Boeing 747 and an A320",
        "2,017 people came, and 2000 people left",
        "It may march on. Theresa May said so.",
        "Call 555-2016 or room 1998.5",
        "He scored in the second half and fell.",
        "the Daily Telegraph",
        "a 41-year-old man",
        "$1999 and 30 percent",
        "",
        "Feb. 30 is none",
        "on 0000-01-01",
        "USA TODAY and Saturday Night Live",
        "Ukraine's Independence Day on Easter Island",
        "Johnny and June Carter",
    ],
)
def test_what_is_no_date(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("It was 3/4/2016.", "2016-03-04"),
        ("in fiscal 2016", "2016"),
        ("In a headline: Monday", "2017-03-27"),
        ("more than 30 years ago", "1987"),
        ("over the last year", "2016"),
        ("in the 1800s", "18XX"),
        ("in the 2016-17 season", "2016"),
        ("the third quarter", "2016-Q3"),
    ],
)
def test_what_could_be_read_otherwise_is_uncertain(text: str, value: str) -> None:
    [one] = find(text, DAY)
    assert (one.value, one.uncertain) == (value, True)


@pytest.mark.parametrize(
    "text",
    ["It was due by Thursday.", "A ruling was expected by Thursday.", "Gunfire Monday"],
)
def test_a_weekday_of_which_nobody_can_be_sure_is_uncertain(text: str) -> None:
    [one] = find(text, DAY)
    assert one.uncertain


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Still to come: scheduled presents, "is to", possessives, limits.
        ("The envoy is to meet the miners on Tuesday.", [("Tuesday", "2017-04-04")]),
        ("The senate votes on Thursday on the fishing bill.", [("Thursday", "2017-04-06")]),
        ("Ferries resume on Monday.", [("Monday", "2017-04-03")]),
        ("Dealers await Wednesday's figures on jobs.", [("Wednesday", "2017-04-05")]),
        ("The road is shut until at least Wednesday.", [("Wednesday", "2017-04-05")]),
        # Past, whatever else is to come.
        ("They held him until Tuesday, when a judge freed him.", [("Tuesday", "2017-03-28")]),
        ("By Monday, the water had reached the roofs.", [("Monday", "2017-03-27")]),
        # Of another week, of a month, of a day alone.
        ("The hearing is a week from Sunday.", [("a week from Sunday", "2017-04-09")]),
        ("Three Mondays ago it burned.", [("Three Mondays ago", "2017-03-13")]),
        ("It closed on Friday of last week.", [("Friday of last week", "2017-03-24")]),
        (
            "the first Tuesday in November 2016",
            [("the first Tuesday in November 2016", "2016-11-01")],
        ),
        ("It is open on Sunday mornings.", [("Sunday mornings", "XXXX-WXX-7")]),
        ("It ended on Thursday the 23rd.", [("Thursday the 23rd", "2017-03-23")]),
        # What shares a year, or part of one.
        ("from April to June 2015", [("April", "2015-04"), ("June 2015", "2015-06")]),
        ("in December and January 2016", [("December", "2015-12"), ("January 2016", "2016-01")]),
        ("since the end of the year", [("the end of the year", "2017")]),
        ("by year-end", [("year-end", "2017")]),
        ("the first half of the year", [("the first half of the year", "2017-H1")]),
        ("Q2-2015 and FY16", [("Q2-2015", "2015-Q2"), ("FY16", "2016")]),
        ("Its November survey found less.", [("November", "2016-11")]),
        ("on 15.04.2016", [("15.04.2016", "2016-04-15")]),
        ("born June 15,1987, in Tolk", [("June 15,1987", "1987-06-15")]),
        ("a year and a half ago", [("a year and a half ago", "2015")]),
        ("the 5th century B.C.", [("the 5th century B.C.", "BC04XX")]),
        ("big in the 70s", [("the 70s", "197X")]),
        # Holidays.
        ("They will fly home before Thanksgiving.", [("Thanksgiving", "2017-11-23")]),
        ("on Orthodox Easter 2016", [("Orthodox Easter 2016", "2016-05-01")]),
        ("It rained on Anzac Day last year.", [("Anzac Day last year", "2016-04-25")]),
        ("at Diwali 2022", [("Diwali 2022", "2022-10-24")]),
        # Nobody has reckoned the day of that year; no warning is given either.
        ("at Diwali 1950", []),
    ],
)
def test_what_news_says_of_time(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Flight 1987 and Resolution 1973",
        "a house at 1845 Marlow Avenue",
        "The doors opened at 1845 for all.",
        "It built 1912 engines there.",
        "the Russell 2000 fell",
        "She won the 1500.",
        "a Christmas album",
        "YOU MAY LIKE",
        "the Good Friday Agreement",
    ],
)
def test_what_only_looks_like_a_date(text: str) -> None:
    assert found(text) == []


@pytest.mark.timeout(60)
@pytest.mark.parametrize("text", ["Monday ", "1,", "May 1 ", "Q1-", "2000 ", "12:00 ", "."])
def test_hostile_text_takes_no_longer_than_its_length(text: str) -> None:
    find((text * 100_000)[:100_000], DAY)


def test_next_friday_is_uncertain_only_within_the_week() -> None:
    monday = datetime.date(2017, 3, 27)
    assert [one.uncertain for one in find("next Friday", monday)] == [True]
    assert [one.uncertain for one in find("next Monday", monday)] == [False]


@pytest.mark.parametrize(
    ("value", "days", "text"),
    [
        ("2017-03-30", ("2017-03-30", "2017-03-30"), "30 March 2017"),
        ("2017-03-28T09:00", ("2017-03-28", "2017-03-28"), "28 March 2017, 09:00"),
        ("2017-03-31TNI", ("2017-03-31", "2017-03-31"), "31 March 2017, night"),
        ("2017-W13", ("2017-03-27", "2017-04-02"), "27 March – 2 April 2017"),
        ("2017-W12-WE", ("2017-03-25", "2017-03-26"), "25–26 March 2017"),
        ("2017-02", ("2017-02-01", "2017-02-28"), "February 2017"),
        ("2016-Q4", ("2016-10-01", "2016-12-31"), "1 October – 31 December 2016"),
        ("2016-WI", ("2015-12-01", "2016-02-29"), "winter 2015–16"),
        ("2016-FA", ("2016-09-01", "2016-11-30"), "autumn 2016"),
        ("2017", ("2017-01-01", "2017-12-31"), "2017"),
        ("199X", ("1990-01-01", "1999-12-31"), "the 1990s"),
        ("18XX", ("1800-01-01", "1899-12-31"), "1800–1899"),
    ],
)
def test_what_a_value_stands_for(value: str, days: tuple[str, str], text: str) -> None:
    first, last = map(datetime.date.fromisoformat, days)
    assert (period(value), shown(value)) == ((first, last), text)


@pytest.mark.parametrize("value", ["P3D", "PXY", "PRESENT_REF", "XXXX-WXX-7", "2017-W60", "junk"])
def test_what_has_no_place_in_the_calendar(value: str) -> None:
    assert (period(value), shown(value)) == (None, "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("around April 27 to 28", [("April 27 to 28", "27–28 April 2017")]),
        ("from Dec. 30 to Jan. 2", [("Dec. 30 to Jan. 2", "30 December 2016 – 2 January 2017")]),
        ("agreed Thursday", [("Thursday", "30 March 2017")]),
        ("opened at 9 a.m. Tuesday", [("9 a.m. Tuesday", "28 March 2017")]),
        ("They agreed on Monday or in May 2015.", [("Monday", "perhaps 27 March 2017")]),
        (
            "met on Monday and Thursday",
            [("Monday", "27 March 2017"), ("Thursday", "30 March 2017")],
        ),
        ("between May 3 and May 7", [("May 3 and May 7", "3–7 May 2017")]),
        ("opens at 9 a.m. every day", []),
        ("the third quarter", [("the third quarter", "perhaps 1 July – 30 September 2016")]),
        # They say it themselves, or stand for nothing in the calendar.
        ("on March 5, 2014, in 1998, in the 1990s, for three days, now", []),
    ],
)
def test_what_stands_beside_a_date(text: str, expected: list[tuple[str, str]]) -> None:
    assert hints(text, find(text, DAY)) == expected


def test_a_text_without_a_date_has_only_the_dates_that_need_none() -> None:
    text = "On Thursday, two weeks ago and in March 2015 it rained, for three days."
    assert [(one.text, one.value) for one in find(text, None)] == [
        ("March 2015", "2015-03"),
        ("three days", "P3D"),
    ]


@pytest.mark.parametrize("date", [datetime.date.min, datetime.date.max])
def test_a_date_at_the_end_of_the_calendar_is_none(date: datetime.date) -> None:
    text = "yesterday, tomorrow, on Friday, at Easter, the weekend, Dec. 28 to Jan. 3, in May 2016"
    assert [one.value for one in find(text, date)] == ["2016-05"]


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2017-03-31", "today"),
        ("2017-03-30", "yesterday"),
        ("2017-03-21", "10 days ago"),
        ("2017-03-01", "4 weeks ago"),
        ("2016-02-01", "13 months ago"),
        ("2008-03-31", "9 years ago"),
        ("2017-04-01", ""),
    ],
)
def test_how_long_ago_a_day_was(date: str, expected: str) -> None:
    assert age(datetime.date.fromisoformat(date), DAY) == expected


def test_offsets_and_values_hold_on_all_of_the_corpus() -> None:
    count = 0
    for item in read(CORPUS, 5):
        assert isinstance(item, Loaded)
        text, end = item.article.text, 0
        for one in find(text, item.article.source.date or DAY):
            assert text[one.start : one.end] == one.text
            assert one.start >= end
            assert one.value
            # Each value is of the calendar, or is none on purpose.
            assert period(one.value) or one.value[0] == "P" or one.value[:4] in ("XXXX", "FUTU")
            end, count = one.end, count + 1
    assert count > 100
