"""`python -m qa.training.calibrate`: fits what is measured with the weights.

First `qa.training.weighing` chooses how the reader weighs its scores, then `qa.training.confidence`
fits how sure it is. The figures printed are measured by five-fold cross-validation over questions,
so that no question is scored by a fit that saw it; what `--output` gets is fitted on all of them.

How hits are ranked, when a chat model's sentence is supported, and what stands in for signs that
nobody tells are carried over: they were chosen by hand, on the figures of `benchmarks.ablation` and
`benchmarks.supported`.
"""

import argparse
import json
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from qa.errors import QAError, TrainingError
from qa.library.catalogue import Library
from qa.library.recipe import facts
from qa.library.vectors import VectorReader
from qa.models.calibration import FILE, Calibration
from qa.models.embedder import EMBEDDER
from qa.models.loading import READER, file_hash, load_embedder, load_span_model
from qa.reading.reader import SpanReader
from qa.search.retriever import Retriever
from qa.settings import Settings
from qa.training.confidence import fitted, numbers, signs_of
from qa.training.news import News
from qa.training.weighing import best_bonus, best_weights, read_all

_BY_HAND = ("ranking", "support", "confidence.similarity", "confidence.searched")


def main() -> None:
    """Fit, print the cross-validated figures, and write the calibration if it has a place."""
    parser = argparse.ArgumentParser(prog="python -m qa.training.calibrate", description=__doc__)
    add = parser.add_argument
    add("--data", type=Path, required=True, help="folder of RealTime QA's files")
    add("--rewritten", type=Path, required=True, help="questions in other words, .jsonl")
    add("--library", type=Path, required=True, help="made of the articles of 2022")
    add("--weights", type=Path, default=READER, help="a run's folder; default: those of qa")
    add("--output", type=Path, help=f"where to write {FILE}; default: nowhere")
    arguments = parser.parse_args()
    try:
        for path in (arguments.rewritten, arguments.weights / "model.safetensors"):
            if not path.is_file():
                raise TrainingError(f"no file at {path}: name one that is there")
        if arguments.output and not arguments.output.parent.is_dir():
            raise TrainingError(f"no folder {arguments.output.parent} to write to: make it first")
        news = News(arguments.data, arguments.rewritten)
        settings = Settings(library=arguments.library)
        made, report = calibrate(news, settings, arguments.weights)
        if arguments.output:
            made.write(arguments.output)
    except QAError as error:
        parser.error(str(error))
    print(json.dumps(report, indent=2))


def calibrate(news: News, settings: Settings, weights: Path) -> tuple[Calibration, dict[str, Any]]:
    """Return the calibration that fits some weights, and its cross-validated figures.

    Raises `LibraryError`s, `ModelError` and `TrainingError`.
    """
    known = Calibration.read(READER / FILE)
    with ExitStack() as stack:
        library = stack.enter_context(Library.open(settings.library))
        library.check(facts(settings))
        vectors = VectorReader(settings.library)
        stack.callback(vectors.close)
        retriever = Retriever(
            library=library,
            vectors=vectors,
            embedder=load_embedder(settings),
            limit=settings.hits,
            ranking=known.ranking,
        )
        model = load_span_model(settings, weights)
        read = read_all(model, retriever, news)
        chosen, table = best_weights(read)
        dated, dates = best_bonus(read, chosen)
        made = replace(
            known,
            reader_sha256=file_hash(weights / "model.safetensors"),
            embedder_sha256=EMBEDDER.sha256,
            weights=chosen,
            dated=dated,
        )
        signs = signs_of(retriever, SpanReader(model, made), news, settings.hits)
    confidence, report = fitted(signs, known.confidence)
    made = replace(made, confidence=confidence)
    return made, {
        "carried_over": _BY_HAND,
        "weights": table,
        "dated": dates,
        "questions": numbers(signs),
        **report,
        "signs": confidence.signs,
        "bias": confidence.bias,
        "threshold": confidence.threshold,
    }


if __name__ == "__main__":
    main()
