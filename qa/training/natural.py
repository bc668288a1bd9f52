"""Questions on the news of 2022, with the passages that are found for them → training examples.

There are natural ones, which people type in words unlike the article's, and those of RealTime QA's
quizzes (Kasai et al. 2023). What is asked about an article of every fifth week, or in it, is kept
back to choose by: few events are in the news for weeks.
"""

import datetime
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from qa.search.question import lists_choices
from qa.text.answers import holds, normalise
from qa.text.sentences import Offsets
from qa.text.vocabulary import MONTHS, WEEKDAYS
from qa.text.words import stems
from qa.training.examples import Example
from qa.training.news import rows
from qa.types import Article, Passage, Source

# Which one of five weeks is kept back.
KEPT_BACK = 2
_WEEKS = 5
# Characters of a stretch from a list's first item to its last, at most.
_LIST = 300
# How often a passage that answers stands among the examples: each time in another form, perhaps.
FORMS = 2
# Of questions with an answer, the share that is also asked with a false premise.
FALSE_PREMISES = 0.3
_NAME = re.compile(r"(?<=[\w,] )[A-Z][\w.’'-]*\w(?: [A-Z][\w.’'-]*\w)*")
_NO_NAMES = frozenset((*MONTHS, *WEEKDAYS, "I'm", "I'd", "I've", "US", "UK"))
# A passage that shares so many of the quote's words may tell the same.
_ALIKE = 0.5


@dataclass(frozen=True, slots=True)
class TrainingQuestion:
    """A question, and what is known of its answer.

    `kind` is what it asks for, one of `KINDS`, "unanswerable", or '' for a quiz's. `answers` are
    alternatives, but for a list, whose items they are. `quote` gives the answer, in the first of
    `urls`; a quiz's question has none. `held` tells whether the archive answers.
    """

    id: str
    text: str
    date: datetime.date
    kind: str
    style: str
    answers: tuple[str, ...]
    quote: str
    urls: tuple[str, ...]
    held: bool
    kept_back: bool

    def answered_by(self, texts: Mapping[str, str]) -> bool | None:
        """Tell whether the archive answers; None if a quiz's answer is in none of its articles.

        `texts` are the articles' normalised texts, by url.
        """
        if self.quote or not self.held:
            return self.held
        [key] = map(normalise, self.answers)
        return True if key and any(key in texts.get(url, "") for url in self.urls) else None


def natural(path: Path, weeks: Mapping[str, int]) -> Iterator[TrainingQuestion]:
    """Yield the natural questions of a file; `weeks` has that of each article."""
    for row in rows(path):
        kind, style = row["tags"][:2]
        yield TrainingQuestion(
            row["id"],
            row["question"],
            datetime.date.fromisoformat(row["date"]),
            kind,
            style,
            tuple(row.get("answers") or ()),
            row.get("quote") or "",
            tuple(row["urls"]),
            not row.get("unanswerable", False),
            kept_back(weeks.get(row["urls"][0], KEPT_BACK)),
        )


def quiz(path: Path, weeks: Mapping[str, int]) -> Iterator[TrainingQuestion]:
    """Yield the quizzes' questions of a file that do not refer to choices nobody sees."""
    week_of = _weeks([row["date"] for row in rows(path)])
    for row in rows(path):
        if not lists_choices(row["question"]):
            back = kept_back(week_of[row["date"]])
            # Those of another week may be kept back.
            urls = [url for url in row["urls"] if back or not kept_back(weeks[url])]
            yield TrainingQuestion(
                row["id"],
                row["question"],
                datetime.date.fromisoformat(row["date"]),
                "",
                "quiz",
                (row["answer"],),
                "",
                tuple(urls),
                True,
                back,
            )


def weeks(path: Path) -> dict[str, int]:
    """Return the week of each article: that of the first quiz for which it was found."""
    found: dict[str, int] = {}
    week_of = _weeks([row["date"] for row in rows(path)])
    for row in sorted(rows(path), key=lambda row: str(row["date"])):
        for url in row["urls"]:
            found.setdefault(url, week_of[row["date"]])
    return found


def _weeks(days: Sequence[str]) -> dict[str, int]:
    first = datetime.date.fromisoformat(min(days))
    return {day: (datetime.date.fromisoformat(day) - first).days // 7 for day in days}


def kept_back(week: int) -> bool:
    """Tell whether what is of a week is kept back: no network learns from it."""
    return week % _WEEKS == KEPT_BACK


def answer_spans(question: TrainingQuestion, passage: Passage, text: str) -> tuple[Offsets, ...]:
    """Tell where a question's answer stands in a passage of its article, whose text is given.

    It is looked for in the quote; a quiz's has none, so that each place counts. For yes or no it is
    the quote itself, for a list the stretch that has all the items.
    """
    first = text.find(question.quote) if question.quote else passage.start
    last = first + len(question.quote) if question.quote else passage.end
    if first < 0:
        return ()
    left, right = max(first, passage.start), min(last, passage.end)
    if left >= right:
        return ()
    inside = text[left:right]
    shift = left - passage.start
    if question.kind == "yesno":
        whole = right - left > (last - first) / 2
        return ((shift, shift + len(inside)),) if whole else ()
    found = [
        (at, at + len(answer))
        for answer in question.answers
        if answer.strip() and (at := inside.find(answer)) >= 0
    ]
    if question.kind == "list":
        start, end = min(f[0] for f in found) if found else 0, max((f[1] for f in found), default=0)
        found = [(start, end)] if 0 < end - start <= _LIST else found[:1]
    elif found:
        one = found[0]
        found = [span for span in found if span[0] < one[1] and one[0] < span[1]]
    return tuple(dict.fromkeys((start + shift, end + shift) for start, end in found))


def misses(question: TrainingQuestion, passage: Passage) -> bool:
    """Tell whether a passage surely does not answer: it has no answer's words, nor the quote's."""
    if holds(passage.text, question.answers):
        return False
    said = stems(question.quote)
    return not said or len(said & stems(passage.text)) < _ALIKE * len(said)


def names(text: str) -> list[str]:
    """Return the names in a question, but for a first word, which has a capital anyway."""
    return [name for name in _NAME.findall(text) if name not in _NO_NAMES]


def with_false_premise(
    text: str, others: Sequence[str], passage: str, chosen: random.Random
) -> str | None:
    """Return a question with one name, month or figure exchanged for another; None if it has none.

    `others` are names to take. None stands in the passage: it does not answer such a question.
    """
    kinds: list[tuple[list[str], Sequence[str]]] = [
        (names(text), others),
        ([word for word in re.findall(r"\b[A-Z][a-z]+\b", text) if word in MONTHS], list(MONTHS)),
        (re.findall(r"\b20[12]\d\b", text), [str(year) for year in range(2012, 2025)]),
        (re.findall(r"\b\d{1,3}\b", text), [str(number) for number in range(2, 200)]),
    ]
    usable = [(found, among) for found, among in kinds if found]
    if not usable:
        return None
    found, among = chosen.choice(usable)
    old = chosen.choice(found)
    for _ in range(20):
        new = chosen.choice(among)
        if new != old and not holds(passage, [new]) and not holds(text, [new]):
            return re.sub(rf"\b{re.escape(old)}\b", new, text, count=1)
    return None


Found = Sequence[tuple[Passage, Source]]


def examples(
    question: TrainingQuestion,
    found: Found,
    own: Mapping[str, tuple[Article, Found]],
    chosen: random.Random,
    negatives: int,
    others: Sequence[str] = (),
) -> Iterator[Example]:
    """Yield the passages that answer a question, and at most so many that were found and do not.

    Some of the former also come with a false premise: another name, of `others`, or figure.

    `found` are the passages found, best first; `own` are the question's articles with all of
    theirs, by url. The nearer a passage, the likelier it is taken.
    """
    kind = question.kind if question.held else ""
    if question.held:
        for example in _answering(question, found, own, kind):
            yield from [example] * FORMS
            if others and chosen.random() < FALSE_PREMISES:
                seen = f"{example.heading} {example.passage}"
                if false := with_false_premise(question.text, others, seen, chosen):
                    yield replace(example, question=false, spans=())
    wrong = [
        (passage, source)
        for passage, source in found
        if not question.held or misses(question, passage)
    ]
    for _ in range(min(negatives, len(wrong))):
        at = min(chosen.randrange(len(wrong)), chosen.randrange(len(wrong)))
        passage, source = wrong.pop(at)
        yield Example(question.text, passage.text, (), source.label, kind)


def _answering(
    question: TrainingQuestion, found: Found, own: Mapping[str, tuple[Article, Found]], kind: str
) -> Iterator[Example]:
    given = (
        [pair for url in question.urls[:1] for pair in (own[url][1] if url in own else ())]
        if question.quote
        else [(passage, source) for passage, source in found if passage.article_id in own][:12]
    )
    most = 1 if question.quote else 2
    for passage, source in given:
        spans = answer_spans(question, passage, own[passage.article_id][0].text)
        if spans and most:
            most -= 1
            yield Example(question.text, passage.text, spans, source.label, kind)
