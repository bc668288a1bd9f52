"""What holds for any text at all: Hypothesis makes them, of the parts that articles are made of."""

import datetime
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from qa import dates
from qa.ingest.files import Loaded, Skipped, read
from qa.ingest.formats import SUFFIXES
from qa.ingest.markup import plain
from qa.ingest.normal import tidy
from qa.ingest.passages import split
from qa.models.loading import load_embedder
from qa.settings import Settings
from qa.text.amounts import quantities
from qa.text.sentences import sentences
from qa.text.words import stems
from qa.types import Article, Source
from tests.made_files import MADE
from tests.test_linear import SHAPES

DAY = datetime.date(2020, 5, 5)
# No example is ever too slow: times are for benchmarks.
CHECKED = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
# Halves of surrogate pairs reach qa from JSON and from names of files.
CHARACTERS = some.text(some.characters(codec=None), max_size=200)
PIECES = some.one_of(some.sampled_from(SHAPES), some.text(max_size=12), some.just("\n\n"))
TEXTS = some.lists(PIECES, max_size=60).map("".join) | some.text(max_size=400)


@CHECKED
@given(TEXTS)
def test_sentences_and_dates_are_places_in_the_text(text: str) -> None:
    for start, end in sentences(text):
        assert 0 <= start < end <= len(text)
    for found in dates.find(text, DAY):
        assert 0 <= found.start < found.end <= len(text)
        assert text[found.start : found.end] == found.text


@CHECKED
@given(TEXTS)
def test_passages_are_slices_that_leave_nothing_out(text: str) -> None:
    article = Article(Source("a", "A", DAY), tidy(text))
    found = split(article, load_embedder(Settings()), 64)
    assert all(article.text[one.start : one.end] == one.text for one in found)
    assert "".join("".join(one.text for one in found).split()) == "".join(article.text.split())


@CHECKED
@given(CHARACTERS)
def test_whatever_is_read_of_a_text_is_read_without_an_error(text: str) -> None:
    stems(text)
    quantities(text)
    plain(text)
    assert tidy(tidy(text)) == tidy(text)


@CHECKED
@given(some.sampled_from(SUFFIXES), some.binary(max_size=400))
def test_any_bytes_under_any_ending_are_read_or_skipped(
    tmp_path: Path, suffix: str, content: bytes
) -> None:
    told(tmp_path / f"a{suffix}", content)


@CHECKED
@given(
    some.sampled_from(sorted(MADE)), some.integers(0, 10**6), some.binary(min_size=1, max_size=9)
)
def test_a_real_file_with_bytes_changed_is_read_or_skipped(
    tmp_path: Path, name: str, place: int, content: bytes
) -> None:
    made = MADE[name]()
    whole = made.encode() if isinstance(made, str) else made
    at = place % len(whole)
    told(tmp_path / name, whole[:at] + content + whole[at + len(content) :])


def told(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    try:
        for item in read(path, 10):
            assert isinstance(item, Loaded | Skipped)
    finally:
        path.unlink()
