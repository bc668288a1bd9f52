"""Chooses how the reader weighs its scores: the best mean of exact match and F1 on 2022.

Each question is read once; the answerable ones are then decided with each set of weights.
"""

import argparse
import itertools
import json
from pathlib import Path

from tqdm import tqdm

from qa.assistant import Assistant
from qa.evaluation.metrics import exact_match, token_f1
from qa.models import load_reader
from qa.settings import Settings
from qa.spans import Weights, findings
from tests.benchmarks.news import answerable

TEMPERATURES = (1.0, 2.0, 3.0, 4.0)
HOLDS = (0.0, 0.25, 0.5, 1.0)
RANKS = (0.0, 0.25, 0.5, 1.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", type=Path, required=True, help="made of the 2022 articles")
    arguments = parser.parse_args()
    settings = Settings(library=arguments.library)
    model = load_reader(settings)
    read = []
    with Assistant.load(settings) as assistant:
        for question in tqdm(answerable(), unit=" questions"):
            hits = assistant.retriever.hits(question.text, asked_on=question.date)
            readings = model.read(question.text, [hit.passage.text for hit in hits])
            read.append((question, hits, readings))
    table = []
    for values in tqdm(list(itertools.product(TEMPERATURES, HOLDS, RANKS)), unit=" weights"):
        exact = f1 = 0.0
        for question, hits, readings in read:
            found = findings(hits, readings, Weights(*values))
            said = found[0].text if found else ""
            exact += exact_match(said, [question.answer]) / len(read)
            f1 += token_f1(said, [question.answer]) / len(read)
        table.append((round(exact, 3), round(f1, 3), values))
    table.sort(key=lambda row: -row[0] - row[1])
    for exact, f1, (temperature, holds, rank) in table[:10]:
        row = {"temperature": temperature, "holds": holds, "rank": rank}
        print(json.dumps({"exact_match": exact, "F1": f1, **row}))


if __name__ == "__main__":
    main()
