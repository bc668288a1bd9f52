"""Passages: slices of the article that the embedder reads whole."""

import datetime

import pytest

from qa.ingest.passages import embedded_text, split
from qa.models.embedder import EMBEDDER
from qa.models.loading import load_embedder
from qa.settings import Settings
from qa.text.sentences import sentences
from qa.types import Article, Source

SENTENCE = "The council of Tolk, which met on Monday, voted for a new bridge across the river. "
TEXTS = {
    "empty of sense": "!!! ??? ...",
    "one word": "Bridge",
    "no spaces": "x" * 5000,
    "one long sentence": "and the mayor said that it was " * 200,
    "long paragraphs": "\n\n".join([SENTENCE * 30, SENTENCE * 3, SENTENCE * 12]),
    "many short ones": "\n\n".join(["Yes.", "No.", "Maybe so."] * 100),
    "other scripts": "東京で会議が開かれた。" * 200 + "\n\n" + "🌉🚧" * 300,
    "white space that is not ASCII": "Plan B\u00a0. Then it left.\u2003Mr X\u2009. Left\u3000.",
    "wild white space": "\n\n\n  One.\t\tTwo.  \n \n\n Three. \n",
}


@pytest.mark.parametrize("title", ["A title", "東京" * 100, "각각각각 " * 24, "!" * 300])
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_passages_are_slices_that_cover_the_text_and_fit_the_window(text: str, title: str) -> None:
    article = Article(Source("a", title, datetime.date(2020, 1, 2)), text)
    embedder = load_embedder(Settings())
    passages = split(article, embedder, 200)
    assert passages
    assert len({passage.id for passage in passages}) == len(passages)
    position = 0
    for passage in passages:
        assert text[passage.start : passage.end] == passage.text
        assert passage.text.strip() == passage.text != ""
        assert text[position : passage.start].strip() == ""
        position = passage.end
    assert text[position:].strip() == ""
    embedded = [embedded_text(passage, article.source) for passage in passages]
    assert (
        max(len(tokens) for tokens in embedder.token_offsets(embedded))
        <= EMBEDDER.window - EMBEDDER.special_tokens
    )


def test_passages_end_with_paragraphs_where_they_can() -> None:
    text = "\n\n".join([SENTENCE.strip() + " " + SENTENCE.strip()] * 20)
    article = Article(Source("a", "A title"), text)
    passages = split(article, load_embedder(Settings()), 100)
    assert len(passages) > 3
    assert all(text[p.end : p.end + 2] in ("\n\n", "") for p in passages)


def test_title_and_date_are_embedded() -> None:
    article = Article(Source("a", "Bridge", datetime.date(2017, 3, 31)), SENTENCE)
    [passage] = split(article, load_embedder(Settings()), 200)
    assert embedded_text(passage, article.source).startswith("Bridge (31 March 2017)\nThe council")
    assert load_embedder(Settings()).embed(["Bridge"]).shape == (1, EMBEDDER.dimension)


@pytest.mark.parametrize(
    "parts",
    [
        ["He met Mr. Smith of the U.S. Army.", "They talked."],
        ["The talks began at 5 p.m. Monday.", "They ended at 6 p.m.", "The minister left."],
        ["It cost $3.5 million.", "“Why?” he asked."],
    ],
)
def test_sentences(parts: list[str]) -> None:
    text = " ".join(parts)
    assert [text[start:end] for start, end in sentences(text)] == parts
