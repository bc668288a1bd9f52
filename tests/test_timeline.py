"""Timelines: dated sentences on a subject, in order, each a verbatim slice with its citation."""

import datetime
import json
from pathlib import Path

import pytest

from qa.assistant import Assistant
from qa.cli.commands import main
from qa.errors import QuestionError
from qa.reading.timeline import timeline
from qa.types import Article, Filters, Hit, Passage, Source

DAY = datetime.date(2021, 6, 14)


def archive(*texts: str) -> tuple[list[Hit], dict[str, Article]]:
    articles = {str(n): Article(Source(str(n), "T", DAY), text) for n, text in enumerate(texts)}
    hits = [
        Hit(Passage(f"{id_}-0", id_, 0, len(article.text), article.text), article.source, 1.0, rank)
        for rank, (id_, article) in enumerate(articles.items(), start=1)
    ]
    return hits, articles


def test_events_are_dated_sentences_in_order() -> None:
    hits, articles = archive(
        "The harbor bridge opened on Saturday. It rained. A theater opened in 1887.",
        "The harbor bridge was planned in March 2019, and begun on 3 May 2020. The bridge is red.",
    )
    events = timeline("the harbor bridge", hits, articles, 9)
    assert [(event.first.isoformat(), event.date.text) for event in events] == [
        ("2020-05-03", "3 May 2020"),
        ("2021-06-12", "Saturday"),
    ]
    for event in events:
        cited = event.citation
        assert articles[cited.article.id].text[cited.start : cited.end] == cited.quote
        assert event.date in cited.dates


def test_a_time_of_day_alone_is_no_event() -> None:
    hits, articles = archive(
        "The harbor bridge opens at 9 a.m. and costs nothing.",
        "A blast at 9 p.m. on the harbor bridge woke Lindhaven on Saturday.",
        "A concert was held at 8 p.m. Friday on the harbor bridge.",
    )
    events = timeline("the harbor bridge", hits, articles, 9)
    assert [event.first.isoformat() for event in events] == ["2021-06-11", "2021-06-12"]


def test_what_is_told_alike_of_one_day_is_one_event() -> None:
    hits, articles = archive(
        "The harbor bridge was opened on Saturday by the minister.",
        "Minister opened the harbor bridge on 12 June 2021.",
        "On Saturday a ship hit the harbor bridge and four sailors were hurt badly at noon.",
        "The harbor bridge will be opened on 12 June 2022 by the minister.",
    )
    events = timeline("harbor bridge", hits, articles, 9)
    assert [len(event.also_in) for event in events] == [1, 0, 0]
    assert [event.citation.article.id for event in events] == ["0", "2", "3"]
    assert [event.also_in[0].id for event in events if event.also_in] == ["1"]


def test_the_best_fitting_are_kept() -> None:
    hits, articles = archive(
        "The harbor bridge opened on 12 June 2021.", "A harbor closed on 1 May 2020."
    )
    [event] = timeline("harbor bridge", hits, articles, 1)
    assert event.citation.article.id == "0"
    assert timeline("harbor bridge", [], {}, 1) == ()
    assert timeline("of the", hits, articles, 1) == ()


def test_of_some_days_what_the_most_tell_and_what_has_happened() -> None:
    hits, articles = archive(
        "Mara Velk was married on 12 June 2021. A bomb killed nine in Karsk on 12 June 2021.",
        "A bomb killed nine in Karsk on 12 June 2021.",
        "The bridge may be opened on 12 June 2021.",
        "Who was in Karsk on 12 June 2021? A concert is planned for 12 July 2021.",
    )
    days = (datetime.date(2021, 6, 1), datetime.date(2021, 7, 31))
    [event] = timeline("", hits, articles, 9, days)
    assert event.citation.quote.startswith("A bomb killed nine")
    assert len(event.also_in) == 1
    assert len(timeline("Velk", hits, articles, 9, days)) == 1


def test_an_assistant_makes_one(assistant: Assistant) -> None:
    events = assistant.timeline("harbor bridge in Lindhaven")
    assert [event.first.isoformat() for event in events] == ["2021-06-12"]
    assert {events[0].citation.article.id, *(source.id for source in events[0].also_in)} == {
        "2021-03-01-harbor-bridge-planned.txt",
        "2021-06-12-harbor-bridge-opened.txt",
    }
    limited = Filters(until=datetime.date(2021, 5, 1))
    [event] = assistant.timeline("harbor bridge in Lindhaven", filters=limited)
    assert event.citation.article.id == "2021-03-01-harbor-bridge-planned.txt"
    with pytest.raises(QuestionError, match="empty"):
        assistant.timeline(" ")


def test_the_command_prints_it(library_of_news: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["timeline", "Brandt elected mayor of Tolk", "--library", str(library_of_news)]
    assert main(command) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "19 September 2021"
    assert "54 percent" in lines[1]
    assert "(20 September 2021)" in lines[2]
    assert main([*command, "--json"]) == 0
    [event] = json.loads(capsys.readouterr().out)
    assert event["first"] == "2021-09-19"
    assert event["citation"]["dates"][0]["value"] == "2021-09-19"
    assert main(["timeline", "volcano", "--library", str(library_of_news)]) == 0
    assert capsys.readouterr().out == "The archive holds no dated sentence on this.\n"
