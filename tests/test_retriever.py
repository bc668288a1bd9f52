"""Retrieval: fusion, and a retriever that fits any LangChain chain."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from langchain_core.documents import Document
from langchain_core.runnables import RunnableLambda

from qa.assistant import Assistant
from qa.errors import QuestionError
from qa.ingest import Summary
from qa.ingest.passages import embedded_text
from qa.prompts import refusal_opening
from qa.search.retriever import fuse
from qa.settings import Settings
from qa.types import Filters, Turn


def test_fusion_is_the_weighted_sum_of_scaled_scores() -> None:
    one, two = [("a", 0.9), ("b", 0.6), ("c", 0.5)], [("c", 7.0), ("d", 3.0)]
    fused = fuse([(one, 0.6), (two, 0.4)])
    assert fused == pytest.approx({"a": 0.6, "b": 0.15, "c": 0.4, "d": 0.0})
    assert fuse([([("a", 0.3)], 0.5), ([], 0.5)]) == {"a": 0.5}
    assert fuse([([], 0.5), ([], 0.5)]) == {}


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
    near = retriever.vectors.similarities(name, vector, dict.fromkeys([*found, "nothing"]))
    assert near == pytest.approx(found, abs=1e-3)
    assert retriever.vectors.similarities(name, vector, {"nothing": None}) == {}


def test_the_retriever_drops_into_a_langchain_chain(assistant: Assistant) -> None:
    def first(documents: list[Document]) -> str:
        return documents[0].page_content

    chain = assistant.retriever | RunnableLambda(first)
    assert "54 percent" in chain.invoke("Who won the election in Tolk?")
    [document, *_] = assistant.retriever.invoke("Who won the election in Tolk?")
    assert document.metadata["article"] == "2021-09-20-tolk-election.txt"
    assert document.metadata["date"] == "2021-09-20"


PLANNED, OPENED = "2021-03-01-harbor-bridge-planned.txt", "2021-06-12-harbor-bridge-opened.txt"
STORM = "2022-01-15-storm.txt"


def scores(assistant: Assistant, question: str, day: str | None = None) -> dict[str, float]:
    asked_on = date.fromisoformat(day) if day else None
    hits = assistant.retriever.hits(question, asked_on=asked_on)
    return {hit.article.id: hit.score for hit in hits}


def test_news_near_the_day_of_asking_is_preferred(assistant: Assistant) -> None:
    question = "Who spoke of the harbor bridge?"
    plain = scores(assistant, question, "1990-01-01")
    ranking = assistant.retriever.ranking
    away = timedelta(ranking.half_life)
    assert ranking.date > 0
    for days, more in ((timedelta(0), 1.0), (away, 0.5), (-away, 0.5)):
        found = scores(assistant, question, str(date(2021, 3, 1) + days))
        assert found[PLANNED] - plain[PLANNED] == pytest.approx(more * ranking.date, abs=0.001)
        assert found[STORM] - plain[STORM] == pytest.approx(0, abs=0.001)
    newest = scores(assistant, question)
    assert newest[STORM] - plain[STORM] == pytest.approx(ranking.date, abs=0.001)
    assert newest[PLANNED] - plain[PLANNED] == pytest.approx(0, abs=0.001)


def test_the_time_that_a_question_names_counts_for_more(assistant: Assistant) -> None:
    march, year = "Who spoke of the harbor bridge in March 2021?", "Who spoke in 2021?"
    assert scores(assistant, march, "2021-06-12") == scores(assistant, march, "1990-01-01")
    assert max(scores(assistant, march, "2021-06-12").items(), key=lambda row: row[1])[0] == PLANNED
    # Within that time, the day of asking still tells.
    winter, summer = (scores(assistant, year, day) for day in ("2021-03-01", "2021-06-12"))
    most = assistant.retriever.ranking.date
    assert winter[PLANNED] - summer[PLANNED] == pytest.approx(most, abs=0.01)
    assert summer[OPENED] - winter[OPENED] == pytest.approx(most, abs=0.01)


def test_articles_of_the_conversation_come_sooner(assistant: Assistant) -> None:
    turns = [Turn("user", "Who won the election for mayor of Tolk?"), Turn("assistant", "Brandt")]
    retriever = assistant.retriever
    ranking = retriever.ranking
    without = retriever.model_copy(update={"ranking": replace(ranking, conversation=0.0)})
    carried, plain = (
        {hit.article.id: hit.score for hit in one.hits("Who was his rival?", turns)}
        for one in (retriever, without)
    )
    more = {id_: carried[id_] - plain[id_] for id_ in plain}
    assert ranking.conversation > 0
    assert more["2021-09-20-tolk-election.txt"] == pytest.approx(ranking.conversation)
    # Half of it for the second article, a third for the third, and nothing for the rest.
    shares = sorted((value / ranking.conversation for value in more.values()), reverse=True)
    assert shares == pytest.approx([1, 1 / 2, 1 / 3, 0])


def test_passages_on_the_day_that_a_question_names_come_sooner(assistant: Assistant) -> None:
    # The article of March speaks of that day, and so does that of the day itself.
    day = "What was to happen on 12 June 2021?"
    other = "What was to happen on 13 June 2021?"
    named, beside = (scores(assistant, question, "1990-01-01") for question in (day, other))
    assert named[PLANNED] - beside[PLANNED] > 0.05
    assert named[STORM] == pytest.approx(beside[STORM], abs=0.05)
    # Seen from the day of asking.
    seen = scores(assistant, "What happened last Saturday?", "2021-06-15")
    assert max(seen.items(), key=lambda row: row[1])[0] == OPENED


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (
            Filters(since=date(2021, 6, 12)),
            {OPENED, "2021-09-20-tolk-election.txt", "2022-01-15-storm.txt"},
        ),
        (Filters(until=date(2021, 6, 11)), {PLANNED}),
        (Filters(as_of=date(2021, 6, 12), until=date(2022, 1, 1)), {PLANNED, OPENED}),
        (Filters(since=date(2021, 6, 12), until=date(2021, 6, 12)), {OPENED}),
        (Filters(since=date(2023, 1, 1)), set()),
        (Filters(sources=("cnn.com",)), set()),
    ],
)
def test_filters_are_hard(assistant: Assistant, filters: Filters, found: set[str]) -> None:
    hits = assistant.retriever.hits("Who won the election in Tolk?", filters=filters)
    assert {hit.article.id for hit in hits} == found


def test_sources_are_sites(bring: Callable[..., Summary], tmp_path: Path) -> None:
    urls = (
        "https://www.cnn.com/tolk",
        "https://edition.cnn.com/tolk",
        "https://notcnn.com/tolk?from=.cnn.com",
    )
    rows = [{"url": url, "text": f"Brandt won in Tolk, says {url}."} for url in urls]
    (tmp_path / "news.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    bring(tmp_path / "news.jsonl")
    with Assistant.load(Settings(library=tmp_path / "library")) as assistant:

        def sites(*names: str) -> set[str]:
            hits = assistant.retriever.hits("Who won in Tolk?", filters=Filters(sources=names))
            return {hit.article.url.split("/")[2] for hit in hits}

        assert sites("cnn.com") == sites("WWW.cnn.com") == {"www.cnn.com", "edition.cnn.com"}
        assert sites("edition.cnn.com") == {"edition.cnn.com"}
        assert sites("edition.cnn.com", "notcnn.com") == {"edition.cnn.com", "notcnn.com"}
        assert sites(" cnn.com/world") == sites("https://www.cnn.com/") == sites("cnn.com")
        assert sites("cnn") == set()
        assert sites(*(f"{n}.org" for n in range(5000)), "edition.cnn.com") == {"edition.cnn.com"}
        for none in ("", "www.", "//"):
            with pytest.raises(QuestionError, match="is no site"):
                sites(none)
        assert assistant.library.sites() == ["cnn.com", "edition.cnn.com", "notcnn.com"]
        refused = assistant.answer("Who won in Tolk?", filters=Filters(sources=("bbc.com",)))
        assert refused.outcome == "refused"
        assert "No article passes the limits" in refused.text


STORY = """The council of Tolk voted on Tuesday to close the old market hall for two years.
Its iron roof, which was put up in 1887, has to be taken down and mended piece by piece, said
Petra Sonn, who leads the council. The traders will move to tents on the meadow by the river, and
pay half of their rent until the hall is opened again."""


def test_copies_of_one_story_are_one_hit(bring: Callable[..., Summary], tmp_path: Path) -> None:
    news = tmp_path / "news"
    news.mkdir()
    texts = {
        "wire": STORY,
        "paper": STORY.replace("mended", "repaired"),
        "again": f"{STORY} The story was updated.",
        "town": STORY.replace("Tolk", "Karsk").replace("Petra Sonn", "Ada Lind"),
        "part": "The traders will move to tents on the meadow by the river.",
        "other": "The council of Tolk voted on Tuesday for a new bridge, said Petra Sonn.",
    }
    for name, text in texts.items():
        (news / f"{name}.txt").write_text(f" date 2021-05-04 TOLK —\n\n{text}\n")
    bring(news)
    with Assistant.load(Settings(library=tmp_path / "library")) as assistant:
        hits = assistant.retriever.hits("Where will the traders of the market hall move?")
        groups = [{hit.article.id, *(source.id for source in hit.also_in)} for hit in hits]
        answer = assistant.answer("Where will the traders of the market hall in Tolk move?")
    assert {"wire.txt", "paper.txt", "again.txt"} in groups
    for alone in ("town.txt", "part.txt", "other.txt"):
        assert {alone} in groups
    assert [hit.rank for hit in hits] == [1, 2, 3, 4]
    [folded] = [hit for hit in answer.hits if hit.also_in]
    group = {folded.article.id, *(source.id for source in folded.also_in)}
    assert group == {"wire.txt", "paper.txt", "again.txt"}
    told = next(hit for hit in json.loads(answer.to_json())["hits"] if hit["also_in"])
    assert {source["id"] for source in told["also_in"]} < group
    assert answer.outcome == "answered"
    assert len({citation.article.id for citation in answer.citations} & group) == 1


def test_no_question_is_no_failure(assistant: Assistant) -> None:
    assert isinstance(assistant.retriever.invoke(""), list)
    assert assistant.retriever.hits("?")


def test_markers_and_refusals_among_the_turns_are_not_searched_for(assistant: Assistant) -> None:
    retriever = assistant.retriever
    asked, bare = Turn("user", "Who is mayor of Tolk?"), Turn("assistant", "Jonas Brandt")
    marked = Turn("assistant", "Jonas Brandt (elected, reported 12 June 2021) [1][2]")
    assert retriever.hits("When?", [asked, marked]) == retriever.hits("When?", [asked, bare])
    refused = Turn("assistant", f"{refusal_opening()} It reaches from 1 March 2021.")
    nothing = Turn("assistant", "")
    assert retriever.hits("When?", [asked, refused]) == retriever.hits("When?", [asked, nothing])


def test_what_happened_shows_the_hits_of_its_question(assistant: Assistant) -> None:
    question = "What happened in January 2022?"
    answer = assistant.answer(question)
    assert answer.outcome == "answered"
    assert answer.hits == tuple(assistant.retriever.hits(question))
