"""How the passages and vectors of a library are made: what it records, and is checked against."""

from qa.models.embedder import Embedder
from qa.settings import Settings

# Raised whenever `qa.ingest.passages` would cut the same text into other passages than before.
PASSAGE_VERSION = 1


def facts(settings: Settings) -> dict[str, str]:
    """Return what a library records of how its passages and vectors are made."""
    return {
        "model": Embedder.name,
        "model_sha256": Embedder.sha256,
        "dimension": str(Embedder.dimension),
        "passage_tokens": str(settings.passage_tokens),
        "passage_version": str(PASSAGE_VERSION),
    }
