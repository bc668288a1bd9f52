"""How the passages and vectors of a library are made: what it records, and is checked against."""

from qa.models.embedder import EMBEDDER
from qa.settings import Settings

# Raised whenever `qa.ingest.passages` would cut the same text into other passages than before.
PASSAGE_VERSION = 1


def facts(settings: Settings) -> dict[str, str]:
    """Return what a library records of how its passages and vectors are made."""
    return {
        "model": EMBEDDER.name,
        "model_sha256": EMBEDDER.sha256,
        "dimension": str(EMBEDDER.dimension),
        "passage_tokens": str(settings.passage_tokens),
        "passage_version": str(PASSAGE_VERSION),
        # Libraries of models without one do not record it.
        **({"prefix": EMBEDDER.passage_prefix} if EMBEDDER.passage_prefix else {}),
    }
