"""The whole way, from a question to a cited answer or a refusal."""

import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from langchain_core.callbacks import BaseCallbackHandler

import qa
from qa.assistant import Assistant
from qa.errors import CitationError, LibraryMissing, QuestionError
from qa.ingest import ingest
from qa.reading.reader import Reader
from qa.search.question import Asked
from qa.settings import Settings
from qa.types import Answer, Claim, Draft, Hit, Span, Turn
from tests.conftest import SHARED, Notices

SEED_QUESTION = "When did Abe plan to visit Russia?"


def assert_grounded(answer: Answer, assistant: Assistant) -> None:
    assert answer.outcome == "answered"
    assert answer.citations
    articles = assistant.library.articles([c.article.id for c in answer.citations])
    for citation in answer.citations:
        text = articles[citation.article.id].text
        assert text[citation.start : citation.end] == citation.quote


@pytest.mark.parametrize(
    ("question", "holds"),
    [
        ("When does the government plan to open the harbor bridge?", "12 June 2021"),
        ("Who won the election for mayor of Tolk?", "Jonas Brandt"),
        ("How much will the harbor bridge cost?", "84 million crowns"),
        ("Why did the roof of the theater come off?", "beams had rotted"),
    ],
)
def test_answers(assistant: Assistant, question: str, holds: str) -> None:
    answer = assistant.answer(question)
    assert holds in " ".join(answer.text.split())
    assert answer.text.endswith("]")
    assert answer.short in answer.citations[0].quote
    assert answer.question == question
    assert {"retrieve", "read", "cite"} < answer.stages.keys()
    assert_grounded(answer, assistant)


@pytest.mark.parametrize("question", ["What is the capital of Peru?", "?"])
def test_refusals(corpus_assistant: Assistant, question: str) -> None:
    answer = corpus_assistant.answer(question)
    assert answer.outcome == "refused"
    assert answer.text.startswith("The archive does not hold the answer to this. It reaches from")
    assert (answer.short, answer.citations) == ("", ())
    assert len(answer.hits) >= 10
    assert answer.confidence < 0.5


def test_the_seeds_question_on_the_corpus(corpus_assistant: Assistant) -> None:
    answer = corpus_assistant.answer(SEED_QUESTION)
    assert "April 27 to 28" in answer.short
    citation = answer.citations[0]
    assert citation.quote.startswith("Prime Minister Shinzo Abe plans to travel to Russia")
    assert str(citation.article.date) == "2017-03-31"
    assert citation.article.title.startswith("Vice foreign ministers of Japan and Russia agreed")
    assert_grounded(answer, corpus_assistant)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the seed article stands in ../shared")
def test_the_seeds_question_on_the_seed(tmp_path: Path, notices: Notices) -> None:
    settings = Settings(library=tmp_path / "library")
    ingest([SHARED / "seed"], settings, notices)
    with Assistant.load(settings) as assistant:
        answer = assistant.answer(SEED_QUESTION)
        assert answer.citations[0].quote.startswith(
            "Abe plans to visit Russia around April 27 to 28 for a meeting with Putin"
        )
        assert_grounded(answer, assistant)


def test_the_chain_is_a_langchain_chain(assistant: Assistant) -> None:
    class Names(BaseCallbackHandler):
        def __init__(self) -> None:
            self.names: list[str] = []

        def on_chain_start(self, serialized: Any, inputs: Any, **options: Any) -> None:
            self.names.append(options.get("name") or "")

    names = Names()
    question = "Who won the election for mayor of Tolk?"
    answer = assistant.chain.invoke(question, {"callbacks": [names]})
    # Whoever listens hears each stage that takes time, in its order.
    assert {"begin", "kind", "retrieve", "read", "update", "cite"} <= answer.stages.keys()
    assert [name for name in names.names if name in answer.stages] == list(answer.stages)
    asked = assistant.answer(question)
    streamed = list(assistant.stream(question))[-1]
    assert answer.text == asked.text == streamed.text
    assert answer.hits == asked.hits == streamed.hits


def test_a_follow_up_is_searched_with_the_question_before(assistant: Assistant) -> None:
    turns = [Turn("user", "Who won the election for mayor of Tolk?")]
    answer = assistant.answer("Who was his rival?", turns)
    assert "Petra Sonn" in answer.text
    assert answer.hits[0].article.id == "2021-09-20-tolk-election.txt"


@pytest.mark.parametrize("question", ["", "  \n", "why " * 2500])
def test_questions_that_are_none(assistant: Assistant, question: str) -> None:
    with pytest.raises(QuestionError, match=r"the question (is empty|has 9999 characters)"):
        assistant.answer(question)


def test_a_lone_surrogate_is_no_failure(assistant: Assistant) -> None:
    assert assistant.answer("Who won \ud800 the election for mayor of Tolk?").outcome == "answered"


def test_json_has_every_field(assistant: Assistant) -> None:
    answer = assistant.answer("Who won the election for mayor of Tolk?")
    found = json.loads(answer.to_json())
    assert found.keys() == {
        "question", "text", "short", "outcome", "confidence", "citations", "hits", "stages",
        "searched", "note", "invalid_markers", "writing", "statements", "doubt", "kind",
    }  # fmt: skip
    citation = found["citations"][0]
    assert citation["article"]["date"] == "2021-09-20"
    assert citation["article"]["authors"] == []
    assert citation["quote"] == answer.citations[0].quote
    assert found["hits"][0]["passage"]["text"] == answer.hits[0].passage.text


def test_another_reader_fits_without_touching_anything_else(assistant: Assistant) -> None:
    class Silent:
        def read(self, asked: Asked, hits: Sequence[Hit], searched: int | None = None) -> Draft:
            assert isinstance(hits[0], Hit)
            assert searched == assistant.library.counts()[1]
            return Draft(confidence=0.1)

    reader: Reader = Silent()
    other = Assistant(assistant.library, assistant.retriever, reader)
    assert other.answer("Who won the election for mayor of Tolk?").outcome == "refused"


class Stale:
    """A reader whose quotes are, for so many readings, not what the article says."""

    def __init__(self, times: int) -> None:
        self.times = times

    def read(self, asked: Asked, hits: Sequence[Hit], searched: int | None = None) -> Draft:
        passage = hits[0].passage
        quote = "something else" if self.times > 0 else passage.text
        self.times -= 1
        span = Span(passage.article_id, passage.start, passage.end, quote)
        return Draft((Claim(quote, (span,)),), quote, 0.9)


def test_an_article_replaced_in_between_is_read_anew(assistant: Assistant) -> None:
    once = Assistant(assistant.library, assistant.retriever, Stale(times=1))
    assert_grounded(once.answer("Who won the election?"), assistant)
    streamed = Assistant(assistant.library, assistant.retriever, Stale(times=1))
    assert_grounded(list(streamed.stream("Who won the election?"))[-1], assistant)
    always = Assistant(assistant.library, assistant.retriever, Stale(times=9))
    with pytest.raises(CitationError, match="changed while it was being read"):
        always.answer("Who won the election?")


def test_threads_may_share_an_assistant(assistant: Assistant) -> None:
    questions = ["Who won the election for mayor of Tolk?", "How much will the bridge cost?"] * 4
    alone = [assistant.answer(question).text for question in questions[:2]] * 4
    together: dict[int, str] = {}

    def ask(number: int) -> None:
        together[number] = assistant.answer(questions[number]).text

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [together[number] for number in range(8)] == alone


def test_the_function_reads_the_environment(
    library_of_news: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QA_LIBRARY", str(library_of_news))
    assert "Jonas Brandt" in qa.answer("Who won the election for mayor of Tolk?").text
    monkeypatch.setenv("QA_LIBRARY", str(tmp_path))
    with pytest.raises(LibraryMissing):
        qa.answer("Who won the election for mayor of Tolk?")
