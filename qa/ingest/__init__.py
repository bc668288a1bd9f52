"""Files → articles and passages in the library."""

from qa.ingest.listener import Listener, Watcher
from qa.ingest.run import Summary, ingest
from qa.ingest.upkeep import edit, mend, rebuild, remove

__all__ = ["Listener", "Summary", "Watcher", "edit", "ingest", "mend", "rebuild", "remove"]
