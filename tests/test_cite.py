"""Citing: a quote is a verbatim slice, or there is no answer."""

import datetime
from dataclasses import replace

import pytest

from qa.errors import CitationError
from qa.reading.cite import cite
from qa.types import Article, Claim, Draft, Hit, Passage, Source, Span, text_hash

TEXT = "The bridge was opened. It cost {84} million [1] crowns."
ARTICLE = Article(Source("a", "Bridge {x}", datetime.date(2021, 6, 12)), TEXT)
OTHER = Article(Source("b", "Storm"), "A storm came.")
HITS = (
    Hit(Passage("a-0", "a", 0, len(TEXT), TEXT), ARTICLE.source, 1.0, 1),
    Hit(Passage("a-1", "a", 0, 4, "The "), ARTICLE.source, 0.9, 2),
    Hit(Passage("b-0", "b", 0, 13, OTHER.text), OTHER.source, 0.5, 3),
)
EXTENT = (datetime.date(2021, 3, 1), datetime.date(2022, 1, 15))
ARTICLES = {"a": ARTICLE, "b": OTHER}
SPAN = Span("a", 23, len(TEXT), TEXT[23:])


def draft(*spans: Span) -> Draft:
    return Draft((Claim(TEXT[23:], spans),), short="84 million", confidence=0.9)


def test_a_claim_is_cited_with_numbers() -> None:
    answer = cite("cost?", draft(SPAN, Span("b", 0, 13, OTHER.text)), HITS, ARTICLES, EXTENT)
    assert answer.outcome == "answered"
    assert answer.text == "It cost {84} million [1] crowns. [1][2]"
    assert (answer.short, answer.confidence) == ("84 million", 0.9)
    for marker, citation in enumerate(answer.citations, start=1):
        text = ARTICLES[citation.article.id].text
        assert citation.marker == marker
        assert text[citation.start : citation.end] == citation.quote
        assert citation.text_hash == text_hash(text)
    assert answer.hits == HITS


@pytest.mark.parametrize(
    "span",
    [
        replace(SPAN, quote="It cost 84 million crowns."),
        replace(SPAN, start=22),
        replace(SPAN, end=len(TEXT) + 5),
        replace(SPAN, start=SPAN.start - len(TEXT)),
        replace(SPAN, article_id="c"),
        Span("a", 10, 10, ""),
        Span("a", 22, 23, " "),
    ],
)
def test_a_quote_that_is_no_slice_raises(span: Span) -> None:
    with pytest.raises(CitationError):
        cite("cost?", draft(span), HITS, ARTICLES, EXTENT)


def test_a_claim_without_spans_raises() -> None:
    with pytest.raises(CitationError, match="cites nothing"):
        cite("cost?", draft(), HITS, ARTICLES, EXTENT)


def test_a_refusal_names_the_two_nearest_articles_and_the_extent() -> None:
    answer = cite("who?", Draft(confidence=0.2), HITS, {}, EXTENT)
    assert answer.outcome == "refused"
    assert (answer.short, answer.citations, answer.confidence) == ("", (), 0.2)
    assert answer.hits == HITS
    assert answer.text == (
        "The archive does not hold the answer to this. It reaches from 1 March 2021 to "
        "15 January 2022. The nearest it holds: “Bridge {x} (12 June 2021)” and “Storm”."
    )


def test_a_refusal_from_an_empty_archive() -> None:
    answer = cite("who?", Draft(), (), {}, None)
    assert "None of its articles has a date. It is empty." in answer.text


def test_the_dates_of_a_quote_are_resolved_and_stand_beside_a_short_answer() -> None:
    text = "It began on May 3. The mayor opened it on Friday, and that day it rained."
    article = Article(Source("a", "Bridge", datetime.date(2021, 6, 12)), text)
    span = Span("a", 19, len(text), text[19:])
    claim = Claim("on Friday", (span,))
    answer = cite("when?", Draft((claim,), "on Friday", 0.9), HITS, {"a": article}, EXTENT)
    [citation] = answer.citations
    assert [(one.text, one.value) for one in citation.dates] == [
        ("Friday", "2021-06-11"),
        ("that day", "2021-06-11"),
    ]
    for one in citation.dates:
        assert citation.quote[one.start : one.end] == one.text
    assert answer.text == "on Friday (11 June 2021) [1]"
    assert answer.short == "on Friday"


def test_a_whole_sentence_is_left_as_it_is() -> None:
    text = "The mayor opened it on Friday."
    article = Article(Source("a", "Bridge", datetime.date(2021, 6, 12)), text)
    claim = Claim(text, (Span("a", 0, len(text), text),), kind="sentence")
    answer = cite("how?", Draft((claim,), "by hand", 0.9), HITS, {"a": article}, EXTENT)
    assert answer.text == f"“{text}” [1]"
