"""Files of people's sentences and questions → lessons.

Which articles may be learned from is told by whoever calls: only what is on these is made.
"""

import datetime
import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from qa.checking.statements import hypothesis
from qa.models.embedder import Embedder
from qa.models.span_model import SpanModel, Text
from qa.reading.spans import MAX_TOKENS, candidates
from qa.training import examples
from qa.training.entailment.falsify import false_versions, names
from qa.training.entailment.lessons import FALSE, FOLLOWS, NEITHER, OPPOSITE, Lesson, Story
from qa.training.entailment.premises import nearest, offsets, quoted, whole_sentences
from qa.training.entailment.statements import declarative
from qa.training.natural import TrainingQuestion
from qa.training.news import rows

# Sentences that people wrote for this, with where their quotes stand.
WRITTEN = Path(__file__).parent / "sentences.jsonl"
_LABELS = {"follows": FOLLOWS, "opposite": OPPOSITE, "neither": NEITHER}
# Sentences of an article that stand for those which its summary rests on.
_NEAREST = 3
# How often a true sentence stands with another sentence of its article, which does not say it.
_ELSEWHERE = 0.2
# How often a right answer is one to learn from: there are more of them than of wrong ones.
_RIGHT = 0.7
# How often a question and its answer are put as one sentence, where a rule can.
_STATED = 0.6
# How often a sentence loses what stands between two commas: what is left still follows.
_CUT = 0.6
_ASIDE = re.compile(r", (?:who|which|where|a|an|the|\d+) ?[^,.;“”\"]{5,80},(?= [a-z])")


def stories(path: Path) -> dict[str, Story]:
    """Return the articles of a file by their urls."""
    return {row["url"]: _story(row) for row in rows(path)}


def _story(row: Mapping[str, Any]) -> Story:
    date = datetime.date.fromisoformat(row["date"]) if row["date"] else None
    return Story(row["url"], row["title"] or "", date, row["text"])


def urls(part: str) -> frozenset[str]:
    """Return the articles on which the sentences of a part were written."""
    rows_of = map(json.loads, WRITTEN.read_text(encoding="utf-8").splitlines())
    return frozenset(row["url"] for row in rows_of if row["part"] == part)


def written(known: Mapping[str, Story], part: str) -> Iterator[tuple[Lesson, Story]]:
    """Yield people's sentences, each with its article, of a part: "learn", "choose" or "report".

    Parts have no article in common. Sentences on articles that are not known are left out.
    """
    for line in WRITTEN.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["part"] == part and row["url"] in known:
            story = known[row["url"]]
            quotes, heading = quoted(story, [tuple(place) for place in row["quotes"]])
            label = _LABELS[row["label"]]
            yield Lesson(row["sentence"], quotes, label, heading, row["kind"]), story


def asked(
    known: Mapping[str, Story], questions: Sequence[TrainingQuestion], seed: int
) -> Iterator[Lesson]:
    """Yield natural questions with their answers, and with wrong ones of the same article."""
    draw = random.Random(seed)
    for question in questions:
        story = known.get(question.urls[0])
        if not story or not question.held or not question.quote:
            continue
        start = story.text.find(question.quote)
        if start < 0:
            continue
        place = (start, start + len(question.quote))
        if question.kind == "yesno":
            right = question.answers[0]
            for said in ("yes", "no"):
                quotes, heading = quoted(story, [place], draw)
                label = FOLLOWS if said == right else OPPOSITE
                yield Lesson(hypothesis(question.text, said), quotes, label, heading, "yesno")
            continue
        joined = ", ".join(question.answers) if question.kind == "list" else question.answers[0]
        yield Lesson(
            _said(question.text, joined, draw), *_with_label(story, [place], FOLLOWS, draw), "asked"
        )
        if question.kind not in ("list", "why_how"):
            wrong = _rival(joined, story.text, question.quote, draw)
            if wrong:
                other = next(
                    (one for one in whole_sentences(story) if wrong in story.text[slice(*one)]),
                    place,
                )
                places = sorted({place, other}) if draw.random() < 0.5 else [other]
                yield Lesson(
                    _said(question.text, wrong, draw),
                    *_with_label(story, places, FALSE, draw),
                    "asked, wrong",
                )


def _with_label(
    story: Story, places: Sequence[tuple[int, int]], label: int, draw: random.Random
) -> tuple[str, int, str]:
    quotes, heading = quoted(story, places, draw)
    return quotes, label, heading


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


_SHAPES = ("name", "figure", "date")


def unanswered(
    known: Mapping[str, Story],
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
    for question, story, places in zip(put, where, found, strict=True):
        passage = " ".join(story.text[start:end] for start, end in places)
        reading = reader.read(question.text, [Text(passage, "")])[0]
        spans = list(candidates(passage, reading, MAX_TOKENS))
        if spans:
            said = passage[slice(*spans[0].span)]
            inside = [place for place in places if said in story.text[slice(*place)]]
            kept = inside if draw.random() < 0.5 and inside else places[:_NEAREST]
            yield Lesson(
                _said(question.text, said, draw),
                *_with_label(story, kept, FALSE, draw),
                "unanswered",
            )


def told(known: Mapping[str, Story], embedder: Embedder, seed: int, count: int) -> Iterator[Lesson]:
    """Yield titles with the sentences nearest to them: true, changed, and of another article."""
    draw = random.Random(seed)
    chosen = [s for s in known.values() if 30 < len(s.title) < 140 and len(s.text) > 1000]
    chosen = draw.sample(sorted(chosen, key=lambda s: s.url), min(count, len(chosen)))
    titles = [story.title.split(" | ")[0].split(" - ")[0] for story in chosen]
    for title, story, places in zip(
        titles, chosen, nearest(embedder, titles, chosen, _NEAREST), strict=True
    ):
        if title.endswith("?") or ":" in title:
            continue
        bare = Story(story.url, "", story.date, story.text)
        quotes, heading = quoted(bare, places, draw)
        yield Lesson(title, quotes, FOLLOWS, heading, "title")
        for changed in false_versions(title, story.text, draw):
            yield Lesson(changed.sentence, quotes, changed.label, heading, f"title, {changed.kind}")
            break


def nuggets(path: Path, known: Mapping[str, Story], seed: int) -> Iterator[tuple[Lesson, Story]]:
    """Yield facts that people wrote down with the sentences that they rest on."""
    draw = random.Random(seed)
    for line in path.read_text(encoding="utf-8").splitlines():
        for nugget in json.loads(line).get("nuggets", ()):
            for one in nugget["support"][:1]:
                story = known.get(one["url"])
                start = story.text.find(one["quote"]) if story else -1
                if story and start >= 0:
                    place = (start, start + len(one["quote"]))
                    lesson = Lesson(
                        nugget["fact"], *_with_label(story, [place], FOLLOWS, draw), "nugget"
                    )
                    yield lesson, story


def changed(
    lessons: Sequence[tuple[Lesson, Story]], seed: int, share: float = 1.0
) -> Iterator[Lesson]:
    """Yield true sentences in false versions, or with another quote, which does not say them."""
    draw = random.Random(seed)
    for lesson, story in lessons:
        if lesson.label == FOLLOWS and draw.random() < share:
            if draw.random() < _ELSEWHERE:
                others = [one for one in whole_sentences(story) if _far(story, one, lesson)]
                if others:
                    quotes, heading = quoted(story, [draw.choice(others)], draw)
                    yield Lesson(lesson.sentence, quotes, FALSE, heading, "elsewhere")
                    continue
            for made in false_versions(lesson.sentence, f"{lesson.quotes} {story.text}", draw):
                yield Lesson(made.sentence, lesson.quotes, made.label, lesson.heading, made.kind)
                break


def _far(story: Story, place: tuple[int, int], lesson: Lesson) -> bool:
    """Tell whether a sentence of a story has few words in common with a lesson's."""
    words, wanted = (
        set(text.lower().split()) for text in (story.text[slice(*place)], lesson.sentence)
    )
    return story.text[place[0] : place[0] + 30] not in lesson.quotes and len(words & wanted) < 6


def copied(known: Mapping[str, Story], seed: int, count: int) -> Iterator[Lesson]:
    """Yield sentences of the news: as they are or cut, and in false versions, of their own quote.

    Sometimes the quote is the changed one; and other sentences stand around it.
    """
    draw = random.Random(seed)
    urls = draw.sample(sorted(known), min(count, len(known)))
    for url in urls:
        story = known[url]
        places = whole_sentences(story)
        if len(places) < 5:
            continue
        for at in draw.sample(range(1, len(places) - 1), min(2, len(places) - 2)):
            around = [places[at]]
            if draw.random() < 0.5:
                around = sorted({places[at], draw.choice(places)})
            sentence = story.text[slice(*places[at])]
            quotes, heading = quoted(story, around, draw)
            yield Lesson(_shorter(sentence, draw), quotes, FOLLOWS, heading, "copied")
            for made in list(false_versions(sentence, story.text, draw))[:2]:
                turned = sentence in quotes and made.kind not in ("added", "degree")
                if turned and draw.random() < 0.3:
                    against = quotes.replace(sentence, made.sentence)
                    yield Lesson(sentence, against, made.label, heading, f"turned, {made.kind}")
                else:
                    yield Lesson(made.sentence, quotes, made.label, heading, f"copied, {made.kind}")


def _shorter(sentence: str, draw: random.Random) -> str:
    """Return a sentence without what stands between two commas, or as it is."""
    return _ASIDE.sub("", sentence, count=1) if draw.random() < _CUT else sentence


def read(folder: Path, chosen: Mapping[str, float], seed: int) -> Iterator[Lesson]:
    """Yield reading-comprehension questions with right answers, and with wrong ones."""
    draw = random.Random(seed)
    shares = {name: chosen.get(name, 0.0) for name in examples.files(folder)}
    for example in examples.load([folder], 1.0, shares):
        passage = example.passage
        if len(passage) > 3000:
            continue
        if example.spans:
            answer = passage[slice(*example.spans[0])].strip()
            quote = _around(passage, example.spans[0], draw)
            if len(answer) < 2 or len(quote) > 900:
                continue
            if draw.random() < _RIGHT:
                yield Lesson(_said(example.question, answer, draw), quote, FOLLOWS, "", "read")
            wrong = _rival(answer, passage, passage, draw)
            if wrong:
                both = [span for span in offsets(passage) if wrong in passage[slice(*span)]]
                words = quote if draw.random() < 0.6 or not both else passage[slice(*both[0])]
                yield Lesson(_said(example.question, wrong, draw), words, FALSE, "", "read, wrong")
        else:
            wanted = set(example.question.lower().split())
            best = max(
                offsets(passage),
                key=lambda span: len(wanted & set(passage[slice(*span)].lower().split())),
                default=None,
            )
            said = names(passage[slice(*best)]) if best else []
            if best and said:
                sentence = _said(example.question, draw.choice(said), draw)
                yield Lesson(
                    sentence, _around(passage, best, draw), FALSE, "", "read, unanswerable"
                )


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
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row.get("half") == half:
            label = FOLLOWS if row["supported"] else FALSE
            quotes = " ".join(row["quotes"])
            yield Lesson(row["sentence"], quotes, label, "", row["kind"])
