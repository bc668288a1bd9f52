"""What the page's fields hold → `Filters`."""

import datetime
from collections.abc import Sequence

from qa.errors import QuestionError
from qa.search.times import named_period
from qa.types import Filters

# Each is compared with the address of every article.
_SITES = 100


def filters_of(
    since: str | None = None,
    until: str | None = None,
    as_of: str | None = None,
    sites: Sequence[str] | str | None = None,
    today: datetime.date | None = None,
) -> Filters:
    """Return the filters that some fields hold; days may be named in words, seen from `today`.

    Of a longer time, such as "May 2022", the first day is the one since which is searched, and the
    last the one until which. A text is one site. Raises `QuestionError` for what names no time, and
    for more than a hundred sites.
    """
    if isinstance(sites, str):
        sites = [sites]
    if len(sites or ()) > _SITES:
        raise QuestionError(f"{len(sites or ())} sites, the limit is {_SITES}: name fewer")
    return Filters(
        day_of(since, 0, today),
        day_of(until, 1, today),
        tuple(sites or ()),
        day_of(as_of, 1, today),
    )


def day_of(text: str | None, end: int, today: datetime.date | None) -> datetime.date | None:
    """Return the first day (`end` 0) or the last (1) of the time that a text names.

    None for an empty text. Words such as "last month" are understood if `today` is given. Raises
    `QuestionError`.
    """
    said = " ".join((text or "").split())
    if not said:
        return None
    try:
        return datetime.date.fromisoformat(said)
    except ValueError:
        if today is None:
            raise QuestionError(
                f"{text!r} is not a date like 2017-03-31: mend or empty it"
            ) from None
    year = said.isdecimal() and len(said) == 4
    found = named_period(f"in {said}" if year else said, today)
    if found is None:
        raise QuestionError(
            f"“{said}” names no day: type one like 2022-05-31, May 2022 or last month"
        )
    return found[end]


def date_of(text: str | None) -> datetime.date | None:
    """Return a day like 2017-03-31, None for an empty field. Raises `QuestionError`."""
    return day_of(text, 0, None)
