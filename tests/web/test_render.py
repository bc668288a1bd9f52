"""Answers, citations, conversations and timelines → what the page shows of them."""

import datetime
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from qa.assistant import Assistant
from qa.dates import age
from qa.ingest import Summary, remove
from qa.library.conversations import Conversation, Exchange
from qa.library.opening import open_folder
from qa.library.protocols import Catalogue
from qa.library.sqlite.catalogue import SQLiteCatalogue
from qa.reading.cite import citation
from qa.types import Answer, Citation, Filters, Source, Span, Statement
from qa.web.archive import listed, plot
from qa.web.article import NOTHING, link, naming, opened
from qa.web.export import markdown
from qa.web.fields import filters_of
from qa.web.render import literal, message, question, talks, unquoted
from qa.web.timeline import events_html


def test_literal_text_is_neither_html_nor_markdown() -> None:
    shown = literal('<b onclick="x">*a* [b](c) www.x.example `d` $1 & $2 é “q”')
    assert not re.search(r"[<>*\[\]()`$\"]|&(?!#\d+;)|www\.", shown)
    assert "é “q”" in shown


def answered(short: str, citations: Sequence[Citation], *statements: Statement) -> Answer:
    text = "\n\n".join(map(str, statements))
    cited = tuple(citations)
    return Answer("q", text, short, "answered", 0.9, cited, statements=statements)


def test_only_real_markers_become_markers() -> None:
    quote = "The bridge[1] [1] opened [1]."
    citation = Citation(1, Source("a", "T [1]"), 0, len(quote), quote, "0")
    shown = message(answered("", [citation], Statement(quote, markers=(1,))))
    assert shown.count("<sup>") == 1
    assert re.search(r'<sup><a class="qa-open" [^>]*>\[1\]</a></sup></p>', shown)


def test_the_bare_answer_stands_out_in_its_quote() -> None:
    quote = "It cost 184 <b>, then 84 crowns, then 84."

    def shown(short: str) -> str:
        citation = Citation(1, Source("a", "T"), 0, len(quote), quote, "0")
        return message(answered(short, [citation], Statement(short, markers=(1,))))

    assert shown("84").count("<mark>") == 1
    assert f"184 {literal('<b>,')} then <mark>84</mark> crowns" in shown("84")
    assert f"<mark>{literal('<b>')}</mark>" in shown("<b>")
    assert "<mark>" not in shown(quote) + shown("85")


def test_no_sentence_is_to_be_read_twice() -> None:
    quotes = ["The bridge was opened on Saturday.", "It cost 84 million crowns."]
    source = Source("a", "T")
    found = [Citation(n, source, 0, len(one), one, "0") for n, one in enumerate(quotes, start=1)]
    told = [Statement(one, "sentence", markers=(n,)) for n, one in enumerate(quotes, start=1)]
    assert 'details class="qa-citation" open' not in message(answered("", found, *told))
    words = Statement("Saturday", markers=(1,))
    assert 'details class="qa-citation" open' in message(answered("", found[:1], words))


def test_words_before_a_statement_stand_apart_and_the_answer_in_it_stands_out() -> None:
    quote = "The bridge <b> opens on Saturday."
    told = Statement(quote, "sentence", lead="Planned for 12 June 2021", markers=(1,))
    shown = message(answered("Saturday", [Citation(1, Source("a", "T"), 0, 9, quote, "0")], told))
    assert '<span class="qa-lead">Planned for 12 June 2021</span> The bridge' in shown
    assert f"{literal('<b>')} opens on <mark>Saturday</mark>" in shown


def test_doubt_stands_above_the_answer() -> None:
    given = replace(answered("Saturday", [], Statement("Saturday")), note="This may be wrong:")
    shown = message(given)
    assert shown.index("This may be wrong") < shown.index("Saturday")


def cited(library: Catalogue, text: str) -> Citation:
    """Return the citation of a text that stands in one of the library's articles."""
    for article, _ in library.entries():
        if (start := article.text.find(text)) >= 0:
            return citation(1, Span(article.id, start, start + len(text), text), article)
    raise AssertionError(text)


def test_a_link_opens_the_article_at_the_quote(library_of_news: Path) -> None:
    quote = "Jonas Brandt won the election for mayor of Tolk on Sunday"
    with SQLiteCatalogue.open(library_of_news) as library:
        shown = opened(link(cited(library, quote)), library)
    [marked] = re.findall(r'<mark id="qa-quote"[^>]*>(.*?)</mark>', shown)
    assert re.sub(r"</?span[^>]*>", "", marked) == quote
    assert '<span class="qa-date" title="19 September 2021">Sunday</span>' in marked
    ago = age(datetime.date(2021, 9, 20), datetime.date.today())
    assert f"20 September 2021 · {ago} · TOLK" in shown
    assert "Sunday: 19 September 2021" in shown
    assert "Petra Sonn,\nconceded" in shown


def test_a_link_to_what_changed_or_went_still_shows_the_quote(
    tmp_path: Path, bring: Callable[..., Summary]
) -> None:
    file = tmp_path / "a.txt"
    file.write_text("Mara Velk <opened> the bridge.", encoding="utf-8")
    bring(file)
    with SQLiteCatalogue.open(tmp_path / "library") as library:
        href = link(cited(library, "Mara Velk <opened>"))
        file.write_text("Jonas Brandt opened the bridge.", encoding="utf-8")
        bring(file)
        shown = opened(href, library)
        assert "has changed since it was quoted" in shown
        assert "<blockquote>Mara Velk &lt;opened&gt;</blockquote>" in shown
        assert "Jonas Brandt opened the bridge." in shown
        assert "<mark" not in shown
        with open_folder(tmp_path / "library") as both:
            remove(["a.txt"], both)
        shown = opened(href, library)
        assert "no longer in the archive" in shown
        assert "<blockquote>Mara Velk &lt;opened&gt;</blockquote>" in shown


@pytest.mark.parametrize(
    "href",
    ["", "#cite-", "#cite-%%", "#cite-W10", "#cite-eyJ4Ijo", "#article-", "#article-eA", "é"],
)
def test_a_link_that_is_not_ours_opens_nothing(library_of_news: Path, href: str) -> None:
    with SQLiteCatalogue.open(library_of_news) as library:
        assert opened(href, library) == NOTHING


def test_only_a_web_address_becomes_a_link(tmp_path: Path, bring: Callable[..., Summary]) -> None:
    rows = [
        {"url": url, "title": "T <b>", "text": f"The {name} bridge."}
        for url, name in (('https://news.example/a?b="c', "red"), ("javascript:alert(1)", "blue"))
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    bring(tmp_path / "a.jsonl")
    with SQLiteCatalogue.open(tmp_path / "library") as library:
        red, blue = (
            opened(link(cited(library, f"The {name} bridge.")), library) for name in ("red", "blue")
        )
    assert '<a href="https://news.example/a?b=&quot;c" target="_blank" rel="noopener' in red
    assert "<h2>T &lt;b&gt;</h2>" in red
    assert "<a " not in blue


@pytest.mark.parametrize("asked", ["Who [won] in 2021 & why?", "<b>5*3</b>", "![x](http://a/)"])
def test_a_question_is_shown_and_edited_as_it_was_typed(asked: str) -> None:
    assert not re.search(r"[<\[]", question(asked))
    assert unquoted(question(asked)) == asked


def test_conversations_are_listed_and_the_one_that_is_open_is_marked() -> None:
    html = talks([Conversation("a", "<i>First</i>"), Conversation("b", "Second")], "b")
    assert '<a href="#talk-a">&lt;i&gt;First&lt;/i&gt;</a>' in html
    assert '<a href="#talk-b" aria-current=page>Second</a>' in html


def test_an_article_opens_by_its_id(library_of_news: Path) -> None:
    with SQLiteCatalogue.open(library_of_news) as library:
        html = opened(f"#article-{naming('2022-01-15-storm.txt')}", library)
    assert "The theater was built in 1887." in html
    assert "<mark" not in html


def test_a_conversation_becomes_markdown_with_footnotes() -> None:
    source = Source("a", "Bridge *opened*", None, "TOLK", "https://news.example/a?b=<c>")
    quotes = ["The [1] bridge opened.", "It cost 84 crowns."]
    cited = tuple(
        Citation(marker, source, 0, len(quote), quote, "0")
        for marker, quote in enumerate(quotes, start=1)
    )
    said = Statement("opened", markers=(1,)), Statement("84 crowns", markers=(2,))
    answer = answered("", cited, *said)
    nothing = Statement("Not held.", "refusal")
    refused = Answer("q", "Not held.", "", "refused", 0.1, statements=(nothing,))
    text = markdown(
        "A <b> title",
        [
            Exchange("What?", answer),
            Exchange("1. And?", refused),
            Exchange("Too long", error="the limit"),
            Exchange("Again?", answer),
        ],
    )
    assert text.startswith("# A \\<b\\> title\n\n## What?\n\nopened[^1]\n\n84 crowns[^2]\n\n")
    assert "## 1\\. And?\n\nNot held.\n\n## Too long\n\nthe limit" in text
    assert "## Again?\n\nopened[^3]\n\n84 crowns[^4]" in text
    note = "“The \\[1\\] bridge opened.” Bridge \\*opened\\*, no date, TOLK"
    assert f"[^1]: {note}, <https://news.example/a?b=c>\n" in text
    assert text.count("[^4]: ") == 1


def test_a_timeline_is_a_chart_and_a_list(assistant: Assistant) -> None:
    events = assistant.timeline("harbor bridge in Lindhaven")
    assert events
    html = events_html(events)
    assert html.count("<li>") == html.count('title="12 June 2021') == len(events)
    # Each by its dot and by its article's name, at the same place.
    assert all(html.count(link(event.citation)) == 2 for event in events)
    places = [float(place) for place in re.findall(r"left:([\d.]+)%;bottom", html)]
    assert places == sorted(places)
    assert min(places) >= 0
    assert max(places) <= 100
    assert "no dated sentence" in events_html([])


def test_the_archive_is_listed_by_words_days_and_sites(library_of_news: Path) -> None:
    with SQLiteCatalogue.open(library_of_news) as library:

        def ids(query: str, filters: Filters | None = None, count: int = 9) -> list[str]:
            return [source.id for source, _ in listed(library, query, filters or Filters(), count)]

        assert ids("") == sorted(ids(""), reverse=True)
        assert len(ids("", count=3)) == 3
        assert ids("theater roof") == ["2022-01-15-storm.txt"]
        assert ids("bridges", Filters(since=library_day(2021, 4))) == [
            "2021-06-12-harbor-bridge-opened.txt"
        ]
        assert ids("zeppelin") == ids("", Filters(sources=("cnn.com",))) == []
        assert library.months() == {"2021-03": 1, "2021-06": 1, "2021-09": 1, "2022-01": 1}


def library_day(year: int, month: int) -> datetime.date:
    return datetime.date(year, month, 1)


def test_the_plot_has_a_bar_for_each_month_and_dims_what_the_limits_leave_out() -> None:
    html = plot({"2021-11": 2, "2022-02": 4}, Filters(since=library_day(2022, 1)))
    names = re.findall(r'href="#month-(\d{4}-\d\d)" title="([^"]*)"', html)
    assert [name for name, _ in names] == ["2021-11", "2021-12", "2022-01", "2022-02"]
    assert names[0][1] == "November 2021: 2 articles"
    assert re.findall(r"height:([\d.]+)%", html) == ["50.0", "0.0", "0.0", "100.0"]
    assert html.count("qa-outside") == 2


def test_a_long_time_is_plotted_by_years_and_a_stray_date_takes_no_room() -> None:
    html = plot({"1970-01": 1, "2021-11": 2, "2021-12": 3}, Filters())
    assert re.findall(r'title="([^"]*)"', html) == ["1970: 1 articles", "2021: 5 articles"]
    assert plot({}, Filters()) == ""


def test_one_site_may_be_a_text() -> None:
    assert (
        filters_of(sites="cnn.com")
        == filters_of(sites=["cnn.com"])
        == Filters(sources=("cnn.com",))
    )
