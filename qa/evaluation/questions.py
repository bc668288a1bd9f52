"""Question sets: qa's own JSON lines, SQuAD, RealTime QA and CSV."""

import csv
import gzip
import hashlib
import io
import json
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from qa.errors import EvaluationError
from qa.evaluation.question_set import Question, QuestionSet
from qa.evaluation.rows import question_of
from qa.search.question import lists_choices

# A place in the file, for messages, and what stands there: a question, the set's note, or
# None for a question that is left out.
_Found = Iterator[tuple[str, Question | str | None]]


def load(path: Path) -> QuestionSet:
    """Read a question set: .jsonl (our own, or RealTime QA), .json (SQuAD), .csv; each also .gz.

    Raises `EvaluationError`, with the file and the line, for what cannot be read, for ids that
    occur twice, and for a file without questions.
    """
    plain = path.name.removesuffix(".gz")
    reader = _READERS.get(Path(plain).suffix.lower())
    if reader is None:
        kinds = ", ".join(_READERS)
        raise EvaluationError(f"{path}: a question set is one of {kinds}, each also as .gz")
    try:
        data = path.read_bytes()
        raw = gzip.decompress(data) if path.name.endswith(".gz") else data
        text = raw.decode("utf-8-sig")
    except FileNotFoundError:
        raise EvaluationError(f"no question set at {path}: check the path") from None
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise EvaluationError(f"{path}:{line}: not UTF-8: save the file as UTF-8") from None
    except (OSError, EOFError, zlib.error) as error:
        raise EvaluationError(f"cannot read {path} ({error}): check the file") from None
    places: dict[str, str] = {}
    kept, left_out, note = [], 0, ""
    for place, question in reader(text, str(path)):
        if question is None:
            left_out += 1
            continue
        if isinstance(question, str):
            note = question
            continue
        if question.id in places:
            raise EvaluationError(
                f"{place}: the id {question.id!r} occurs twice (first at {places[question.id]}): "
                "give each question its own"
            )
        places[question.id] = place
        kept.append(question)
    if not kept:
        raise EvaluationError(f"{path} holds no question: see docs/evaluation.md for the formats")
    name = Path(plain).stem
    return QuestionSet(name, tuple(kept), hashlib.sha256(data).hexdigest(), left_out, note)


def _json_lines(text: str, name: str) -> _Found:
    seen: Counter[str] = Counter()
    # Not `splitlines`, which also cuts at U+2028, legal inside a JSON string.
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        place = f"{name}:{number}"
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise EvaluationError(f"{place}: not JSON ({error.msg}): mend the line") from None
        if not isinstance(row, dict):
            raise EvaluationError(f"{place}: not a JSON object: mend the line")
        if row.keys() >= _PUBLISHED:
            row = _as_kept(row, place)
        if row.keys() == {"note"}:
            yield place, str(row["note"])
        elif not row.keys() >= _REALTIMEQA:
            yield place, question_of(row, place)
        elif lists_choices(str(row["question"])):
            yield place, None
        else:
            id_ = str(row.get("id", ""))
            seen[id_] += 1
            # RealTime QA's file of 2022 has one row twice.
            row["id"] = id_ if seen[id_] == 1 else f"{id_}-{seen[id_]}"
            yield place, question_of(_realtimeqa(row), place)


_REALTIMEQA = {"question", "choices", "answer"}


# The fields of RealTime QA as published, where an answer is the numbers of the right choices.
_PUBLISHED = {"question_id", "question_sentence", "choices", "answer"}


def _as_kept(row: Mapping[str, Any], place: str) -> dict[str, Any]:
    """Return a published row with its answers in words."""
    choices, numbers = row["choices"], row["answer"]
    lists = isinstance(choices, list) and isinstance(numbers, list)
    known = {str(number): choice for number, choice in enumerate(choices)} if lists else {}
    if not lists or not {str(number) for number in numbers} <= known.keys():
        raise EvaluationError(f"{place}: answer: not the numbers of choices, from 0: mend the line")
    answers = [known[str(number)] for number in numbers]
    return {
        "id": row["question_id"],
        "question": row["question_sentence"],
        "date": str(row.get("question_date") or "").replace("/", "-"),
        "choices": row["choices"],
        "answer": answers,
        "source": row.get("question_source", ""),
    }


def _realtimeqa(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of RealTime QA (Kasai et al. 2023) as a row of qa's own format.

    Its `evidence` may paraphrase, and so is no quote; the articles of its `urls` are looked up.
    """
    kept = {key: row[key] for key in ("id", "question", "date", "urls") if row.get(key)}
    return {**kept, "answers": row["answer"], "tags": [row["source"]] if row.get("source") else []}


def _squad(text: str, name: str) -> _Found:
    """SQuAD 1.1 and 2.0. A paragraph's title is the id of the article that it is from."""
    try:
        for article in json.loads(text)["data"]:
            for paragraph in article["paragraphs"]:
                for row in paragraph["qas"]:
                    place = f"{name}, question {row['id']}"
                    impossible = bool(row.get("is_impossible", False))
                    answers = [] if impossible else [a["text"] for a in row["answers"]]
                    fields = {
                        "id": row["id"],
                        "question": row["question"].strip(),
                        "answers": list(dict.fromkeys(answers)),
                        "unanswerable": impossible,
                        "article": article.get("title", ""),
                    }
                    yield place, question_of(fields, place)
    except json.JSONDecodeError as error:
        raise EvaluationError(f"{name}:{error.lineno}: not JSON ({error.msg})") from None
    except (KeyError, TypeError, AttributeError) as error:
        raise EvaluationError(
            f"{name}: not in SQuAD's form ({error!r}): a .json file needs data, paragraphs and qas"
        ) from None


_COLUMNS = (
    "id",
    "question",
    "answer",
    "answers",
    "unanswerable",
    "article",
    "quote",
    "date",
    "tags",
)


def _csv(text: str, name: str) -> _Found:
    """A header with `question` and `answer`; ids are the line numbers unless there is `id`."""
    try:
        rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        names = {str(field).strip().lower(): field for field in rows.fieldnames or ()}
        strange = [name for name in names if name not in _COLUMNS]
        if strange or len(names) < len(rows.fieldnames or ()):
            fault = f"{strange[0]!r} is not a column" if strange else "a column occurs twice"
            raise EvaluationError(f"{name}:1: {fault}; there are {', '.join(_COLUMNS)}")
        if "question" not in names:
            raise EvaluationError(f"{name}:1: the header has no column named question: add one")
        for row in rows:
            place = f"{name}:{rows.line_num}"
            if None in row:
                raise EvaluationError(
                    f"{place}: more cells than the header has: quote the cells that hold a comma"
                )
            cells = {key: (row[field] or "").strip() for key, field in names.items()}
            answer = cells.get("answer") or cells.get("answers", "")
            fields = {"id": cells.get("id") or str(rows.line_num), "question": cells["question"]}
            given = ("unanswerable", "article", "quote", "date")
            fields |= {key: cells[key] for key in given if cells.get(key)}
            tags = [tag.strip() for tag in cells.get("tags", "").split(";") if tag.strip()]
            yield place, question_of({**fields, "answers": answer, "tags": tags}, place)
    except csv.Error as error:
        raise EvaluationError(f"{name}:{rows.line_num}: not CSV ({error}): mend the line") from None


_READERS: dict[str, Callable[[str, str], _Found]] = {
    ".jsonl": _json_lines,
    ".json": _squad,
    ".csv": _csv,
}


def as_set(questions: "Path | str | QuestionSet | Sequence[Question]") -> QuestionSet:
    """Return a question set of what was given: a path, a set, or questions.

    Raises `EvaluationError` as `load` does.
    """
    if isinstance(questions, (Path, str)):
        return load(Path(questions))
    if isinstance(questions, QuestionSet) and questions.sha256:
        return questions
    found = questions.questions if isinstance(questions, QuestionSet) else tuple(questions)
    ids = [question.id for question in found]
    if not found or len(set(ids)) < len(ids):
        raise EvaluationError("a question set needs questions, each with an id of its own")
    digest = hashlib.sha256(repr(found).encode("utf-8")).hexdigest()
    return QuestionSet("questions", found, digest)
