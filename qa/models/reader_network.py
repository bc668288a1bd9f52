"""The reader's network: a small BERT with a head for spans and one for passages. Needs torch."""

from typing import Self

import torch
from torch import Tensor, nn
from transformers import BertConfig, BertModel


class ReaderNetwork(nn.Module):
    """(question, passage) → where its answer starts and ends, and whether it holds one.

    Position 0, the [CLS] token, stands for "no answer here", as in Devlin et al., "BERT",
    2019, section 4.3.
    """

    def __init__(self, body: BertModel) -> None:
        super().__init__()
        self.body = body
        self.span = nn.Linear(body.config.hidden_size, 2)
        self.holds = nn.Linear(body.config.hidden_size, 1)

    @classmethod
    def of(cls, config: BertConfig) -> Self:
        """Build a network whose weights are still to be loaded."""
        return cls(BertModel(config, add_pooling_layer=False))

    def forward(self, ids: Tensor, token_types: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Return span logits, shape (rows, tokens, 2), and passage logits, shape (rows,).

        `ids`, `token_types` (1 for the passage, 0 for all else) and `mask` (0 for padding)
        have the shape (rows, tokens). Only [CLS] and the passage can be part of a span:
        the logits of all else are the lowest number. Both are float32.
        """
        return self.heads(self.states(ids, token_types, mask), token_types)

    def heads(self, states: Tensor, token_types: Tensor) -> tuple[Tensor, Tensor]:
        """Return what `forward` does, of the states of the body."""
        spans = self.span(states).float()
        allowed = token_types == 1
        allowed[:, 0] = True
        spans = spans.masked_fill(~allowed[..., None], torch.finfo(torch.float32).min)
        return spans, self.holds(states[:, 0]).float().squeeze(-1)

    def states(self, ids: Tensor, token_types: Tensor, mask: Tensor) -> Tensor:
        """Return what the body makes of each token, shape (rows, tokens, features)."""
        states: Tensor = self.body(
            input_ids=ids, token_type_ids=token_types, attention_mask=mask
        ).last_hidden_state
        return states
