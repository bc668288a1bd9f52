"""The archive: its articles by words, day, site and story, and how many each month."""

import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from qa.errors import ConversationError
from qa.ingest import remove
from qa.library.protocols import Catalogue
from qa.text.words import words
from qa.types import Filters, Source, day
from qa.web.desk import Desk, Functions
from qa.web.fields import filters_of
from qa.web.html import named, naming, safe
from qa.web.plots import months_plot
from qa.web.sources import Sites
from qa.web.stories import stories

# Articles that are listed at first, and with each "more"; at most; and letters of a search.
_PAGE, _MOST, _QUERY = 50, 2000, 500
# Passages that a search looks through for each article that is listed.
_DEPTH = 6
# The newest articles of which stories are made.
_STORIES = 600
_EXCERPT = 180
_SORTS = Literal["day", "story", "undated"]

# Articles with a few words of each.
Listed = list[tuple[Source, str]]


class Archive:
    """What the page can do with the archive; where it may not be changed, only look."""

    def __init__(self, desk: Desk, sites: Sites) -> None:
        self._desk = desk
        self._library = desk.library
        self._sites = sites

    @property
    def functions(self) -> Functions:
        """What the page may call."""
        reading: Functions = {"archive": self.archive, "site_choices": self.site_choices}
        return {**reading, "drop": self.drop} if self._desk.may_change else reading

    def archive(
        self,
        person: str,
        query: str = "",
        since: str = "",
        until: str = "",
        sites: list[str] | None = None,
        by: _SORTS = "day",
        count: int = _PAGE,
    ) -> dict[str, str | int]:
        """Return the archive's plot and a list of articles, as HTML, and how many there may be."""
        extent = self._library.extent()
        filters = filters_of(since, until, sites=sites, today=extent[1] if extent else None)
        count = min(max(count, _PAGE), _MOST)
        months = self._library.months(Filters(sources=filters.sources))
        plot = months_plot(months, filters)
        if by == "undated":
            undated = [one for one in self._library.sources() if one.date is None]
            return {"plot": plot, "list": self._undated(undated), "count": count}
        if by == "story" and not query.strip():
            return {"plot": plot, "list": self._stories(filters, count), "count": count}
        found = listed(self._library, query[:_QUERY], filters, count)
        total = self._library.counts(filters)[0]
        searched = bool(query.strip())
        more = len(found) >= min(count, total) if searched else total > len(found)
        head = f"{len(found)} found" if searched else _articles(total)
        rows = (
            items_html(found, self._row)
            if searched
            else "".join(
                f'<h3 class="qa-when">{name}</h3>{items_html(group, self._row)}'
                for name, group in itertools.groupby(found, lambda one: _day(one[0]))
            )
        )
        return {"plot": plot, "list": _framed(head, rows, more), "count": count}

    def _stories(self, filters: Filters, count: int) -> str:
        newest = self._library.sources(filters, newest=_STORIES)
        told = stories(list(self._library.articles([one.id for one in newest]).values()))
        several = [story.sources for story in told if len(story.articles) > 1]
        alone = [(story.sources[0], "") for story in told if len(story.articles) == 1]
        shown = "".join(
            f'<details class="qa-story"><summary><h3>{safe(sources[0].title)}</h3>'
            f'<span class="qa-facts">{_articles(len(sources))} · {_extent(sources)}</span>'
            "</summary>"
            f"{items_html(((one, '') for one in _in_time(sources)), self._row)}</details>"
            for sources in several
        )
        rest = alone[: max(0, count - len(several))]
        single = (
            f'<h3 class="qa-when">Told by one article</h3>{items_html(rest, self._row)}'
            if rest
            else ""
        )
        of = f" of the newest {_STORIES}" if len(newest) == _STORIES else ""
        many = "story" if len(several) == 1 else "stories"
        head = f"{len(several)} {many} told by several articles{of}"
        return _framed(head, shown + single, len(rest) < len(alone))

    def _undated(self, undated: Sequence[Source]) -> str:
        rows = items_html(((one, "") for one in undated[:_MOST]), self._row)
        return _framed(f"{_articles(len(undated))} without a date", rows, False)

    def _row(self, source: Source, excerpt: str) -> str:
        title, code = safe(source.title), naming(source.id)
        facts = [self._sites.name(source), _day(source)]
        said = safe(" · ".join(fact for fact in facts if fact))
        short = safe(excerpt[:_EXCERPT]) + " …" * (len(excerpt) > _EXCERPT)
        drop = (
            f'<button type="button" class="qa-icon qa-drop" data-act="drop" data-id="{code}" '
            f'aria-label="Remove {title}" title="Remove"><svg viewBox="0 0 24 24" '
            'aria-hidden="true"><path d="M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13"/></svg></button>'
            if self._desk.may_change
            else ""
        )
        return (
            f'<li><a class="qa-open" href="./#article-{code}"><span class="qa-title">{title}</span>'
            f'<span class="qa-facts">{said}</span>'
            + (f'<span class="qa-quoted">{short}</span>' if short else "")
            + f"</a>{drop}</li>"
        )

    def site_choices(self, person: str) -> list[list[str]]:
        """Return the archive's sites, each with its name, those of the most articles first."""
        return [[host, name] for host, name in self._sites.named(self._library.sites()).items()]

    def drop(self, person: str, article: str) -> None:
        """Remove an article; it is named as in a link."""
        if not self._desk.may_change:
            raise ConversationError("nobody may change this archive by way of the page")
        remove([named(f"-{article}")], self._desk.stores)


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


def items_html(found: Iterable[tuple[Source, str]], row: Callable[[Source, str], str]) -> str:
    """Return articles as a list."""
    return f'<ul class="qa-listed">{"".join(row(*one) for one in found)}</ul>'


def _framed(head: str, rows: str, more: bool) -> str:
    rest = (
        '<p><button type="button" class="qa-more" data-act="more">Show more</button></p>'
        if more
        else ""
    )
    return f'<p class="qa-facts" role="status">{head}</p>{rows}{rest}'


def _articles(count: int) -> str:
    return f"{count:,} {'article' if count == 1 else 'articles'}"


def _day(source: Source) -> str:
    return day(source.date) if source.date else "No date"


def _in_time(sources: Sequence[Source]) -> list[Source]:
    return sorted(sources, key=lambda one: str(one.date or ""), reverse=True)


def _extent(sources: Sequence[Source]) -> str:
    days = sorted(one.date for one in sources if one.date)
    if not days:
        return "No date"
    return day(days[0]) if days[0] == days[-1] else f"{day(days[0])} – {day(days[-1])}"
