"""What the archive holds, and four questions that it answers: for who has just come."""

from collections.abc import Sequence

from qa.library.protocols import Catalogue
from qa.types import day
from qa.web.html import naming, safe
from qa.web.plots import months_picture
from qa.web.sources import Sites

# Sites that are named, those of the most articles.
_SITES = 3
_ABLE = (
    "Ask for a fact, a yes or no, a list, a comparison, a figure over time, an overview, or who "
    "somebody is: every answer rests on sentences that you can open."
)
_EMPTY = (
    '<p class="qa-able">This archive is empty. Add articles, and ask about them.</p>'
    '<div class="qa-drop-here" data-drop="true"><p>Drop files here, or '
    '<label class="qa-button" for="qa-file">choose files</label></p></div>'
)
_EMPTY_READ_ONLY = (
    '<p class="qa-able">This archive is empty: add articles with <code>qa ingest FOLDER</code>.</p>'
)


def welcome_html(
    library: Catalogue, sites: Sites, questions: Sequence[str] | None, may_change: bool
) -> str:
    """Return the welcome. `questions` are None while they are being tried."""
    articles, _ = library.counts()
    if not articles:
        return f"<h2>Ask the archive</h2>{_EMPTY if may_change else _EMPTY_READ_ONLY}"
    return (
        f'<h2>Ask the archive</h2><p class="qa-able">{_ABLE}</p>'
        f"{starters_html(questions)}{_holds(library, sites, articles)}"
    )


def starters_html(questions: Sequence[str] | None) -> str:
    """Return questions as links that ask them; while they are None, as much room as they take."""
    if questions is None:
        return (
            f'<ul class="qa-starters qa-waiting" aria-hidden="true">{"<li><i></i></li>" * 4}</ul>'
        )
    return offers_html(questions, "qa-starters", "Questions to begin with") if questions else ""


def offers_html(questions: Sequence[str], kind: str, label: str) -> str:
    """Return questions as a list of links that ask them."""
    rows = "".join(
        f'<li><a class="qa-offer" role="button" href="./#ask-{naming(one)}">{safe(one)}</a></li>'
        for one in questions
    )
    return f'<ul class="{kind}" aria-label="{label}">{rows}</ul>'


def _holds(library: Catalogue, sites: Sites, articles: int) -> str:
    extent = library.extent()
    hosts = library.sites()
    named = list(sites.named(hosts[:_SITES]).values())
    more = f" and {len(hosts) - _SITES} more" if len(hosts) > _SITES else ""
    facts = [
        (f"{articles:,}", "article" if articles == 1 else "articles"),
        (f"{day(extent[0])} – {day(extent[1])}", "days") if extent else ("", ""),
        (", ".join(named) + more, "sources" if len(hosts) > 1 else "source") if named else ("", ""),
    ]
    said = "".join(
        f"<div><dt>{name}</dt><dd>{safe(value)}</dd></div>" for value, name in facts if value
    )
    return f'<div class="qa-holds"><dl>{said}</dl>{months_picture(library.months())}</div>'
