"""A stretch of an article → a premise for the check: its words, with its dates resolved."""

import datetime

from qa import dates
from qa.text.sentences import Offsets


def premise(text: str, place: Offsets, written: datetime.date | None) -> str:
    """Return a stretch of a text, each of its dates followed by the days that it stands for.

    "On Thursday" in an article of 31 March 2017 becomes "On Thursday (30 March 2017)". Dates are
    found in the whole text, since the day that "that day" means stands before the quote.
    """
    start, end = place
    found = dates.resolved(text, dates.kept(text, written))
    parts, done = [], start
    for left, right, shown in found:
        if start <= left and right <= end:
            parts.append(f"{text[done:right]} ({shown})")
            done = right
    return "".join([*parts, text[done:end]])
