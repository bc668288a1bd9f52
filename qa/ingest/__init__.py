"""Files → articles and passages in the library."""

from qa.ingest.run import Summary, ingest, rebuild, remove

__all__ = ["Summary", "ingest", "rebuild", "remove"]
