"""What the page's fields hold → `Filters`."""

import datetime
from collections.abc import Sequence

from qa.errors import QuestionError
from qa.types import Filters

# Each is compared with the address of every article.
_SITES = 100


def filters_of(
    since: str | None = None,
    until: str | None = None,
    as_of: str | None = None,
    sites: Sequence[str] | str | None = None,
) -> Filters:
    """Return the filters that some fields hold.

    A text is one site. Raises `QuestionError` for what is no date, and for more than a hundred
    sites.
    """
    if isinstance(sites, str):
        sites = [sites]
    if len(sites or ()) > _SITES:
        raise QuestionError(f"{len(sites or ())} sites, the limit is {_SITES}: name fewer")
    return Filters(date_of(since), date_of(until), tuple(sites or ()), date_of(as_of))


def date_of(text: str | None) -> datetime.date | None:
    """Return a day like 2017-03-31, None for an empty field. Raises `QuestionError`."""
    try:
        return datetime.date.fromisoformat(text.strip()) if text and text.strip() else None
    except ValueError:
        raise QuestionError(f"{text!r} is not a date like 2017-03-31: mend or empty it") from None
