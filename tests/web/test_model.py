"""A chat model on the page: its sentences as they pass, what was searched for, who stands in."""

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.openai_server import served
from tests.test_writer import GOOD, WON
from tests.web.conftest import WINNER, answered, ask, serving, shoot, visit

pytestmark = pytest.mark.browser
RIVAL = "Who was Jonas Brandt's rival for mayor of Tolk?"
SECOND = 'Petra Sonn conceded before midnight. [1 "Petra Sonn, conceded before midnight"]'
BAD = f'Petra Sonn won. [1 "{WON}"]'


def test_a_models_answer_is_shown_as_it_passes(
    served_library: Path, person: BrowserContext
) -> None:
    script = [f"{GOOD}\n{SECOND}\n", RIVAL, BAD, BAD]
    with (
        served(*script) as model,
        serving(served_library, "--model", "openai:m", QA_MODEL_URL=model.url) as address,
    ):
        page = visit(person, address)
        page.evaluate(
            """() => {
              window.seen = new Set();
              new MutationObserver(() => {
                for (const one of document.querySelectorAll(".qa-answer"))
                  window.seen.add(one.innerText);
              }).observe(document.body, { childList: true, subtree: true, characterData: true });
            }"""
        )
        ask(page, WINNER)
        expect(page.locator(".qa-answer").last).to_have_text(
            "Petra Sonn conceded before midnight. [2]"
        )
        expect(page.locator(".stop-button")).to_be_hidden()
        shoot(page, "model")
        seen = page.evaluate("[...window.seen]")
        # Whole sentences with their markers, and never a quote's brackets.
        assert {one.replace("\n", " ") for one in seen} == {
            "Jonas Brandt won the election with 54 percent. [1]",
            "Petra Sonn conceded before midnight. [2]",
        }
        page.locator(".qa-answer a").first.click()
        expect(page.locator("#qa-quote")).to_contain_text(WON)
        expect(page.locator("#qa-quote")).to_be_focused()
        page.keyboard.press("Escape")
        ask(page, "Who was his rival?")
        answered(page, "Petra Sonn [1]")
        expect(page.get_by_text(f"Searched for: {RIVAL}")).to_be_visible()
        expect(page.locator(".qa-note", has_text="this is the reader's answer")).to_be_visible()
        shoot(page, "stood-in")


def test_asking_can_be_stopped_and_goes_on(served_library: Path, person: BrowserContext) -> None:
    # The first answer would take longer than the test may.
    with (
        served(GOOD, ("slow", 60, GOOD), GOOD) as model,
        serving(served_library, "--model", "openai:m", QA_MODEL_URL=model.url) as address,
    ):
        page = visit(person, address)
        ask(page, WINNER)
        answered(page, "Jonas Brandt won the election with 54 percent. [1]")
        ask(page, RIVAL)
        expect(page.locator(".qa-stage")).to_have_text("Writing …")
        # Another question does not disturb it, and stays in the box.
        ask(page, WINNER)
        expect(page.locator("#qa-box textarea")).to_have_value(WINNER)
        expect(page.locator("#qa-notice")).to_contain_text("One question at a time")
        expect(page.locator(".qa-stage")).to_have_text("Writing …")
        page.get_by_role("button", name="Stop").click()
        expect(page.locator("#qa-talk").get_by_text("Stopped.")).to_be_visible()
        expect(page.locator(".qa-stage")).to_have_count(0)
        ask(page, WINNER)
        expect(page.locator(".qa-exchange")).to_have_count(3)
        answered(page, "Jonas Brandt won the election with 54 percent. [1]")
        # What was stopped is kept, to be asked again.
        expect(page.locator(".qa-talks a")).to_have_text([WINNER])
        expect(page.locator("#qa-talk").get_by_text("Stopped.")).to_be_visible()
