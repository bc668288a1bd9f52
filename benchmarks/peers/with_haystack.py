"""Haystack: its default splitter (200 words), vectors and BM25 joined by reciprocal rank."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from haystack import Document
from haystack.components.joiners import DocumentJoiner
from haystack.components.preprocessors import DocumentSplitter
from haystack.components.retrievers.in_memory import (
    InMemoryBM25Retriever,
    InMemoryEmbeddingRetriever,
)
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)

from benchmarks.peers.harness import TOP, Found, Row, Search, run


def build(articles: Sequence[Row], model: str, folder: Path) -> tuple[int, Mapping[str, Search]]:
    documents = [Document(content=row["text"], meta={"url": row["url"]}) for row in articles]
    chunks = DocumentSplitter().run(documents=documents)["documents"]
    embedder = SentenceTransformersDocumentEmbedder(model=model, progress_bar=False)
    embedder.warm_up()
    store = InMemoryDocumentStore(embedding_similarity_function="cosine")
    store.write_documents(embedder.run(documents=chunks)["documents"])
    store.save_to_disk(str(folder))
    asker = SentenceTransformersTextEmbedder(model=model, progress_bar=False)
    asker.warm_up()
    by_words = InMemoryBM25Retriever(store, top_k=TOP)
    by_meaning = InMemoryEmbeddingRetriever(store, top_k=TOP)
    joiner = DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=TOP)

    def search(question: Row) -> Found:
        text = question["text"]
        lists = [
            by_words.run(query=text)["documents"],
            by_meaning.run(query_embedding=asker.run(text=text)["embedding"])["documents"],
        ]
        return [[hit.content, hit.meta["url"]] for hit in joiner.run(documents=lists)["documents"]]

    return len(chunks), {"hybrid": search}


if __name__ == "__main__":
    run("haystack", build)
