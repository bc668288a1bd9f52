"""The worst misses of retrieval: the questions whose answer stands furthest down, or nowhere.

Of the answerable questions of 2022, in the order in which the hits are read: those whose first
passage with the answer has the worst rank among so many hits, with it and with what stood first.
"""

import argparse
from pathlib import Path

from tqdm import tqdm

from benchmarks.news import news
from qa.assistant import Assistant
from qa.settings import Settings
from qa.training.news import NewsQuestion
from qa.types import Hit

DEPTH = 100


def rank(question: NewsQuestion, hits: list[Hit]) -> int:
    return next((hit.rank for hit in hits if question.held_by_hit(hit)), DEPTH + 1)


def shown(hit: Hit, width: int = 160) -> str:
    return f"{hit.article.label[:80]}: {' '.join(hit.passage.text.split())[:width]}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", type=Path, required=True, help="made of the 2022 articles")
    parser.add_argument("--count", type=int, default=10)
    arguments = parser.parse_args()
    asked = [question for question in news.questions() if question.answerable]
    with Assistant.load(Settings(library=arguments.library)) as assistant:
        retriever = assistant.retriever.model_copy(update={"limit": DEPTH})
        found = []
        for question in tqdm(asked, unit=" questions"):
            hits = retriever.hits(question.text, asked_on=question.date)
            found.append((rank(question, hits), question, hits))
        found.sort(key=lambda row: -row[0])
        nowhere = [row for row in found if row[0] > DEPTH]
        lower = [row for row in found if row[0] <= DEPTH]
        print(f"{len(nowhere)} of {len(found)} nowhere among {DEPTH} hits")
        for place, question, hits in nowhere[: arguments.count] + lower[: arguments.count]:
            print(f"\n{place if place <= DEPTH else 'none'}: {question.text} — {question.answer}")
            print(f"  asked on {question.date}; first: {shown(hits[0])}")
            for hit in hits[place - 1 : place]:
                print(f"  held: {shown(hit)}")
            for url in sorted(question.urls):
                ids = assistant.library.passage_ids([url])
                for passage, source in assistant.library.passages(ids).values():
                    if question.held_by(passage.text, url):
                        print(f"  own: {source.label[:80]}: {_around(passage.text, question)}")
                        break


def _around(text: str, question: NewsQuestion) -> str:
    at = max(0, text.lower().find(question.answer.lower()))
    return " ".join(text[max(0, at - 100) : at + 100].split())


if __name__ == "__main__":
    main()
