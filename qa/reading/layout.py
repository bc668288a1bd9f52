"""Sentences on a subject → claims in the order of a form, with its fixed words."""

import datetime
import math
import re
from collections.abc import Sequence
from itertools import chain

from qa import prompts
from qa.reading.telling import Sentence, share
from qa.text.answers import sameness
from qa.text.words import stems
from qa.types import Claim, Kind, Span, Timing, day

# The log-probability from which on the words that the small network finds in a sentence stand for
# that sentence: more likely than not.
_LIKELY = math.log(0.5)
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
    """Return the sentences in order of time; the first sentence of each day is led by the day."""
    claims, last = [], ""
    for one in sorted(sentences, key=_when):
        told = _day(one)
        claims.append(_whole(one, told if told != last else ""))
        last = told
    return tuple(claims)


def side_by_side(
    sides: tuple[str, str] | None, sentences: Sequence[Sentence], read: Sequence[Sentence]
) -> tuple[Claim, ...]:
    """Return the sentences on the first side, on the second, on both, and then the others.

    If no sentence in `read` has a word that is one side's alone, a phrase says that the archive has
    nothing on that side, and sentences on neither are left out if there are others. Without sides,
    the sentences stand in order of time.
    """
    if not sides:
        return in_time(sentences)
    wanted = [stems(side) for side in sides]
    groups: tuple[list[Sentence], ...] = ([], [], [], [])
    for one in sorted(sentences, key=_when):
        groups[_leaning(one, wanted)].append(one)
    # "President" tells nothing of which of two presidents a sentence is on.
    own = [wanted[0] - wanted[1] or wanted[0], wanted[1] - wanted[0] or wanted[1]]
    found = [any(shares) for shares in zip(*(_shares(one, own) for one in read), strict=True)]
    if not any(found):
        return in_time(sentences)
    leads = (*sides, prompts.phrase("both"), prompts.phrase("besides"))
    if not all(found) and any(groups[:-1]):
        groups[-1].clear()
    claims = [
        claim for lead, group in zip(leads, groups, strict=True) for claim in _under(lead, group)
    ]
    missing = [
        Claim(prompts.phrase("nothing_on", side=side), (), kind="phrase")
        for side, there in zip(sides, found, strict=True)
        if not there
    ]
    return (*claims, *missing)


def on_either(
    sides: tuple[str, str] | None, read: Sequence[Sentence]
) -> tuple[list[int], list[int]] | tuple[()]:
    """Return the indexes of the sentences on the first and on the second side; () without sides."""
    if not sides:
        return ()
    wanted = [stems(side) for side in sides]
    leaning = [_leaning(one, wanted) for one in read]
    first, second = ([n for n, side in enumerate(leaning) if side == which] for which in (0, 1))
    return first, second


def _leaning(one: Sentence, wanted: Sequence[frozenset[str]]) -> int:
    """Return which side a sentence is on: 0 the first, 1 the second, 2 both, 3 neither.

    The title of its article counts only for a sentence that names neither side.
    """
    for words in (stems(one.text), one.words):
        first, second = (share(some, words) for some in wanted)
        if first != second:
            return int(second > first)
        if first:
            return 2
    return 3


def names_either(sides: tuple[str, str] | None, read: Sequence[Sentence]) -> bool:
    """Tell whether the sentences name a side of a comparison as `names` tells."""
    return bool(sides) and any(names(stems(side), read) for side in sides or ())


def names(wanted: frozenset[str], read: Sequence[Sentence]) -> bool:
    """Tell whether at least two sentences, with their titles, have all of the stems."""
    return bool(wanted) and sum(_shares(one, [wanted]) == [1.0] for one in read) > 1


def _shares(one: Sentence, wanted: Sequence[frozenset[str]]) -> list[float]:
    """Return for each set of stems the share that a sentence has, with its article's title."""
    words = one.words
    return [share(some, words) for some in wanted]


def items(sentences: Sequence[Sentence], above: Sequence[Claim] = ()) -> tuple[Claim, ...]:
    """Return the number of items, each item once with its sentence, then the other sentences.

    The other sentences are those in which the network is not sure of the item. An item that stands
    `above` is not listed again.
    """
    known = {sameness(claim.text) for claim in above}
    named: dict[tuple[str, ...], Claim] = {}
    for one in sentences:
        item = _words(one)
        if item and sameness(item) not in known:
            named.setdefault(sameness(item), Claim(item, (_span(one),)))
    others = [_whole(one) for one in sentences if not _words(one)]
    if not named:
        return tuple(others)
    articles = len({claim.spans[0].article_id for claim in named.values()})
    name = "listed_below" if above else "listed"
    head = prompts.phrase(name, count=str(len(named)), articles=str(articles))
    return (Claim(head, (), kind="phrase"), *named.values(), *others)


def values(sentences: Sequence[Sentence]) -> tuple[Claim, ...]:
    """Return the figures in order of time, each with its day; a sentence without one is whole."""
    claims = []
    for one in sorted(sentences, key=_when):
        value = _words(one)
        figure = value if _FIGURE.search(value) else ""
        kind: Kind = "words" if figure else "sentence"
        claims.append(Claim(figure or one.text, (_span(one),), _day(one), kind))
    return tuple(claims)


def _under(lead: str, sentences: Sequence[Sentence]) -> list[Claim]:
    """Return sentences as claims, the first with `lead` before it."""
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
