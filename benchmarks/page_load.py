"""How soon the page shows a stage and an answer, and how many people can ask at once.

One person asks in headless Chromium: from the press of Enter to the first stage that can be seen,
and to the answer. Then many clients ask over the API at once, each one question after the other,
and of all their questions the median and 95% are told, the errors, and the server's memory at its
highest.

With `--more FILE` the library is enlarged first, as `benchmarks.speed` does.
"""

import argparse
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gradio_client import Client
from playwright.sync_api import Page, sync_playwright

from benchmarks.process import megabytes
from benchmarks.speed import asked
from benchmarks.timing import milliseconds, sample
from qa.library.sqlite.catalogue import SQLiteCatalogue
from tests.web.conftest import FLAGS, arrived, box

# The page itself takes these times, when people would see the change: no other clock is involved.
_WATCH = """() => {
  window.seen = {};
  document.querySelector("#qa-box textarea").addEventListener("keydown", (event) => {
    if (event.key === "Enter") window.seen = { enter: performance.now() };
  });
  new MutationObserver(() => {
    const answers = document.querySelectorAll(".qa-answer").length;
    if (!window.seen.stage && document.querySelector(".qa-stage"))
      window.seen.stage = performance.now();
    if (!window.seen.answer && answers > window.before) window.seen.answer = performance.now();
  }).observe(document.body, { childList: true, subtree: true });
}"""


@contextmanager
def served(library: Path) -> Iterator[tuple[str, int]]:
    """Serve the page in a process of its own; its address and the process's id."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = ("-m", "qa.cli", "chat", "--library", str(library), "--port", str(port))
    process = subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline()
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.terminate()
        process.wait(60)


def looked_at(address: str, questions: Sequence[str]) -> dict[str, Any]:
    """What one person sees, and when."""
    stages, answers = [], []
    with sync_playwright() as playwright:
        path = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        page = browser.new_page()
        page.goto(address)
        arrived(page)
        page.evaluate(_WATCH)
        for question in questions:
            seen = timed(page, question)
            stages.append((seen["stage"] - seen["enter"]) / 1e3)
            answers.append((seen["answer"] - seen["enter"]) / 1e3)
            page.locator("#qa-new").click()
            page.wait_for_function("!document.querySelector('.qa-answer')")
        browser.close()
    return {"first_stage": milliseconds(stages), "answer": milliseconds(answers)}


def timed(page: Page, question: str) -> dict[str, float]:
    page.evaluate("() => { window.before = document.querySelectorAll('.qa-answer').length; }")
    box(page).fill(question)
    box(page).press("Enter")
    page.wait_for_function("window.seen.answer", timeout=60_000)
    seen = dict(page.evaluate("window.seen"))
    # After a refusal, the models are busy with offers: the next question would wait for them.
    page.wait_for_timeout(2_000)
    return seen


def asked_at_once(address: str, people: int, questions: Sequence[str]) -> dict[str, Any]:
    """What many people wait for their answers, all asking at once."""

    def ask(person: int) -> list[float | None]:
        client = Client(address, verbose=False)
        taken: list[float | None] = []
        for place in range(len(questions)):
            # Each person begins at another question, so that nobody repeats a question just
            # answered.
            question = questions[(place + person * len(questions) // people) % len(questions)]
            started = time.perf_counter()
            try:
                answer = client.predict(question, api_name="/answer")
                assert answer["outcome"] in ("answered", "refused")
                taken.append(time.perf_counter() - started)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is counted
                print(f"error: {error!r}", file=sys.stderr)
                taken.append(None)
        return taken

    started = time.perf_counter()
    with ThreadPoolExecutor(people) as pool:
        taken = [one for person in pool.map(ask, range(people)) for one in person]
    seconds = time.perf_counter() - started
    good = [one for one in taken if one is not None]
    return {
        "people": people,
        "questions": len(taken),
        "errors": len(taken) - len(good),
        "each": milliseconds(good),
        "questions_per_second": round(len(taken) / seconds, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--more", type=Path, metavar="FILE", help="of articles to be added")
    parser.add_argument("--people", type=int, default=8)
    parser.add_argument("--questions", type=int, default=20)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        library = asked(arguments.library, arguments.more, Path(name))
        with SQLiteCatalogue.open(library) as opened:
            articles, passages = opened.counts()
        questions = sample(arguments.questions)
        with served(library) as (address, process):
            alone = looked_at(address, questions)
            many = asked_at_once(address, arguments.people, questions)
            found = {
                "articles": articles,
                "passages": passages,
                "one_person": alone,
                "many": many,
                "memory_mb": megabytes("VmHWM", process),
            }
    ratio = many["each"]["p50_ms"] / alone["answer"]["p50_ms"]
    print(json.dumps({**found, "many_to_one": round(ratio, 2)}, indent=2))


if __name__ == "__main__":
    main()
