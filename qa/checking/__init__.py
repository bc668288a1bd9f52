"""Whether a sentence follows from the quotes it is said to rest on."""

from qa.checking.judge import Checker, Verdict, load

__all__ = ["Checker", "Verdict", "load"]
