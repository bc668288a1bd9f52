"""The commands: parsing and printing only."""

import argparse
import datetime
import getpass
import io
import json
import os
import sqlite3
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self

from tqdm import tqdm

from qa import __version__
from qa.errors import QAError
from qa.settings import Settings, servers
from qa.text.printable import printable
from qa.types import Filters, to_json

if TYPE_CHECKING:
    from qa.assistant import Assistant


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return its exit status: 0, 1 for a failure, 2 for a usage error."""
    options = parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that knows no Japanese is shown escapes, not a traceback.
            stream.reconfigure(errors="backslashreplace")
    try:
        status = int(options.run(options))
        sys.stdout.flush()
        return status
    except QAError as error:
        print(f"qa: {printable(str(error))}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # The reader of our output has gone (`qa list | head`); Python would complain again
        # when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (OSError, sqlite3.Error) as error:
        # A full disk, most often. What was committed is safe.
        print(
            f"qa: {printable(str(error))}: check the disk, then run it again",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        print("qa: stopped; what was committed stays, run it again to go on", file=sys.stderr)
        return 130


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    root = argparse.ArgumentParser(
        prog="qa",
        description="Ask a news archive a question; get the exact sentences the answer rests on.",
    )
    root.add_argument("--version", action="version", version=f"qa {__version__}")
    commands = root.add_subparsers(title="commands", required=True, metavar="COMMAND")

    library = argparse.ArgumentParser(add_help=False)
    library.add_argument(
        "--library",
        type=Path,
        metavar="DIR",
        help="the library's folder (default: QA_LIBRARY, or the user's data folder)",
    )

    command = commands.add_parser(
        "ingest", parents=[library], help="read articles from files and folders into the library"
    )
    command.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    command.add_argument(
        "--prune", action="store_true", help="remove articles that are gone from the paths"
    )
    command.add_argument(
        "--fields",
        default="",
        metavar="FIELD=COLUMN,…",
        help="where rows have their text, title, date, url, authors, place, if their columns have "
        "unusual names: text=content,date=publishedAt",
    )
    command.set_defaults(run=_ingest)

    command = commands.add_parser("list", parents=[library], help="show the articles")
    command.add_argument("--json", action="store_true", help="one JSON object a line")
    command.add_argument("--undated", action="store_true", help="only articles without a date")
    command.set_defaults(run=_list)

    command = commands.add_parser(
        "edit", parents=[library], help="set an article's date; a later ingest leaves it so"
    )
    command.add_argument("id", metavar="ID", help="as `qa list` shows it")
    command.add_argument(
        "--date", type=_date_or_none, required=True, metavar="DATE", help="like 2017-03-31, or none"
    )
    command.set_defaults(run=_edit)

    command = commands.add_parser("remove", parents=[library], help="remove articles")
    command.add_argument("ids", nargs="+", metavar="ID", help="as `qa list` shows them")
    command.set_defaults(run=_remove)

    filters, model = _filter_options(), _model_options()
    command = commands.add_parser(
        "ask", parents=[library, filters, model], help="answer one question"
    )
    command.add_argument("question", metavar="QUESTION")
    command.add_argument("--json", action="store_true", help="print the whole answer as JSON")
    command.set_defaults(run=_ask)

    command = commands.add_parser(
        "timeline", parents=[library, filters], help="list what happened when, oldest first"
    )
    command.add_argument("query", metavar="QUERY", help="a person, a place, a subject")
    command.add_argument("--json", action="store_true", help="print the events as JSON")
    command.add_argument(
        "--limit", type=_count, default=20, metavar="N", help="events, at most: %(default)s"
    )
    command.set_defaults(run=_timeline)

    command = commands.add_parser("chat", parents=[library, model], help="serve the chat page")
    command.add_argument("--host", default="127.0.0.1", help="default: %(default)s")
    command.add_argument("--port", type=int, default=7860, help="default: %(default)s")
    command.add_argument(
        "--auth",
        action="append",
        metavar="USER:PASSWORD",
        help="ask for this user name and password; may be repeated; QA_AUTH says it (with spaces "
        "between several) where no process list shows it",
    )
    command.add_argument(
        "--read-only", action="store_true", help="let nobody add or remove articles on the page"
    )
    command.add_argument(
        "--mcp", action="store_true", help="serve answers over MCP too; needs the extra mcp"
    )
    command.set_defaults(run=_chat)

    command = commands.add_parser(
        "eval", parents=[library, model], help="score the assistant on a question set"
    )
    command.add_argument(
        "questions", type=Path, metavar="QUESTIONS", help=".jsonl, .csv, or SQuAD's .json"
    )
    command.add_argument(
        "--out", type=Path, metavar="DIR", help="default: a new folder in runs/; the same to go on"
    )
    command.add_argument("--limit", type=_count, metavar="N", help="ask only the first N questions")
    command.add_argument(
        "--baseline", type=Path, metavar="RUN", help="an earlier run's folder, to compare with"
    )
    command.add_argument(
        "--fail-under",
        type=_bound,
        action="append",
        default=[],
        metavar="FIGURE=VALUE",
        help="exit with 1 if a figure is below this, or a question failed; may be repeated",
    )
    command.set_defaults(run=_eval)

    command = commands.add_parser(
        "doctor", parents=[library], help="check that the catalogue and the vectors agree"
    )
    command.add_argument("--rebuild", action="store_true", help="cut and embed every article anew")
    command.set_defaults(run=_doctor)

    command = commands.add_parser(
        "password", help="print a password's hash, for --auth or QA_AUTH in the password's place"
    )
    command.set_defaults(run=_password)

    command = commands.add_parser(
        "migrate", parents=[library], help="copy a library in a folder to a database and Chroma"
    )
    command.add_argument(
        "--to",
        required=True,
        metavar="URL",
        help="postgresql://USER@HOST/DATABASE; the vectors go to QA_CHROMA_URL",
    )
    command.set_defaults(run=_migrate)
    return root


def _model_options() -> argparse.ArgumentParser:
    """Return the parser of the chat model that is to write."""
    model = argparse.ArgumentParser(add_help=False)
    model.add_argument(
        "--model",
        metavar="PROVIDER:NAME",
        help="let a chat model write, such as openai:gpt-5-mini (default: QA_MODEL, or the reader)",
    )
    return model


def _filter_options() -> argparse.ArgumentParser:
    """Return the parser of the filters that a search can be given."""
    filters = argparse.ArgumentParser(add_help=False)
    for flag, name, text in (
        ("--from", "since", "search only articles of this day and later"),
        ("--to", "until", "search only articles of this day and earlier"),
        ("--as-of", "as_of", "ask the archive as it stood on this day"),
        (
            "--asked-on",
            "asked_on",
            "prefer news of the days around (default: --as-of, or the newest)",
        ),
    ):
        filters.add_argument(flag, dest=name, type=_date, metavar="DATE", help=text)
    filters.add_argument(
        "--source",
        action="append",
        default=[],
        metavar="HOST",
        help="search only articles of this site, such as cnn.com; may be repeated",
    )
    return filters


def _filters(options: argparse.Namespace) -> Filters:
    return Filters(options.since, options.until, tuple(options.source), options.as_of)


def _ingest(options: argparse.Namespace) -> int:
    from qa.ingest import ingest
    from qa.ingest.fields import chosen
    from qa.ingest.files import count

    settings, columns = _settings(options), chosen(options.fields)
    with _Progress(sum(count(path) for path in options.paths)) as progress:
        summary = ingest(options.paths, settings, progress, prune=options.prune, columns=columns)
    print(summary)
    if not summary.articles:
        names = ", ".join(printable(str(path)) for path in options.paths)
        print(f"qa: no article could be read from {names}: see the reasons above", file=sys.stderr)
        return 1
    return 0


def _list(options: argparse.Namespace) -> int:
    from qa.library.opening import open_library

    with open_library(_settings(options)) as library:
        for source in library.catalogue.sources():
            date = source.date.isoformat() if source.date else None
            if options.undated and date:
                continue
            if options.json:
                url = source.url or None
                row = {"id": source.id, "title": source.title, "date": date, "url": url}
                print(json.dumps(row, ensure_ascii=False))
            else:
                line = f"{date or 'no date':10}  {source.id}  {source.title}"
                print(printable(line))
    return 0


def _edit(options: argparse.Namespace) -> int:
    from qa.ingest import edit
    from qa.library.opening import open_library

    settings = _settings(options)
    with open_library(settings) as library:
        edit(options.id, library, settings, date=options.date)
    print(f"{printable(options.id)}: {options.date or 'no date'}")
    return 0


def _remove(options: argparse.Namespace) -> int:
    from qa.ingest import remove
    from qa.library.opening import open_library

    with open_library(_settings(options)) as library:
        remove(options.ids, library)
    print(f"removed {len(set(options.ids))}")
    return 0


def _ask(options: argparse.Namespace) -> int:
    with _asked(options) as assistant:
        answer = assistant.answer(
            options.question, asked_on=options.asked_on, filters=_filters(options)
        )
    if options.json:
        print(answer.to_json())
        return 0
    from qa.cli import terminal

    print(terminal.answer(answer))
    return 0


def _timeline(options: argparse.Namespace) -> int:
    with _asked(options) as assistant:
        events = assistant.timeline(
            options.query,
            asked_on=options.asked_on,
            filters=_filters(options),
            limit=options.limit,
        )
    if options.json:
        print(to_json(events))
        return 0
    from qa.cli import terminal

    print(terminal.timeline(events))
    return 0


def _chat(options: argparse.Namespace) -> int:
    import qa.web  # noqa: F401 - it says what is missing, if anything is

    _loading()
    from qa.web.page import serve

    settings = Settings.from_environment(
        library=options.library,
        model=options.model,
        auth=" ".join(options.auth) if options.auth else None,
        read_only=options.read_only or None,
    )
    serve(settings, options.host, options.port, mcp=options.mcp)
    return 0


def _eval(options: argparse.Namespace) -> int:
    from qa.evaluation import evaluate, load, report

    report.check_bounds(name for name, _ in options.fail_under)
    asked = load(options.questions)
    out = options.out or Path("runs") / f"{asked.name}-{time.strftime('%Y%m%d-%H%M%S')}"
    total = min(options.limit or len(asked.questions), len(asked.questions))
    try:
        with tqdm(total=total, unit=" questions", file=sys.stderr, leave=False) as bar:
            found = evaluate(
                asked,
                settings=_settings(options),
                out=out,
                limit=options.limit,
                baseline=options.baseline,
                advance=lambda result: bar.update(),
            )
    except KeyboardInterrupt:
        print(f"qa: stopped; to go on, run the same with --out {out}", file=sys.stderr)
        return 130
    print(report.table(found))
    print(f"\nreport: {out / 'report.html'}")
    short = report.below(found.summary, dict(options.fail_under))
    for line in short:
        print(f"qa: {line}", file=sys.stderr)
    return 1 if short else 0


def _bound(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    try:
        return name, float(value)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not like f1=0.6") from None


def _date(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date like 2017-03-31") from None


def _date_or_none(text: str) -> datetime.date | None:
    return None if text.casefold() == "none" else _date(text)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 up")
    return int(text)


def _password(options: argparse.Namespace) -> int:
    from qa.web.passwords import hashed

    print(hashed(getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")))
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from qa.ingest import rebuild
    from qa.library.doctor import check
    from qa.library.opening import open_library

    settings = _settings(options)
    on_servers = servers(settings)
    if options.rebuild:
        with open_library(settings) as library:
            articles = library.catalogue.counts()[0]
        with _Progress(articles) as progress:
            print(f"rebuilt {rebuild(settings, progress)} passages of {articles} articles")
    with open_library(settings) as library:
        faults = check(library)
    for fault in faults:
        print(f"qa: {fault}", file=sys.stderr)
    if faults:
        fix = "qa doctor --rebuild" + ("" if on_servers else f" --library {settings.library}")
        print(f"qa: run `{printable(fix)}` to mend this", file=sys.stderr)
        return 1
    with open_library(settings) as library:
        articles, passages = library.catalogue.counts()
    print(f"{articles} articles, {passages} passages: the catalogue and the vectors agree")
    return 0


def _loading() -> None:
    """Say that it takes a moment, before what takes it is imported."""
    print("qa: loading the models ...", file=sys.stderr, flush=True)


@contextmanager
def _asked(options: argparse.Namespace) -> "Iterator[Assistant]":
    """Load the assistant of the library that is asked, which is mended if it has to be."""
    settings = _settings(options)
    _loading()
    from qa.assistant import Assistant
    from qa.ingest import mend

    mend(settings)
    with Assistant.load(settings) as assistant:
        yield assistant


def _migrate(options: argparse.Namespace) -> int:
    from qa.ingest.migrate import migrate
    from qa.library.opening import create_library, open_folder

    settings = Settings.from_environment(database_url=options.to)
    with open_folder(options.library or settings.library) as source:
        facts, articles = source.catalogue.facts(), source.catalogue.counts()[0]
        with create_library(settings, facts) as target, _Progress(articles) as progress:
            moved = migrate(source, target, progress)
            held = target.catalogue.counts()[0]
            print(f"copied {moved} articles of {articles}: {target.catalogue.where} holds {held}")
    return 0


def _settings(options: argparse.Namespace) -> Settings:
    return Settings.from_environment(library=options.library, model=getattr(options, "model", None))


class _Progress:
    """A progress bar on stderr: articles whose passages are embedded; notices stand above it."""

    def __init__(self, total: int) -> None:
        self._bar = tqdm(total=total, unit=" articles", file=sys.stderr, leave=False)
        self._passages = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        if kind is None:
            # What was skipped, or is one article at two places, was counted before it was read.
            self._bar.total = self._bar.n
            self._bar.refresh()
        self._bar.close()

    def progress(self, articles: int) -> None:
        # There may be more than was guessed, as in a mailbox or an archive.
        self._bar.total = max(self._bar.total or 0, self._bar.n + articles)
        self._bar.update(articles)

    def working(self, on: str, passages: int = 0) -> None:
        self._passages += passages
        self._bar.set_description_str(on, refresh=bool(on))
        if self._passages:
            self._bar.set_postfix_str(f"{self._passages} passages")

    def notice(self, line: str) -> None:
        self._bar.write(line, file=sys.stderr)
