"""Question set + assistant → evaluation, written as it goes."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from pydantic import ValidationError

from qa.assistant import Assistant
from qa.errors import EvaluationError, LibraryError, ModelError, QAError, RequestRefused
from qa.evaluation import report
from qa.evaluation.question_set import Question, QuestionSet
from qa.evaluation.questions import as_set
from qa.evaluation.record import identity, record
from qa.evaluation.results import RESULT, SUMMARY, Evaluation, Result
from qa.evaluation.scoring import gold_of, score
from qa.evaluation.summary import changed_names, compare, summarise
from qa.settings import Settings

RUN, RESULTS, SUMMARY_FILE, REPORT = "run.json", "results.jsonl", "summary.json", "report.html"

Advance = Callable[[Result], object]


def evaluate(
    questions: Path | str | QuestionSet | Sequence[Question],
    *,
    settings: Settings | None = None,
    out: Path | None = None,
    limit: int | None = None,
    baseline: Path | None = None,
    advance: Advance = lambda result: None,
) -> Evaluation:
    """Ask every question, and measure the answers.

    With `out`, each result is written to `results.jsonl` in that folder as it comes, and
    at the end `summary.json` and `report.html`; a run that was interrupted goes on from what
    is there, and asks again only what failed. `limit` asks only the first so many questions.
    `baseline` is the folder of an earlier run, to compare with. `advance` is called with each
    result, first with those that were there already.

    Raises `EvaluationError` for a question set that cannot be read, a folder that cannot be
    written or holds another run, and if the library is written to meanwhile; and as
    `Assistant.load` does. A question that cannot be answered is a result with a `failure`, and
    raises nothing.
    """
    asked = as_set(questions)
    believed = asked.marks_unanswerable
    if limit is not None:
        asked = replace(asked, questions=asked.questions[: max(1, limit)])
    earlier = read(baseline) if baseline else None
    settings = settings or Settings.from_environment()
    with ExitStack() as open_:
        assistant = open_.enter_context(Assistant.load(settings))
        state = assistant.library.state()
        made = record(asked, settings, assistant.library)
        done, stream = _begin(out, made, asked) if out else ({}, None)
        if stream:
            open_.enter_context(stream)
        results = []
        for question in asked.questions:
            result = done.get(question.id)
            if result is None:
                result = _ask(question, assistant, believed)
                if assistant.library.state() != state:
                    raise EvaluationError(
                        "the library has changed since the run began: begin another, "
                        "with another --out"
                    )
                if stream:
                    # Flushed at once: what is lost by a crash is the question it came with.
                    stream.write(_lines([result]))
                    stream.flush()
            results.append(result)
            advance(result)
    summary = summarise(results)
    if earlier and baseline:
        changed = changed_names(identity(earlier[0]), identity(made))
        found = compare(results, earlier[1], str(baseline), changed)
        summary = replace(summary, comparison=found)
    evaluation = Evaluation(made, tuple(results), summary, out)
    if out:
        _write(out / RESULTS, _lines(results))
        _write(out / SUMMARY_FILE, SUMMARY.dump_json(summary, indent=2) + b"\n")
        _write(out / REPORT, report.render(evaluation).encode("utf-8"))
    return evaluation


def read(folder: Path) -> tuple[dict[str, Any], list[Result]]:
    """Read the record and the results of an earlier run.

    Raises `EvaluationError` if there is none, or it is damaged.
    """
    try:
        made = json.loads((folder / RUN).read_text(encoding="utf-8"))
        lines = (folder / RESULTS).read_bytes().split(b"\n")
    except (OSError, ValueError):
        raise EvaluationError(f"no run in {folder}: name a folder that `qa eval` wrote") from None
    results = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            results.append(RESULT.validate_json(line))
        except ValidationError:
            # A last line may be cut short: the run was killed while it wrote.
            if number < len(lines):
                raise EvaluationError(
                    f"{folder / RESULTS}:{number} is damaged: remove the folder, or use another"
                ) from None
    return made, results


def _begin(
    folder: Path, made: Mapping[str, Any], asked: QuestionSet
) -> tuple[dict[str, Result], BinaryIO]:
    """Return the results that an interrupted run left, and the file for the others."""
    done: dict[str, Result] = {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if (folder / RUN).exists():
            was, results = read(folder)
            # Another limit makes the same run longer or shorter.
            same = {**made["questions"], "questions": was.get("questions", {}).get("questions")}
            changed = changed_names(identity(was), identity({**made, "questions": same}))
            if changed:
                part = changed[0].partition(".")[0]
                raise EvaluationError(
                    f"{folder} holds a run with other {part}: name another --out, or remove it"
                )
            wanted = {question.id for question in asked.questions}
            done = {r.id: r for r in results if not r.failure}
            if done.keys() - wanted:
                raise EvaluationError(
                    f"{folder} holds a run of more questions: raise --limit, or use another --out"
                )
        elif any(folder.iterdir()):
            raise EvaluationError(f"{folder} holds something else: name another --out")
        for name in (SUMMARY_FILE, REPORT):
            # The summary and the report are about to become outdated.
            (folder / name).unlink(missing_ok=True)
        _write(folder / RUN, json.dumps(made, indent=2, ensure_ascii=False).encode() + b"\n")
        _write(folder / RESULTS, _lines(done.values()))
        return done, (folder / RESULTS).open("ab")
    except OSError as error:
        raise EvaluationError(
            f"cannot write to {folder} ({error.strerror}): name another --out"
        ) from None


def _ask(question: Question, assistant: Assistant, believed: bool) -> Result:
    try:
        answer = assistant.answer(question.text, question.history, asked_on=question.date)
    except RequestRefused as error:
        # Another question's passages may be shorter, and pass a provider's filter.
        failure = str(error)
    except (LibraryError, ModelError):
        # Every other question would fail in the same way.
        raise
    except QAError as error:
        failure = str(error)
    else:
        if not answer.writing or not answer.writing.unreachable:
            return score(question, answer, assistant.library, believed)
        # The reader's substitute is no answer of the model.
        failure = answer.note or f"{answer.writing.model} broke off"
    return replace(gold_of(question, assistant.library, believed).result("failed"), failure=failure)


def _lines(results: Iterable[Result]) -> bytes:
    return b"".join(RESULT.dump_json(result) + b"\n" for result in results)


def _write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    part.replace(path)
