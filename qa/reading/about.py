"""What the archive holds → the answer to small talk, and to questions on the program itself."""

import datetime
import re
from collections.abc import Mapping, Sequence

from qa import prompts
from qa.dates import Period
from qa.types import Claim, Draft, Source, day

# What stands before the name of a site in an article's title.
_SITE = re.compile(r"\s+[|–—-]\s+(?=[^|–—-]+$)")
# Sites, and months, that are named: those of the most articles.
_SITES = 3
_MONTHS = 3


def about(
    whole: int,
    articles: int,
    sites: Sequence[str],
    extent: Period | None,
    newest: Sequence[Source] = (),
) -> Draft:
    """Return what can be asked, in fixed words: of so many articles of an archive of `whole`.

    The others do not pass the limits that were set. `sites` are the hosts of the articles, those of
    the most first; `extent` is the first and the last day of publication. Of the `newest` articles,
    an overview is given as an example.
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
    """Return how many articles tell of a subject, and the months of which the most are.

    `months` has the number of articles of each, named 2022-03.
    """
    most = sorted(sorted(months, key=lambda one: -months[one])[:_MONTHS])
    named = [f"{datetime.date.fromisoformat(f'{month}-01'):%B %Y}" for month in most]
    articles = f"{sum(months.values()):,}"
    said = prompts.phrase("months", articles=articles, months=", ".join(named))
    return Claim(said, (), kind="phrase")


def english_only(language: str) -> Draft:
    """Return that questions are to be put in English, said in the language of a question.

    `language` is an ISO 639-1 code; where `prompts/phrases.md` lacks it, it is said in English.
    """
    own = f"english_only_{language}"
    return _said(prompts.phrase(own if prompts.has_phrase(own) else "english_only"))


def _said(*phrases: str) -> Draft:
    return Draft(tuple(Claim(one, (), kind="phrase") for one in phrases), confidence=1.0)
