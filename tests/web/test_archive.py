"""The archive and the timeline on the page: finding, opening, uploading, removing."""

import gzip
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from qa.library.sqlite.catalogue import SQLiteCatalogue
from tests.web.conftest import answered, ask, serving, shoot, timeline_of, visit

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def own_library(served_library: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that may be changed: the other tests' own stays as it is."""
    folder = tmp_path_factory.mktemp("own") / "library"
    shutil.copytree(served_library, folder)
    return folder


@pytest.fixture(scope="module")
def own_address(own_library: Path, chromium: str) -> Iterator[str]:
    with serving(own_library, QA_UPLOAD_FILES="3", QA_UPLOAD_MB="1") as address:
        yield address


def archive(page: Page) -> Page:
    page.get_by_role("tab", name="Archive").click()
    expect(page.locator("#qa-articles li").first).to_be_visible()
    return page


def test_articles_are_found_filtered_and_opened(page: Page) -> None:
    archive(page)
    rows = page.locator("#qa-articles li")
    expect(rows).to_have_count(5)
    shoot(page, "archive")
    page.get_by_label("Words").fill("theater roof")
    page.get_by_label("Words").press("Enter")
    expect(rows).to_have_count(1)
    rows.first.get_by_role("link").first.click()
    expect(page.locator("#qa-panel")).to_contain_text("The theater was built in 1887.")
    page.get_by_label("Words").fill("")
    page.get_by_label("Words").press("Enter")
    expect(rows).to_have_count(5)
    # A month of the plot is a limit; so is "all".
    page.get_by_role("link", name="June 2021: 1 articles").click()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("12 June 2021")
    page.get_by_role("link", name="all", exact=True).click()
    expect(rows).to_have_count(5)


def test_a_timeline_is_shown_and_its_events_open(page: Page) -> None:
    query = timeline_of(page, "harbor bridge in Lindhaven")
    expect(page.locator(".qa-events li").first).to_be_visible(timeout=30_000)
    shoot(page, "timeline")
    dot = page.locator(".qa-dots a").first
    dot.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#qa-quote")).to_contain_text("harbor bridge in Lindhaven")
    query.fill("zeppelin")
    query.press("Enter")
    expect(page.locator("#qa-timeline")).to_contain_text("no dated sentence")
    query.fill("")
    query.press("Enter")
    expect(page.locator("#qa-timeline")).to_contain_text("the question is empty")


def upload(page: Page, said: str, *files: Path) -> None:
    """Upload files, and wait for what the page is to say of them."""
    page.locator("#qa-files input[type=file]").set_input_files(list(files))
    expect(page.locator("#qa-ingest")).to_contain_text(said)
    # The field is empty again.
    expect(page.locator("#qa-files input[type=file]")).to_be_attached()


def test_articles_are_uploaded_asked_about_and_removed(
    person: BrowserContext, own_address: str, own_library: Path, tmp_path: Path
) -> None:
    page = archive(visit(person, own_address))
    page.get_by_text("Add articles").click()
    file = tmp_path / "2022-02-02-ferry.txt"
    file.write_text(
        " date 2022-02-02 TOLK —\n\nThe ferry Gudrun sank off Tolk on Tuesday. Nobody drowned.\n",
        encoding="utf-8",
    )
    bad = tmp_path / "bad.txt"
    bad.write_bytes(b"\x00\x01\x02" * 100)
    upload(page, "added 1, changed 0, unchanged 0, removed 0, skipped 1", file, bad)
    expect(page.locator("#qa-ingest")).to_contain_text("skipped bad.txt: ")
    shoot(page, "upload")
    expect(page.locator("#qa-articles li")).to_have_count(6)
    expect(page.locator("#qa-head")).to_contain_text("6 articles, 2021-03-01 to 2022-03-03")
    page.get_by_role("tab", name="Chat").click()
    ask(page, "Which ferry sank off Tolk?")
    answered(page, re.compile("Gudrun"))
    page.get_by_role("tab", name="Archive").click()
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_label(re.compile("Remove The ferry")).click()
    expect(page.locator("#qa-articles li")).to_have_count(5)
    expect(page.locator("#qa-head")).to_contain_text("5 articles")
    # The citation still shows its quote.
    page.get_by_role("tab", name="Chat").click()
    page.locator(".qa-answer a").click()
    expect(page.locator("#qa-panel")).to_contain_text("no longer in the archive")
    expect(page.locator("#qa-panel blockquote")).to_contain_text("The ferry Gudrun sank")
    with SQLiteCatalogue.open(own_library) as library:
        assert library.counts()[0] == 5


def test_what_cannot_be_uploaded_is_one_line(
    person: BrowserContext, own_address: str, own_library: Path, tmp_path: Path
) -> None:
    page = archive(visit(person, own_address))
    page.get_by_text("Add articles").click()
    empty, image = tmp_path / "empty.txt", tmp_path / "x.png"
    empty.write_text("", encoding="utf-8")
    image.write_bytes(b"\x89PNG")
    upload(page, "skipped empty.txt: ", empty)
    upload(page, "x.png is not a file that qa reads", image)
    many = [tmp_path / f"{number}.txt" for number in range(4)]
    for one in many:
        one.write_text("An article.", encoding="utf-8")
    upload(page, "4 files, the limit is 3", *many)
    halves = [tmp_path / f"half-{number}.txt" for number in range(2)]
    for half in halves:
        half.write_text("word " * 150_000, encoding="utf-8")
    upload(page, "the limit is 1", *halves)
    bomb = tmp_path / "bomb.txt.gz"
    bomb.write_bytes(gzip.compress(b"word " * 20_000_000))
    upload(page, "skipped bomb.txt.gz", bomb)
    with SQLiteCatalogue.open(own_library) as library:
        assert library.counts()[0] == 5
