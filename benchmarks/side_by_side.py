"""qa beside LangChain's tutorial, txtai, LlamaIndex and Haystack: same news, model, questions.

Each peer splits and searches as it does by default, with both vectors and words where it has them,
and is installed in a virtual environment of its own, below `--environments`. The articles are
those of the first questions of 2022, by date; a question counts if its answer occurs in one of its
own articles that are there. A hit is a passage of such an article that holds the answer. Passages
differ in length, and long ones hold an answer more easily: `in_first_2000` and `in_first_8000` are
hits within as many characters of the passages, in their order, the last one cut.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.news import ARTICLES, mean_ranking, news
from qa.models.shipped import embedder_folder
from qa.training.news import NewsQuestion, rows

SIZES = (2000, 8000)
CHECKOUT = Path(__file__).parents[1]
PACKAGES = {
    "qa": "",
    "langchain": "langchain-chroma langchain-huggingface langchain-text-splitters",
    "txtai": "txtai",
    "llamaindex": (
        "llama-index-core llama-index-embeddings-huggingface llama-index-retrievers-bm25"
    ),
    "haystack": "haystack-ai>=3 sentence-transformers-haystack>=2",
}
# The bounds of qa's own pyproject.toml, so that all compute with the same build.
COMMON = ["torch>=2.6,<2.14", "sentence-transformers>=5.1,<7"]
QUIET = {
    "HF_HUB_OFFLINE": "1",
    "ANONYMIZED_TELEMETRY": "False",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "TOKENIZERS_PARALLELISM": "false",
}


def chosen(count: int) -> tuple[list[dict[str, Any]], list[NewsQuestion]]:
    """The articles of the first questions, at most so many, and the questions they answer."""
    asked = sorted(news.answerable(choices=True), key=lambda question: (question.date, question.id))
    urls = list(dict.fromkeys(url for question in asked for url in sorted(question.urls)))
    texts = news.articles()
    kept = set([url for url in urls if url in texts][:count])
    questions = [
        question
        for question in asked
        if any(question.held_by(texts[url], url) for url in question.urls & kept)
    ]
    return [row for row in rows(ARTICLES) if row["url"] in kept], questions


def interpreter(name: str, environments: Path) -> str:
    """The Python of a peer's environment, which is made if it is not there."""
    if not PACKAGES[name]:
        return sys.executable
    python = environments / name / "bin/python"
    if not (environments / name / "installed").exists():
        print(f"installing {name} ...", flush=True)
        subprocess.run([sys.executable, "-m", "venv", environments / name], check=True)
        packages = [*COMMON, *PACKAGES[name].split()]
        subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
        (environments / name / "installed").touch()
    return str(python)


def within(
    found: Sequence[Sequence[Sequence[str]]], questions: Sequence[NewsQuestion], size: int
) -> float:
    """The share of questions whose answer stands in so many characters of what was found."""
    held = 0
    for passages, question in zip(found, questions, strict=True):
        left = size
        for text, *urls in passages:
            if left > 0 and question.held_by(text[:left], *urls):
                held += 1
                break
            left -= len(text)
    return round(held / len(questions), 3)


def scored(folder: Path, name: str, questions: Sequence[NewsQuestion]) -> list[dict[str, Any]]:
    report = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    count = sum(1 for _ in (folder / "articles.jsonl").open(encoding="utf-8"))
    table = []
    for way, measured in report["ways"].items():
        results = [
            [question.held_by(*passage) for passage in found]
            for question, found in zip(questions, measured["found"], strict=True)
        ]
        table.append(
            {
                "system": f"{name}, {way}",
                "passages": report["passages"],
                **mean_ranking(results, (1, 4, 10)),
                **{
                    f"in_first_{size}": within(measured["found"], questions, size) for size in SIZES
                },
                "articles_per_second": round(count / report["ingest_s"], 2),
                "query_p50_ms": round(statistics.median(measured["seconds"]) * 1e3, 1),
                "memory_mb": report["memory_mb"],
            }
        )
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--environments", type=Path, required=True, help="folder to make them in")
    parser.add_argument("--articles", type=int, default=800, help="all that there are: 4714")
    parser.add_argument("--systems", nargs="+", choices=PACKAGES, default=list(PACKAGES))
    arguments = parser.parse_args()
    if not ARTICLES.is_file():
        print(f"no news archive at {ARTICLES}: nothing to compare on")
        return
    found, questions = chosen(arguments.articles)
    print(json.dumps({"articles": len(found), "questions": len(questions)}), flush=True)
    pythons = {name: interpreter(name, arguments.environments) for name in arguments.systems}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        asked = [{"text": q.text, "date": q.date.isoformat()} for q in questions]
        for file, lines in (("articles", found), ("questions", asked)):
            text = "".join(json.dumps(line) + "\n" for line in lines)
            (folder / f"{file}.jsonl").write_text(text, encoding="utf-8")
        for system, python in pythons.items():
            module = f"benchmarks.peers.with_{system}"
            command = [python, "-m", module, str(folder), str(embedder_folder())]
            subprocess.run(command, check=True, cwd=CHECKOUT, env={**os.environ, **QUIET})
            for row in scored(folder, system, questions):
                print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
