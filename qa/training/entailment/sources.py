"""Files of people's sentences and questions → lessons.

Which articles may be learned from is told by whoever calls: only what is on these is made.
"""

import datetime
import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from qa.checking.statements import hypothesis
from qa.models.embedder import Embedder
from qa.models.span_model import SpanModel, Text
from qa.reading.spans import MAX_TOKENS, candidates
from qa.text.sentences import Offsets
from qa.training import examples
from qa.training.entailment.falsify import false_versions, names
from qa.training.entailment.lessons import FALSE, FOLLOWS, NEITHER, OPPOSITE, Lesson
from qa.training.entailment.premises import nearest, offsets, quoted, whole_sentences
from qa.training.entailment.statements import declarative
from qa.training.examples import Example
from qa.training.natural import TrainingQuestion
from qa.training.news import rows
from qa.types import Article, Source

# Sentences, and questions for yes or no, that people wrote for this, with where their quotes stand.
WRITTEN = Path(__file__).parent / "sentences.jsonl"
QUESTIONS = Path(__file__).parent / "questions.jsonl"
_LABELS = {"follows": FOLLOWS, "opposite": OPPOSITE, "neither": NEITHER}
# Sentences of an article that stand for those which its summary rests on.
_NEAREST = 3
# How often a true sentence stands with another sentence of its article, which does not say it.
_ELSEWHERE = 0.2
# Characters of a passage, and of a quote in it, of reading comprehension, at most; an answer's, at
# least.
_LONGEST_PASSAGE, _LONGEST_QUOTE, _SHORTEST_ANSWER = 3000, 900, 2
# How often a wrong answer stands with the right one's quote, not with its own.
_SAME_QUOTE = 0.6
# Kinds of questions of which a wrong answer is not told by its shape.
_NO_RIVALS = ("list", "why_how")
# Changes that leave a figure a figure, a name a name, a date a date.
_SHAPES = ("name", "figure", "date")
# How often a right answer is one to learn from: there are more of them than of wrong ones.
_RIGHT = 0.7
# How often a question and its answer are put as one sentence, where a rule can.
_STATED = 0.6
# How often a sentence loses what stands between two commas: what is left still follows.
_CUT = 0.6
_ASIDE = re.compile(r", (?:who|which|where|a|an|the|\d+) ?[^,.;“”\"]{5,80},(?= [a-z])")


def articles(path: Path) -> dict[str, Article]:
    """Return the articles of a file by their urls."""
    return {row["url"]: _article(row) for row in rows(path)}


def _article(row: Mapping[str, Any]) -> Article:
    date = datetime.date.fromisoformat(row["date"]) if row["date"] else None
    return Article(Source(row["url"], row["title"] or "", date), row["text"])


def urls(part: str) -> frozenset[str]:
    """Return the articles on which the sentences, and the questions, of a part were written."""
    rows = [*_lines(WRITTEN), *_lines(QUESTIONS)]
    return frozenset(row["url"] for row in rows if row["part"] == part)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    return map(json.loads, path.read_text(encoding="utf-8").splitlines())


def written(known: Mapping[str, Article], part: str) -> Iterator[tuple[Lesson, Article]]:
    """Yield people's sentences, each with its article, of a part: "learn", "choose" or "report".

    Parts have no article in common. Sentences on articles that are not known are left out.
    """
    for row in _lines(WRITTEN):
        if row["part"] == part and row["url"] in known:
            article = known[row["url"]]
            read = quoted(article, [tuple(place) for place in row["quotes"]])
            yield Lesson(row["sentence"], *read, _LABELS[row["label"]], row["kind"]), article


def settled(known: Mapping[str, Article], part: str) -> Iterator[Lesson]:
    """Yield people's questions for yes or no of a part, each with either answer.

    Of some, the quotes say neither.
    """
    for row in _lines(QUESTIONS):
        if row["part"] == part and row["url"] in known:
            read = quoted(known[row["url"]], [tuple(place) for place in row["quotes"]])
            for said in ("yes", "no"):
                follows = FOLLOWS if said == row["answer"] else OPPOSITE
                label = NEITHER if row["answer"] == "neither" else follows
                yield Lesson(hypothesis(row["question"], said), *read, label, "settled")


def asked(
    known: Mapping[str, Article], questions: Sequence[TrainingQuestion], seed: int
) -> Iterator[Lesson]:
    """Yield natural questions with their answers, and with wrong ones of the same article."""
    draw = random.Random(seed)
    for question in questions:
        article = known.get(question.urls[0])
        if not article or not question.held or not question.quote:
            continue
        start = article.text.find(question.quote)
        if start < 0:
            continue
        place = (start, start + len(question.quote))
        if question.kind == "yesno":
            yield from _yes_and_no(question, article, place, draw)
        else:
            yield from _right_and_wrong(question, article, place, draw)


def _yes_and_no(
    question: TrainingQuestion, article: Article, place: Offsets, draw: random.Random
) -> Iterator[Lesson]:
    for said in ("yes", "no"):
        label = FOLLOWS if said == question.answers[0] else OPPOSITE
        yield Lesson(
            hypothesis(question.text, said), *quoted(article, [place], draw), label, "yesno"
        )


def _right_and_wrong(
    question: TrainingQuestion, article: Article, place: Offsets, draw: random.Random
) -> Iterator[Lesson]:
    right = ", ".join(question.answers) if question.kind == "list" else question.answers[0]
    said = _said(question.text, right, draw)
    yield Lesson(said, *quoted(article, [place], draw), FOLLOWS, "asked")
    if question.kind in _NO_RIVALS:
        return
    wrong = _rival(right, article.text, question.quote, draw)
    if wrong:
        holding = (one for one in whole_sentences(article) if wrong in article.text[slice(*one)])
        other = next(holding, place)
        places = sorted({place, other}) if draw.random() < 0.5 else [other]
        said = _said(question.text, wrong, draw)
        yield Lesson(said, *quoted(article, places, draw), FALSE, "asked, wrong")


def _said(question: str, answer: str, draw: random.Random) -> str:
    statement = declarative(question, answer) if draw.random() < _STATED else ""
    return statement or hypothesis(question, answer)


def _rival(answer: str, text: str, quote: str, draw: random.Random) -> str:
    """Return words of a text that could be mistaken for an answer: a figure for a figure."""
    for changed in false_versions(
        f"It was {answer} then.", f"{quote} {quote} {text}", draw, _SHAPES
    ):
        return changed.sentence.removeprefix("It was ").removesuffix(" then.")
    return ""


def unanswered(
    known: Mapping[str, Article],
    questions: Sequence[TrainingQuestion],
    reader: SpanModel,
    embedder: Embedder,
    seed: int,
) -> Iterator[Lesson]:
    """Yield questions that their article does not answer, with what a reader finds all the same."""
    draw = random.Random(seed)
    put = [q for q in questions if not q.held and q.urls[0] in known]
    where = [known[q.urls[0]] for q in put]
    found = nearest(embedder, [q.text for q in put], where, 5)
    for question, article, places in zip(put, where, found, strict=True):
        passage = " ".join(article.text[start:end] for start, end in places)
        reading = reader.read(question.text, [Text(passage, "")])[0]
        spans = list(candidates(passage, reading, MAX_TOKENS))
        if spans:
            said = passage[slice(*spans[0].span)]
            inside = [place for place in places if said in article.text[slice(*place)]]
            kept = inside if draw.random() < 0.5 and inside else places[:_NEAREST]
            statement = _said(question.text, said, draw)
            yield Lesson(statement, *quoted(article, kept, draw), FALSE, "unanswered")


def told(
    known: Mapping[str, Article], embedder: Embedder, seed: int, count: int
) -> Iterator[Lesson]:
    """Yield titles with the sentences nearest to them: true, changed, and of another article."""
    draw = random.Random(seed)
    chosen = [s for s in known.values() if 30 < len(s.source.title) < 140 and len(s.text) > 1000]
    chosen = draw.sample(sorted(chosen, key=lambda s: s.id), min(count, len(chosen)))
    titles = [article.source.title.split(" | ")[0].split(" - ")[0] for article in chosen]
    for title, article, places in zip(
        titles, chosen, nearest(embedder, titles, chosen, _NEAREST), strict=True
    ):
        if title.endswith("?") or ":" in title:
            continue
        # With its title above, each would follow.
        bare = replace(article, source=replace(article.source, title=""))
        read = quoted(bare, places, draw)
        yield Lesson(title, *read, FOLLOWS, "title")
        for made in false_versions(title, article.text, draw):
            yield Lesson(made.sentence, *read, made.label, f"title, {made.kind}")
            break


def nuggets(
    path: Path, known: Mapping[str, Article], seed: int
) -> Iterator[tuple[Lesson, Article]]:
    """Yield facts that people wrote down with the sentences that they rest on."""
    draw = random.Random(seed)
    for row in _lines(path):
        for nugget in row.get("nuggets", ()):
            for one in nugget["support"][:1]:
                article = known.get(one["url"])
                start = article.text.find(one["quote"]) if article else -1
                if article and start >= 0:
                    place = (start, start + len(one["quote"]))
                    read = quoted(article, [place], draw)
                    yield Lesson(nugget["fact"], *read, FOLLOWS, "nugget"), article


def changed(
    lessons: Sequence[tuple[Lesson, Article]], seed: int, share: float = 1.0
) -> Iterator[Lesson]:
    """Yield true sentences in false versions, or with another quote, which does not say them."""
    draw = random.Random(seed)
    for lesson, article in lessons:
        if lesson.label == FOLLOWS and draw.random() < share:
            if draw.random() < _ELSEWHERE:
                others = [one for one in whole_sentences(article) if _far(article, one, lesson)]
                if others:
                    read = quoted(article, [draw.choice(others)], draw)
                    yield Lesson(lesson.sentence, *read, FALSE, "elsewhere")
                    continue
            for made in false_versions(lesson.sentence, f"{lesson.quotes} {article.text}", draw):
                yield replace(lesson, sentence=made.sentence, label=made.label, kind=made.kind)
                break


def _far(article: Article, place: tuple[int, int], lesson: Lesson) -> bool:
    """Tell whether a sentence of a article has few words in common with a lesson's."""
    words, wanted = (
        set(text.lower().split()) for text in (article.text[slice(*place)], lesson.sentence)
    )
    return article.text[place[0] : place[0] + 30] not in lesson.quotes and len(words & wanted) < 6


def copied(known: Mapping[str, Article], seed: int, count: int) -> Iterator[Lesson]:
    """Yield sentences of the news: as they are or cut, and in false versions, of their own quote.

    Sometimes the quote is the changed one; and other sentences stand around it.
    """
    draw = random.Random(seed)
    urls = draw.sample(sorted(known), min(count, len(known)))
    for url in urls:
        article = known[url]
        places = whole_sentences(article)
        if len(places) < 5:
            continue
        for at in draw.sample(range(1, len(places) - 1), min(2, len(places) - 2)):
            around = [places[at]]
            if draw.random() < 0.5:
                around = sorted({places[at], draw.choice(places)})
            sentence = article.text[slice(*places[at])]
            quotes, heading = quoted(article, around, draw)
            yield Lesson(_shorter(sentence, draw), quotes, heading, FOLLOWS, "copied")
            for made in list(false_versions(sentence, article.text, draw))[:2]:
                turned = sentence in quotes and made.kind not in ("added", "degree")
                if turned and draw.random() < 0.3:
                    against = quotes.replace(sentence, made.sentence)
                    yield Lesson(sentence, against, heading, made.label, f"turned, {made.kind}")
                else:
                    yield Lesson(made.sentence, quotes, heading, made.label, f"copied, {made.kind}")


def _shorter(sentence: str, draw: random.Random) -> str:
    """Return a sentence without what stands between two commas, or as it is."""
    return _ASIDE.sub("", sentence, count=1) if draw.random() < _CUT else sentence


def read(folder: Path, chosen: Mapping[str, float], seed: int) -> Iterator[Lesson]:
    """Yield reading-comprehension questions with right answers, and with wrong ones."""
    draw = random.Random(seed)
    shares = {name: chosen.get(name, 0.0) for name in examples.files(folder)}
    for example in examples.load([folder], 1.0, shares):
        if len(example.passage) <= _LONGEST_PASSAGE:
            make = _answered if example.spans else _unanswerable
            yield from make(example, draw)


def _answered(example: Example, draw: random.Random) -> Iterator[Lesson]:
    passage = example.passage
    answer = passage[slice(*example.spans[0])].strip()
    quote = _around(passage, example.spans[0], draw)
    if len(answer) < _SHORTEST_ANSWER or len(quote) > _LONGEST_QUOTE:
        return
    if draw.random() < _RIGHT:
        yield Lesson(_said(example.question, answer, draw), quote, "", FOLLOWS, "read")
    wrong = _rival(answer, passage, passage, draw)
    if wrong:
        both = [span for span in offsets(passage) if wrong in passage[slice(*span)]]
        words = quote if draw.random() < _SAME_QUOTE or not both else passage[slice(*both[0])]
        yield Lesson(_said(example.question, wrong, draw), words, "", FALSE, "read, wrong")


def _unanswerable(example: Example, draw: random.Random) -> Iterator[Lesson]:
    """Yield a name of the sentence that has most words of a question as its answer."""
    passage, wanted = example.passage, set(example.question.lower().split())
    best = max(
        offsets(passage),
        key=lambda span: len(wanted & set(passage[slice(*span)].lower().split())),
        default=None,
    )
    said = names(passage[slice(*best)]) if best else []
    if best and said:
        statement = _said(example.question, draw.choice(said), draw)
        quote = _around(passage, best, draw)
        yield Lesson(statement, quote, "", FALSE, "read, unanswerable")


def _around(passage: str, span: tuple[int, int], draw: random.Random) -> str:
    """Return the sentence that a span stands in, half of the time with the one before it."""
    places = offsets(passage)
    inside = [n for n, (start, end) in enumerate(places) if start < span[1] and span[0] < end]
    if not inside:
        return passage
    first = max(0, inside[0] - (draw.random() < 0.5))
    return passage[places[first][0] : places[inside[-1]][1]]


def corpus(path: Path, half: str) -> Iterator[Lesson]:
    """Yield the sentences that people wrote on the articles of `corpus/`, of one half."""
    for row in _lines(path):
        if row.get("half") == half:
            label = FOLLOWS if row["supported"] else FALSE
            yield Lesson(row["sentence"], " ".join(row["quotes"]), "", label, row["kind"])
