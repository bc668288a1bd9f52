"""The archive and the timeline on the page: finding, opening, uploading, removing."""

import gzip
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from qa.ingest import Summary, remove
from qa.library.opening import open_folder
from qa.library.sqlite.catalogue import SQLiteCatalogue
from tests.web.conftest import answered, ask, serving, shoot, timeline_of, view, visit

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
    view(page, "Archive")
    expect(page.locator("#qa-articles li").first).to_be_visible()
    return page


def test_articles_are_found_filtered_and_opened(page: Page) -> None:
    archive(page)
    rows = page.locator("#qa-articles li")
    expect(rows).to_have_count(6)
    shoot(page, "archive")
    page.get_by_label("Words").fill("theater roof")
    page.get_by_label("Words").press("Enter")
    expect(rows).to_have_count(1)
    rows.first.get_by_role("link").first.click()
    expect(page.locator("#qa-panel")).to_contain_text("The theater was built in 1887.")
    expect(page.locator("#qa-article-title")).to_be_focused()
    page.keyboard.press("Escape")
    page.get_by_label("Words").fill("")
    page.get_by_label("Words").press("Enter")
    expect(rows).to_have_count(6)
    page.keyboard.press("Escape")
    # A month of the plot is a limit; so is "all".
    page.get_by_role("button", name="June 2021: 1 article").click()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("12 June 2021")
    page.get_by_role("button", name="all", exact=True).click()
    expect(rows).to_have_count(6)
    since = page.locator("#qa-archive-form").get_by_label("From", exact=True)
    since.fill("last month")
    since.press("Enter")
    expect(rows).to_have_count(2)
    since.fill("banana")
    since.press("Enter")
    expect(page.get_by_text("“banana” names no day").first).to_be_visible()


def test_articles_without_a_date_and_stories_are_listed(page: Page) -> None:
    archive(page)
    page.get_by_role("button", name="Without a date").click()
    expect(page.locator("#qa-articles")).to_contain_text("0 articles without a date")
    page.get_by_role("button", name="By story").click()
    expect(page.locator("#qa-articles")).to_contain_text("told by several articles")
    # The address names the view, and the back button leaves it, not the page.
    expect(page).to_have_url(re.compile("#archive$"))
    page.go_back()
    expect(page.locator("#qa-welcome")).to_be_visible()


def test_a_timeline_is_shown_and_its_events_open(page: Page) -> None:
    query = timeline_of(page, "harbor bridge in Lindhaven")
    expect(page.locator(".qa-events li").first).to_be_visible()
    shoot(page, "timeline")
    dot = page.locator(".qa-dots a").first
    dot.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#qa-quote")).to_contain_text("harbor bridge in Lindhaven")
    page.keyboard.press("Escape")
    # Each day once, in years that fold.
    days = page.locator(".qa-when").all_inner_texts()
    assert len(days) == len(set(days))
    page.get_by_text("2021", exact=True).click()
    expect(page.locator(".qa-on").first).to_be_hidden()
    expect(page).to_have_url(re.compile("#timeline-harbor"))
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
    image = tmp_path / "x.png"
    image.write_bytes(b"\x89PNG")
    # Those that cannot be read take nothing from the one that can.
    upload(page, "added 1, changed 0, unchanged 0, removed 0, skipped 2", file, bad, image)
    expect(page.locator("#qa-ingest")).to_contain_text("skipped bad.txt: ")
    expect(page.locator("#qa-ingest")).to_contain_text("x.png is not a file that qa reads")
    shoot(page, "upload")
    expect(page.locator("#qa-articles li")).to_have_count(7)
    view(page, "New conversation")
    expect(page.locator(".qa-holds")).to_contain_text("7")
    # The questions of the welcome are those of the archive as it is now.
    expect(page.locator(".qa-starters .qa-offer").first).to_be_visible()
    ask(page, "Which ferry sank off Tolk?")
    answered(page, re.compile("Gudrun"))
    view(page, "Archive")
    page.get_by_label(re.compile("Remove The ferry")).click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(page.locator("#qa-articles li")).to_have_count(7)
    page.get_by_label(re.compile("Remove The ferry")).click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.locator("#qa-articles li")).to_have_count(6)
    # The citation still shows its quote.
    page.locator(".qa-talks a").first.click()
    page.locator(".qa-answer a").first.click()
    expect(page.locator("#qa-panel")).to_contain_text("no longer in the archive")
    expect(page.locator("#qa-panel blockquote")).to_contain_text("The ferry Gudrun sank")
    with SQLiteCatalogue.open(own_library) as library:
        assert library.counts()[0] == 6


def test_an_empty_archive_takes_files(
    person: BrowserContext, tmp_path: Path, bring: Callable[..., Summary]
) -> None:
    file = tmp_path / "a.txt"
    file.write_text(" date 2022-02-02 TOLK —\n\nThe ferry Gudrun sank.\n", encoding="utf-8")
    bring(file)
    with open_folder(tmp_path / "library") as library:
        remove(["a.txt"], library)
    with serving(tmp_path / "library") as address:
        page = visit(person, address)
        expect(page.locator("#qa-welcome")).to_contain_text("This archive is empty")
        with page.expect_file_chooser() as chooser:
            page.get_by_text("choose files").first.click()
        chooser.value.set_files(file)
        expect(page.locator("#qa-ingest")).to_contain_text("added 1")
        expect(page.locator("#qa-articles li")).to_have_count(1)


def test_only_what_was_uploaded_can_be_added(person: BrowserContext, own_address: str) -> None:
    page = visit(person, own_address)
    said = page.evaluate(
        """async () => {
          const place = document.querySelector('script[src$="app.js"]').src;
          const { call } = await import(place.replace("app.js", "server.js"));
          try { return await call("add", { paths: ["/etc/passwd"] }); }
          catch (error) { return error.message; }
        }"""
    )
    assert said.startswith("this file was not uploaded")


def test_what_cannot_be_uploaded_is_one_line(
    person: BrowserContext, own_address: str, own_library: Path, tmp_path: Path
) -> None:
    with SQLiteCatalogue.open(own_library) as library:
        before = library.counts()[0]
    page = archive(visit(person, own_address))
    page.get_by_text("Add articles").click()
    empty, image = tmp_path / "empty.txt", tmp_path / "x.png"
    empty.write_text("", encoding="utf-8")
    image.write_bytes(b"\x89PNG")
    upload(page, "skipped empty.txt: ", empty)
    upload(page, "x.png is not a file that qa reads", image)
    expect(page.locator("#qa-ingest")).to_contain_text("added 0")
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
        assert library.counts()[0] == before
