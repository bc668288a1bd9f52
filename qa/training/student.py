"""The reader while it learns from a teacher."""

from torch import Tensor, nn
from transformers import BertModel, MPNetModel

from qa.models.reader_network import ReaderNetwork

# What belongs to the student alone, and is no part of the reader.
OWN = "mirror."


class Student(ReaderNetwork):
    """Tells its teacher's states from its own (Jiao et al., "TinyBERT", 2020, section 3.1).

    `mirror` maps what the body makes of a token to `features` main components of what the
    teacher makes of it. There is one for each token, where an answer gives one bit of a window.
    """

    def __init__(self, body: BertModel | MPNetModel, features: int) -> None:
        super().__init__(body)
        self.mirror = nn.Linear(body.config.hidden_size, features)

    def mirrored(self, states: Tensor) -> Tensor:
        """Return what the teacher's states would be, shape (…, features), in float32."""
        predicted: Tensor = self.mirror(states).float()
        return predicted
