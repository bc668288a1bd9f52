"""Articles → stories: groups that tell of the same events, and the names that stand for each."""

import datetime
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.dates import find
from qa.text.sentences import sentences
from qa.text.words import stems
from qa.types import Article, Source

# Of an article: the letters that say what its story is.
_LETTERS = 1200
# Two articles are of one story if they are nearer to each other than all but so few of the pairs
# that time keeps apart: articles more than so many days from each other tell of different events.
_RARE, _APART = 0.0005, 45
# Names that are compared with each other: of more, a few would be parts of others.
_RANKED = 40
# Stems that stand for a text at most, the most frequent ones.
_STEMS = 6000
_NAME = re.compile(r"(?:[A-Z][\w’'-]*[\w]|[A-Z]\.)(?: (?:[A-Z][\w’'-]*\w|[A-Z]\.)){0,3}")

# A weekday is a date only where a day is known from which it is seen.
_ANY_DAY = datetime.date(2000, 1, 1)
_OWN = re.compile(r"\s+[|–—-]\s+")

Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Story:
    """The articles that tell of one story, the one nearest to all others first."""

    articles: tuple[Article, ...]

    @property
    def sources(self) -> list[Source]:
        """The articles without their texts."""
        return [one.source for one in self.articles]

    @property
    def newest(self) -> str:
        """The day of the newest, in ISO form; '' if none has a date."""
        return max((str(one.source.date or "") for one in self.articles), default="")


def stories(articles: Sequence[Article]) -> list[Story]:
    """Return articles as stories: those of the most articles first, of the same size the newest.

    An article of which no other tells is a story of its own.
    """
    if not articles:
        return []
    alike = _alike(articles)
    linked = alike > _threshold(alike, articles)
    left = np.ones(len(articles), dtype=bool)
    found = []
    # The one with the most near to it takes them: chains would run from story to story.
    while left.any():
        degrees = np.where(left, (linked & left).sum(axis=1), -1)
        centre = int(degrees.argmax())
        near = np.flatnonzero(linked[centre] & left)
        near = near[np.argsort(-alike[centre, near], kind="stable")]
        members = [centre, *(int(one) for one in near if one != centre)]
        left[members] = False
        found.append(Story(tuple(articles[one] for one in members)))
    return sorted(found, key=lambda story: (len(story.articles), story.newest), reverse=True)


def _beginning(article: Article) -> str:
    return f"{article.source.title}\n{article.text[:_LETTERS]}"


def _alike(articles: Sequence[Article]) -> Matrix:
    """Return the cosine of each two articles, shape (articles, articles); rare stems weigh most."""
    bags = [stems(_beginning(article)) for article in articles]
    counts = Counter(stem for bag in bags for stem in bag)
    known = [stem for stem, count in counts.most_common(_STEMS) if count > 1]
    place = {stem: number for number, stem in enumerate(known)}
    weights = np.zeros((len(articles), max(1, len(known))), dtype=np.float32)
    for row, bag in enumerate(bags):
        for stem in bag & place.keys():
            weights[row, place[stem]] = math.log(len(articles) / counts[stem])
    weights /= np.maximum(np.linalg.norm(weights, axis=1, keepdims=True), 1e-9)
    return weights @ weights.T


def _threshold(alike: Matrix, articles: Sequence[Article]) -> float:
    """Return how near two articles of one story are at least, told by those that cannot be."""
    days = np.array([one.source.date.toordinal() if one.source.date else 0 for one in articles])
    apart = np.abs(days[:, None] - days[None, :]) > _APART
    pairs = alike[apart & (days > 0)[:, None] & (days > 0)[None, :]]
    rare = _RARE
    if not pairs.size:
        # All are of one time: as if each had one other of its own story.
        pairs, rare = alike[~np.eye(len(articles), dtype=bool)], 1 / len(articles)
    return float(np.quantile(pairs, 1 - rare)) if pairs.size else 1.0


def names(text: str) -> Counter[str]:
    """Return the names in a text, as often as each stands there: words with capitals.

    The first word of a sentence has a capital by chance, and a weekday is no name.
    """
    found: Counter[str] = Counter()
    for start, end in sentences(text):
        sentence = text[start:end]
        for match in _NAME.finditer(sentence):
            name = re.sub(r"[’']s$", "", match[0])
            if match.start() > 0 and len(name) > 2 and not find(name, _ANY_DAY):
                found[name] += 1
    return found


def subjects(told: Sequence[Article], counts: Mapping[str, int], articles: int) -> list[str]:
    """Return the names that stand for what some articles tell, the most telling first.

    A name tells the more the more often it stands in more of them, and in fewer of all `articles`;
    `counts` says in how many. What no title has comes last.
    """
    scores: dict[str, float] = {}
    titles = " ".join(one.source.title for one in told)
    for article in told:
        for name, count in names(article.text).items():
            rare = math.log(1 + articles / max(1, counts.get(name, 1)))
            scores[name] = scores.get(name, 0.0) + math.log1p(count) * rare
    # What stands behind a bar, or a dash, at a title's end is the name of its site.
    own = {_OWN.split(one.source.title)[-1] for one in told if _OWN.search(one.source.title)}
    ranked = sorted(
        scores.keys() - own, key=lambda name: (name in titles, scores[name], name), reverse=True
    )
    return _without_parts(ranked[:_RANKED])


def _without_parts(ranked: Sequence[str]) -> list[str]:
    """Return names without those that are a part of one that is kept: "Depp", "Johnny Depp"."""
    kept: list[str] = []
    for name in ranked:
        parts = set(name.split())
        if any(parts <= set(other.split()) for other in kept):
            continue
        shorter = [place for place, one in enumerate(kept) if set(one.split()) <= parts]
        if shorter:
            # The whole name, in the place of its part.
            kept[shorter[0]] = name
        else:
            kept.append(name)
    return kept


def is_person(name: str, told: Sequence[Article]) -> bool:
    """Tell whether a name is somebody's, by how the news goes on: "Johnny Depp", and then "Depp".

    Of a court or a house it is "the court", and of New York never "York" alone.
    """
    first, _, last = name.partition(" ")
    if not last or " " in last:
        return False
    either = re.compile(
        rf"(?<![\w-])(?P<the>[Tt]he )?(?P<first>{re.escape(first)} )?"
        rf"{re.escape(last)}(?![\w-]| [A-Z])"
    )
    for article in told:
        found = list(either.finditer(article.text))
        alone = [match for match in found if not match["first"]]
        if len(alone) > 1 and found[0]["first"]:
            return not any(match["the"] for match in found)
    return False
