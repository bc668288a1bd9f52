"""Scores the assistant on a question set, offline, with no language model as judge."""

from qa.errors import require_extra

# This check comes first, or a traceback would name the missing package and not the extra.
require_extra("eval", "evaluation", "ir_measures", "jinja2", "matplotlib", "scipy")

from qa.evaluation.question_set import Question, QuestionSet  # noqa: E402
from qa.evaluation.questions import load  # noqa: E402
from qa.evaluation.results import Evaluation, Result, Summary  # noqa: E402
from qa.evaluation.run import evaluate  # noqa: E402

__all__ = ["Evaluation", "Question", "QuestionSet", "Result", "Summary", "evaluate", "load"]
