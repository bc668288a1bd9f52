"""Everything qa raises on purpose. Each message is one line that names the fix.

QAError
├── SettingsError        a setting is unknown, or out of bounds
├── PromptError          a prompt file is missing, or its variables do not fit
├── ExtraMissing         a package that only an extra installs is not there
├── CorpusError          there is nothing to ingest at a path
├── QuestionError        a question is empty or too long
├── ModelError           a model's files are missing or not the ones expected
│   ├── ModelUnreachable a chat model did not answer; another time it may
│   └── RequestRefused   a chat model does not take this request; it may take another
├── CitationError        a quote is not a verbatim slice of its article
├── EvaluationError      a question set cannot be read, or a run cannot be written
├── TrainingError        there is nothing to learn from, or a folder has another run's work
├── ConversationError    a conversation is gone, or the file of them cannot be read
└── LibraryError         a library cannot be used as it is
    ├── LibraryMissing   there is none in that folder
    ├── LibraryBusy      another process is writing to it
    ├── VectorsAway      the server of its vectors does not answer; words can be searched
    ├── LibraryMismatch  it was built by another model or other settings
    └── LibraryNewer     it was written by a newer qa
"""

from importlib.util import find_spec


class QAError(Exception):
    """The root of the tree above: catch it to catch all that qa raises on purpose."""


class SettingsError(QAError):
    """A setting is unknown, or out of bounds."""


class PromptError(QAError):
    """A prompt file is missing, or has other variables than it should."""


class ExtraMissing(QAError, ImportError):  # noqa: N818 - the name says what is the matter
    """A package that only one of qa's extras installs is not there."""


def require_extra(extra: str, part: str, *modules: str) -> None:
    """Check that the modules which an extra installs are there, without importing them.

    `part` is what needs them, as people call it. Raises `ExtraMissing`.
    """
    missing = [module for module in modules if find_spec(module) is None]
    if missing:
        raise ExtraMissing(
            f"{part} needs the extra {extra} ({', '.join(missing)} not found): "
            f"in qa's folder, pip install '.[{extra}]'"
        )


class CorpusError(QAError):
    """There is nothing to ingest at a path."""


class QuestionError(QAError):
    """A question is empty or too long."""


class ModelError(QAError):
    """A model's files are missing, or are not the ones expected."""


class ModelUnreachable(ModelError):  # noqa: N818
    """A chat model did not answer; another time it may."""


class RequestRefused(ModelError):  # noqa: N818
    """A chat model does not take this request; it may take another."""


class CitationError(QAError):
    """A quote is not a verbatim slice of the article that it is said to come from."""


class EvaluationError(QAError):
    """A question set cannot be read, or a run cannot be written or gone on with."""


class TrainingError(QAError):
    """There is nothing to learn from, or what is kept in a folder is another run's."""


class ConversationError(QAError):
    """A conversation is gone, or the file of conversations cannot be read."""


class LibraryError(QAError):
    """A library cannot be used as it is."""


class LibraryMissing(LibraryError):  # noqa: N818
    """There is no library in that folder."""


class LibraryBusy(LibraryError):  # noqa: N818
    """Another process is writing to the library."""


class VectorsAway(LibraryError):  # noqa: N818
    """The server of the vectors does not answer: the words alone can be searched."""


class LibraryMismatch(LibraryError):  # noqa: N818
    """The library was built by another model or with other settings."""


class LibraryNewer(LibraryError):  # noqa: N818
    """The library was written by a newer qa."""
