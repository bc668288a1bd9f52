"""LangChain, as its tutorial on retrieval builds it: 1,000 characters, overlap 200, Chroma."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from langchain_chroma import Chroma
from langchain_core.documents import Document
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter

from benchmarks.peers.harness import TOP, Found, Row, Search, run

# Chroma takes no more at once.
BATCH = 5000


def build(articles: Sequence[Row], model: str, folder: Path) -> tuple[int, Mapping[str, Search]]:
    store = Chroma("news", HuggingFaceEmbeddings(model_name=model), persist_directory=str(folder))
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
    chunks = splitter.split_documents(
        [Document(page_content=row["text"], metadata={"url": row["url"]}) for row in articles]
    )
    for first in range(0, len(chunks), BATCH):
        store.add_documents(chunks[first : first + BATCH])

    def search(question: Row) -> Found:
        found = store.similarity_search(question["text"], k=TOP)
        return [[document.page_content, document.metadata["url"]] for document in found]

    return len(chunks), {"vectors": search}


if __name__ == "__main__":
    run("langchain", build)
