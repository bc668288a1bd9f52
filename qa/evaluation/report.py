"""Evaluation → one HTML file that opens offline, and a table for the terminal."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

import jinja2
from markupsafe import Markup

from qa.errors import EvaluationError
from qa.evaluation import plots
from qa.evaluation.results import Estimate, Evaluation, Quoted, Result, Summary
from qa.evaluation.summary import MEANS

_HELD = ("held_right", "held_exact_match", "held_f1")
# Each heading, and the names of its figures, or what they begin with.
_SECTIONS = (
    ("Retrieval", ("article_", "passage_")),
    ("Answers", ("right", "exact_match", "f1", "squad_", "contained", "value_match", *_HELD)),
    ("Citations", ("citation_",)),
    ("Nuggets", ("vital_nuggets", "nuggets", "telling_quotes")),
    ("Refusing", ("refusal_", "held_refused", "unanswerable_refused")),
    ("Confidence", ("calibration_",)),
    ("Writing", ("sentences_", "reader_stood_in")),
)
MEANING = {
    "article_hit@1": "the first hit's article is one in which the answer stands",
    "passage_hit@1": "the first hit is a passage in which the answer stands",
    "right": "answers that hold a gold one, name the same date or amount, or share most words",
    "exact_match": "equal to a gold answer; case, articles and all Unicode punctuation aside",
    "f1": "words shared with the nearest gold answer, normalised in the same way",
    "squad_exact_match": "the same with SQuAD's own normalisation: only ASCII punctuation goes",
    "squad_f1": "the same with SQuAD's own normalisation",
    "contained": "the answer holds a gold answer, or stands in one",
    "value_match": "equal, or the same dates or amounts",
    "held_right": "right, over the questions whose answer the archive is known to hold",
    "held_exact_match": "exact match over the same questions",
    "held_f1": "F1 over the same questions",
    "citation_exact": "quotes that stand in the stored article at their offsets, word for word",
    "citation_precision": "quotes that hold a gold answer",
    "citation_recall": "answers that cite an article in which the answer stands",
    "vital_nuggets": "facts that no good answer may lack, told by the first eight quotes",
    "nuggets": "facts that a good answer tells, told by the first eight quotes",
    "telling_quotes": "quotes, among the first eight, that tell such a fact",
    "refusal_precision": "refusals that were due",
    "refusal_recall": "unanswerable questions that were refused",
    "refusal_f1": "the harmonic mean of both",
    "held_refused": "refused, though the archive holds the answer: fewer is better",
    "calibration_error": "how far confidence lies from the share of right answers: less is better; "
    "few answers make it larger, and its interval leans the same way",
    "unanswerable_refused": "unanswerable questions that were refused",
    "sentences_supported": "sentences of the chat model's first reply that were shown in the end",
    "sentences_retried": "sentences of that reply that failed the check and were asked for again",
    "sentences_dropped": "sentences of that reply that failed again, or never came: less is better",
    "reader_stood_in": "answers that were the reader's in the end",
}
_WORD = re.compile(r"\b(who|whom|whose|what|which|when|where|why|how (?:many|much|long|old)|how)\b")
# Figures of a chat model of which less is better.
_LESS = ("sentences_retried", "sentences_dropped", "reader_stood_in")
_GOOD = ("right", "rightly refused")
_BAD = ("wrong", "refused", "made up")


def render(evaluation: Evaluation) -> str:
    """Return the report of a run as HTML that fetches no script, style or picture."""
    summary = evaluation.summary
    results = evaluation.results
    drawn = {
        "Retrieval: is the answer among the first k?": plots.retrieval(results),
        "Is it as often right as it is sure?": plots.confidence(results),
        "Time for a question": plots.seconds(summary.seconds),
        "By tag": plots.groups(_groups(results, tags=True)),
        "By question word": plots.groups(_groups(results, tags=False)),
    }
    compared = summary.comparison
    return _template().render(
        run=evaluation.made,
        summary=summary,
        sections=list(sections(summary.figures)),
        differences=list(sections(compared.differences)) if compared else [],
        before={flip.id: flip.before for flip in compared.flips} if compared else {},
        meaning=MEANING,
        plots={name: Markup(svg) for name, svg in drawn.items() if svg},
        results=results,
        tags=sorted({tag for result in results for tag in result.tags}),
    )


def sections(figures: Mapping[str, Estimate]) -> Iterator[tuple[str, list[tuple[str, Estimate]]]]:
    """Yield each heading with its figures, those that were measured."""
    for heading, names in _SECTIONS:
        if rows := [row for row in figures.items() if _is(row[0], names)]:
            yield heading, rows


def _is(name: str, prefixes: Sequence[str]) -> bool:
    return any(name.startswith(p) if p.endswith("_") else name == p for p in prefixes)


def table(evaluation: Evaluation) -> str:
    """Return the headline figures as lines for a terminal."""
    summary = evaluation.summary
    note = evaluation.made["questions"]["note"]
    lines = [note] if note else []
    lines.append(", ".join(f"{count} {verdict}" for verdict, count in summary.verdicts.items()))
    for heading, rows in sections(summary.figures):
        lines += ["", heading]
        lines += [
            f"  {name:20} {row.value:6.3f}  [{row.low:.3f}, {row.high:.3f}]  n={row.questions}"
            for name, row in rows
        ]
    if summary.seconds:
        lines += ["", "Seconds (half of the questions, 95% of them)"]
        lines += [
            f"  {name:20} {p50:6.3f}  {p95:6.3f}" for name, (p50, p95) in summary.seconds.items()
        ]
    compared = summary.comparison
    if compared:
        lines += ["", f"Against {compared.baseline} ({compared.questions} questions of both)"]
        lines += [
            f"  {name:20} {row.value:+6.3f}  [{row.low:+.3f}, {row.high:+.3f}]"
            for name, row in compared.differences.items()
        ]
        lines += [f"  {flip.id}: {flip.before} → {flip.after}" for flip in compared.flips[:20]]
        if len(compared.flips) > 20:
            lines.append(f"  and {len(compared.flips) - 20} more: see the report")
        if compared.changed:
            lines.append(f"  made with another {', '.join(compared.changed)}")
    lines += ["", *(f"note: {note}" for note in summary.notes)] if summary.notes else []
    if summary.missing_articles:
        lines.append(f"note: {len(summary.missing_articles)} gold articles are not in the library")
    if left_out := evaluation.made["questions"]["left_out"]:
        lines.append(f"note: {left_out} questions that refer to choices were left out")
    if summary.failed:
        lines.append(f"note: {summary.failed} questions failed, and are in no figure")
    return "\n".join(lines)


def check_bounds(names: Iterable[str]) -> None:
    """Raise `EvaluationError` for figures that no run has, or of which less is better."""
    means = (name for name in MEANS if name not in _LESS)
    known = [*means, *(f"refusal_{part}" for part in ("precision", "recall", "f1"))]
    for name in names:
        if name not in known:
            raise EvaluationError(
                f"--fail-under {name}: no such figure; there are {', '.join(known)}"
            )


def below(summary: Summary, bounds: Mapping[str, float]) -> list[str]:
    """Return a line for each figure that is below its bound, or that was not measured.

    If a bound is given, failed questions get a line too.
    """
    lines = []
    for name, bound in bounds.items():
        figure = summary.figures.get(name)
        if figure is None:
            lines.append(f"{name} was not measured: no question has what it needs")
        elif figure.value < bound:
            lines.append(f"{name} is {figure.value:.3f}, below {bound:g}")
    if bounds and summary.failed:
        lines.append(f"{summary.failed} questions failed: see the report for each one's reason")
    return lines


def _groups(results: Sequence[Result], tags: bool) -> dict[str, list[float]]:
    rows: dict[str, list[float]] = {}
    for result in results:
        if result.verdict not in (*_GOOD, *_BAD) or (
            result.held is not False and not result.answers
        ):
            continue
        for name in result.tags if tags else [question_word(result.question)]:
            rows.setdefault(name, []).append(float(result.verdict in _GOOD))
    return rows


def question_word(question: str) -> str:
    """Return the last question word: a long question may set a scene before it asks."""
    found = _WORD.findall(question.lower())
    return found[-1] if found else "none"


def marked(quoted: Quoted, answers: Sequence[str], short: str) -> Markup:
    """Return the quote as HTML, the words of the answer in it made bold."""
    words = [word for word in (short, *answers) if word]
    for word in words:
        place = quoted.quote.lower().find(word.lower())
        # Lower case can be longer: "İ" has two code points.
        if place >= 0 and quoted.quote[place : place + len(word)].lower() == word.lower():
            left, right = quoted.quote[:place], quoted.quote[place + len(word) :]
            middle = quoted.quote[place : place + len(word)]
            return Markup("{}<b>{}</b>{}").format(left, middle, right)
    return Markup("{}").format(quoted.quote)


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("qa.evaluation", "."),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["marked"] = marked
    return environment.get_template("report.html")
