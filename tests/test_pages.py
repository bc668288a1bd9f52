"""Web pages: which text, which title, which day, and which pages have no article."""

import json

import pytest

from qa.ingest.pages import page_parsed
from qa.ingest.parsed import Unreadable

STORY = (
    "<p>The council of Tolk voted on Monday to build a new bridge across the river Ahn.</p>"
    "<p>Mayor Petra Sonn told reporters that it will open in the spring of next year.</p>"
    "<p>Opposition members asked why no public hearing had been held before the vote.</p>"
)
LONG = STORY * 5


def page(head: str = "", story: str = STORY, around: str = "{}", lang: str = "en") -> str:
    body = around.format(f"<article><h1>Bridge voted in Tolk</h1>{story}</article>")
    return f'<html lang="{lang}"><head>{head}</head><body>{body}</body></html>'


def linked(**fields: object) -> str:
    data = {"@type": "NewsArticle", "headline": "Bridge voted in Tolk", **fields}
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


@pytest.mark.parametrize(
    ("head", "story", "around"),
    [
        (linked(datePublished="2021-05-04", dateModified="2022-01-01"), "", "{}"),
        (linked(datePublished=["2021-05-04"]), "", "{}"),
        (linked(datePublished="", dateCreated="2021-05-04"), "", "{}"),
        (
            '<script type="application/ld+json">{"@graph": [{"@type": "WebSite", "name": "x"}, '
            '{"@type": ["Article"], "datePublished": "Tue, 04 May 2021 10:00 GMT"}]}</script>',
            "",
            "{}",
        ),
        (
            '<script type="application/ld+json">{"@type": "Article", "x": "bad\nline", '
            '"datePublished": "2021-05-04",}</script>',
            "",
            "{}",
        ),
        (
            '<script type="application/ld+json">{"@type" "Article", "datePublished": "2021-05-04"'
            "</script>",
            "",
            "{}",
        ),
        ('<meta name="DC.date.issued" content="2021-05-04">', "", "{}"),
        ('<meta name="sailthru.date" content="May 4, 2021">', "", "{}"),
        (
            '<meta property="article:modified_time" content="2022-01-01">'
            '<meta property="article:published_time" content="2021-05-04">',
            "",
            "{}",
        ),
        ('<link rel="canonical" href="https://x.example/2021/05/04/bridge">', "", "{}"),
        ("", '<span itemprop="datePublished">4 May 2021</span>', "{}"),
        ("", '<div class="entry-meta">Posted on May 4, 2021 by Ann</div>', "{}"),
        ("", "<time>4 May 2021</time> Updated <time>5 June 2021</time>", "{}"),
        ("", '<abbr class="published" title="2021-05-04">yesterday</abbr>', "{}"),
        ("", "", '<div class="date">4. Mai 2021</div>{}'),
        (
            "",
            "",
            '<header class="site"><span class="date">1 June 2022</span></header>'
            '<time datetime="2021-05-04">4.5.</time>{}',
        ),
        (
            "",
            '<time datetime="2021-05-04">4.5.</time>',
            '{}<div class="comments"><time datetime="2022-02-02">x</time></div>',
        ),
        (
            "",
            '<time datetime="2021-05-04">4.5.</time>',
            '<article class="card"><a href="/x">Other</a><time datetime="2019-01-01">x</time>'
            "</article>{}",
        ),
    ],
)
def test_the_day_that_a_page_states(head: str, story: str, around: str) -> None:
    found = page_parsed(page(head, story + STORY, around))
    assert str(found.fields["date"]) == "2021-05-04"
    assert found.warnings == ()


@pytest.mark.parametrize(
    "around",
    [
        "{}<footer>Copyright 1999-2021</footer>",
        '<img src="/2019/05/04/a.jpg">{}',
        "<!-- 2019-05-04 -->{}",
        '{}<script>var d = "2019-05-04";</script>',
        '<link rel="stylesheet" href="/a.css?v=2019-05-04">{}',
        '{}<div class="related"><time datetime="2019-05-04">x</time></div>',
        '<meta property="og:image" content="https://x.example/2019/05/04/a.jpg">{}',
    ],
)
def test_what_is_not_the_day_of_a_page(around: str) -> None:
    assert page_parsed(page(around=around)).fields["date"] is None


def test_a_day_found_in_the_text_is_marked() -> None:
    found = page_parsed(page(story=f"<p>Tolk, 4 May 2021</p>{STORY}"))
    assert str(found.fields["date"]) == "2021-05-04"
    assert found.warnings == ("its date was found in its text: it may be another day's",)
    found = page_parsed(page('<meta property="article:modified_time" content="2021-05-04">'))
    assert "of its last change" in found.warnings[0]


@pytest.mark.parametrize(
    ("lang", "day"), [("en-US", "2021-05-04"), ("en-GB", "2021-04-05"), ("fr", "2021-04-05")]
)
def test_days_in_numbers_are_read_as_the_page_writes_them(lang: str, day: str) -> None:
    made = page('<meta name="pubdate" content="05/04/2021">', lang=lang)
    assert str(page_parsed(made).fields["date"]) == day


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("<title>Bridge voted in Tolk | The Tolk Times</title>", "Bridge voted in Tolk"),
        (
            '<title>Bridge voted in Tolk - Tolk Times</title><meta property="og:site_name" '
            'content="The Tolk Times">',
            "Bridge voted in Tolk",
        ),
        ("<title>Bridge voted in Tolk</title>", "Bridge voted in Tolk"),
    ],
)
def test_titles_are_without_the_site(head: str, title: str) -> None:
    assert page_parsed(page(head)).fields["title"] == title
    without = page(head).replace("<h1>Bridge voted in Tolk</h1>", "")
    assert page_parsed(without).fields["title"] == title
    other = page(head).replace("<h1>Bridge voted in Tolk</h1>", "<h1>Politics</h1>")
    assert page_parsed(other).fields["title"] == title


def test_a_title_with_a_dash_of_its_own_is_kept() -> None:
    head = "<title>Storm hits the coast - ferries stopped</title>"
    made = page(head).replace("<h1>Bridge voted in Tolk</h1>", "")
    assert page_parsed(made).fields["title"] == "Storm hits the coast - ferries stopped"


def test_what_leads_elsewhere_is_no_part_of_the_story() -> None:
    boxes = (
        '<p>Read more: <a href="/x">Another bridge falls</a></p>'
        '<p><b>READ ALSO</b> <a href="/q">A long other story</a></p>'
        '<h3>YOU MAY LIKE</h3><ul><li><a href="/1">First other story</a></li></ul>'
        '<div class="newsletter-signup"><p>The day in your inbox.</p></div>'
        "<p>Subscribe to our newsletter.</p><aside><p>Advertisement of a shop.</p></aside>"
    )
    last = '<p>The <a href="/plan">plan</a> was shown to the people of Tolk in March.</p>'
    text = page_parsed(page(story=LONG + boxes + last)).fields["text"]
    assert text.endswith("before the vote.\n\nThe plan was shown to the people of Tolk in March.")


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (page(linked(isAccessibleForFree=False)), "behind a paywall"),
        (page(linked(isAccessibleForFree="False")), "behind a paywall"),
        (page(story=f'{STORY}<div class="paywall"><p>Subscribe.</p></div>'), "behind a paywall"),
        (
            "<html><body><h1>News</h1>"
            + "".join(
                f'<div><h3><a href="/{n}">Story {n}</a></h3><p>Short.</p></div>' for n in range(9)
            )
            + "</body></html>",
            "a front page",
        ),
    ],
)
def test_pages_without_an_article(made: str, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        page_parsed(made)


def test_a_whole_story_of_a_paper_that_is_not_free_is_read() -> None:
    assert page_parsed(page(linked(isAccessibleForFree=False), story=LONG)).fields["text"]


@pytest.mark.parametrize(
    "head",
    [
        '<link rel="canonical" href="https://web.archive.org/web/20210504120000/https://x.example/a">',
        '<link rel="canonical" href="https://web.archive.org/web/2021im_/https://x.example/a">',
        "<!-- saved from url=(0019)https://x.example/a -->",
        '<meta property="og:url" content="https://x.example/a">',
        '<base href="https://x.example/"><link rel="canonical" href="/a">',
    ],
)
def test_the_address_of_a_saved_page_is_the_original(head: str) -> None:
    assert page_parsed(page(head)).fields["url"] == "https://x.example/a"


def test_deep_nesting_and_lists_in_any_place() -> None:
    items = "<table><tr><td>Ferry</td><td><ul><li>06:10</li><li>18:40</li></ul></td></tr></table>"
    deep = "<div>" * 600 + "{}" + "</div>" * 600
    text = page_parsed(page(story=STORY + items + STORY, around=deep)).fields["text"]
    assert "Ferry | 06:10; 18:40" in text
    assert text.startswith("The council of Tolk voted")
