"""The values that travel inside an ingest: a file to parse, and what a format finds in one."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO

MEGABYTE = 10**6
# A file of many articles is read whole where its format cannot be read piece by piece.
MAX_FILE_BYTES = 2**30


class Unreadable(Exception):  # noqa: N818 - a reason, caught by the corpus walk
    """Why a file, or the `part` of it, is no article, in words that end a line: `skipped x: …`."""

    def __init__(self, reason: str, part: str = "") -> None:
        super().__init__(reason)
        self.part = part


@dataclass(frozen=True, slots=True)
class Parsed:
    """The fields of one article, under qa's own names, and what people should know about it.

    `fields` may have `text`, `title`, `date`, `place`, `url` and `authors`. `part` says where in
    its file the article stands, '' for a file that is one article: ":3", "/inside/a.zip.txt".
    `known_by_url` says that the article's address is its identity, wherever it stands.
    """

    fields: Mapping[str, Any]
    part: str = ""
    warnings: tuple[str, ...] = ()
    known_by_url: bool = False

    def at(self, part: str) -> "Parsed":
        """Return the same, at a part of a larger file."""
        return replace(self, part=part + self.part)

    def warned(self, warnings: tuple[str, ...]) -> "Parsed":
        """Return the same, with warnings before its own."""
        return replace(self, warnings=warnings + self.warnings)


Found = Iterator[Parsed | Unreadable]


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asked of an ingest: bytes of text in an article, and columns by name."""

    limit: int
    columns: Mapping[str, str] = field(default_factory=dict)

    @property
    def too_long(self) -> str:
        """Why a text over the limit is skipped."""
        return (
            f"over {self.limit / MEGABYTE:g} MB in one article: "
            "split it, or raise QA_MAX_ARTICLE_MB"
        )


@dataclass(frozen=True, slots=True)
class Input:
    """A file to parse: its name, and a way to its bytes, unpacked if they were packed."""

    name: str
    opener: Callable[[], BinaryIO]
    options: Options
    depth: int = 0

    def open(self) -> BinaryIO:
        """Return the file's bytes from the start."""
        return self.opener()

    def read(self, limit: int | None = None) -> bytes:
        """Return all bytes of a file that is one article, or up to a limit of its own.

        Raises `Unreadable` if there are more.
        """
        most = self.options.limit if limit is None else limit
        # One byte more than allowed is asked for, so that a small file that unpacks into
        # something huge is noticed without unpacking it.
        with self.open() as stream:
            data = stream.read(most + 1)
        if len(data) > most:
            raise Unreadable(
                self.options.too_long if limit is None else "over 1 GB: save it as .jsonl"
            )
        return data


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file: its name for people, its endings, and how it is parsed.

    `modules` are those that the extra `formats` installs, `library` names what does the work.
    `count` tells about how many articles a file has, for a progress bar. `named_by_date` says that
    a date in the file's name is the article's, where nothing else tells it; `known_by_url` that an
    article is known by its address, not by the path of the file: one of many in a collection.
    """

    name: str
    suffixes: tuple[str, ...]
    parse: Callable[[Input], Found]
    modules: tuple[str, ...] = ()
    count: Callable[[Input], int] = lambda _: 1
    named_by_date: bool = False
    known_by_url: bool = False
    library: str = ""


def single(parse: Callable[[bytes], Parsed]) -> Callable[[Input], Found]:
    """Return the parser of files that are one article each, given how their bytes are parsed."""

    def parse_file(given: Input) -> Found:
        yield parse(given.read())

    return parse_file
