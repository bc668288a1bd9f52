"""Answers to the news questions: exact match, F1 and containment, and how well the reader ranks.

Each question is asked of a library of its year's articles; the choices that came with it are
not shown. "Best" takes the reader's best answer whatever its confidence; "shipped" takes what
people get, so that a refusal scores nothing. Answerable are the questions whose answer occurs
in one of their own articles. Of 2022, only those of the weeks kept back are asked: the reader has
learned from the others, and its numbers were chosen on these.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from benchmarks.news import mean_ranking, news, unseen
from qa.assistant import Assistant
from qa.evaluation.metrics import contained, exact_match, token_f1
from qa.reading.reader import SpanReader
from qa.search.question import understand
from qa.settings import Settings
from qa.training.news import NewsQuestion
from qa.types import Hit


def scores(said: Sequence[str], asked: Sequence[NewsQuestion]) -> dict[str, float]:
    pairs = list(zip(said, [[question.answer] for question in asked], strict=True))
    return {
        measure.__name__: round(sum(measure(*pair) for pair in pairs) / len(pairs), 3)
        for measure in (exact_match, token_f1, contained)
    }


def ranks(found: Sequence[Sequence[Hit]], asked: Sequence[NewsQuestion]) -> dict[str, float]:
    relevant = [
        [question.held_by_hit(hit) for hit in hits]
        for hits, question in zip(found, asked, strict=True)
    ]
    return mean_ranking(relevant, [1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", type=Path, required=True, help="made of the year's articles")
    parser.add_argument("--year", type=int, default=2022)
    parser.add_argument("--limit", type=int, help="take only so many questions")
    parser.add_argument("--show", type=Path, help="write each question and answer to a file")
    arguments = parser.parse_args()
    settings = Settings(library=arguments.library)
    reader = SpanReader.load(settings)
    asked = unseen(news.questions(arguments.year), arguments.year)[: arguments.limit]
    best, shipped, before, after, lines = [], [], [], [], []
    with Assistant.load(settings) as assistant:
        searched = assistant.library.counts()[1]
        for question in tqdm(asked, unit=" questions"):
            put = understand(question.text, today=question.date)
            hits = assistant.retriever.find(put, asked_on=question.date)
            evidence = reader.evidence(put, hits, searched)
            draft = reader.draft(put, evidence)
            best.append(evidence.found[0].text if evidence.found else "")
            shipped.append(draft.short)
            before.append(hits)
            after.append(evidence.hits)
            lines.append(
                {
                    "question": question.text,
                    "gold": question.answer,
                    "best": best[-1],
                    "confidence": round(draft.confidence, 3),
                    "answer": draft.claims[0].text if draft.claims else None,
                    "quotes": [span.quote for claim in draft.claims for span in claim.spans],
                    "answerable": question.answerable,
                }
            )
    if arguments.show:
        arguments.show.write_text("\n".join(json.dumps(x, ensure_ascii=False) for x in lines))
    held = [number for number, question in enumerate(asked) if question.answerable]
    some = [asked[number] for number in held]
    report = {
        "questions": len(asked),
        "answerable": len(some),
        "best, all": scores(best, asked),
        "best, answerable": scores([best[n] for n in held], some),
        "shipped, all": scores(shipped, asked),
        "shipped, answerable": scores([shipped[n] for n in held], some),
        "hits as retrieved, answerable": ranks([before[n] for n in held], some),
        "hits as re-ordered, answerable": ranks([after[n] for n in held], some),
    }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
