"""hit@k and MRR on the news questions of 2022: qa beside the way of LangChain's tutorial.

A hit is a passage from one of the question's own articles that contains the answer, both
normalised; only questions whose answer occurs in one of their articles count. The baseline
is plain vector search in Chroma by langchain-chroma over chunks of 1,000 characters with an
overlap of 200. Both sides use the same embedder.
"""

import argparse
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from tqdm import tqdm

from benchmarks.news import ARTICLES, mean_ranking, news
from qa.assistant import Assistant
from qa.models.embedder import Embedder
from qa.models.loading import load_embedder
from qa.settings import Settings
from qa.training.news import NewsQuestion, rows

TOP = 10
# For each passage its text, then the urls of its articles.
Search = Callable[[NewsQuestion], list[tuple[str, ...]]]


class EmbedderOfLangChain(Embeddings):
    """Lets LangChain use our embedder."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        vectors: list[list[float]] = self._embedder.embed(texts).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]


def tutorial(folder: Path, settings: Settings) -> Search:
    """Build the baseline's store, or open it if it was built before."""
    from langchain_chroma import Chroma
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    embeddings = EmbedderOfLangChain(load_embedder(settings))
    done = folder / "done"
    store = Chroma("tutorial", embeddings, persist_directory=str(folder))
    if not done.exists():
        documents = [
            Document(page_content=row["text"], metadata={"url": row["url"]})
            for row in rows(ARTICLES)
        ]
        splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
        chunks = splitter.split_documents(documents)
        for first in tqdm(range(0, len(chunks), 1000), unit="k chunks"):
            store.add_documents(chunks[first : first + 1000])
        done.write_text(str(len(chunks)))
    print(f"baseline: {done.read_text()} chunks")

    def search(question: NewsQuestion) -> list[tuple[str, ...]]:
        found = store.similarity_search(question.text, k=TOP)
        return [(document.page_content, document.metadata["url"]) for document in found]

    return search


def ours(assistant: Assistant) -> Search:
    def search(question: NewsQuestion) -> list[tuple[str, ...]]:
        hits = assistant.retriever.hits(question.text, asked_on=question.date)[:TOP]
        return [
            (hit.passage.text, hit.article.url, *(source.url for source in hit.also_in))
            for hit in hits
        ]

    return search


def measure(search: Search, questions: Sequence[NewsQuestion]) -> dict[str, float]:
    started = time.perf_counter()
    results = [[question.held_by(*found) for found in search(question)] for question in questions]
    seconds = time.perf_counter() - started
    return {
        **mean_ranking(results, (1, 4, 10)),
        "seconds_a_question": round(seconds / len(results), 4),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", type=Path, required=True, help="made of the 2022 articles")
    parser.add_argument("--baseline", type=Path, required=True, help="folder for the baseline")
    arguments = parser.parse_args()
    settings = Settings(library=arguments.library)
    # Questions that refer to choices count too: the passage with the answer is clear.
    questions = news.answerable(choices=True)
    with Assistant.load(settings) as assistant:
        report = {"questions": len(questions), "ours": measure(ours(assistant), questions)}
    report["tutorial"] = measure(tutorial(arguments.baseline, settings), questions)
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
