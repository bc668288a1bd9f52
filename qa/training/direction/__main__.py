"""`python -m qa.training.direction --data FOLDER`: fits what tells whether a date is to come.

Learned from days that news of 2022 writes out ("Friday, Oct. 21"), which were or were to come, from
dates that say which way they look ("next week"), from weekdays that people have read or annotated,
and from sentences that people wrote. The first fit then labels the weekdays that it is surest of,
and the second learns from these as well: written out, days are more often to come.

The figures are cross-validated over articles.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from qa.dates.outlook import PLACES, WEIGHTS, features, hashed
from qa.training.direction.lessons import (
    Lesson,
    articles,
    from_aquaint,
    from_article,
    read_by_people,
    weekdays,
    written_by_people,
)

# How much a lesson counts, by its source.
_COUNTS = {
    **{"within a week": 2.0, "within weeks": 0.5, "says so": 0.6, "surest": 0.5},
    **dict.fromkeys(("random", "hard", "aquaint", "written"), 12.0),
}
_BY_PEOPLE = ("random", "hard", "aquaint", "written")
_STRENGTH = 5.0
_SUREST = 0.2
# Of an article at most so many weekdays that the first fit labels.
_OF_AN_ARTICLE = 3
_FOLDS = 5


def main() -> None:
    """Fit, write the weights, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m qa.training.direction", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder with timex, …")
    parser.add_argument("--dry-run", action="store_true", help="leave the weights as they are")
    arguments = parser.parse_args()
    rows = articles(arguments.data / "realtimeqa" / "articles-2022.jsonl.gz")
    different = list({row["text"]: row for row in rows}.values())
    told = [lesson for row in different for lesson in from_article(row)]
    aquaint = from_aquaint(arguments.data / "timex" / "aquaint.jsonl")
    people = [*read_by_people(rows), *aquaint, *written_by_people()]
    read = {(lesson.group, lesson.start) for lesson in people}
    places = [
        Lesson(row["text"], start, end, gone, False, "surest", row["url"])
        for row in different
        for start, end, gone in list(weekdays(row))[:_OF_AN_ARTICLE]
        if (row["url"], start) not in read
    ]
    fit = _Fit(told, places)
    given = matrix(people)
    if not arguments.dry_run:
        model = fit(people, given)
        WEIGHTS.parent.mkdir(exist_ok=True)
        np.save(WEIGHTS, np.append(model.coef_[0], model.intercept_).astype(np.float16))
    labels, groups = _labels(people), [lesson.group for lesson in people]
    likely = np.zeros(len(people))
    for learned, asked in GroupKFold(_FOLDS).split(given, labels, groups):
        model = fit([people[place] for place in learned], given[learned])
        likely[asked] = model.predict_proba(given[asked])[:, 1]
    print(json.dumps(figures(people, likely), indent=2))


class _Fit:
    """Fits on what articles tell and what people have read, in two rounds."""

    def __init__(self, told: Sequence[Lesson], places: Sequence[Lesson]) -> None:
        self._told, self._given = told, matrix(told)
        self._places = matrix(places)

    def __call__(self, people: Sequence[Lesson], given: csr_matrix) -> LogisticRegression:
        lessons = [*self._told, *people]
        rows = vstack([self._given, given])
        labels, counts = _labels(lessons), np.array([_COUNTS[one.source] for one in lessons])
        first = _regression().fit(rows, labels, sample_weight=counts)
        likely = first.predict_proba(self._places)[:, 1]
        surest = (likely < _SUREST) | (likely > 1 - _SUREST)
        return _regression().fit(
            vstack([rows, self._places[surest]]),
            np.concatenate([labels, likely[surest] > 0.5]),
            sample_weight=np.concatenate([counts, np.full(surest.sum(), _COUNTS["surest"])]),
        )


def matrix(lessons: Sequence[Lesson]) -> csr_matrix:
    """Return the features of some lessons, shape (lessons, `PLACES`); each row of length 1."""
    rows = [hashed(features(one.text, one.start, one.end, one.gone)) for one in lessons]
    starts = np.cumsum([0, *map(len, rows)])
    values = np.concatenate([np.full(len(row), len(row) ** -0.5) for row in rows])
    return csr_matrix((values, np.concatenate(rows), starts), shape=(len(rows), PLACES))


def figures(people: Sequence[Lesson], likely: NDArray[np.float64]) -> dict[str, object]:
    """Return how many are told rightly of each source, and how many are wrong and sure."""
    right = (likely > 0.5) == _labels(people)
    sure = (likely < 0.25) | (likely > 0.75)
    found: dict[str, object] = {"articles": "cross-validated"}
    for source in _BY_PEOPLE:
        own = np.array([lesson.source == source for lesson in people])
        found[source] = {
            "lessons": int(own.sum()),
            "right": round(float(right[own].mean()), 3),
            "to come": round(float(_labels(people)[own].mean()), 3),
            "wrong and sure": round(float((~right & sure)[own].mean()), 3),
            "unsure": round(float((~sure)[own].mean()), 3),
        }
    return found


def _labels(lessons: Sequence[Lesson]) -> NDArray[np.bool_]:
    return np.array([lesson.ahead for lesson in lessons])


def _regression() -> LogisticRegression:
    return LogisticRegression(C=_STRENGTH, max_iter=1000)


if __name__ == "__main__":
    main()
