"""Scores the assistant on a question set, offline, with no language model as judge."""

from qa.evaluation.questions import Question, QuestionSet, load
from qa.evaluation.results import Evaluation, Result, Summary
from qa.evaluation.run import evaluate

__all__ = ["Evaluation", "Question", "QuestionSet", "Result", "Summary", "evaluate", "load"]
