"""How soon the page is there: its start, first paint and question box; bytes, requests and shifts.

Each visit is of somebody who has nothing of the page yet, in headless Chromium. The box is there
when it can be typed into, the rest when the page knows who has come. The medians are told.
"""

import argparse
import json
import shutil
import statistics
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from benchmarks.page_load import served
from tests.web.conftest import FLAGS

# Before anything of the page runs: when its box can be typed into, and what moves.
_WATCH = """
window.seen = { moved: 0 };
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) window.seen.moved += one.value;
}).observe({ type: "layout-shift", buffered: true });
const look = () => {
  const box = document.querySelector('textarea[placeholder="Ask a question …"]');
  if (box && box.getClientRects().length && !box.disabled) window.seen.box = performance.now();
  else requestAnimationFrame(look);
};
look();
"""
_AFTER = 1_500
_KNOWN = "document.querySelector('.qa-talks:not([aria-busy])')"


def opened(browser: Browser, address: str) -> dict[str, float]:
    """Return what one first visit takes, in milliseconds, bytes and requests."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.add_init_script(_WATCH)
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    received: list[float] = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    page.goto(address)
    page.wait_for_function(_KNOWN)
    known = page.evaluate("performance.now()")
    page.wait_for_function("window.seen.box")
    # What comes after that, comes soon; the page keeps a connection open, and is never idle.
    page.wait_for_timeout(_AFTER)
    seen = page.evaluate("window.seen")
    paints = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    context.close()
    return {
        "first_paint_ms": paints,
        "box_ms": seen["box"],
        "known_ms": known,
        "bytes": sum(received),
        "requests": len(received),
        "layout_shift": seen["moved"],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--visits", type=int, default=7)
    arguments = parser.parse_args()
    started = time.perf_counter()
    with served(arguments.library) as (address, _), sync_playwright() as playwright:
        found: dict[str, Any] = {"start_s": round(time.perf_counter() - started, 1)}
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        visits = [opened(browser, address) for _ in range(arguments.visits)]
        browser.close()
    for name in visits[0]:
        found[name] = round(statistics.median(one[name] for one in visits), 3)
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
