"""The chat page, as a person uses it: in headless Chromium."""

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from playwright.sync_api import Browser, Page, expect, sync_playwright

from qa.cite import citation
from qa.ingest import Summary, ingest, remove
from qa.library import Library
from qa.settings import Settings
from qa.types import Answer, Citation, Source, Span
from qa.web.article import NOTHING, link, opened
from qa.web.render import literal, message, said
from tests.conftest import CHECKOUT, NEWS, Notices, run_qa

FLAGS = """--no-sandbox --disable-gpu --disable-quic --no-first-run
--disable-background-networking --disable-component-update --disable-sync""".split()
HOSTILE = """ date 2022-03-03 TOLK —

On Sunday Petra Sonn of Tolk wrote <script>document.title = "pwned"</script> and **bold** and
<img src="http://192.0.2.1/x.png"> and [link](http://192.0.2.1/) on the town's wall in red paint.

It said ${document.title = "pwned"} and {{value}} and <img src=x onerror="document.title='pwned'">.
"""


def test_literal_text_is_neither_html_nor_markdown() -> None:
    shown = literal('<b onclick="x">*a* [b](c) www.x.example `d` $1 & $2 é “q”')
    assert not re.search(r"[<>*\[\]()`$\"]|&(?!#\d+;)|www\.", shown)
    assert "é “q”" in shown


def test_only_real_markers_become_markers() -> None:
    quote = "The bridge[1] [1] opened [1]."
    citation = Citation(1, Source("a", "T [1]"), 0, len(quote), quote, "0")
    shown = message(Answer("q", f"{quote} [1]", "", "answered", 0.9, (citation,)))
    assert shown.count("<sup>") == 1
    assert re.search(r'<sup><a class="qa-open" [^>]*>\[1\]</a></sup></p>', shown)


def test_a_message_can_be_read_back() -> None:
    quote = "The <b>bridge</b> [1] & its “ramp” opened."
    citation = Citation(1, Source("a", "T"), 0, len(quote), quote, "0")
    for text in (f"{quote} [1]", f"{quote} [1]\n\nTwice [1]"):
        assert said(message(Answer("q", text, "", "answered", 0.9, (citation,)))) == text
    refused = Answer("q", "Not <held>.", "", "refused", 0.1)
    assert said(message(refused)) == said(literal("the question is empty")) == ""


def test_the_bare_answer_stands_out_in_its_quote() -> None:
    quote = "It cost 184 <b>, then 84 crowns, then 84."

    def shown(short: str) -> str:
        citation = Citation(1, Source("a", "T"), 0, len(quote), quote, "0")
        return message(Answer("q", f"{short} [1]", short, "answered", 0.9, (citation,)))

    assert shown("84").count("<mark>") == 1
    assert f"184 {literal('<b>,')} then <mark>84</mark> crowns" in shown("84")
    assert f"<mark>{literal('<b>')}</mark>" in shown("<b>")
    assert "<mark>" not in shown(quote) + shown("85")


def cited(library: Library, text: str) -> Citation:
    """Return the citation of a text that stands in one of the library's articles."""
    for article, _ in library.entries():
        if (start := article.text.find(text)) >= 0:
            return citation(1, Span(article.id, start, start + len(text), text), article)
    raise AssertionError(text)


def test_a_link_opens_the_article_at_the_quote(library: Path) -> None:
    quote = "Jonas Brandt won the election for mayor of Tolk on Sunday"
    with Library.open(library) as opened_library:
        shown = opened(link(cited(opened_library, quote)), opened_library)
    assert re.findall(r'<mark id="qa-quote"[^>]*>(.*?)</mark>', shown) == [quote]
    assert "20 September 2021 · 5 years ago · TOLK" in shown
    assert "Sunday: 19 September 2021" in shown
    assert "Petra Sonn,\nconceded" in shown


def test_a_link_to_what_changed_or_went_still_shows_the_quote(
    tmp_path: Path, bring: Callable[..., Summary]
) -> None:
    file = tmp_path / "a.txt"
    file.write_text("Mara Velk <opened> the bridge.", encoding="utf-8")
    bring(file)
    with Library.open(tmp_path / "library") as library:
        href = link(cited(library, "Mara Velk <opened>"))
        file.write_text("Jonas Brandt opened the bridge.", encoding="utf-8")
        bring(file)
        shown = opened(href, library)
        assert "has changed since it was quoted" in shown
        assert "<blockquote>Mara Velk &lt;opened&gt;</blockquote>" in shown
        assert "Jonas Brandt opened the bridge." in shown
        assert "<mark" not in shown
        remove(["a.txt"], library)
        shown = opened(href, library)
        assert "no longer in the archive" in shown
        assert "<blockquote>Mara Velk &lt;opened&gt;</blockquote>" in shown


@pytest.mark.parametrize(
    "href", ["", "#cite-", "#cite-%%", "#cite-W10", "#cite-eyJ4Ijo", "é", None]
)
def test_a_link_that_is_not_ours_opens_nothing(library: Path, href: str | None) -> None:
    with Library.open(library) as opened_library:
        assert opened(href or "", opened_library) == NOTHING


def test_only_a_web_address_becomes_a_link(tmp_path: Path, bring: Callable[..., Summary]) -> None:
    rows = [
        {"url": url, "title": "T <b>", "text": f"The {name} bridge."}
        for url, name in (('https://news.example/a?b="c', "red"), ("javascript:alert(1)", "blue"))
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    bring(tmp_path / "a.jsonl")
    with Library.open(tmp_path / "library") as library:
        red, blue = (
            opened(link(cited(library, f"The {name} bridge.")), library) for name in ("red", "blue")
        )
    assert '<a href="https://news.example/a?b=&quot;c" target="_blank" rel="noopener' in red
    assert "<h2>T &lt;b&gt;</h2>" in red
    assert "<a " not in blue


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    (folder / "news").mkdir()
    for name, text in {**NEWS, "hostile.txt": HOSTILE}.items():
        (folder / "news" / name).write_text(text, encoding="utf-8")
    ingest([folder / "news"], Settings(library=folder / "library"), Notices())
    return folder / "library"


def serving(library: Path, *more: str, **environment: str) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "qa.cli", "chat", "--library", str(library)),
            *("--port", str(port), *more),
        ],
        stdout=subprocess.PIPE,
        text=True,
        cwd=CHECKOUT,
        # A proxy that is not there: the page must not need it to reach itself.
        env={
            **os.environ,
            "http_proxy": "http://127.0.0.1:9",
            "GRADIO_SHARE": "true",
            **environment,
        },
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line == f"qa: chat at http://127.0.0.1:{port}\n"
        yield line.split()[-1]
    finally:
        process.terminate()
        process.wait(30)
        if process.stdout:
            process.stdout.close()


@pytest.fixture(scope="module")
def address(library: Path, chromium: str) -> Iterator[str]:
    yield from serving(library)


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    opened = browser.new_page()
    opened.set_default_timeout(30_000)
    opened.goto(address)
    expect(opened.get_by_role("textbox").last).to_be_visible()
    yield opened
    opened.close()


def ask(page: Page, question: str) -> None:
    box = page.get_by_role("textbox").last
    box.fill(question)
    box.press("Enter")


def contrast(*colors: str) -> float:
    """Return the contrast of two colors, rgb(…), as WCAG 2.1 defines it: 4.5 is enough to read."""
    lights = []
    for color in colors:
        parts = [int(part) / 255 for part in re.findall(r"\d+", color)[:3]]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        lights.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])
    return (max(lights) + 0.05) / (min(lights) + 0.05)


def shoot(page: Page, name: str) -> None:
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png")


@pytest.mark.browser
def test_an_answer_with_its_citation(page: Page) -> None:
    ask(page, "Who won the election for mayor of Tolk?")
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
    ask(page, "Who won the election for mayor of Tolk?")
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
    expect(opened_page.get_by_role("textbox").last).to_be_visible(timeout=30_000)
    ask(opened_page, "Who won the election for mayor of Tolk?")
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
    ask(page, "Who won the election for mayor of Tolk?")
    expect(page.locator(".qa-answer")).to_have_text("Jonas Brandt [1]")
    assert "Searching 5 articles …" in page.evaluate("window.seen")
    expect(page.locator(".qa-stage")).to_have_count(0)


@pytest.mark.browser
def test_a_refusal_offers_what_can_be_answered(page: Page) -> None:
    ask(page, "What is the capital of Peru?")
    offered = page.get_by_text(re.compile(r"^What happened on \d+ \w+ \d{4}\?$"))
    expect(offered.first).to_be_visible()
    shoot(page, "offered")
    nearest = page.locator(".qa-answer a").first
    named = nearest.inner_text().strip("“”").rpartition(" (")[0]
    nearest.click()
    expect(page.locator("#qa-panel h2")).to_have_text(named)
    expect(page.locator("#qa-quote")).to_be_in_viewport()
    offered.first.click()
    expect(page.locator("details.qa-citation").first).to_be_visible()


def test_the_api_gives_the_answer_as_json(address: str) -> None:
    client = Client(address, verbose=False)
    found = client.predict("Who won the election for mayor of Tolk?", api_name="/answer")
    assert (found["short"], found["outcome"]) == ("Jonas Brandt", "answered")
    assert found["citations"][0]["article"]["date"] == "2021-09-20"
    as_of = client.predict("Who won the election?", as_of="2021-03-02", api_name="/answer")
    assert as_of["outcome"] == "refused"
    for question, options, error in (
        ("", {}, "the question is empty"),
        ("Who won?", {"since": "soon"}, "is not a date like"),
        ("Who won?", {"sites": ["//"]}, "is no site"),
    ):
        with pytest.raises(AppError, match=error):
            client.predict(question, **options, api_name="/answer")


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
    box = page.get_by_placeholder("Type a message...")
    box.fill("Who won the election for mayor of Tolk?")
    box.press("Enter")
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
def test_the_page_asks_no_other_host(browser: Browser, address: str) -> None:
    opened = browser.new_page()
    hosts: set[str | None] = set()
    opened.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
    opened.goto(address)
    expect(opened.get_by_role("textbox").last).to_be_visible()
    ask(opened, "Who won the election for mayor of Tolk?")
    expect(opened.locator("details.qa-citation")).to_be_visible(timeout=30_000)
    opened.close()
    assert hosts - {None} == {"127.0.0.1"}


@pytest.mark.browser
@pytest.mark.parametrize("way", ["--auth", "QA_AUTH"])
def test_a_login_is_asked_for(library: Path, browser: Browser, way: str) -> None:
    login = "ann:secret"
    given = serving(library, way, login) if way == "--auth" else serving(library, QA_AUTH=login)
    for address in given:
        for name in ("chat", "answer"):
            call = Request(f"{address}/gradio_api/call/{name}", b'{"data": ["Who?"]}')
            call.add_header("Content-Type", "application/json")
            with pytest.raises(HTTPError, match="401") as refused:
                urlopen(call)
            refused.value.close()
        opened = browser.new_page()
        opened.goto(address)
        expect(opened.get_by_role("button", name="Login")).to_be_visible(timeout=30_000)
        expect(opened.locator("details.qa-citation")).to_have_count(0)
        opened.close()


def test_a_port_in_use_is_one_line(library: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run_qa("chat", "--library", str(library), "--port", port)
    assert (done.returncode, done.stdout) == (1, "")
    assert "choose another --port" in done.stderr.splitlines()[-1]
