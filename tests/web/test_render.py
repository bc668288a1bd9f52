"""Answers, citations, conversations and timelines → what the page shows of them."""

import datetime
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from qa.assistant import Assistant
from qa.dates import age
from qa.errors import QuestionError
from qa.ingest import Summary, remove
from qa.library.conversations import Conversation, Exchange
from qa.library.opening import open_folder
from qa.library.protocols import Catalogue
from qa.library.sqlite.catalogue import SQLiteCatalogue
from qa.reading.cite import citation
from qa.types import Answer, Article, Citation, Filters, QuestionKind, Source, Span, Statement
from qa.web.archive import listed
from qa.web.article import NOTHING, link, opened
from qa.web.cards import answer_html, exchange_html, question_html
from qa.web.export import markdown
from qa.web.fields import day_of, filters_of
from qa.web.html import marked, named, naming, safe
from qa.web.plots import months_picture, months_plot, values_plot
from qa.web.sources import Named, Sites, site_name
from qa.web.stories import is_person, stories, subjects
from qa.web.talks import talks_html
from qa.web.timeline import events_html


@pytest.fixture
def sites(library_of_news: Path) -> Iterator[Named]:
    with SQLiteCatalogue.open(library_of_news) as library:
        yield Sites(library).name


def answered(
    short: str,
    citations: Sequence[Citation],
    *statements: Statement,
    kind: QuestionKind = "fact",
) -> Answer:
    text = "\n\n".join(map(str, statements))
    cited = tuple(citations)
    return Answer("q", text, short, "answered", 0.9, cited, statements=statements, kind=kind)


def cite(number: int, quote: str, date: datetime.date | None = None) -> Citation:
    return Citation(number, Source(f"a{number}", "T", date), 0, len(quote), quote, "0")


def test_only_real_markers_become_markers(sites: Named) -> None:
    quote = "The bridge[1] [1] opened [1]."
    shown = answer_html(answered("", [cite(1, quote)], Statement(quote, markers=(1,))), (), sites)
    assert shown.count("<sup>") == 1
    assert re.search(r'<sup><a class="qa-open" role="button" [^>]*>\[1\]</a></sup></p>', shown)


def test_the_bare_answer_stands_out_in_its_quote(sites: Named) -> None:
    quote = "It cost 184 <b>, then\n84 crowns, then 84."

    def shown(short: str) -> str:
        return answer_html(
            answered(short, [cite(1, quote)], Statement(short, markers=(1,))), (), sites
        )

    assert shown("84").count("<mark>") == 1
    assert f"184 {safe('<b>,')} then <mark>84</mark> crowns" in shown("84")
    assert f"<mark>{safe('<b>')}</mark>" in shown("<b>")
    assert "<mark>" not in shown(quote) + shown("85")
    assert marked("a 84", "84") == "a <mark>84</mark>"


def test_no_sentence_is_to_be_read_twice(sites: Named) -> None:
    quotes = ["The bridge was opened on Saturday.", "It cost 84 million crowns."]
    found = [cite(n, one) for n, one in enumerate(quotes, start=1)]
    told = [Statement(one, "sentence", markers=(n,)) for n, one in enumerate(quotes, start=1)]
    whole = answer_html(answered("", found, *told), (), sites)
    assert [whole.count(one) for one in quotes] == [1, 1]
    words = answer_html(answered("", found[:1], Statement("Saturday", markers=(1,))), (), sites)
    assert quotes[0] in words


def test_what_tells_when_stands_above_and_the_answer_stands_out(sites: Named) -> None:
    quote = "The bridge <b> opens on Saturday."
    told = Statement(quote, "sentence", lead="Planned for 12 June 2021", markers=(1,))
    shown = answer_html(answered("Saturday", [cite(1, quote)], told), (), sites)
    assert '<p class="qa-lead">Planned for 12 June 2021</p>' in shown
    assert f"{safe('<b>')} opens on <mark>Saturday</mark>" in shown


def test_doubt_stands_in_words_above_the_answer(sites: Named) -> None:
    given = replace(
        answered("Saturday", [], Statement("Saturday")), note="This may be wrong:", doubt="some"
    )
    shown = answer_html(given, (), sites)
    assert '<p class="qa-note qa-doubt">This may be wrong</p>' in shown
    assert shown.index("This may be wrong") < shown.index("Saturday")


def test_each_kind_has_a_form_of_its_own(sites: Named) -> None:
    def shown(kind: QuestionKind, *statements: Statement, days: Sequence[int] = ()) -> str:
        found = [
            cite(n, f"Quote {n}.", datetime.date(2021, 1, days[n - 1]) if days else None)
            for n in range(1, 5)
        ]
        return answer_html(answered("", found, *statements, kind=kind), (), sites)

    heading = Statement("Found 2; articles: 2.", "phrase")
    items = [Statement(one, markers=(n,)) for n, one in enumerate(("Ann", "Bo <b>"), start=1)]
    html = shown("list", heading, *items)
    assert re.search(r'<ol class="qa-items"><li class="qa-answer"><b>Ann</b> <sup>', html)
    assert html.index("Found 2") < html.index("Ann") < html.index("Bo &lt;b&gt;")

    leads = ("Tolk", "", "Lindhaven", "Both")
    told = [
        Statement(f"S{n}.", "sentence", lead=lead, markers=(n,))
        for n, lead in enumerate(leads, start=1)
    ]
    html = shown("compare", *told, Statement("Nothing was found.", "phrase"))
    sides = re.findall(r'<section class="qa-side"><h3>(\w+)</h3>(.*?)</section>', html)
    assert [name for name, _ in sides] == ["Tolk", "Lindhaven", "Both"]
    assert "S1." in sides[0][1]
    assert "S2." in sides[0][1]
    assert "Nothing was found." in html[html.rindex("</section>") :]

    values = [
        Statement(one, lead=f"{n} January 2021", markers=(n,))
        for n, one in enumerate(("$4.25", "$4.60", "$4.99"), start=1)
    ]
    html = shown("count", *values, days=(1, 2, 3, 4))
    assert re.findall(r'<th scope="row">([^<]*)</th>', html) == [one.lead for one in values]
    assert html.count("<circle") == 3
    assert '<ol class="qa-items"' not in html


def test_a_line_is_drawn_only_through_what_counts_the_same() -> None:
    days = [datetime.date(2021, 1, day) for day in (1, 2, 3, 4)]
    dollars = list(zip(days, ("$1 million", "$2 million", "1,500,000 dollars", "$3m"), strict=True))
    heights = [float(y) for y in re.findall(r'cy="([\d.]+)"', values_plot(dollars))]
    assert len(heights) == 4
    assert heights[0] > heights[2] > heights[1] > heights[3]
    assert values_plot(dollars[:2]) == ""
    mixed = list(zip(days, ("$1", "two people", "3 percent", "soon"), strict=True))
    assert values_plot(mixed) == values_plot([]) == ""


def test_an_exchange_says_what_became_of_it(sites: Named) -> None:
    assert "Stopped." in exchange_html(Exchange("Q <b>?", number=3), sites)
    assert "Q &lt;b&gt;?" in question_html("Q <b>?")
    working = exchange_html(Exchange("Q?", number=3), sites, job="j")
    assert 'data-job="j"' in working
    assert "Stopped." not in working
    assert "too long" in exchange_html(Exchange("Q?", error="too long"), sites)


def test_a_site_is_called_what_its_articles_write() -> None:
    def article(text: str) -> Article:
        return Article(Source("a", "T"), text)

    told = [article("USA TODAY asked."), article("As USA TODAY said, usatoday.com is read.")]
    assert site_name("usatoday.com", told) == "USA TODAY"
    assert site_name("edition.cnn.com", [article("(CNN) It rained.")]) == "CNN"
    assert site_name("news.example", []) == "news.example"


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
    [found] = re.findall(r'<mark id="qa-quote"[^>]*>(.*?)</mark>', shown)
    assert re.sub(r"</?span[^>]*>", "", found) == quote
    assert '<span class="qa-date" title="19 September 2021">Sunday</span>' in found
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
        {"url": url, "title": "T < U", "text": f"The {name} bridge."}
        for url, name in (('https://news.example/a?b="c', "red"), ("javascript:alert(1)", "blue"))
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    bring(tmp_path / "a.jsonl")
    with SQLiteCatalogue.open(tmp_path / "library") as library:
        red, blue = (
            opened(link(cited(library, f"The {name} bridge.")), library) for name in ("red", "blue")
        )
    assert '<a href="https://news.example/a?b=&quot;c" target="_blank" rel="noopener' in red
    assert ">T &lt; U</h2>" in red
    assert "<a " not in blue


@pytest.mark.parametrize("text", ["Who [won] in 2021 & why?", "<b>5*3</b>", "é-_/"])
def test_a_text_in_a_link_is_read_as_it_was(text: str) -> None:
    assert named(f"#ask-{naming(text)}") == text
    assert re.fullmatch(r"[\w-]+", naming(text))


def test_conversations_are_grouped_by_the_day_on_which_they_changed() -> None:
    today = datetime.date(2022, 3, 20)

    def one(id_: str, title: str, days: int) -> Conversation:
        changed = datetime.datetime(2022, 3, 20, 12, tzinfo=datetime.UTC).astimezone()
        return Conversation(id_, title, (changed - datetime.timedelta(days=days)).isoformat())

    html = talks_html(
        [one("a", "<i>First</i>", 0), one("b", "B", 0), one("c", "C", 1), one("d", "D", 60)], today
    )
    assert re.findall(r"<h3>(.*?)</h3>", html) == ["Today", "Yesterday", "January 2022"]
    assert (
        '<a href="./#talk-a" title="&lt;i&gt;First&lt;/i&gt;">&lt;i&gt;First&lt;/i&gt;</a>' in html
    )
    assert html.index('#talk-b"') < html.index("Yesterday") < html.index('#talk-c"')


def test_an_article_opens_by_its_id(library_of_news: Path) -> None:
    with SQLiteCatalogue.open(library_of_news) as library:
        html = opened(f"#article-{naming('2022-01-15-storm.txt')}", library)
    assert "The theater was built in 1887." in html
    assert "<mark" not in html


def test_a_conversation_becomes_markdown_with_footnotes() -> None:
    source = Source("a", "Bridge *opened*", None, "TOLK", "https://news.example/a?b=<c>")
    quotes = ["The [1] bridge opened.", "It cost 84 crowns."]
    found = tuple(
        Citation(marker, source, 0, len(quote), quote, "0")
        for marker, quote in enumerate(quotes, start=1)
    )
    said = Statement("opened", markers=(1,)), Statement("84 crowns", markers=(2,))
    answer = answered("", found, *said)
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


def test_a_timeline_has_a_chart_and_a_group_for_each_day(
    assistant: Assistant, sites: Named
) -> None:
    events = assistant.timeline("harbor bridge in Lindhaven")
    assert events
    html = events_html(events, sites)
    when = re.findall(r'<h3 class="qa-when">(.*?)</h3>', html)
    assert len(when) == len({(one.first, one.last) for one in events})
    # Each by its dot and by its card, at the same place.
    assert all(html.count(link(event.citation)) == 2 for event in events)
    assert html.count("<details open>") == len({one.first.year for one in events})
    places = [float(place) for place in re.findall(r"left:([\d.]+)%;bottom", html)]
    assert places == sorted(places)
    assert min(places) >= 0
    assert max(places) <= 100
    assert "no dated sentence" in events_html([], sites)


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


def test_articles_that_tell_of_the_same_are_one_story() -> None:
    bridge = "The harbor bridge in Lindhaven was opened by Mara Velk in heavy rain."
    storm = "A storm tore the roof off the old theater in Tolk at night."
    texts = [bridge, bridge + " Thousands walked across.", storm, storm + " Nobody was hurt."]
    others = ["A sheep was found.", "Taxes rise again.", "The choir sang.", "A new bus line runs."]
    articles = [
        Article(Source(str(n), text[:20], library_day(2021, 6)), text)
        for n, text in enumerate([*texts, *others])
    ]
    found = [sorted(one.id for one in story.articles) for story in stories(articles)]
    assert found[:2] in ([["0", "1"], ["2", "3"]], [["2", "3"], ["0", "1"]])
    assert sorted(map(len, found[2:])) == [1, 1, 1, 1]
    assert stories([]) == []
    assert len(stories(articles[:1])) == 1


def test_a_story_is_called_by_its_names_and_a_person_is_told_from_a_place() -> None:
    text = (
        "On Friday the mayor met Mara Velk at Tolk Castle. Then Velk left, said a man. "
        "Later Velk wrote of the Castle that it was cold; a guest of Velk agreed on Tolk Castle."
    )
    told = [Article(Source("a", "Mara Velk leaves"), text)]
    assert subjects(told, {"Mara Velk": 1, "Tolk Castle": 1}, 9)[0] == "Mara Velk"
    assert "Friday" not in subjects(told, {}, 9)
    assert is_person("Mara Velk", told)
    assert not is_person("Tolk Castle", told)
    assert not is_person("Velk", told)


def test_the_plot_has_a_bar_for_each_month_and_dims_what_the_limits_leave_out() -> None:
    html = months_plot({"2021-11": 2, "2022-02": 4}, Filters(since=library_day(2022, 1)))
    names = re.findall(r'href="./#month-(\d{4}-\d\d)"[^>]* title="([^"]*)"', html)
    assert [name for name, _ in names] == ["2021-11", "2021-12", "2022-01", "2022-02"]
    assert names[0][1] == "November 2021: 2 articles"
    assert re.findall(r"height:([\d.]+)%", html) == ["50.0", "0.0", "0.0", "100.0"]
    assert html.count("qa-outside") == 2
    assert 'data-since="2022-02-01" data-until="2022-02-28"' in html


def test_a_long_time_is_plotted_by_years_and_a_stray_date_takes_no_room() -> None:
    months = {"1970-01": 1, "2021-11": 2, "2021-12": 3}
    html = months_plot(months, Filters())
    assert re.findall(r'title="([^"]*)"', html) == ["1970: 1 article", "2021: 5 articles"]
    # A year that is pressed shows its months.
    html = months_plot(months, Filters(library_day(2021, 1), datetime.date(2021, 12, 31)))
    assert re.findall(r'title="([^"]*)"', html) == [
        "November 2021: 2 articles",
        "December 2021: 3 articles",
    ]
    assert months_plot({}, Filters()) == months_picture({}) == ""


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ("2022-05-01", "2022-05-01", "2022-05-01"),
        ("last month", "2022-05-01", "2022-05-31"),
        ("May 2022", "2022-05-01", "2022-05-31"),
        ("2021", "2021-01-01", "2021-12-31"),
        ("15 June 2022", "2022-06-15", "2022-06-15"),
        ("yesterday", "2022-06-19", "2022-06-19"),
    ],
)
def test_a_field_for_a_day_takes_words(said: str, first: str, last: str) -> None:
    today = datetime.date(2022, 6, 20)
    assert (str(day_of(said, 0, today)), str(day_of(said, 1, today))) == (first, last)


def test_what_names_no_day_is_told() -> None:
    for said in ("banana", "2021-13-40"):
        with pytest.raises(QuestionError, match="names no day"):
            day_of(said, 0, datetime.date(2022, 6, 20))
    with pytest.raises(QuestionError, match="is not a date like"):
        filters_of("last month")


def test_one_site_may_be_a_text() -> None:
    assert (
        filters_of(sites="cnn.com")
        == filters_of(sites=["cnn.com"])
        == Filters(sources=("cnn.com",))
    )
