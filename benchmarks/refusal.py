"""How well the reader refuses questions of a later year, which no fit has seen.

It asks the archive of 2022 the questions of a later year whose answer it does not hold, and the
answerable ones of the weeks of 2022 that training kept back, which the fit of the confidence did
see: the cross-validation that `python -m qa.training.calibrate` prints says how many of unseen ones
are refused. "Refused" is the positive class.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from tqdm import tqdm

from benchmarks.news import news, unseen
from qa.assistant import Assistant
from qa.settings import Settings
from qa.training.confidence import rates
from qa.training.news import NewsQuestion


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", type=Path, required=True, help="made of the 2022 articles")
    parser.add_argument("--report", type=int, default=2023, metavar="YEAR", help="%(default)s")
    arguments = parser.parse_args()
    held, not_held = unseen(news.answerable(), 2022), news.unanswerable(arguments.report)
    with Assistant.load(Settings(library=arguments.library)) as assistant:
        report = {
            "answerable": len(held),
            "unanswerable": len(not_held),
            **rates(refused(assistant, held), refused(assistant, not_held)),
            "refusing_everything": rates(1.0, 1.0),
        }
    print(json.dumps(report, indent=2))


def refused(assistant: Assistant, asked: Sequence[NewsQuestion]) -> float:
    """The share of questions that are refused."""
    outcomes = [
        assistant.answer(question.text, asked_on=question.date).outcome == "refused"
        for question in tqdm(asked, unit=" questions")
    ]
    return float(np.mean(outcomes))


if __name__ == "__main__":
    main()
