"""A trained entailment network → the files that come with qa, with the threshold it needs."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.checking.rules import broken_rule
from qa.models.calibration import FILE, EntailmentCalibration, large_files
from qa.models.entailment_model import EntailmentModel
from qa.models.loading import entailment_of
from qa.models.shipped import ENTAILMENT, WEIGHTS, file_hash, load_calibration
from qa.settings import Settings
from qa.training.entailment import sources, verifying
from qa.training.entailment.lessons import FOLLOWS, Lesson
from qa.training.natural import natural, weeks

# Of two thresholds as good as each other, the stricter: what is false must not be shown.
_NEARLY = 0.01


def ship(data: Path, run: Path, settings: Settings, limit: int | None) -> dict[str, Any]:
    """Write the weights of a run and their thresholds, and return what these were chosen by.

    The settings name a library of articles of 2022, of which at most so many questions are asked.
    """
    known = sources.articles(data / "realtimeqa" / "articles-2022.jsonl.gz")
    lessons = [lesson for lesson, _ in sources.written(known, "choose")]
    model = entailment_of(settings, run / WEIGHTS)
    threshold, figures = choose(model, lessons)
    week = weeks(data / "realtimeqa" / "questions-2022.jsonl.gz")
    asked = natural(data / "natural" / "natural-2022.jsonl.gz", week)
    kept = [one for one in asked if one.kept_back]
    # Few questions are for yes or no: all of these.
    some = [*kept[:limit], *(one for one in kept[limit:] if one.kind == "yesno")] if limit else kept
    found, settling = verifying.answers(model, some, settings)
    cuts, looked = verifying.choose(found)
    settled, told = verifying.choose_settled(settling)
    ENTAILMENT.mkdir(exist_ok=True)
    shutil.copyfile(run / WEIGHTS, ENTAILMENT / WEIGHTS)
    reader = large_files(load_calibration().files)
    chosen = {"threshold": threshold, **cuts._asdict(), "settled": settled}
    sha256 = file_hash(run / WEIGHTS)
    EntailmentCalibration(sha256=sha256, reader=reader, **chosen).write(ENTAILMENT / FILE)
    return {**chosen, "sentences": figures, "answers": looked, **told}


def choose(model: EntailmentModel, lessons: Sequence[Lesson]) -> tuple[float, dict[str, Any]]:
    """Return the probability of "follows" from which on a sentence passes, and what it does.

    It is the highest with which the balanced accuracy is nearly the best.
    """
    follows = model.probabilities([lesson.pair for lesson in lessons])[:, FOLLOWS]
    sound = np.array([not broken_rule(one.sentence, one.quotes) for one in lessons])
    true = np.array([lesson.label == FOLLOWS for lesson in lessons])
    cuts = np.round(np.arange(0.02, 0.99, 0.02), 2).tolist()
    found = {cut: _balanced(sound & (follows >= cut), true) for cut in cuts}
    threshold = max(cut for cut in cuts if found[cut] >= max(found.values()) - _NEARLY)
    return threshold, passing(sound & (follows >= threshold), true)


def passing(passed: NDArray[np.bool_], true: NDArray[np.bool_]) -> dict[str, Any]:
    """Return how many true and false sentences there are, and which shares are judged rightly."""
    return {
        "true": int(true.sum()),
        "true that pass": round(float(passed[true].mean()), 3),
        "false": int((~true).sum()),
        "false that are stopped": round(float((~passed[~true]).mean()), 3),
        "balanced accuracy": round(_balanced(passed, true), 3),
    }


def _balanced(passed: NDArray[np.bool_], true: NDArray[np.bool_]) -> float:
    return float((passed[true].mean() + (~passed[~true]).mean()) / 2)
