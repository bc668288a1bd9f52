"""Ask a news archive a question; get a short answer with the exact sentences it rests on.

>>> from qa import answer
>>> answer("When did Abe plan to visit Russia?").short  # doctest: +SKIP
"""

from typing import TYPE_CHECKING, Any

from qa.errors import QAError
from qa.settings import Settings
from qa.types import Answer, Citation, Filters, Turn

if TYPE_CHECKING:
    from qa.assistant import Assistant, answer

__all__ = ["Answer", "Assistant", "Citation", "Filters", "QAError", "Settings", "Turn", "answer"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    # The assistant pulls in LangChain, which takes longer to import than all the rest.
    if name in ("Assistant", "answer"):
        from qa import assistant

        return getattr(assistant, name)
    raise AttributeError(f"module 'qa' has no attribute {name!r}")
