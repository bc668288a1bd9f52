"""qa: as retrieved, with the day of asking given, and in the reader's order."""

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.peers.harness import Found, Row, Search, run
from qa.assistant import Assistant
from qa.ingest import ingest
from qa.settings import Settings
from qa.types import Hit


def build(articles: Sequence[Row], model: str, folder: Path) -> tuple[int, Mapping[str, Search]]:
    # qa loads the same weights as `model` by itself.
    settings = Settings(library=folder)
    ingest([folder.parent / "articles.jsonl"], settings)
    assistant = Assistant.load(settings)

    def retrieved(question: Row) -> Found:
        return _found(assistant.retriever.hits(question["text"]))

    def dated(question: Row) -> Found:
        return _found(assistant.retriever.hits(question["text"], asked_on=_day(question)))

    def read(question: Row) -> Found:
        return _found(assistant.answer(question["text"], asked_on=_day(question)).hits)

    ways = {"no day given": retrieved, "day of asking given": dated, "and read": read}
    return assistant.library.counts()[1], ways


def _day(question: Row) -> datetime.date:
    return datetime.date.fromisoformat(question["date"])


def _found(hits: Sequence[Hit]) -> Found:
    return [
        [hit.passage.text, hit.article.url, *(source.url for source in hit.also_in)] for hit in hits
    ]


if __name__ == "__main__":
    run("qa", build)
