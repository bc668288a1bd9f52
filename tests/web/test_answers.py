"""Asking on the page, as a person does: in headless Chromium."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.web.conftest import (
    KEEPER,
    PATIENCE,
    WINNER,
    answered,
    arrived,
    ask,
    box,
    shoot,
    timeline_of,
    view,
    visit,
)

pytestmark = pytest.mark.browser
PERU = "What is the capital of Peru?"
BRIDGE = "What happened with the harbor bridge in Lindhaven?"


def contrast(*colors: str) -> float:
    """Return the contrast of two colors, rgb(…), as WCAG 2.1 defines it: 4.5 is enough to read."""
    lights = []
    for color in colors:
        parts = [int(part) / 255 for part in re.findall(r"\d+", color)[:3]]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        lights.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])
    return (max(lights) + 0.05) / (min(lights) + 0.05)


def test_an_answer_with_its_source(page: Page) -> None:
    ask(page, WINNER)
    answered(page, "Jonas Brandt [1]")
    card = page.locator(".qa-source")
    expect(card).to_have_count(1)
    expect(card).to_contain_text("Tolk · 20 September 2021")
    quote = card.locator(".qa-quoted")
    expect(quote).to_have_text(
        "Jonas Brandt won the election for mayor of Tolk on Sunday with 54 percent of the vote."
    )
    expect(quote.locator("mark")).to_have_text("Jonas Brandt")
    shoot(page, "answer")
    ask(page, "Who was his rival?")
    answered(page, "Petra Sonn [1]")
    shoot(page, "follow-up")


def test_a_citation_opens_its_article_beside_the_chat_and_gives_the_focus_back(page: Page) -> None:
    ask(page, WINNER)
    answered(page, "Jonas Brandt [1]")
    marker = page.locator(".qa-answer a")
    expect(marker).to_have_text("[1]")
    # As a button: by Space, too.
    marker.focus()
    page.keyboard.press("Space")
    quote = page.locator("#qa-quote")
    expect(quote).to_have_text(page.locator(".qa-source .qa-quoted").inner_text())
    expect(quote).to_be_in_viewport()
    expect(quote).to_be_focused()
    article = page.get_by_role("region", name="Article")
    expect(article).to_contain_text("conceded before midnight")
    shoot(page, "article")
    page.keyboard.press("Escape")
    expect(article).to_be_hidden()
    expect(marker).to_be_focused()
    # All of a source's card opens it; the back button closes it and stays on the page.
    page.locator(".qa-source").click()
    expect(quote).to_be_focused()
    page.go_back()
    expect(article).to_be_hidden()
    answered(page, "Jonas Brandt [1]")


@pytest.mark.parametrize(("width", "touch"), [(390, True), (1024, False), (1440, False)])
def test_a_long_article_does_not_move_the_page(
    browser: Browser, address: str, width: int, touch: bool
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 844}, has_touch=touch, is_mobile=touch
    )
    page = visit(context, address)
    ask(page, KEEPER)
    answered(page, re.compile("Odalys Brenn"))
    opener = page.locator(".qa-answer a").first
    opener.click()
    quote, inside = page.locator("#qa-quote"), page.locator("#qa-article")
    expect(quote).to_be_focused()
    expect(quote).to_be_in_viewport()
    assert inside.evaluate("one => one.scrollHeight > 2 * one.clientHeight")
    place = inside.bounding_box()
    assert place
    before = inside.evaluate("one => one.scrollTop")
    if touch:
        session = context.new_cdp_session(page)
        for step in range(12):
            at = {"x": place["x"] + 100, "y": place["y"] + 400 - 25 * step}
            kind = "touchMove" if step else "touchStart"
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [at]})
            page.wait_for_timeout(20)
        session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    else:
        page.mouse.move(place["x"] + 100, place["y"] + 300)
        page.mouse.wheel(0, 300)
    page.wait_for_function("b => document.querySelector('#qa-article').scrollTop > b", arg=before)
    quote.focus()
    page.keyboard.press("End")
    page.wait_for_function(
        "() => { const a = document.querySelector('#qa-article');"
        " return a.scrollTop + a.clientHeight > a.scrollHeight - 4 }"
    )
    # Nothing else has moved, and all is there again when it is closed.
    moved = "() => [...document.querySelectorAll('html, body, #qa-page, #qa, #qa-main')]"
    assert page.evaluate(f"{moved}.every(one => one.scrollTop === 0)")
    page.get_by_role("button", name="Close the article").click()
    expect(box(page)).to_be_in_viewport()
    expect(page.locator(".qa-question").last).to_be_in_viewport()
    expect(opener).to_be_focused()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_quote_can_be_read_on_a_phone(browser: Browser, address: str, scheme: str) -> None:
    opened_page = browser.new_page(viewport={"width": 390, "height": 844})
    opened_page.goto(f"{address}/?__theme={scheme}")
    arrived(opened_page)
    ask(opened_page, WINNER)
    opened_page.locator(".qa-answer a").click()
    quote = opened_page.locator("#qa-quote")
    expect(quote).to_be_in_viewport()
    # Colors as they are painted: those of the two schemes are said in one rule.
    painted = """element => {
      const context = document.createElement("canvas").getContext("2d");
      const style = getComputedStyle(element);
      return [style.color, style.backgroundColor].map((color) => {
        context.fillStyle = color;
        context.fillRect(0, 0, 1, 1);
        const [r, g, b] = context.getImageData(0, 0, 1, 1).data;
        return `rgb(${r}, ${g}, ${b})`;
      });
    }"""
    assert contrast(*quote.evaluate(painted)) > 4.5
    shoot(opened_page, f"phone-{scheme}")
    opened_page.close()


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
    answered(page, "Jonas Brandt [1]")
    assert page.evaluate("window.seen")
    expect(page.locator(".qa-stage")).to_have_count(0)
    # Who cannot see it is told.
    expect(page.locator("#qa-live")).to_have_text("Answer: Jonas Brandt")


def test_what_is_offered_after_a_refusal_goes_with_the_next_question(page: Page) -> None:
    ask(page, PERU)
    answered(page, re.compile("The archive does not hold the answer"))
    nearest = page.locator(".qa-refusal a").first
    named = nearest.inner_text().strip("“”").rpartition(" (")[0]
    nearest.click()
    expect(page.locator("#qa-panel h2")).to_have_text(named)
    expect(page.locator("#qa-quote")).to_be_in_viewport()
    page.keyboard.press("Escape")
    offered = page.locator(".qa-next .qa-offer")
    expect(offered.first).to_be_visible()
    shoot(page, "offered")
    question = offered.first.inner_text()
    offered.first.click()
    last = page.locator(".qa-exchange").last
    expect(last.locator("h2").first).to_have_text(question)
    # It was tried before.
    expect(last.locator(".qa-source").first).to_be_visible()
    expect(last).not_to_have_attribute("data-kind", "none")
    expect(page.locator(".qa-exchange").first.locator(".qa-next")).to_have_count(0)
    # Asked with the keyboard or the mouse: one goes on in the box.
    expect(box(page)).to_be_focused()


def test_a_bad_question_is_told_why(page: Page) -> None:
    ask(page, "why " * 1000)
    expect(page.locator(".qa-failed")).to_contain_text("the limit is 2000")


def test_the_beginning_of_a_long_answer_is_shown(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 700, "height": 420})
    page.goto(address)
    arrived(page)
    for question in (WINNER, BRIDGE):
        ask(page, question)
        expect(page.locator(".stop-button")).to_be_hidden()
        last = page.locator(".qa-exchange").last
        expect(last.locator(".qa-answer").first).to_be_in_viewport()
        expect(last.locator("h2").first).to_be_in_viewport()
    assert page.locator("#qa-scroll").evaluate("one => one.scrollTop") > 0
    page.close()


def test_only_some_articles_are_searched_by_days_in_words(page: Page) -> None:
    page.get_by_role("button", name="Search only some articles").click()
    until = page.locator("#qa-limits").get_by_label("To", exact=True)
    until.fill("banana")
    until.press("Enter")
    expect(page.get_by_text("“banana” names no day")).to_be_visible()
    until.fill("March 2021")
    until.press("Enter")
    expect(page.locator("#qa-limits").get_by_text("= 2021-03-31")).to_be_visible()
    since = page.locator("#qa-limits").get_by_label("From", exact=True)
    since.fill("last month")
    since.press("Enter")
    # Of the archive's newest day, not of today.
    expect(page.locator("#qa-limits").get_by_text("= 2022-02-01")).to_be_visible()
    since.fill("")
    ask(page, WINNER)
    said = page.locator(".qa-refusal")
    expect(said).to_contain_text("What passes the limits reaches from 1 March 2021 to 1 March 2021")
    shoot(page, "limits")
    # The calendar opens where the archive is.
    page.get_by_role("button", name="Calendar: From").click()
    native = page.locator("#qa-limits .qa-native").first
    expect(native).to_have_value("2022-03-03")


def test_an_articles_markup_is_shown_not_obeyed(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    ask(page, "Who wrote a script, bold, and a link on the town's wall in red paint?")
    quote = page.locator(".qa-source .qa-quoted")
    expect(quote).to_contain_text('<script>document.title = "pwned"</script> and **bold**')
    expect(quote).to_contain_text(
        '<img src="http://192.0.2.1/x.png"> and [link](http://192.0.2.1/)'
    )
    assert page.locator(".qa-card").locator("img, script, strong, a[href^=http]").count() == 0
    page.locator(".qa-answer a").first.click()
    panel = page.locator("#qa-panel")
    expect(panel).to_contain_text('<script>document.title = "pwned"</script> and **bold**')
    expect(panel).to_contain_text('${document.title = "pwned"} and {{value}} and <img src=x')
    assert panel.locator("a, img, script, strong").count() == 0
    page.keyboard.press("Escape")
    ask(page, "<img src=x onerror=\"document.title='pwned'\"> ${1} {{value}} who won?")
    expect(page.locator(".qa-question h2").last).to_contain_text("<img src=x onerror=")
    expect(page.locator(".stop-button")).to_be_hidden()
    assert page.locator(".qa-exchange img, .qa-talks img").count() == 0
    assert "pwned" not in page.title().replace("document.title='pwned'", "")
    assert not [url for url in asked if "192.0.2.1" in url]
    shoot(page, "hostile")


@pytest.mark.parametrize(("scheme", "width"), [("dark", 390), ("light", 1440)])
def test_a_screen_reader_can_use_every_view(
    browser: Browser, address: str, scheme: str, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 844})
    context.set_default_timeout(PATIENCE)
    page = visit(context, f"{address}/?__theme={scheme}")
    expect(page.locator(".qa-waiting")).to_have_count(0)

    def check(name: str) -> None:
        page.wait_for_timeout(100)
        faults = [
            f"{name}: {found['id']} ({found['impact']}): {node['html'][:200]} "
            f"{node['failureSummary'][:300]}"
            for found in Axe().run(page).response["violations"]
            for node in found["nodes"]
        ]
        assert not faults, "\n".join(faults)

    check("welcome")
    ask(page, PERU)
    answered(page, re.compile("does not hold"))
    check("refusal")
    ask(page, BRIDGE)
    expect(page.locator(".stop-button")).to_be_hidden()
    page.get_by_role("button", name="Search only some articles").click()
    check("answer")
    page.locator(".qa-answer a").last.click()
    expect(page.locator("#qa-quote")).to_be_focused()
    check("article")
    page.keyboard.press("Escape")
    if width < 900:
        page.get_by_role("button", name="Conversations", exact=True).click()
        check("side bar")
    timeline_of(page, "harbor bridge")
    expect(page.locator(".qa-events li").first).to_be_visible()
    check("timeline")
    if width < 900:
        page.get_by_role("button", name="Conversations", exact=True).click()
    view(page, "Archive")
    expect(page.locator("#qa-articles li").first).to_be_visible()
    page.get_by_text("Add articles").click()
    check("archive")
    page.get_by_role("button", name="By story").click()
    expect(page.locator("#qa-articles").get_by_text("told by several articles")).to_be_visible()
    check("stories")
    page.locator("#qa-words").blur()
    page.keyboard.press("?")
    check("keys")
    context.close()


def test_the_keyboard_is_enough(page: Page) -> None:
    def tab_to(selector: str, key: str = "Tab", most: int = 60) -> None:
        for _ in range(most + 1):
            if page.evaluate("s => document.activeElement?.matches(s)", selector):
                return
            page.keyboard.press(key)
        raise AssertionError(f"{selector} cannot be reached by {most} of {key}")

    page.bring_to_front()
    expect(box(page)).to_be_focused()
    page.locator(".qa-skip").focus()
    tab_to("#qa-question", most=5)
    page.keyboard.type(WINNER)
    page.keyboard.press("Enter")
    answered(page, "Jonas Brandt [1]")
    tab_to(".qa-answer a")
    page.keyboard.press("Enter")
    expect(page.locator("#qa-quote")).to_be_focused()
    page.keyboard.press("Escape")
    # Back to the box with one key, and up to the last question with another.
    page.keyboard.press("/")
    expect(box(page)).to_be_focused()
    page.keyboard.press("ArrowUp")
    editing = page.locator(".qa-editing textarea")
    expect(editing).to_be_focused()
    expect(editing).to_have_value(WINNER)
    page.keyboard.press("Escape")
    expect(editing).to_have_count(0)
    expect(page.locator(".qa-exchange")).to_have_count(1)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("edit the last question")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    tab_to("#qa-new")
    page.keyboard.press("Space")
    expect(page.locator(".qa-answer")).to_have_count(0)
    tab_to(".qa-talks a")
    page.keyboard.press("Enter")
    answered(page, "Jonas Brandt [1]")
    tab_to(".qa-views a[href='#timeline']", "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("A person, a place or a subject")).to_be_visible()


def test_what_can_be_pressed_is_large_enough(page: Page) -> None:
    ask(page, WINNER)
    answered(page, "Jonas Brandt [1]")
    small = """() => [...document.querySelectorAll("#qa a, #qa button, #qa summary")]
      .filter((one) => one.checkVisibility() && !one.matches(".qa-skip, p a"))
      .filter((one) => {
        const place = one.getBoundingClientRect();
        return place.width < 24 || place.height < 24;
      })
      .map((one) => one.outerHTML.slice(0, 120))"""
    assert page.evaluate(small) == []
    view(page, "Archive")
    expect(page.locator("#qa-articles li").first).to_be_visible()
    assert page.evaluate(small) == []


def test_the_colors_are_chosen_and_kept(person: BrowserContext, address: str) -> None:
    page = visit(person, address)
    ground = "getComputedStyle(document.querySelector('#qa-page')).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_role("button", name="Dark").click()
    dark = page.evaluate(ground)
    assert dark != light
    page.reload()
    arrived(page)
    assert page.evaluate(ground) == dark
    page.get_by_role("button", name="Auto").click()
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(ground) == dark
    page.emulate_media(color_scheme="light")
    assert page.evaluate(ground) == light


def test_the_welcome_offers_what_the_archive_answers(page: Page) -> None:
    expect(page.locator(".qa-holds")).to_contain_text("1 March 2021 – 3 March 2022")
    offered = page.locator(".qa-starters .qa-offer")
    expect(offered.first).to_be_visible()
    question = offered.first.inner_text()
    offered.first.click()
    expect(page.locator(".qa-question h2")).to_have_text(question)
    expect(page.locator(".qa-source").first).to_be_visible()
    expect(box(page)).to_be_focused()
