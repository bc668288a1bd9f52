"""The large reader's body: MPNet (Song et al. 2020), made to take the small one's token ids.

Both read BERT's word pieces, each under numbers of its own. One tokenizer then serves both.
"""

from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import MPNetModel

from qa.models.shipped import verify

# Of sentence-transformers/all-mpnet-base-v2, model.safetensors.
BASE_SHA256 = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"
# The same words in both vocabularies but for these.
_SPECIAL = {"[CLS]": "<s>", "[SEP]": "</s>", "[PAD]": "<pad>", "[MASK]": "<mask>"}


def body(base: Path, small: Path) -> MPNetModel:
    """Return the body of `base`, which has learned no reading, with the vocabulary of `small`.

    Raises `ModelError` if the weights in `base` are not the published ones.
    """
    fix = "download sentence-transformers/all-mpnet-base-v2"
    verify(base / "model.safetensors", BASE_SHA256, "all-mpnet-base-v2", fix)
    found: MPNetModel = MPNetModel.from_pretrained(
        base,
        add_pooling_layer=False,
        local_files_only=True,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    words = found.embeddings.word_embeddings.weight.detach()
    numbers = _numbers(base, small)
    renamed = torch.nn.Embedding(len(numbers), words.shape[1])
    renamed.weight.data.copy_(words[numbers])
    found.embeddings.word_embeddings = renamed
    found.config.vocab_size = len(numbers)
    return found


def _numbers(base: Path, small: Path) -> torch.Tensor:
    """Return MPNet's number of each of BERT's word pieces."""
    own = Tokenizer.from_file(str(base / "tokenizer.json")).get_vocab()
    words = Tokenizer.from_file(str(small / "tokenizer.json")).get_vocab()
    numbers = torch.zeros(len(words), dtype=torch.long)
    for word, number in words.items():
        numbers[number] = own[_SPECIAL.get(word, word)]
    return numbers
