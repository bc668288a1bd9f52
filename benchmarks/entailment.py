"""Does the check of sentences let the true ones through, and no false ones?

The sentences were written by people on news of 2022. Those of the part "report" were set aside by
article before anything was trained; those of "choose" chose the thresholds. `--show` lists the
sentences that are judged wrongly.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from benchmarks.news import ARTICLES
from qa import checking
from qa.settings import Settings
from qa.training.entailment.lessons import FOLLOWS, Lesson
from qa.training.entailment.ship import passing
from qa.training.entailment.sources import articles, written


def report(lessons: Sequence[Lesson], passed: Sequence[bool]) -> dict[str, object]:
    true = np.array([lesson.label == FOLLOWS for lesson in lessons])
    judged: defaultdict[str, list[bool]] = defaultdict(list)
    for lesson, follows, one in zip(lessons, true.tolist(), passed, strict=True):
        judged[f"{'true' if follows else 'false'}, {lesson.kind}"].append(one == follows)
    by_kind = {
        kind: f"{np.mean(rightly):.3f} of {len(rightly)}"
        for kind, rightly in sorted(judged.items())
    }
    return {**passing(np.array(passed), true), "judged rightly, by kind": by_kind}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=["choose", "report"], default="report")
    parser.add_argument("--show", action="store_true", help="name what is judged wrongly")
    arguments = parser.parse_args()
    lessons = [lesson for lesson, _ in written(articles(ARTICLES), arguments.part)]
    checker = checking.load(Settings())
    passed = [verdict.passes for verdict in checker.judge_all([one.pair for one in lessons])]
    if arguments.show:
        for lesson, one in zip(lessons, passed, strict=True):
            if one != (lesson.label == FOLLOWS):
                print(f"{lesson.kind}, {one}: {lesson.sentence}\n    {lesson.quotes}\n")
    print(json.dumps(report(lessons, passed), indent=2))


if __name__ == "__main__":
    main()
