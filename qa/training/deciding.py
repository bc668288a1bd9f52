"""How the signs of a span are weighed: what makes the right answers of questions the likeliest.

Each span that was read is an outcome, and so is "no answer": the weights are those that give the
right spans of all questions the greatest likelihood, by a softmax over the outcomes of each.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import torch
from numpy.typing import NDArray

from qa.evaluation.judging import by_sentence, rightly
from qa.evaluation.metrics import token_f1
from qa.models.calibration import Scores
from qa.reading.findings import Seen
from qa.training.cases import Case

# What is fitted: the weights of the signs, and the score of "no answer", which comes last.
_FITTED = [field.name for field in fields(Scores)]
_SIGNS = len(_FITTED) - 1
# How strongly weights are held near 0.
_HELD_BACK = 1e-3
# What a span weighs that is wrong, and one that is not there, in log-probability.
_NOT_RIGHT = 1e-12
_NEVER = -1e9


@dataclass(frozen=True)
class Outcomes:
    """The spans that were read for one question.

    `signs`, shape (spans, 9), are what `Scores` weighs. `worth`, shape (spans,), is 0 for what is
    wrong, and up to 1 for what is right, the more the nearer it is to the gold answer's words.
    """

    signs: NDArray[np.float64]
    worth: NDArray[np.float64]


def outcomes(case: Case, found: Sequence[Seen]) -> Outcomes:
    """Return the spans that were found for a case, and what they are worth as its answer."""
    return Outcomes(
        np.array([one.signs for one in found]).reshape(-1, _SIGNS),
        np.array([_worth(case, one) for one in found]),
    )


def _worth(case: Case, one: Seen) -> float:
    question = case.question
    if not case.held or not rightly(
        question.kind, question.answers, question.quote, one.text, [one.sentence]
    ):
        return 0.0
    alike = 1.0 if by_sentence(question.kind) else token_f1(one.text, question.answers)
    return (1.0 + alike) / 2


def fit(found: Sequence[Outcomes], weights: NDArray[np.float64]) -> Scores:
    """Return the weights under which the right outcomes are likeliest; cases weigh as given."""
    # One table for all cases, which have more or fewer spans: "no answer" comes last.
    most = max((len(one.worth) for one in found), default=0)
    signs = torch.zeros(len(found), most, _SIGNS, dtype=torch.float64)
    right = torch.full((len(found), most + 1), _NEVER, dtype=torch.float64)
    there = torch.full_like(right, _NEVER)
    for row, one in enumerate(found):
        count = len(one.worth)
        signs[row, :count] = torch.from_numpy(one.signs)
        there[row, :count] = there[row, most] = 0.0
        right[row, :count] = torch.from_numpy(np.log(one.worth + _NOT_RIGHT))
        # Where none of the spans is right, no answer is.
        right[row, most] = 0.0 if not one.worth.any() else _NEVER
    share = torch.from_numpy(weights / weights.sum())
    # Signs of the large network, where that has not read, are 0, and their weights stay so.
    chosen = torch.zeros(len(_FITTED), dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([chosen], max_iter=300, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        scores = torch.cat([signs @ chosen[:-1], chosen[-1:].expand(len(found), 1)], dim=1)
        likely = torch.logsumexp(scores + right, 1) - torch.logsumexp(scores + there, 1)
        total = _HELD_BACK * (chosen**2).sum() - (share * likely).sum()
        total.backward()  # type: ignore[no-untyped-call]
        return total

    optimiser.step(loss)  # type: ignore[no-untyped-call]
    values = [round(float(value), 4) for value in chosen.detach()]
    return Scores(**dict(zip(_FITTED, values, strict=True)))
