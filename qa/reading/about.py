"""The archive's contents → the answer to small talk, and to questions about the program."""

import datetime
import re
from collections.abc import Mapping, Sequence

from qa import prompts
from qa.dates import Period
from qa.types import Claim, Draft, Source, day

# The separator before the name of the site, at the end of an article's title.
_SITE = re.compile(r"\s+[|–—-]\s+(?=[^|–—-]+$)")
# How many sites, and how many months, are named: those with the most articles.
_SITES = 3
_MONTHS = 3


def about(
    whole: int,
    articles: int,
    sites: Sequence[str],
    extent: Period | None,
    newest: Sequence[Source] = (),
) -> Draft:
    """Return a draft that says, in fixed words, which articles can be asked about.

    `articles` is how many articles pass the limits that were set, and `whole` how many the archive
    has. `sites` are the hosts of the articles, the commonest first; `extent` is the first and the
    last day of publication. The titles of the `newest` articles become example questions.
    """
    if not articles:
        return _said(prompts.phrase("about_none" if whole else "about_empty"))
    named = ", ".join(sites[:_SITES])
    first, last = map(day, extent) if extent else ("", "")
    said = prompts.phrase(
        "about",
        articles=f"{articles:,}",
        sites=prompts.phrase("about_sites", sites=named) if named else "",
        extent=prompts.phrase("about_extent", first=first, last=last) if extent else "",
    )
    examples = [prompts.phrase("example", title=_SITE.split(one.title)[0]) for one in newest]
    shown = prompts.phrase("examples", examples=" · ".join(examples)) if examples else ""
    return _said(*filter(None, [said, shown]))


def by_month(months: Mapping[str, int]) -> Claim:
    """Return a claim that says how many articles tell of a subject, and in which months most do.

    `months` maps each month, such as 2022-03, to the number of its articles.
    """
    most = sorted(sorted(months, key=lambda one: -months[one])[:_MONTHS])
    named = [f"{datetime.date.fromisoformat(f'{month}-01'):%B %Y}" for month in most]
    articles = f"{sum(months.values()):,}"
    said = prompts.phrase("months", articles=articles, months=", ".join(named))
    return Claim(said, (), kind="phrase")


def english_only(language: str) -> Draft:
    """Return a draft that asks for a question in English, in the language of the question.

    `language` is an ISO 639-1 code. A language that `prompts/phrases.md` lacks is answered in
    English.
    """
    own = f"english_only_{language}"
    return _said(prompts.phrase(own if prompts.has_phrase(own) else "english_only"))


def _said(*phrases: str) -> Draft:
    return Draft(tuple(Claim(one, (), kind="phrase") for one in phrases), confidence=1.0)
