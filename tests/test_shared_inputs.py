"""Small inputs that were once read wrongly, with the right value of each."""

import csv
from pathlib import Path

import pytest

from qa.ingest import Summary
from qa.ingest.files import Loaded, Skipped, count, read
from qa.library.sqlite.catalogue import SQLiteCatalogue
from tests.conftest import SHARED, Notices

INPUTS = SHARED / "data" / "ingest"
pytestmark = pytest.mark.skipif(not INPUTS.is_dir(), reason="the inputs stand in ../shared")

STORY = "Harlow Ferry closes its swing bridge for eleven months"
FERRIES = "Varnsted buys nine electric ferries"
DATES = {
    "ld_modified_first.html": "2021-09-30",
    "ld_related_first.html": "2021-09-30",
    "ld_rfc822.html": "2020-10-28",
    "og_image_date.html": None,
    "commented_meta.html": None,
    "teaser_time_first.html": None,
    "drupal_date.html": "2023-07-11",
    "old_1991.html": "1991-01-02",
    "ld_charset_type.html": "2021-09-30",
    "metaval06.html": "2021-09-30",
    "metaval09.html": "2021-09-30",
    "metaval12.html": "2021-09-30",
    "span_date.html": "2021-09-30",
    "time_outside_article.html": "2021-09-30",
    "itemprop_span.html": "2021-09-30",
    "hdr2.txt": "2024-05-14",
    "2024-05-14-bridge.txt": "2024-05-14",
    "bridge.pdf": "2024-05-14",
    "newsletter.eml": "2024-05-14",
    "crawl.warc.gz": "2024-05-14",
    "hugo.md": "2024-05-14",
    "clip_obsidian.md": "2024-05-14",
    "all-the-news.csv": "2024-05-14",
    "cc_news_newsplease.json": "2024-05-14",
    "newsapi.csv": "2024-05-14",
    "guardian_api.json": "2024-05-14",
    "c.json": "2024-05-14",
    "semicolon.csv": "2024-05-14",
    "liveblog.html": "2021-09-30",
}
TITLES = {
    **dict.fromkeys([name for name in DATES if name.endswith(".html")], FERRIES),
    "liveblog.html": "Storm Ulla: live",
    "title_site.html": FERRIES,
    "aside_article.html": FERRIES,
    "c.json": "Bridge",
    "semicolon.csv": "Bridge",
    **dict.fromkeys(
        """bridge.pdf newsletter.eml crawl.warc.gz hugo.md clip_obsidian.md all-the-news.csv
        cc_news_newsplease.json newsapi.csv guardian_api.json story.markdown
        story.ndjson""".split(),
        STORY,
    ),
}
HELD = {
    "list_in_table.html": ["06:10", "18:40", "07:25"],
    "aside_article.html": ["The regional council of Varnsted agreed"],
    "cp1252_as_latin1.html": ["The mayor’s words were plain: “We can’t wait.” Café", "20 €"],
    "soft_hyphen.txt": ["The reconstruction of the Kolbvik yard", "412 million", "Signe Aalto"],
    "mojibake.txt": ["The mayor’s words were plain: “We can’t wait.", "Café", "20 €"],
    "html_in_text.jsonl": ["the mayor said.\n\nSecond & last."],
    "cnn_dailymail.csv": ["Mayor Ines Calloway said", 'bridge," said baker Tom Oduya.'],
    "clip_obsidian.md": ["See the plan."],
}
LACKED = {
    "aside_article.html": "cookies",
    "html_in_text.jsonl": "<",
    "clip_obsidian.md": "![",
    "hugo.md": "+++",
}


def loaded(name: str) -> list[Loaded]:
    return [item for item in read(INPUTS / name, 10) if isinstance(item, Loaded)]


@pytest.mark.parametrize("name", DATES)
def test_dates(name: str) -> None:
    [item] = loaded(name)
    day = item.article.source.date
    assert (str(day) if day else None) == DATES[name]


@pytest.mark.parametrize("name", TITLES)
def test_titles(name: str) -> None:
    assert [item.article.source.title for item in loaded(name)] == [TITLES[name]]


@pytest.mark.parametrize("name", HELD)
def test_texts(name: str) -> None:
    [item] = loaded(name)
    assert [part for part in HELD[name] if part not in item.article.text] == []
    assert name not in LACKED or LACKED[name] not in item.article.text


def test_who_wrote_it_and_where() -> None:
    [clip] = loaded("clip_obsidian.md")
    assert clip.article.source.authors == ("Lena Marsh",)
    assert clip.article.source.url == "https://ferrypost.example/2024/05/14/bridge"
    sources = [item.article.source for item in loaded("pub.jsonl")]
    rows = [(source.title, str(source.date), source.id) for source in sources]
    assert rows == [(f"T{n}", f"2024-05-1{n}", f"https://x.example/{n}") for n in range(3)]


def test_files_of_several_articles() -> None:
    assert [str(i.article.source.date) for i in loaded("lexis.txt")] == ["2024-05-14", "2024-05-20"]
    assert [i.article.source.title for i in loaded("jsonl_as_json.json")] == ["B", "C"]
    assert [i.article.source.title for i in loaded("feed.rss")] == [STORY, "Second story"]


def test_what_is_no_article() -> None:
    [page] = read(INPUTS / "index_page.html", 10)
    assert isinstance(page, Skipped)
    assert "front page" in page.reason
    [rows] = read(INPUTS / "noheader.csv", 10)
    assert isinstance(rows, Skipped)
    assert "no column `text`; columns found: Bridge, 2024-05-14" in rows.reason


def test_rows_of_many_lines_are_counted_as_articles(notices: Notices) -> None:
    file = INPUTS / "multi_paragraph.csv"
    with file.open(newline="", encoding="utf-8") as stream:
        rows = sum(1 for _ in csv.DictReader(stream))
    assert count(file) == len(loaded(file.name)) == rows == 40


def test_one_name_in_two_folders(tmp_path: Path, bring: object) -> None:
    assert callable(bring)
    assert bring(INPUTS / "two" / "2023", INPUTS / "two" / "2024") == Summary(added=2)
    with SQLiteCatalogue.open(tmp_path / "library") as library:
        assert [source.id for source in library.sources()] == ["001.txt", "2024/001.txt"]
