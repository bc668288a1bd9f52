"""Where the benchmarks find the news of RealTime QA, and how they average ranked lists."""

from collections.abc import Sequence
from pathlib import Path

from qa.evaluation.metrics import ranking
from qa.training.natural import quiz, weeks
from qa.training.news import News, NewsQuestion

SHARED = Path(__file__).parents[2] / "shared"
NEWS = SHARED / "data/realtimeqa"
ARTICLES = NEWS / "articles-2022.jsonl.gz"
# Half of the answerable questions of 2022 in other words, as people type them into a chat; by
# the question's id.
REWRITTEN = Path(__file__).parent / "rewritten-2022.jsonl"
news = News(NEWS, REWRITTEN)


def unseen(asked: Sequence[NewsQuestion], year: int) -> list[NewsQuestion]:
    """Return the questions that no network has learned from: of 2022, of the weeks kept back."""
    path = NEWS / "questions-2022.jsonl.gz"
    kept = {question.id for question in quiz(path, weeks(path)) if question.kept_back}
    return [question for question in asked if year != 2022 or question.id in kept]


def mean_ranking(results: Sequence[Sequence[bool]], cuts: Sequence[int]) -> dict[str, float]:
    """The mean hit@k and MRR of ranked lists, which say of each result whether it is relevant."""
    measured = [ranking(row, max(1, sum(row)), cuts=cuts) for row in results]
    names = [*(f"hit@{cut}" for cut in cuts), "mrr"]
    return {name: round(sum(m[name] for m in measured) / len(measured), 3) for name in names}
