"""Files and folders → articles, one at a time; what is no article is named with the reason."""

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from qa.errors import CorpusError
from qa.ingest.articles import article, in_order
from qa.ingest.formats import SUFFIXES, format_of, missing, parse, suffix
from qa.ingest.formats.packing import READ_ERRORS, unpacked
from qa.ingest.formats.registry import without_extra
from qa.ingest.pages.head import original
from qa.ingest.parsed import MEGABYTE, Input, Options, Parsed, Unreadable
from qa.library.sqlite.catalogue import FILE as CATALOGUE
from qa.text.printable import printable, storable
from qa.types import Article

_ENDINGS = f"{' '.join(SUFFIXES)}, each also as .gz, .bz2, .xz or .zst"


@dataclass(frozen=True, slots=True)
class Loaded:
    """An article, where it stands, and warnings about it.

    `origin` is the file it came from, an absolute path, and `part` where in that file. Its id is
    its url where that is its identity, else its path below the folder that was read.
    """

    article: Article
    origin: str
    warnings: tuple[str, ...] = ()
    part: str = ""
    known_by_url: bool = False


@dataclass(frozen=True, slots=True)
class Skipped:
    """What was not ingested, and why. `origin` is the file, `where` names it for people."""

    where: str
    reason: str
    origin: str


@dataclass(slots=True)
class Walk:
    """What a walk through folders met besides the files that qa reads."""

    unreadable: list[OSError] = field(default_factory=list)
    passed_over: Counter[str] = field(default_factory=Counter)


def read(
    path: Path,
    max_article_mb: float,
    columns: Mapping[str, str] | None = None,
    walk: Walk | None = None,
) -> Iterator[Loaded | Skipped]:
    """Yield every article in a file, or in a folder and those below it, in sorted order.

    `columns` names the columns of rows that hold an article's fields, where they have other names
    than usual. Names that begin with a dot, README files, and rows with a `question` but no `text`
    are passed over in silence: they are no articles and were not meant to be. Files that qa does
    not read are counted in `walk`.

    Raises `CorpusError` if there is no such path, or nothing in it that qa reads.
    """
    root = path.resolve() if path.is_dir() else absolute(path).parent
    options = Options(int(max_article_mb * MEGABYTE), columns or {})
    walk = walk or Walk()
    found = files(path, walk)
    for error in walk.unreadable:
        folder = _storable_name(str(error.filename))
        reason = f"the folder cannot be read ({error.strerror}): check its permissions"
        yield Skipped(printable(folder), reason, folder)
    lacking: dict[str, list[Path]] = {}
    for file in found:
        format_ = format_of(file.name)
        if format_ and missing(format_):
            lacking.setdefault(format_.name, []).append(file)
            continue
        yield from _articles(_input(file, root, options), file)
    for some in lacking.values():
        yield _without_extra(some, root)


def absolute(path: Path) -> Path:
    """Return an absolute path. A link to a file keeps its own name, which tells the format."""
    return path.resolve() if path.is_dir() else path.parent.resolve() / path.name


def files(path: Path, walk: Walk | None = None) -> list[Path]:
    """Return the files below `path` that qa reads, sorted.

    Folders that cannot be read, and files of other kinds, are added to `walk`.

    Raises `CorpusError` if there is no such path, or no such file in it.
    """
    if not path.exists():
        raise CorpusError(f"no file or folder at {printable(str(path))}: check the path")
    if path.is_file():
        if _is_readme(path.name):
            raise CorpusError(f"{printable(path.name)}: a README is never an article: rename it")
        if format_of(path.name) is None:
            raise CorpusError(
                f"{printable(path.name)} is not a file that qa reads ({_ENDINGS}): convert it first"
            )
        return [absolute(path)]
    walk = Walk() if walk is None else walk
    found = sorted(_walk(path.resolve(), walk))
    if not found and not walk.unreadable:
        raise CorpusError(
            f"no articles in {printable(str(path))}{_and_passed(walk)}: "
            f"put files there that qa reads ({_ENDINGS})"
        )
    return found


def count(path: Path) -> int:
    """Return about how many articles there are, for a progress bar: files, and rows in them."""
    total = 0
    for file in files(path):
        format_ = format_of(file.name)
        if format_ is None or missing(format_):
            continue
        try:
            total += format_.count(_input(file, file.parent, Options(0)))
        except (*READ_ERRORS, Unreadable, ValueError):
            total += 1
    return total


def passed_over(kinds: Mapping[str, int]) -> str:
    """Return in words what was passed over: "3 .jpg, 1 .mp4"; '' if nothing was."""
    ordered = sorted(kinds.items(), key=lambda one: (-one[1], one[0]))
    return printable(", ".join(f"{number} {kind}" for kind, number in ordered))


def _and_passed(walk: Walk) -> str:
    told = passed_over(walk.passed_over)
    return f" ({told} passed over)" if told else ""


def _walk(root: Path, walk: Walk) -> Iterator[Path]:
    seen: set[str] = set()
    for folder, names, leaves in os.walk(root, onerror=walk.unreadable.append, followlinks=True):
        # A link back up the tree would be followed for ever.
        real = os.path.realpath(folder)
        # A library may stand among the articles that it was made of.
        if real in seen or CATALOGUE in leaves:
            names.clear()
            continue
        seen.add(real)
        names[:] = sorted(name for name in names if not name.startswith("."))
        for leaf in leaves:
            file = Path(folder, leaf)
            hidden = leaf.startswith(".") or _is_readme(leaf)
            # A pipe would be waited for for ever; a dead link is named when it is read.
            special = file.exists() and not file.is_file()
            if hidden or special:
                continue
            if format_of(leaf) is None:
                walk.passed_over[suffix(leaf) or "without an ending"] += 1
            else:
                yield file


def _is_readme(name: str) -> bool:
    return name.lower().startswith("readme")


def _relative(file: Path, root: Path) -> str:
    return _storable_name(file.relative_to(root).as_posix())


def _storable_name(name: str) -> str:
    # A name that is not valid UTF-8 could not be stored.
    return os.fsencode(name).decode("utf-8", errors="backslashreplace")


def _input(file: Path, root: Path, options: Options) -> Input:
    def opened() -> BinaryIO:
        return unpacked(file.name, file)

    return Input(_relative(file, root), opened, options)


def _articles(given: Input, file: Path) -> Iterator[Loaded | Skipped]:
    origin = _storable_name(str(file))
    for found, order in in_order(parse(given)):
        try:
            if isinstance(found, Unreadable):
                raise found
            identity = _identity(found, given)
            made, warnings = article(found, identity, order)
            yield Loaded(made, origin, warnings, found.part, found.known_by_url)
        except Unreadable as reason:
            where = printable(given.name + reason.part)
            yield Skipped(where, printable(str(reason)), origin)


def _identity(found: Parsed, given: Input) -> str:
    # A page saved to disk is known by its path: its address may stand on several copies.
    url = found.fields.get("url") if found.known_by_url else ""
    return storable(original(str(url))) if url else given.name + found.part


def _without_extra(some: list[Path], root: Path) -> Skipped:
    format_ = format_of(some[0].name)
    assert format_ is not None
    more = f", and {len(some) - 1} more" if len(some) > 1 else ""
    reason = without_extra(format_, missing(format_))
    return Skipped(printable(_relative(some[0], root) + more), reason, str(some[0]))
