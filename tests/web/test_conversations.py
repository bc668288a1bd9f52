"""Conversations on the page: kept, reopened, changed, rated; each person's own."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from qa.evaluation import load
from qa.library.conversations import FEEDBACK
from qa.library.sqlite.conversations import FILE
from tests.web.conftest import (
    PATIENCE,
    WINNER,
    answered,
    arrived,
    ask,
    box,
    open_menu,
    serving,
    shoot,
    visit,
)

pytestmark = pytest.mark.browser
BUILT = "When was the theater in Tolk built?"


def titles(page: Page) -> list[str]:
    return page.locator(".qa-talks a").all_text_contents()


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
    # The back button goes to the conversation before, not off the page.
    page.go_back()
    answered(page, re.compile("1887"))
    page.go_forward()
    answered(page, "Jonas Brandt [1]")
    # The citation opens as before, and the conversation goes on where it was.
    page.locator(".qa-answer a").click()
    expect(page.locator("#qa-quote")).to_contain_text("54 percent of the vote")
    expect(page.locator("#qa-quote")).to_be_focused()
    page.keyboard.press("Escape")
    ask(page, "Who was his rival?")
    answered(page, "Petra Sonn [1]")
    shoot(page, "conversations")


def test_a_question_is_edited_and_asked_again(page: Page) -> None:
    ask(page, WINNER)
    answered(page, "Jonas Brandt [1]")
    page.get_by_role("button", name="Edit").first.click()
    edited = page.locator("#qa-talk textarea")
    # All of a long question can be read while it is edited.
    edited.fill("When was the theater in Tolk built, which lost its roof? " * 12)
    assert edited.evaluate(
        "one => one.clientHeight >= Math.min(one.scrollHeight, innerHeight * .4)"
    )
    edited.fill(BUILT)
    page.get_by_role("button", name="Submit").click()
    answered(page, re.compile("1887"))
    expect(page.locator(".qa-exchange")).to_have_count(1)
    page.get_by_role("button", name="Ask again").click()
    expect(page.locator(".qa-stage")).to_have_count(1)
    answered(page, re.compile("1887"))
    expect(page.locator(".qa-exchange")).to_have_count(1)
    page.reload()
    arrived(page)
    answered(page, re.compile("1887"))
    expect(page.locator(".qa-exchange")).to_have_count(1)
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
    expect(page.locator(".qa-exchange")).to_have_count(3)
    page.reload()
    arrived(page)
    expect(page.locator(".qa-exchange")).to_have_count(3)


def test_a_conversation_is_renamed_exported_and_deleted(page: Page, tmp_path: Path) -> None:
    ask(page, WINNER)
    answered(page, "Jonas Brandt [1]")
    open_menu(page, WINNER)
    page.get_by_role("menuitem", name="Rename").click()
    field = page.get_by_label("A new name for this conversation")
    # The name that it has is where one begins.
    expect(field).to_have_value(WINNER)
    field.fill("The <b>vote</b>")
    field.press("Enter")
    expect(page.locator(".qa-talks a")).to_have_text("The <b>vote</b>")
    open_menu(page, "The <b>vote</b>")
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="Export").click()
    assert download.value.suggested_filename == "The-b-vote-b.md"
    file = tmp_path / "exported.md"
    download.value.save_as(file)
    text = file.read_text(encoding="utf-8")
    assert "## Who won the election for mayor of Tolk?\n\nJonas Brandt[^1]\n" in text
    assert "[^1]: “Jonas Brandt won the election for mayor of Tolk on Sunday with 54" in text
    for answer, left in (("Cancel", 1), ("Delete", 0)):
        open_menu(page, "The <b>vote</b>")
        page.get_by_role("menuitem", name="Delete").click()
        page.get_by_role("dialog").get_by_role("button", name=answer).click()
        expect(page.locator(".qa-talks a")).to_have_count(left)
    expect(page.locator(".qa-answer")).to_have_count(0)


def test_an_answer_is_rated_and_the_right_one_kept(page: Page, served_library: Path) -> None:
    ask(page, WINNER)
    answered(page, "Jonas Brandt [1]")
    page.get_by_role("button", name="Bad answer").click()
    page.get_by_label("The right answer").fill("Petra Sonn")
    page.get_by_label("A note").fill("as I heard")
    shoot(page, "feedback")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_label("A note")).to_have_count(0)
    kept = load(served_library / FEEDBACK).questions[-1]
    assert (kept.text, kept.answers, kept.note) == (WINNER, ("Petra Sonn",), "as I heard")
    assert kept.tags == ("down",)
    page.reload()
    arrived(page)
    rated = page.get_by_role("button", name="Bad answer")
    expect(rated).to_have_attribute("aria-pressed", "true")
    rated.click()
    expect(rated).to_have_attribute("aria-pressed", "false")


def clipboard(page: Page, beginning: str) -> str:
    """Wait until the clipboard holds a text that begins so, and return it."""
    for _ in range(PATIENCE // 100):
        held = str(page.evaluate("navigator.clipboard.readText()"))
        if held.startswith(beginning):
            return held
        page.wait_for_timeout(100)
    raise AssertionError(held)


def test_an_answer_is_copied_linked_and_shared(person: BrowserContext, address: str) -> None:
    person.grant_permissions(["clipboard-read", "clipboard-write"])
    page = visit(person, address)
    ask(page, WINNER)
    answered(page, "Jonas Brandt [1]")
    page.get_by_role("button", name="Copy").focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = clipboard(page, "Jonas Brandt [1]\n\n[1] Tolk · 20 September 2021\n")
    assert "on Sunday with 54 percent of the vote." in copied
    assert "<" not in copied
    page.get_by_role("button", name="Markdown").click()
    assert "Jonas Brandt[^1]" in clipboard(page, "# ")
    page.get_by_role("button", name="Link").click()
    link = clipboard(page, "http")
    page.goto("about:blank")
    page.goto(link)
    answered(page, "Jonas Brandt [1]")


def test_a_long_list_of_conversations_can_be_searched(page: Page, address: str) -> None:
    expect(page.get_by_placeholder("Search conversations")).to_be_hidden()
    page.evaluate(
        """async () => {
          const place = document.querySelector('script[src$="app.js"]').src;
          const { call, stop } = await import(place.replace("app.js", "server.js"));
          for (let n = 0; n < 21; n++)
            await stop((await call("ask", { question: `Question ${n} of the list` })).job);
        }"""
    )
    page.reload()
    arrived(page)
    page.get_by_placeholder("Search conversations").fill("question 17")
    rows = page.locator(".qa-talks li:not([hidden])")
    expect(rows).to_have_count(1)
    expect(page.locator(".qa-talks h3")).to_have_text(["Today"])


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
    bob.goto("about:blank")
    bob.goto(ann.url)
    arrived(bob)
    expect(bob.locator("#qa-notice")).to_contain_text("not there any more")
    expect(bob.locator(".qa-answer")).to_have_count(0)
    assert titles(bob) == [BUILT]
    other.close()


def test_a_restart_of_the_server_loses_neither_conversations_nor_what_is_typed(
    served_library: Path, person: BrowserContext, chromium: str
) -> None:
    with serving(served_library) as first:
        page = visit(person, first)
        ask(page, WINNER)
        answered(page, "Jonas Brandt [1]")
        url = page.url
    ask(page, BUILT)
    expect(page.locator("#qa-notice")).to_contain_text("cannot be reached")
    expect(box(page)).to_have_value(BUILT)
    with serving(served_library, port=int(first.rpartition(":")[2])):
        page.reload()
        arrived(page)
        expect(box(page)).to_have_value(BUILT)
        box(page).press("Enter")
        answered(page, re.compile("1887"))
        # The question has gone on in the conversation that was open.
        expect(page.locator(".qa-exchange")).to_have_count(2)
        # A link leads there still, and follow-ups know what was said before the restart.
        page.goto("about:blank")
        page.goto(url)
        arrived(page)
        expect(page.locator(".qa-answer").first).to_have_text("Jonas Brandt [1]")
        ask(page, "Who was his rival?")
        answered(page, "Petra Sonn [1]")
    assert (served_library / FILE).is_file()


def test_a_question_outlives_its_conversation(person: BrowserContext, address: str) -> None:
    page = visit(person, address)
    ask(page, WINNER)
    answered(page, "Jonas Brandt [1]")
    other = visit(person, address)
    open_menu(other, WINNER)
    other.get_by_role("menuitem", name="Delete").click()
    other.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(other.locator(".qa-talks a")).to_have_count(0)
    ask(page, BUILT)
    expect(page.locator("#qa-notice")).to_contain_text("not there any more")
    expect(box(page)).to_have_value(BUILT)
    page.get_by_role("button", name="Ask in a new conversation").click()
    answered(page, re.compile("1887"))
    expect(box(page)).to_have_value("")
    assert titles(page) == [BUILT]


def test_a_question_is_answered_though_the_page_was_closed(
    person: BrowserContext, address: str
) -> None:
    page = visit(person, address)
    ask(page, WINNER)
    expect(page).to_have_url(re.compile("#talk-"))
    page.reload()
    arrived(page)
    answered(page, "Jonas Brandt [1]")
