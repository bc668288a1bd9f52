"""Files → articles and passages in the library."""

from qa.ingest.run import Listener, Summary, Watcher, edit, ingest, rebuild, remove

__all__ = ["Listener", "Summary", "Watcher", "edit", "ingest", "rebuild", "remove"]
