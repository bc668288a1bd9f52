"""Sentences that tell of a subject → claims in the order, and under the words, of a form."""

import datetime
import re
from collections.abc import Collection, Sequence
from itertools import chain

from qa import prompts
from qa.reading.sides import sides
from qa.reading.telling import Sentence, share
from qa.search.question import Asked
from qa.text.answers import sameness
from qa.text.words import stems
from qa.types import Claim, Kind, Span, Timing, day

# As likely as this, as a log-probability, the words that the small network finds in a sentence are
# what is asked for; else the sentence stands for itself.
_LIKELY = -6.0
_FIGURE = re.compile(r"\d")


def newest_first(sentences: Sequence[Sentence]) -> tuple[Claim, ...]:
    """Return the sentence of the newest day, then the others in order of time."""
    ordered = sorted(sentences, key=_when)
    dated = [one for one in ordered if one.hit.article.date]
    days = {one.hit.article.date for one in dated}
    if len(days) < 2:
        return in_time(sentences)
    newest = next(one for one in dated if one.hit.article.date == max(days, key=str))
    lead = prompts.phrase("newest", day=_day(newest))
    return (_whole(newest, lead), *in_time([one for one in ordered if one is not newest]))


def in_time(sentences: Sequence[Sentence]) -> tuple[Claim, ...]:
    """Return the sentences in order of time, the first of each day under that."""
    claims, last = [], ""
    for one in sorted(sentences, key=_when):
        told = _day(one)
        claims.append(_whole(one, told if told != last else ""))
        last = told
    return tuple(claims)


def side_by_side(
    asked: Asked, sentences: Sequence[Sentence], common: Collection[str]
) -> tuple[Claim, ...]:
    """Return the sentences on either side of what is compared, and then those on both.

    If all are on one side, that is said of the other. Where no two sides are told apart, they stand
    in order of time.
    """
    named = sides(asked.whole, common)
    if not named:
        return in_time(sentences)
    wanted = [stems(side) for side in named]
    groups: tuple[list[Sentence], list[Sentence], list[Sentence]] = ([], [], [])
    for one in sorted(sentences, key=_when):
        words = stems(one.text) | stems(one.hit.article.title)
        first, second = (share(some, words) for some in wanted)
        groups[2 if first == second else int(second > first)].append(one)
    *each, both = groups
    if not any(each):
        return in_time(sentences)
    claims = []
    for side, group in zip(named, each, strict=True):
        if group:
            claims += _under(side, group)
        elif not both:
            claims.append(Claim(prompts.phrase("nothing_on", side=side), (), kind="phrase"))
    return (*claims, *_under(prompts.phrase("both"), both))


def items(sentences: Sequence[Sentence]) -> tuple[Claim, ...]:
    """Return what is listed, each thing once with its sentence, and what there is to know of it.

    Where the network is not sure which words of a sentence are asked for, the sentence stands.
    """
    found: dict[object, Claim] = {}
    for one in sentences:
        item = _words(one)
        claim = Claim(item, (_span(one),)) if item else _whole(one)
        found.setdefault(sameness(item) if item else one.text, claim)
    articles = len({one.hit.article.id for one in sentences})
    head = prompts.phrase("listed", count=str(len(found)), articles=str(articles))
    return (Claim(head, (), kind="phrase"), *found.values())


def values(sentences: Sequence[Sentence]) -> tuple[Claim, ...]:
    """Return the figures in order of time, each with its day; of a sentence without, all of it."""
    claims = []
    for one in sorted(sentences, key=_when):
        value = _words(one)
        figure = value if _FIGURE.search(value) else ""
        kind: Kind = "words" if figure else "sentence"
        claims.append(Claim(figure or one.text, (_span(one),), _day(one), kind))
    return tuple(claims)


def _under(lead: str, sentences: Sequence[Sentence]) -> list[Claim]:
    """Return sentences of which the first has words before it."""
    leads = chain([lead], [""] * len(sentences))
    return [_whole(one, before) for one, before in zip(sentences, leads, strict=False)]


def _words(one: Sentence) -> str:
    """Return the likeliest answer in a sentence, '' if none is likely."""
    if one.likelihood < _LIKELY:
        return ""
    return one.text[one.answer[0] - one.start : one.answer[1] - one.start]


def _whole(one: Sentence, lead: str = "") -> Claim:
    return Claim(one.text, (_span(one),), lead, "sentence")


def _span(one: Sentence) -> Span:
    article = one.hit.article
    return Span(article.id, one.start, one.end, one.text, Timing(article.date))


def _day(one: Sentence) -> str:
    date = one.hit.article.date
    return day(date) if date else prompts.phrase("no_date")


def _when(one: Sentence) -> tuple[datetime.date, str, int]:
    # Those without a date stand last.
    return one.hit.article.date or datetime.date.max, one.hit.article.id, one.start
