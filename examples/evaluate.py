"""Evaluates two settings on one question set, and prints the difference.

Run `qa ingest corpus --library .library` before, and then
`QA_LIBRARY=.library python examples/evaluate.py corpus/questions.jsonl runs 20`.
The first 20 questions are asked twice: once with the small network alone, once with both. Each run
is kept in the folder `runs`, with its report.
"""

import sys
from pathlib import Path

from qa import QAError, Settings
from qa.evaluation import evaluate

FIGURES = ("right", "f1", "article_hit@1", "refusal_f1")


def main() -> None:
    """Take the question set, the folder of the runs and the number of questions."""
    if len(sys.argv) != 4 or not sys.argv[3].isdecimal():
        sys.exit("usage: evaluate.py QUESTIONS FOLDER NUMBER")
    questions, folder, number = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    try:
        small = Settings.from_environment(reader="small")
        both = Settings.from_environment(reader="large")
        evaluate(questions, settings=small, out=folder / "small", limit=number)
        run = evaluate(
            questions,
            settings=both,
            out=folder / "both",
            limit=number,
            baseline=folder / "small",
        )
    except QAError as error:
        sys.exit(f"evaluate: {error}")
    compared = run.summary.comparison
    assert compared
    for name in FIGURES:
        if found := compared.differences.get(name):
            print(f"{name:15} {found.value:+.3f}  [{found.low:+.3f}, {found.high:+.3f}]")
    for flip in compared.flips:
        print(f"{flip.id}: {flip.before} → {flip.after}")
    print(f"report: {folder / 'both' / 'report.html'}")


if __name__ == "__main__":
    main()
