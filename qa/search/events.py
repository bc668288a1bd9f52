"""The day of an event that a question names a time by: as the archive itself tells."""

import datetime
from collections.abc import Sequence

from qa.dates import kept, length, occasions
from qa.text.sentences import sentences
from qa.text.words import stems
from qa.types import Hit

# Of the event's words so many must stand in the sentence that dates it.
_SHARE = 0.6


def day_of(event: str, hits: Sequence[Hit]) -> datetime.date | None:
    """Return the day of an event, by the sentences that tell most of it; None if none is dated.

    Of sentences that tell as much, the first hit's counts. What happens after a sentence was
    written is no less of an event: "before the vote" names a vote that is to come.
    """
    asked = stems(event)
    best: tuple[float, datetime.date] | None = None
    for hit in hits:
        dated = occasions(kept(hit.passage.text, hit.article.date))
        for start, end in sentences(hit.passage.text):
            share = len(asked & stems(hit.passage.text[start:end])) / max(1, len(asked))
            days = [
                days[0]
                for one, days in dated
                if start <= one.start and one.end <= end and length(days) == 0
            ]
            if days and share >= _SHARE and (best is None or share > best[0]):
                best = share, days[0]
    return best[1] if best else None
