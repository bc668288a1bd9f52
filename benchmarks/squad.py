"""The reader on a file of questions with their passage, by SQuAD's measures: XQuAD English.

Or, with --set-aside, the training questions that training leaves out, to choose by.
Every question has an answer in its passage; "no answer" is not among the choices. Passages of
more than 200 tokens, as many as the library's have, are read in windows that overlap by half.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from benchmarks.news import SHARED
from qa.evaluation.metrics import exact_match, token_f1
from qa.models.loading import load_embedder, load_span_model
from qa.models.shipped import READER
from qa.models.span_model import SpanModel, Text
from qa.reading.spans import candidates
from qa.settings import Settings
from qa.text.answers import squad_normalise
from qa.training import examples
from qa.training.news import rows

FILE = SHARED / "data/reader/test-xquad-en.jsonl.gz"
WINDOW = 200


def set_aside() -> Iterator[dict[str, Any]]:
    for name, path in examples.files(FILE.parent).items():
        for row in rows(path):
            if row["answers"] and examples.set_aside(name, row["passage"]):
                yield row


def windows(passage: str, offsets: list[tuple[int, int]]) -> Iterator[str]:
    """Yield stretches of a passage, of at most so many tokens."""
    for first in range(0, max(1, len(offsets) - WINDOW // 2), WINDOW // 2):
        inside = offsets[first : first + WINDOW]
        yield passage[inside[0][0] : inside[-1][1]] if inside else passage


def answer(model: SpanModel, question: str, passages: list[str]) -> str:
    found = [
        (best.likelihood, text[slice(*best.span)])
        for text, reading in zip(
            passages, model.read(question, list(map(Text, passages))), strict=True
        )
        for best in candidates(text, reading)[:1]
    ]
    return max(found, default=(0.0, ""))[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--file", type=Path, default=FILE)
    parser.add_argument("--set-aside", action="store_true", help="in place of --file")
    parser.add_argument(
        "--weights", type=Path, default=READER / "large", help="a run's folder, or %(default)s"
    )
    arguments = parser.parse_args()
    settings = Settings()
    model = load_span_model(settings, arguments.weights)
    tokenizer = load_embedder(settings)
    scores = []
    asked = set_aside() if arguments.set_aside else rows(arguments.file)
    for row in tqdm(asked, unit=" questions"):
        passage = row["passage"]
        [offsets] = tokenizer.token_offsets([passage])
        said = answer(model, row["question"], list(windows(passage, offsets)))
        pair = (said, row["answers"], squad_normalise)
        scores.append((exact_match(*pair), token_f1(*pair)))
    exact, f1 = np.mean(scores, axis=0).tolist()
    report = {"questions": len(scores), "exact_match": round(exact, 3), "F1": round(f1, 3)}
    print(json.dumps(report))


if __name__ == "__main__":
    main()
