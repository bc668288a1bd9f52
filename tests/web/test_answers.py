"""Asking on the page, as a person does: in headless Chromium."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.web.conftest import WINNER, answered, arrived, ask, shoot, timeline_of, visit


def contrast(*colors: str) -> float:
    """Return the contrast of two colors, rgb(…), as WCAG 2.1 defines it: 4.5 is enough to read."""
    lights = []
    for color in colors:
        parts = [int(part) / 255 for part in re.findall(r"\d+", color)[:3]]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        lights.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])
    return (max(lights) + 0.05) / (min(lights) + 0.05)


@pytest.mark.browser
def test_an_answer_with_its_citation(page: Page) -> None:
    ask(page, WINNER)
    citation = page.locator("details.qa-citation")
    expect(citation.locator("summary")).to_contain_text("[1] Jonas Brandt won the election")
    expect(citation.locator("summary")).to_contain_text("20 September 2021")
    quote = citation.locator("blockquote")
    expect(quote).to_have_text(
        "Jonas Brandt won the election for mayor of Tolk on Sunday with 54 percent of the vote."
    )
    expect(quote.locator("mark")).to_have_text("Jonas Brandt")
    expect(page.locator(".qa-answer")).to_have_text("Jonas Brandt [1]")
    shoot(page, "answer")
    citation.locator("summary").click()
    expect(quote).to_be_hidden()
    citation.locator("summary").click()
    expect(quote).to_be_visible()
    ask(page, "Who was his rival?")
    expect(page.locator(".qa-answer").last).to_have_text("Petra Sonn [1]")
    shoot(page, "follow-up")


@pytest.mark.browser
def test_a_citation_opens_its_article_beside_the_chat(page: Page) -> None:
    ask(page, WINNER)
    marker = page.locator(".qa-answer a")
    expect(marker).to_have_text("[1]")
    marker.click()
    quote = page.locator("#qa-quote")
    expect(quote).to_have_text(page.locator("details.qa-citation blockquote").inner_text())
    expect(quote).to_be_in_viewport()
    expect(quote).to_be_focused()
    expect(page.locator("#qa-panel .qa-text")).to_contain_text("conceded before midnight")
    shoot(page, "article")
    ask(page, "When was the theater in Tolk built?")
    expect(page.locator(".qa-answer")).to_have_count(2)
    page.locator(".qa-answer a").last.focus()
    page.keyboard.press("Enter")
    expect(quote).to_contain_text("The theater was built in 1887.")


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_quote_can_be_read(browser: Browser, address: str, scheme: str) -> None:
    opened_page = browser.new_page(viewport={"width": 390, "height": 844})
    opened_page.goto(f"{address}/?__theme={scheme}")
    arrived(opened_page)
    ask(opened_page, WINNER)
    opened_page.locator(".qa-answer a").click()
    quote = opened_page.locator("#qa-quote")
    # On a phone the article is below the chat: it is scrolled to.
    expect(quote).to_be_in_viewport(timeout=30_000)
    style = (
        "element => { const s = getComputedStyle(element); return [s.color, s.backgroundColor] }"
    )
    assert contrast(*quote.evaluate(style)) > 7
    shoot(opened_page, f"phone-{scheme}")
    opened_page.close()


@pytest.mark.browser
def test_the_stages_are_said_as_they_come(page: Page) -> None:
    page.evaluate(
        """() => {
          window.seen = [];
          new MutationObserver(() => {
            const stage = document.querySelector(".qa-stage");
            if (stage && window.seen.at(-1) !== stage.innerText) window.seen.push(stage.innerText);
          }).observe(document.body, { childList: true, subtree: true, characterData: true });
        }"""
    )
    ask(page, WINNER)
    expect(page.locator(".qa-answer")).to_have_text("Jonas Brandt [1]")
    assert "Searching 5 articles …" in page.evaluate("window.seen")
    expect(page.locator(".qa-stage")).to_have_count(0)


@pytest.mark.browser
def test_a_refusal_offers_what_can_be_answered(page: Page) -> None:
    ask(page, "What is the capital of Peru?")
    offered = page.get_by_role("button", name=re.compile(r"^What happened on \d+ \w+ \d{4}\?$"))
    expect(offered.first).to_be_visible()
    shoot(page, "offered")
    nearest = page.locator(".qa-answer a").first
    named = nearest.inner_text().strip("“”").rpartition(" (")[0]
    nearest.click()
    expect(page.locator("#qa-panel h2")).to_have_text(named)
    expect(page.locator("#qa-quote")).to_be_in_viewport()
    offered.first.click()
    expect(page.locator("details.qa-citation").first).to_be_visible()


@pytest.mark.browser
def test_a_refusal_and_a_bad_question(page: Page) -> None:
    ask(page, "What is the capital of Peru?")
    expect(page.locator(".qa-answer")).to_contain_text("The archive does not hold the answer")
    expect(page.locator("details.qa-citation")).to_have_count(0)
    shoot(page, "refusal")
    ask(page, "why " * 1000)
    expect(page.get_by_text("the limit is 2000")).to_be_visible()


@pytest.mark.browser
def test_only_some_articles_are_searched(page: Page) -> None:
    page.get_by_text("Search only some articles").click()
    until = page.locator("input.time").nth(1)
    until.fill("2021-04-01")
    until.press("Enter")
    ask(page, WINNER)
    said = page.locator(".qa-answer")
    expect(said).to_contain_text("What passes the limits reaches from 1 March 2021 to 1 March 2021")
    shoot(page, "limits")


@pytest.mark.browser
def test_an_articles_markup_is_shown_not_obeyed(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    ask(page, "Who wrote a script, bold, and a link on the town's wall in red paint?")
    quote = page.locator("details.qa-citation blockquote")
    expect(quote).to_contain_text('<script>document.title = "pwned"</script> and **bold**')
    expect(quote).to_contain_text(
        '<img src="http://192.0.2.1/x.png"> and [link](http://192.0.2.1/)'
    )
    assert quote.locator("a, img, script, strong").count() == 0
    assert page.title() != "pwned"
    page.locator(".qa-answer a").first.click()
    panel = page.locator("#qa-panel")
    expect(panel).to_contain_text('<script>document.title = "pwned"</script> and **bold**')
    expect(panel).to_contain_text('${document.title = "pwned"} and {{value}} and <img src=x')
    assert panel.locator("a, img, script, strong").count() == 0
    assert page.title() != "pwned"
    assert not [url for url in asked if "192.0.2.1" in url]
    shoot(page, "hostile")


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_screen_reader_can_use_the_page(
    person: BrowserContext, address: str, scheme: str
) -> None:
    page = visit(person, f"{address}/?__theme={scheme}")
    ask(page, "What is the capital of Peru?")
    answered(page, re.compile("does not hold"))
    ask(page, WINNER)
    answered(page, "Jonas Brandt [1]")
    page.locator(".qa-answer a").last.click()
    expect(page.locator("#qa-quote")).to_be_focused()
    page.get_by_text("Search only some articles").click()
    for tab in ("Chat", "Timeline", "Archive"):
        page.get_by_role("tab", name=tab).click()
        if tab == "Timeline":
            timeline_of(page, "harbor bridge")
            expect(page.locator(".qa-events li").first).to_be_visible(timeout=30_000)
        # Of the fade from one tab to the next axe would see half.
        page.wait_for_timeout(300)
        faults = [
            f"{tab}: {found['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
            for found in Axe().run(page).response["violations"]
            if found["impact"] in ("serious", "critical")
            for node in found["nodes"]
        ]
        assert not faults, "\n".join(faults)


@pytest.mark.browser
def test_the_keyboard_is_enough(page: Page) -> None:
    def tab_to(selector: str, key: str = "Tab") -> None:
        for _ in range(60):
            if page.evaluate("s => document.activeElement?.matches(s)", selector):
                return
            page.keyboard.press(key)
        raise AssertionError(f"{selector} cannot be reached")

    tab_to("#qa-box textarea")
    page.keyboard.type(WINNER)
    page.keyboard.press("Enter")
    answered(page, "Jonas Brandt [1]")
    tab_to(".qa-answer a", "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#qa-quote")).to_be_focused()
    tab_to("#qa-new", "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".qa-answer")).to_have_count(0)
    tab_to(".qa-talks a")
    page.keyboard.press("Enter")
    answered(page, "Jonas Brandt [1]")
    tab_to("[role=tab][aria-selected=true]", "Shift+Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("A person, a place or a subject")).to_be_visible()
