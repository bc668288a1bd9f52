"""Files of questions → training examples: near passages as negatives, and questions in news style.

Each line of a file is a JSON object with `question`, `passage`, `answers` and `answer_start`:
the offset of the first answer in the passage, -1 if the passage does not answer.
"""

import gzip
import hashlib
import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sklearn.feature_extraction.text import TfidfVectorizer

from qa.errors import TrainingError
from qa.text.answers import holds
from qa.text.sentences import Offsets, sentences

# Of some files only a share is used: QAMR asks thirty questions of each sentence, and
# PolicyQA's privacy policies are far from news.
SHARES: Mapping[str, float] = {"train-qamr": 0.5, "train-policyqa": 0.25}
# How often a question also comes with a near passage that does not answer it.
NEGATIVES = 0.3
# How often a question is put in the style of a news quiz: behind a sentence that sets the
# scene, or as the sentence itself with a gap.
SCENES = 0.12
GAPS = 0.06
_NEAR = 12
_CHOSEN_BY = ("train-squad-part", "train-squad1-dev", "train-squad2-dev")


@dataclass(frozen=True, slots=True)
class Example:
    """A question, a passage, and the (start, end) of the answer in it.

    There are several spans if people disagreed on where it begins and ends, the file's first
    one in front, and none if the passage does not answer. `heading` is the passage's article's
    title and day, and `kind`, one of `KINDS`, what the question asks for: '' if unknown.
    """

    question: str
    passage: str
    spans: tuple[Offsets, ...] = ()
    heading: str = ""
    kind: str = ""


def load(
    folders: Sequence[Path], share: float = 1.0, shares: Mapping[str, float] = SHARES
) -> list[Example]:
    """Read the training files of some folders, by name.

    Of each, at random, only `share` times its own one of `shares` is read; what is set aside to
    choose by is left out. Raises `TrainingError` if nothing is left.
    """
    paths = files(*folders)
    wanted = {name: kept for name in paths if (kept := share * shares.get(name, 1.0))}
    found: list[Example] = []
    for name, kept in wanted.items():
        rows = [row for row in _rows(paths[name]) if not set_aside(name, row.passage)]
        found += random.Random(name).sample(rows, round(len(rows) * kept))
    if not found:
        where = ", ".join(map(str, folders))
        raise TrainingError(f"no train-*.jsonl.gz in {where}, or nothing left of it: see --data")
    return found


def files(*folders: Path) -> dict[str, Path]:
    """Return the training files of some folders by name."""
    return {
        path.name.removesuffix(".jsonl.gz"): path
        for folder in folders
        for path in sorted(folder.glob("train-*.jsonl.gz"))
    }


def set_aside(name: str, passage: str) -> bool:
    """Tell whether a passage of a training file is kept to choose by: 4% of SQuAD's."""
    return name in _CHOSEN_BY and int(hashlib.sha256(passage.encode()).hexdigest(), 16) % 25 == 0


def _rows(path: Path) -> Iterator[Example]:
    with gzip.open(path, "rt", encoding="utf-8") as stream:
        for line in stream:
            row = json.loads(line)
            spans = _spans(row["passage"], row["answer_start"], row["answers"])
            said = row["question"].strip(), row["passage"], spans
            yield Example(*said, row.get("heading", ""), row.get("kind", ""))


def _spans(passage: str, start: int, answers: Sequence[str]) -> tuple[Offsets, ...]:
    """Tell where the answers stand, of which only the first one's start is known.

    Another one counts if it is found where it overlaps the first.
    """
    if start < 0 or not answers or not answers[0].strip():
        return ()
    end = start + len(answers[0])
    found = [(start, end)]
    for answer in answers[1:]:
        at = passage.find(answer, max(0, start - len(answer) + 1))
        if answer.strip() and 0 <= at < end:
            found.append((at, at + len(answer)))
    return tuple(dict.fromkeys(found))


def near_negatives(examples: Sequence[Example], seed: int) -> list[Example]:
    """Give some questions a passage that is near in its words, yet holds none of the answers.

    Near passages are found by the cosine of TF-IDF vectors among all the passages.
    """
    chosen = random.Random(seed)
    asked = [example for example in examples if example.spans and chosen.random() < NEGATIVES]
    passages = sorted({example.passage for example in examples})
    vectoriser = TfidfVectorizer(sublinear_tf=True, stop_words="english")
    matrix = vectoriser.fit_transform(passages).T.tocsr()
    found = []
    for first in range(0, len(asked), 512):
        part = asked[first : first + 512]
        scores = (vectoriser.transform(example.question for example in part) @ matrix).tocsr()
        for example, row in zip(part, scores, strict=True):
            best = sorted(zip(row.data, row.indices, strict=True), reverse=True)[:_NEAR]
            near = [passages[number] for _, number in best]
            said = [example.passage[start:end] for start, end in example.spans]
            own = example.passage
            if misses := [text for text in near if text != own and not holds(text, said)]:
                # The nearer, the likelier: but not always the nearest, which is most often
                # another passage of the same article.
                pick = min(chosen.randrange(len(misses)), chosen.randrange(len(misses)))
                found.append(Example(example.question, misses[pick]))
    return found


def in_news_style(examples: Iterable[Example], seed: int) -> Iterator[Example]:
    """Yield the examples, some of the questions put as news quizzes put them."""
    chosen = random.Random(seed)
    for example in examples:
        draw = chosen.random()
        if draw < SCENES:
            yield _with_scene(example, chosen)
        elif draw < SCENES + GAPS and example.spans:
            yield _with_gap(example, chosen)
        else:
            yield example


def _with_scene(example: Example, chosen: random.Random) -> Example:
    """Set a sentence of the passage before the question: not the one that the answer begins in.

    Of a passage that holds no answer, that is any but the first.
    """
    start = example.spans[0][0] if example.spans else 0
    scenes = [
        example.passage[left:right]
        for left, right in sentences(example.passage)
        if 5 <= len(example.passage[left:right].split()) <= 30 and not left <= start < right
    ]
    if not scenes:
        return example
    return replace(example, question=f"{chosen.choice(scenes)} {example.question}")


def _with_gap(example: Example, chosen: random.Random) -> Example:
    """Ask by the answer's own sentence, with a gap for the answer and some words left out."""
    start, end = example.spans[0]
    for left, right in sentences(example.passage):
        if left <= start and end <= right and end - start < (right - left) / 2:
            words = example.passage[left:start].split()
            rest = example.passage[end:right].split()
            kept = [word for word in words if chosen.random() > 0.2]
            after = [word for word in rest if chosen.random() > 0.2]
            gap = chosen.choice(["which", "what", "_____", "who", "____"])
            if len(kept) + len(after) >= 4:
                return replace(example, question=" ".join([*kept, gap, *after]))
    return example
