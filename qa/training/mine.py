"""`python -m qa.training.mine`: questions on the news of 2022 → a file of training examples.

Each question comes with the passage that answers, and with some that the retriever finds in the
whole year's archive and that do not. Questions kept back to choose by are left out.
"""

import argparse
import gzip
import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

from qa.errors import QAError
from qa.library.opening import open_library
from qa.settings import Settings
from qa.training.archives import searching
from qa.training.examples import Example
from qa.training.natural import TrainingQuestion, examples, names, natural, quiz, weeks

# Passages that are looked for, and how many of them stand beside one that answers.
HITS = 30
NEGATIVES = 4


def main() -> None:
    """Write the examples, and the hits that they were made of."""
    parser = argparse.ArgumentParser(prog="python -m qa.training.mine", description=__doc__)
    add = parser.add_argument
    add("--natural", type=Path, required=True, help="natural-2022.jsonl.gz")
    add("--quiz", type=Path, required=True, help="questions-2022.jsonl.gz")
    add("--library", type=Path, required=True, help="made of the articles of 2022")
    add("--hits", type=Path, required=True, help="what was found: made if it is not there")
    add("--output", type=Path, required=True, help="such as DATA/train-natural.jsonl.gz")
    arguments = parser.parse_args()
    try:
        week = weeks(arguments.quiz)
        asked = [*natural(arguments.natural, week), *quiz(arguments.quiz, week)]
        settings = Settings(library=arguments.library)
        if not arguments.hits.is_file():
            _search(asked, settings, arguments.hits)
        made = list(_examples(asked, settings, arguments.hits))
    except QAError as error:
        parser.error(str(error))
    random.Random(0).shuffle(made)
    with gzip.open(arguments.output, "wt", encoding="utf-8") as stream:
        stream.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in made)
    print(f"{len(made)} examples, {sum(row['answer_start'] >= 0 for row in made)} with an answer")


def _search(asked: Sequence[TrainingQuestion], settings: Settings, path: Path) -> None:
    with searching(settings, HITS) as retriever:
        lines = []
        for question in tqdm(asked, unit=" questions"):
            hits = retriever.hits(question.text, asked_on=question.date)
            found = [(hit.passage.id, hit.similarity, hit.score) for hit in hits]
            lines.append(json.dumps({"id": question.id, "hits": found}) + "\n")
    with gzip.open(path, "wt", encoding="utf-8") as stream:
        stream.writelines(lines)


def found_hits(path: Path) -> dict[str, list[tuple[str, float | None, float]]]:
    """Return, by question, the passages that were found: their ids, similarities and scores."""
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        return {row["id"]: row["hits"] for row in map(json.loads, stream)}


def _examples(
    asked: Sequence[TrainingQuestion], settings: Settings, hits: Path
) -> Iterator[dict[str, Any]]:
    found = found_hits(hits)
    chosen = random.Random(0)
    others = sorted({name for one in asked if not one.kept_back for name in names(one.text)})
    with open_library(settings) as opened:
        library = opened.catalogue
        for question in tqdm(asked, unit=" questions"):
            if question.kept_back:
                continue
            passages = library.passages([id_ for id_, *_ in found[question.id]])
            near = [passages[id_] for id_, *_ in found[question.id]]
            articles = library.articles(question.urls)
            own = {}
            for id_, article in articles.items():
                ids = library.passage_ids([id_])
                own[id_] = article, list(library.passages(ids).values())
            for number, one in enumerate(examples(question, near, own, chosen, NEGATIVES, others)):
                yield _row(f"{question.id}-{number}", one)


def _row(id_: str, example: Example) -> dict[str, Any]:
    return {
        "id": id_,
        "question": example.question,
        "passage": example.passage,
        "answers": [example.passage[start:end] for start, end in example.spans],
        "answer_start": example.spans[0][0] if example.spans else -1,
        "heading": example.heading,
        "kind": example.kind,
    }


if __name__ == "__main__":
    main()
