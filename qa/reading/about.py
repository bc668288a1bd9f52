"""What the archive holds → the answer to small talk, and to questions on the program itself."""

from collections.abc import Sequence

from qa import prompts
from qa.dates import Period
from qa.types import Claim, Draft, day

# Sites that are named, those of the most articles.
_SITES = 3


def about(whole: int, articles: int, sites: Sequence[str], extent: Period | None) -> Draft:
    """Return what can be asked, in fixed words: of so many articles of an archive of `whole`.

    The others do not pass the limits that were set. `sites` are the hosts of the articles, those of
    the most first; `extent` is the first and the last day of publication.
    """
    if not articles:
        return _said(prompts.phrase("about_none" if whole else "about_empty"))
    named = ", ".join(sites[:_SITES])
    first, last = map(day, extent) if extent else ("", "")
    return _said(
        prompts.phrase(
            "about",
            articles=f"{articles:,}",
            sites=prompts.phrase("about_sites", sites=named) if named else "",
            extent=prompts.phrase("about_extent", first=first, last=last) if extent else "",
        )
    )


def english_only(language: str) -> Draft:
    """Return that questions are to be put in English, said in the language of a question.

    `language` is an ISO 639-1 code; where `prompts/phrases.md` lacks it, it is said in English.
    """
    own = f"english_only_{language}"
    return _said(prompts.phrase(own if prompts.has_phrase(own) else "english_only"))


def _said(phrase: str) -> Draft:
    return Draft((Claim(phrase, (), kind="phrase"),), confidence=1.0)
