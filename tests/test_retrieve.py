"""Retrieval: fusion, and a retriever that fits any LangChain chain."""

import pytest
from langchain_core.documents import Document
from langchain_core.runnables import RunnableLambda

from qa.assistant import Assistant
from qa.passages import embedded_text
from qa.retrieve import reciprocal_rank_fusion, standalone, words
from qa.types import Turn


def test_fusion_adds_reciprocal_ranks() -> None:
    fused = reciprocal_rank_fusion([["a", "b", "c"], ["c", "d"]])
    assert [item for item, _ in fused] == ["c", "a", "b", "d"]
    assert dict(fused)["c"] == pytest.approx(1 / 63 + 1 / 61)


def test_words_leave_out_what_every_article_holds() -> None:
    assert words("When did Abe's visit to the U.S. begin?") == ["abe's", "visit", "u.s", "begin"]
    assert words("Who is who?") == ["who", "is"]
    assert words("🙂?") == []


def test_a_pronoun_brings_the_question_before_it() -> None:
    turns = [Turn("user", "Who won in Tolk?"), Turn("assistant", "Jonas Brandt won. [1]")]
    assert standalone("What did he promise?", turns) == "Who won in Tolk? What did he promise?"
    assert standalone("Who opened the bridge?", turns) == "Who opened the bridge?"
    assert standalone("What did he promise?", []) == "What did he promise?"


def test_hits_are_ranked_slices(assistant: Assistant) -> None:
    hits = assistant.retriever.hits("Who won the election in Tolk?")
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert hits[0].article.id == "2021-09-20-tolk-election.txt"
    articles = assistant.library.articles([hit.article.id for hit in hits])
    for hit in hits:
        text = articles[hit.article.id].text
        assert text[hit.passage.start : hit.passage.end] == hit.passage.text


def test_a_hit_knows_how_near_it_is_in_meaning(assistant: Assistant) -> None:
    question = "Who won the election in Tolk?"
    hits = assistant.retriever.hits(question)
    texts = [question, *(embedded_text(hit.passage, hit.article) for hit in hits)]
    asked, *near = assistant.retriever.embedder.embed(texts)
    expected = [float(vector @ asked) for vector in near]
    assert [hit.similarity for hit in hits] == pytest.approx(expected, abs=0.02)


def test_similarities_are_those_of_the_search(assistant: Assistant) -> None:
    retriever = assistant.retriever
    name = retriever.library.state().vectors
    vector = retriever.embedder.embed(["Who won the election in Tolk?"])[0]
    found = dict(retriever.vectors.search(name, vector, 4))
    assert len(found) == 4
    near = retriever.vectors.similarities(name, vector, [*found, "nothing"])
    assert near == pytest.approx(found, abs=1e-3)
    assert retriever.vectors.similarities(name, vector, ["nothing"]) == {}


def test_the_retriever_drops_into_a_langchain_chain(assistant: Assistant) -> None:
    def first(documents: list[Document]) -> str:
        return documents[0].page_content

    chain = assistant.retriever | RunnableLambda(first)
    assert "54 percent" in chain.invoke("Who won the election in Tolk?")
    [document, *_] = assistant.retriever.invoke("Who won the election in Tolk?")
    assert document.metadata["article"] == "2021-09-20-tolk-election.txt"
    assert document.metadata["date"] == "2021-09-20"
