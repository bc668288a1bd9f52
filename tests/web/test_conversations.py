"""Conversations on the page: kept, reopened, changed, rated; each person's own."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, expect

from qa.evaluation import load
from qa.library.conversations import FEEDBACK
from qa.library.sqlite.conversations import FILE
from tests.web.conftest import WINNER, answered, arrived, ask, serving, shoot, visit

pytestmark = pytest.mark.browser
BUILT = "When was the theater in Tolk built?"


def titles(page: Page) -> list[str]:
    return page.locator(".qa-talks a").all_inner_texts()


def test_conversations_are_kept_switched_and_survive_a_reload(page: Page) -> None:
    ask(page, WINNER)
    answered(page, "Jonas Brandt [1]")
    expect(page).to_have_url(re.compile("#talk-"))
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".qa-answer")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("#talk-"))
    ask(page, BUILT)
    answered(page, re.compile("1887"))
    assert titles(page) == [BUILT, WINNER]
    page.get_by_role("link", name=WINNER).click()
    answered(page, "Jonas Brandt [1]")
    page.reload()
    arrived(page)
    answered(page, "Jonas Brandt [1]")
    expect(page.locator(".qa-talks a[aria-current]")).to_have_text(WINNER)
    # The citation opens as before, and the conversation goes on where it was.
    page.locator(".qa-answer a").click()
    expect(page.locator("#qa-quote")).to_contain_text("54 percent of the vote")
    expect(page.locator("#qa-quote")).to_be_focused()
    ask(page, "Who was his rival?")
    answered(page, "Petra Sonn [1]")
    shoot(page, "conversations")


def test_a_question_is_edited_and_asked_again(page: Page) -> None:
    ask(page, WINNER)
    answered(page, "Jonas Brandt [1]")
    page.get_by_role("button", name="Edit").first.click()
    edited = page.locator("#qa-talk textarea")
    edited.fill(BUILT)
    page.get_by_role("button", name="Submit").click()
    answered(page, re.compile("1887"))
    expect(page.locator(".qa-answer")).to_have_count(1)
    page.get_by_role("button", name="Retry").click()
    expect(page.locator(".qa-stage")).to_have_count(1)
    answered(page, re.compile("1887"))
    expect(page.locator(".qa-answer")).to_have_count(1)
    page.reload()
    arrived(page)
    expect(page.locator(".qa-answer")).to_have_count(1)
    assert titles(page) == [WINNER]


def test_an_earlier_question_that_is_edited_is_asked_at_the_end(page: Page) -> None:
    ask(page, WINNER)
    answered(page, "Jonas Brandt [1]")
    ask(page, "Who was his rival?")
    answered(page, "Petra Sonn [1]")
    page.get_by_role("button", name="Edit").first.click()
    page.locator("#qa-talk textarea").fill(BUILT)
    page.get_by_role("button", name="Submit").click()
    answered(page, re.compile("1887"))
    # What came after it is still there.
    expect(page.locator(".qa-answer")).to_have_count(3)
    page.reload()
    arrived(page)
    expect(page.locator(".qa-answer")).to_have_count(3)


def test_a_conversation_is_renamed_exported_and_deleted(page: Page, tmp_path: Path) -> None:
    ask(page, WINNER)
    answered(page, "Jonas Brandt [1]")
    said: list[str] = []

    def reply(dialog: Dialog) -> None:
        said.append(dialog.message)
        dialog.accept("The <b>vote</b>" if dialog.type == "prompt" else None)

    page.on("dialog", reply)
    page.get_by_role("button", name="Rename").click()
    expect(page.locator(".qa-talks a")).to_have_text("The <b>vote</b>")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    assert download.value.suggested_filename == "The-b-vote-b.md"
    file = tmp_path / "exported.md"
    download.value.save_as(file)
    text = file.read_text(encoding="utf-8")
    assert "## Who won the election for mayor of Tolk?\n\nJonas Brandt[^1]\n" in text
    assert "[^1]: “Jonas Brandt won the election for mayor of Tolk on Sunday with 54" in text
    page.get_by_role("button", name="Delete").click()
    expect(page.locator(".qa-talks a")).to_have_count(0)
    expect(page.locator(".qa-answer")).to_have_count(0)
    assert len(said) == 2


def test_an_answer_is_rated_and_the_right_one_kept(page: Page, served_library: Path) -> None:
    ask(page, WINNER)
    answered(page, "Jonas Brandt [1]")
    page.get_by_role("button", name="Dislike").click()
    page.get_by_label("The right answer").fill("Petra Sonn")
    page.get_by_label("A note").fill("as I heard")
    shoot(page, "feedback")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_label("A note")).to_be_hidden()
    kept = load(served_library / FEEDBACK).questions[-1]
    assert (kept.text, kept.answers, kept.note) == (WINNER, ("Petra Sonn",), "as I heard")
    assert kept.tags == ("down",)


def test_an_answer_is_copied_without_its_markup(person: BrowserContext, address: str) -> None:
    person.grant_permissions(["clipboard-read", "clipboard-write"])
    page = visit(person, address)
    ask(page, WINNER)
    answered(page, "Jonas Brandt [1]")
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("Jonas Brandt [1]\n\n[1] Jonas Brandt won the election")
    assert "on Sunday with 54 percent of the vote.\n" in copied
    assert "<" not in copied


def test_two_browsers_at_once_see_nothing_of_each_other(
    browser: Browser, person: BrowserContext, address: str
) -> None:
    ann = visit(person, address)
    other = browser.new_context()
    bob = visit(other, address)
    ask(ann, WINNER)
    ask(bob, BUILT)
    answered(ann, "Jonas Brandt [1]")
    answered(bob, re.compile("1887"))
    assert (titles(ann), titles(bob)) == ([WINNER], [BUILT])
    # Not with the other's address, either.
    bob.goto(ann.url)
    bob.reload()
    arrived(bob)
    expect(bob.get_by_text("not there any more")).to_be_visible()
    expect(bob.locator(".qa-answer")).to_have_count(0)
    assert titles(bob) == [BUILT]
    other.close()


def test_conversations_survive_a_restart_of_the_server(
    served_library: Path, person: BrowserContext, address: str
) -> None:
    with serving(served_library) as first:
        page = visit(person, first)
        ask(page, WINNER)
        answered(page, "Jonas Brandt [1]")
        url = page.url
    port = int(first.rpartition(":")[2])
    with serving(served_library, port=port):
        page.goto("about:blank")
        page.goto(url)
        arrived(page)
        answered(page, "Jonas Brandt [1]")
        ask(page, "Who was his rival?")
        answered(page, "Petra Sonn [1]")
    assert (served_library / FILE).is_file()
