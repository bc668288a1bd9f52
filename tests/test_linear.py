"""What texts cost: twice the length takes about twice the time, whatever the text repeats."""

import datetime
import time
from collections.abc import Callable

import pytest

from qa.dates import find
from qa.ingest.boilerplate import without_pleas
from qa.ingest.encoding import repaired
from qa.ingest.formats.text import article
from qa.ingest.markup import plain
from qa.ingest.normal import tidy
from qa.ingest.passages import split
from qa.models.loading import load_embedder
from qa.settings import Settings
from qa.text.amounts import quantities
from qa.text.sentences import sentences
from qa.text.words import stems
from qa.types import Article, Source

DAY = datetime.date(2020, 5, 5)
SHAPES = (
    *(".", "7", "1,", "1.", "a", "A", " ", "\t", "\n", "\r\n", "(", "[", "<", "&", "*", "_", "# "),
    *("January ", "may ", "yesterday ", "Monday ", "12 March 2020 ", "1/2/", "2020-01-", "Q1-"),
    *("and ", "U.S. ", "'s ", "$1 ", "5% ", "10:30 ", "1990s ", "first of the ", "Jan. 5-", "? "),
)
READ: dict[str, Callable[[str], object]] = {
    "dates": lambda text: find(text, DAY),
    "sentences": lambda text: list(sentences(text)),
    "stems": stems,
    "quantities": quantities,
    "pleas": without_pleas,
    "markup": plain,
    "white space": tidy,
    "mojibake": repaired,
    "article": article,
}
# Characters of the shorter text; below so many seconds a ratio tells nothing.
SIZE, LEAST = 8_000, 0.02
# Twice the length takes twice the time, and somewhat more where the clock is coarse.
MOST = 2.6


def seconds(read: Callable[[str], object], text: str) -> float:
    """Return the processor's time, the least of three tries: others may use the machine."""
    taken = []
    for _ in range(3):
        started = time.process_time()
        read(text)
        taken.append(time.process_time() - started)
    return min(taken)


@pytest.mark.parametrize("name", READ)
def test_time_grows_as_the_text_does(name: str) -> None:
    slow = {}
    for shape in SHAPES:
        text = shape * (SIZE // len(shape))
        twice = seconds(READ[name], 2 * text)
        if twice < LEAST:
            continue
        ratio = twice / seconds(READ[name], text)
        if ratio > MOST:
            # Once more, on longer texts: a quadratic one is slower still.
            ratio = seconds(READ[name], 4 * text) / seconds(READ[name], 2 * text)
        if ratio > MOST:
            slow[shape] = round(ratio, 1)
    assert not slow


@pytest.mark.parametrize("shape", [".", "7", "1,", "January ", "\n"])
def test_a_passage_is_short_whatever_the_article_repeats(shape: str) -> None:
    text = "x" + shape * (60_000 // len(shape)) + "x"
    found = split(Article(Source("a", "A", DAY), text), load_embedder(Settings()), 200)
    assert max(len(passage.text) for passage in found) <= 10_000
    assert all(text[one.start : one.end] == one.text for one in found)
    covered = "".join(one.text for one in found)
    assert "".join(covered.split()) == "".join(text.split())
