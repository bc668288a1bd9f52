"""The archive: its articles by words, day and site, how many each month; upload and removal."""

import calendar
import datetime
import html
import queue
import re
import shutil
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import gradio as gr

from qa.errors import CorpusError, QAError
from qa.ingest import ingest, remove
from qa.library.protocols import Catalogue
from qa.settings import Settings
from qa.text.words import words
from qa.types import Filters, Source, day
from qa.web import listeners
from qa.web.article import named, naming
from qa.web.fields import filters_of
from qa.web.tabs import Given

# Articles that are listed at first, and with each "more".
_PAGE = 50
# Passages that a search looks through for each article that is listed.
_DEPTH = 6
# Articles listed at most, and letters of a search.
_MOST, _QUERY = 2000, 500
_EXCERPT = 180
# Months that are drawn one by one; of a longer time, years are.
_MONTHS = 120
_MEGABYTE = 1_000_000

# Articles with a few words of each.
Listed = list[tuple[Source, str]]


class Archive:
    """The archive's parts and what they do: a `Tab`."""

    title: ClassVar[str] = "Archive"

    def __init__(self, given: Given) -> None:
        """Lay the archive out. Where nothing may be changed, there is nothing to call either."""
        self._library = given.assistant.library
        self._stores = given.assistant.stores
        self._settings = given.settings
        self._may_change = given.may_change
        link = given.link
        self._query = gr.Textbox(
            "",
            label="Words",
            placeholder="Words in an article",
            submit_btn="Search",
            elem_id="qa-words",
        )
        with gr.Row():
            self._since, self._until = map(listeners.day_field, ("From", "To"))
            self._sites = gr.Dropdown(self._library.sites(), multiselect=True, label="Sites")
        uploads = gr.Column()
        self._plot = gr.HTML("", elem_id="qa-months", padding=False)
        self._list = gr.HTML("", elem_id="qa-articles", padding=False)
        self._count = gr.Number(_PAGE, visible="hidden", label="Articles listed")
        self._fields = [self._query, self._since, self._until, self._sites]
        self._shown = [self._plot, self._list, self._count]
        gr.on(
            [self._query.submit, self._since.change, self._until.change, self._sites.change],
            self._find,
            self._fields,
            self._shown,
            # What is chosen while it searches counts as well.
            trigger_mode="always_last",
            **listeners.PRIVATE,
        )
        listeners.follow("month", self._month, link, [], [self._since, self._until])
        listeners.follow("more", self._more, link, [*self._fields, self._count], self._shown)
        # What changes the archive: the page listens to it.
        self.changes: list[Any] = []
        if given.may_change:
            with uploads:
                self._changing(link)

    def _changing(self, link: gr.Textbox) -> None:
        at_once = {**listeners.PRIVATE, "trigger_mode": "multiple"}
        self.changes.append(
            listeners.follow("drop", self._drop, link, self._fields, self._shown, **at_once)
        )
        with gr.Accordion("Add articles", open=False):
            files = gr.File(
                file_count="multiple",
                type="filepath",
                label=f"At most {self._settings.upload_files} files, "
                f"{self._settings.upload_mb:g} MB together",
                elem_id="qa-files",
            )
            said = gr.HTML("", elem_id="qa-ingest", padding=False)
        uploaded = files.upload(
            self._upload,
            files,
            [said, files],
            concurrency_limit=1,
            **listeners.PRIVATE,
        )
        uploaded.then(self._find, self._fields, self._shown, **listeners.PRIVATE)
        self.changes.append(uploaded)

    def on_arrival(self, page: gr.Blocks) -> None:
        """Let the page list the archive when it is opened."""
        page.load(self._find, self._fields, self._shown, **listeners.PRIVATE)
        page.load(
            lambda: gr.Dropdown(choices=self._library.sites()),
            None,
            self._sites,
            **listeners.PRIVATE,
        )

    # Finding

    def _find(
        self, query: str, since: str, until: str, sites: Sequence[str], count: float = _PAGE
    ) -> tuple[str, str, float]:
        try:
            filters = filters_of(since, until, sites=sites)
            count = min(max(count, _PAGE), _MOST)
            found = listed(self._library, query[:_QUERY], filters, int(count))
            total = self._library.counts(filters)[0]
            months = self._library.months(Filters(sources=filters.sources))
        except QAError as error:
            return "", listeners.error_html(error), _PAGE
        more = total > len(found) if not query.strip() else len(found) >= min(count, total)
        head = f"{len(found)} found" if query.strip() else f"{total:,} articles"
        return plot(months, filters), _list(head, found, more, self._may_change), count

    def _more(self, link: str, query: str, since: str, until: str, *rest: Any) -> tuple[Any, ...]:
        sites, count = rest
        return self._find(query, since, until, sites, count + _PAGE)

    def _month(self, link: str) -> tuple[str | None, str | None]:
        """Return the first and the last day of the month, or year, that a link names."""
        found = re.fullmatch(r"#month-(\d{4})(?:-(\d\d))?", link)
        if not found:
            return None, None
        year, month = int(found[1]), int(found[2] or 0)
        if not month:
            return f"{year:04}-01-01", f"{year:04}-12-31"
        return f"{year:04}-{month:02}-01", f"{year:04}-{month:02}-{_last(year, month):02}"

    # Changing

    def _drop(self, link: str, *fields: Any) -> tuple[Any, ...]:
        with listeners.errors_shown():
            remove([named(link)], self._stores)
        gr.Info("Removed.")
        return self._find(*fields)

    def _upload(self, files: Sequence[str] | None) -> Iterator[tuple[str, Any]]:
        """Ingest what was uploaded, as the command line does; show its progress and notices."""
        paths = [Path(file) for file in files or ()]
        try:
            self._check(paths)
            for shown in _ingested(paths, self._settings):
                yield shown, gr.skip()
        except (QAError, OSError) as error:
            yield listeners.error_html(error), gr.skip()
        finally:
            for path in paths:
                path.unlink(missing_ok=True)
        yield gr.skip(), None

    def _check(self, paths: Sequence[Path]) -> None:
        names = {path.name for path in paths}
        if len(names) < len(paths):
            raise CorpusError("two files have the same name: rename one, it is the article's id")
        most, size = self._settings.upload_files, sum(path.stat().st_size for path in paths)
        if len(paths) > most:
            raise CorpusError(f"{len(paths)} files, the limit is {most}: upload them in parts")
        if size > self._settings.upload_mb * _MEGABYTE:
            raise CorpusError(
                f"{size / _MEGABYTE:.0f} MB, the limit is {self._settings.upload_mb:g}: upload "
                "them in parts, or use `qa ingest`"
            )


class _IngestProgress:
    """Hears of an ingest's progress, in the thread that it runs in."""

    def __init__(self) -> None:
        self.articles = 0
        self.notices: list[str] = []
        self.done: queue.Queue[str | BaseException | None] = queue.Queue()

    def progress(self, articles: int) -> None:
        self.articles += articles
        self.done.put(None)

    def notice(self, line: str) -> None:
        self.notices.append(line)
        self.done.put(None)

    def shown(self, summary: str = "") -> str:
        lines = "".join(f"<li>{html.escape(line)}</li>" for line in self.notices)
        working = f"{self.articles} articles read …"
        return (
            f'<p role="status">{html.escape(summary or working)}</p>'
            f'<ul class="qa-notices">{lines}</ul>'
        )


def _ingested(paths: Sequence[Path], settings: Settings) -> Iterator[str]:
    """Ingest files; yield how it goes on as HTML. Raises as `ingest` does."""
    progress = _IngestProgress()
    folder = tempfile.TemporaryDirectory(prefix="qa-upload-")
    # At once: what was uploaded may be gone when the thread begins.
    copies = [Path(shutil.copy(path, folder.name)) for path in paths]

    def work() -> None:
        try:
            with folder:
                progress.done.put(str(ingest(copies, settings, progress)))
        except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
            progress.done.put(error)

    # Nobody waits for the thread: if the page is closed, what was begun is still brought to an end.
    threading.Thread(target=work).start()
    while (step := progress.done.get()) is None:
        yield progress.shown()
    if isinstance(step, BaseException):
        raise step
    yield progress.shown(step)


def listed(library: Catalogue, query: str, filters: Filters, count: int) -> Listed:
    """Return at most `count` articles: those with the words, best first, or else the newest.

    Raises `QuestionError` for a source that is no site.
    """
    if not query.strip():
        return [(source, "") for source in library.sources(filters, newest=count)]
    scored = library.search(words(query), _DEPTH * count, filters)
    passages = library.passages([id_ for id_, _ in scored])
    found: dict[str, tuple[Source, str]] = {}
    for id_, _ in scored:
        if id_ in passages:
            passage, source = passages[id_]
            found.setdefault(source.id, (source, " ".join(passage.text.split())))
    return list(found.values())[:count]


def _list(head: str, found: Listed, more: bool, may_change: bool) -> str:
    rows = "".join(_row(source, excerpt, may_change) for source, excerpt in found)
    rest = '<p><a class="qa-more" role="button" href="#more-">Show more</a></p>' if more else ""
    return f'<p role="status">{head}</p><ul class="qa-listed">{rows}</ul>{rest}'


def _row(source: Source, excerpt: str, may_change: bool) -> str:
    title, code = html.escape(source.title), naming(source.id)
    facts = [day(source.date) if source.date else "no date", source.place]
    said = html.escape(" · ".join(fact for fact in facts if fact))
    short = html.escape(excerpt[:_EXCERPT]) + " …" * (len(excerpt) > _EXCERPT)
    drop = (
        f' <a class="qa-drop" role="button" href="#drop-{code}" '
        f'aria-label="Remove {title}">Remove</a>'
        if may_change
        else ""
    )
    return (
        f'<li><a class="qa-open" href="#article-{code}">{title}</a>'
        f'<p class="qa-facts">{said}{drop}</p>' + (f"<p>{short}</p>" if short else "") + "</li>"
    )


def plot(months: Mapping[str, int], filters: Filters) -> str:
    """Return how many articles each month has, as HTML: bars, each a link to its month.

    `months` are named 2022-03. Where they are too many, years are drawn.
    """
    if not months:
        return ""
    spans = _spans(months)
    most = max(spans.values())
    bars = "".join(_bar(name, count, most, filters) for name, count in spans.items())
    return (
        '<div role="navigation" class="qa-plot" aria-label="Articles by month">'
        f'<p class="qa-facts">Articles each {"month" if "-" in next(iter(spans)) else "year"}, '
        f'{most:,} at most <a href="#month-">all</a></p>'
        f"<ol>{bars}</ol></div>"
    )


def _spans(months: Mapping[str, int]) -> dict[str, int]:
    """Return each month from the first to the last, or each year, with its articles."""
    (first, last) = (tuple(map(int, name.split("-"))) for name in (min(months), max(months)))
    count = 12 * (last[0] - first[0]) + last[1] - first[1] + 1
    if count <= _MONTHS:
        numbers = range(12 * first[0] + first[1] - 1, 12 * last[0] + last[1])
        names = [f"{number // 12:04}-{number % 12 + 1:02}" for number in numbers]
        return {name: months.get(name, 0) for name in names}
    # Of years without a single article only the span is drawn, not the gap: a wrong date of 1970
    # would push all others together.
    years: dict[str, int] = {}
    for name, articles in sorted(months.items()):
        years[name[:4]] = years.get(name[:4], 0) + articles
    return years


def _bar(name: str, count: int, most: int, filters: Filters) -> str:
    year, _, month = name.partition("-")
    said = f"{calendar.month_name[int(month)]} {year}" if month else year
    height = 100 * count / most
    first = datetime.date(int(year), int(month or 1), 1)
    last = datetime.date(int(year), int(month or 12), _last(int(year), int(month or 12)))
    inside = (filters.since or first) <= last and first <= (filters.until or last)
    label = f"{said}: {count:,} articles"
    under = year if month in ("", "01") else ""
    return (
        f'<li><a href="#month-{name}" title="{label}" aria-label="{label}"'
        f"{'' if inside else ' class=qa-outside'}>"
        f'<span style="height:{height:.1f}%"></span></a><small>{under}</small></li>'
    )


def _last(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]
