"""The reader's network: a body that reads, and heads that say what it found. Needs torch."""

from typing import NamedTuple, Self

import torch
from torch import Tensor, nn
from transformers import BertConfig, BertModel, MPNetConfig, MPNetModel

# What a question can ask for.
KINDS = (
    "who",
    "what",
    "when",
    "where",
    "number",
    "which",
    "why_how",
    "list",
    "quote",
    "plan",
    "yesno",
)
# The number of features by which a span is judged.
_JUDGED_BY = 128


class Outputs(NamedTuple):
    """The network's outputs for some rows, each a question with a passage; all in float32.

    `spans`, shape (rows, tokens, 2), are the logits of each token to be the first, and the last, of
    the answer; tokens other than [CLS] and the passage have the lowest number. `holds`, shape
    (rows,), are the logits of the passage to answer at all. `kinds`, shape (rows, kinds), are the
    logits of the things that a question can ask for. `first` and `last`, shape (rows, tokens,
    features), are the features of a span's first and last token: `Judge` maps their sum to a logit.
    """

    spans: Tensor
    holds: Tensor
    kinds: Tensor
    first: Tensor
    last: Tensor


class Judge(nn.Module):
    """Tells whether a span answers, from the states of its first and last token and of [CLS]."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.first = nn.Linear(size, _JUDGED_BY)
        self.last = nn.Linear(size, _JUDGED_BY, bias=False)
        self.whole = nn.Linear(size, _JUDGED_BY, bias=False)
        self.answers = nn.Linear(_JUDGED_BY, 1)

    def forward(self, first: Tensor, last: Tensor) -> Tensor:
        """Return the logits, shape (…), of features of shape (…, features)."""
        judged: Tensor = self.answers(torch.relu(first + last)).squeeze(-1)
        return judged

    def features(self, states: Tensor) -> tuple[Tensor, Tensor]:
        """Return the features of each token as the first of a span, and as the last.

        `states` have the shape (rows, tokens, size), the features (rows, tokens, features).
        """
        return self.first(states) + self.whole(states[:, :1]), self.last(states)


class ReaderNetwork(nn.Module):
    """(question, heading, passage) → where the answer stands, and how likely the passage answers.

    Position 0, the [CLS] token, stands for "no answer here", as in Devlin et al., "BERT",
    2019, section 4.3.
    """

    def __init__(self, body: BertModel | MPNetModel) -> None:
        super().__init__()
        size = body.config.hidden_size
        self.body = body
        self.span = nn.Linear(size, 2)
        self.holds = nn.Linear(size, 1)
        self.kind = nn.Linear(size, len(KINDS))
        self.judge = Judge(size)

    @classmethod
    def of(cls, config: BertConfig | MPNetConfig) -> Self:
        """Build a network whose weights are still to be loaded."""
        if isinstance(config, MPNetConfig):
            return cls(MPNetModel(config, add_pooling_layer=False))
        return cls(BertModel(config, add_pooling_layer=False))

    def forward(self, ids: Tensor, token_types: Tensor, mask: Tensor) -> Outputs:
        """Return the network's outputs for rows of tokens.

        `ids`, `token_types` (1 for the passage, 0 for all else) and `mask` (0 for padding)
        have the shape (rows, tokens).
        """
        return self.heads(self.states(ids, token_types, mask), token_types)

    def heads(self, states: Tensor, token_types: Tensor) -> Outputs:
        """Return the outputs of the heads for states of the body."""
        spans = self.span(states).float()
        allowed = token_types == 1
        allowed[:, 0] = True
        spans = spans.masked_fill(~allowed[..., None], torch.finfo(torch.float32).min)
        first, last = self.judge.features(states)
        return Outputs(
            spans,
            self.holds(states[:, 0]).float().squeeze(-1),
            self.kind(states[:, 0]).float(),
            first.float(),
            last.float(),
        )

    def states(self, ids: Tensor, token_types: Tensor, mask: Tensor) -> Tensor:
        """Return what the body makes of each token, shape (rows, tokens, size)."""
        return states(self.body, ids, token_types, mask)


def states(body: BertModel | MPNetModel, ids: Tensor, token_types: Tensor, mask: Tensor) -> Tensor:
    """Return what a body makes of each token, shape (rows, tokens, size)."""
    if isinstance(body, MPNetModel):
        # MPNet (Song et al. 2020) has no token types, and counts positions from 2 on. By default,
        # it would take BERT's [PAD] for a word, and the word with id 1 for padding.
        places = torch.arange(2, ids.shape[1] + 2, device=ids.device).expand_as(ids)
        given = {"position_ids": places}
    else:
        given = {"token_type_ids": token_types}
    found: Tensor = body(input_ids=ids, attention_mask=mask, **given).last_hidden_state
    return found
