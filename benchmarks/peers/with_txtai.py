"""txtai: its segmentation by paragraphs, hybrid search."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from txtai import Embeddings
from txtai.pipeline import Segmentation

from benchmarks.peers.harness import TOP, Found, Row, Search, run


def build(articles: Sequence[Row], model: str, folder: Path) -> tuple[int, Mapping[str, Search]]:
    cut = Segmentation(paragraphs=True)
    chunks = [
        {"text": text, "url": row["url"]} for row in articles for text in cut(row["text"]) if text
    ]
    embeddings = Embeddings(path=model, content=True, hybrid=True)
    embeddings.index(chunks)
    embeddings.save(str(folder))

    def search(question: Row) -> Found:
        found = embeddings.search(
            "SELECT text, url FROM txtai WHERE similar(:question)",
            limit=TOP,
            parameters={"question": question["text"]},
        )
        return [[row["text"], row["url"]] for row in found]

    return len(chunks), {"hybrid": search}


if __name__ == "__main__":
    run("txtai", build)
