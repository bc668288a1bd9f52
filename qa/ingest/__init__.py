"""Files → articles and passages in the library."""

from qa.ingest.run import Listener, Summary, ingest, rebuild, remove

__all__ = ["Listener", "Summary", "ingest", "rebuild", "remove"]
