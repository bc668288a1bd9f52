"""The results of a run: typed, and written as JSON under the same names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter

# "right", "wrong" and "refused" are for questions with a known answer; "rightly refused" and "made
# up" for questions that the archive does not answer. Other answers cannot be judged.
Verdict = Literal["right", "wrong", "refused", "rightly refused", "made up", "not judged", "failed"]


@dataclass(frozen=True, slots=True)
class Quoted:
    """A citation: its quote, with what stands before and after it in the article.

    `exact` says that the quote was found at its offsets in the text as it is stored, read
    afresh; `holds_answer` is None where no answer is known.
    """

    article: str
    label: str
    start: int
    end: int
    quote: str
    before: str
    after: str
    exact: bool
    gold_article: bool
    holds_answer: bool | None


@dataclass(frozen=True, slots=True)
class Found:
    """A hit, and whether the answer stands in its passage and in its article.

    `copy` says that the article is no gold article itself, but nearly identical to one.
    """

    passage: str
    article: str
    label: str
    excerpt: str
    gold_article: bool
    gold_passage: bool
    copy: bool


@dataclass(frozen=True, slots=True)
class Result:
    """A question, its answer, and each measure that applies, in 0..1.

    `named` says that the question set names the gold articles or the quote. `held` says whether the
    archive holds the answer, None if that is unknown. `missing` are gold articles that the library
    lacks. `failure` is the line of the error if asking failed; nothing is measured then.
    """

    id: str
    question: str
    verdict: Verdict
    answers: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    named: bool = False
    held: bool | None = None
    missing: tuple[str, ...] = ()
    text: str = ""
    short: str = ""
    refused: bool = False
    confidence: float = 0.0
    citations: tuple[Quoted, ...] = ()
    hits: tuple[Found, ...] = ()
    scores: Mapping[str, float] = field(default_factory=dict)
    stages: Mapping[str, float] = field(default_factory=dict)
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure, its bootstrap 95% interval, and how many questions it is taken over."""

    value: float
    low: float
    high: float
    questions: int


@dataclass(frozen=True, slots=True)
class Flip:
    """A question whose verdict differs from the baseline's."""

    id: str
    before: Verdict
    after: Verdict


@dataclass(frozen=True, slots=True)
class Comparison:
    """This run against an earlier one, on the questions that both have.

    `differences` are paired: this run's figure less the baseline's. `changed` names what
    differs in what the two runs were made with.
    """

    baseline: str
    questions: int
    differences: Mapping[str, Estimate]
    flips: tuple[Flip, ...]
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """The headline figures of a run, and the questions and articles that they leave out.

    `seconds` maps each stage, and `total`, to the 50th and 95th percentile. `notes` say in
    words what could not be measured, and why.
    """

    questions: int
    failed: int
    figures: Mapping[str, Estimate]
    seconds: Mapping[str, tuple[float, float]]
    verdicts: Mapping[str, int]
    missing_articles: tuple[str, ...]
    notes: tuple[str, ...]
    comparison: Comparison | None = None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A whole run: how it was made, each question's result in order, and the summary.

    `folder` is where it was written, None if it was not.
    """

    made: Mapping[str, Any]
    results: tuple[Result, ...]
    summary: Summary
    folder: Path | None = None


RESULT = TypeAdapter(Result)
SUMMARY = TypeAdapter(Summary)
