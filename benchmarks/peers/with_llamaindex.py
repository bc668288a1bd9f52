"""LlamaIndex: its default splitter (1,024 tokens), vectors and BM25 fused by reciprocal rank."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from llama_index.core import Document, Settings, VectorStoreIndex
from llama_index.core.llms import MockLLM
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.retrievers.bm25 import BM25Retriever

from benchmarks.peers.harness import TOP, Found, Row, Search, run


def build(articles: Sequence[Row], model: str, folder: Path) -> tuple[int, Mapping[str, Search]]:
    Settings.embed_model = HuggingFaceEmbedding(model_name=model)
    documents = [Document(text=row["text"], metadata={"url": row["url"]}) for row in articles]
    for document in documents:
        # The url is for scoring, and must not be embedded.
        document.excluded_embed_metadata_keys = ["url"]
    index = VectorStoreIndex.from_documents(documents)
    index.storage_context.persist(str(folder))
    by_words = BM25Retriever.from_defaults(docstore=index.docstore, similarity_top_k=TOP)
    fused = QueryFusionRetriever(
        [index.as_retriever(similarity_top_k=TOP), by_words],
        llm=MockLLM(),
        mode="reciprocal_rerank",
        # More queries would need a language model to rephrase the question.
        num_queries=1,
        similarity_top_k=TOP,
        use_async=False,
    )

    def search(question: Row) -> Found:
        return [[hit.node.text, hit.metadata["url"]] for hit in fused.retrieve(question["text"])]

    return len(index.docstore.docs), {"hybrid": search}


if __name__ == "__main__":
    run("llamaindex", build)
