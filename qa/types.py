"""The values that travel between the stages: frozen, and free of any library's types."""

import dataclasses
import datetime
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Outcome = Literal["answered", "refused"]
Role = Literal["user", "assistant"]
# The form of answer that a question wants. "talk" is not about the news: a greeting, or a question
# about the program or its archive; "count" wants dated values in order, "who" what somebody or
# something is.
QuestionKind = Literal["fact", "yesno", "list", "count", "compare", "overview", "who", "talk"]
# How far the reader doubts an answer that it gives all the same.
Doubt = Literal["none", "some", "much"]
# A few words of a quote; a quote as it is; a sentence that a chat model wrote; fixed words of the
# program; why there is no answer.
Kind = Literal["words", "sentence", "written", "phrase", "refusal"]


def day(date: datetime.date) -> str:
    """Return a date as people write it: 31 March 2017."""
    return f"{date.day} {date:%B %Y}"


@dataclass(frozen=True, slots=True)
class Source:
    """An article without its text.

    `id` is the article's url, or its path relative to the folder that was ingested.
    `url` is kept byte for byte. `date` is the day of publication, or None if unknown.
    """

    id: str
    title: str
    date: datetime.date | None = None
    place: str = ""
    url: str = ""
    authors: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The title and the date, as people are shown them."""
        return f"{self.title} ({day(self.date)})" if self.date else self.title


@dataclass(frozen=True, slots=True)
class Article:
    """A source and its canonical text: every offset anywhere counts its code points."""

    source: Source
    text: str

    @property
    def id(self) -> str:
        """The id of the source."""
        return self.source.id


def text_hash(text: str) -> str:
    """Return the SHA-256 of a text, in hex: tells whether an article has changed."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of an article: `article.text[start:end] == text`, always."""

    id: str
    article_id: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class DateExpression:
    """A date, a duration or a repetition, by offsets into the text that it was found in.

    `value` is a TIMEX3 value: 2017-03-30, 2017-W13, 2017-03, 1998-FA, 199X, P3D, PRESENT_REF.
    `uncertain` marks one that could as well be read otherwise.
    """

    start: int
    end: int
    text: str
    value: str
    uncertain: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that retrieval found. `rank` counts from 1; a higher `score` is better.

    Scores compare within one list only: each stage that orders hits has its own scale.
    `similarity` is the cosine of the question's and the passage's vectors, if it is known.
    `also_in` are other articles in which nearly the same passage stands.
    """

    passage: Passage
    article: Source
    score: float
    rank: int
    similarity: float | None = None
    also_in: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Filters:
    """Which articles may be searched: hard limits, all of which must hold.

    `since` and `until` are the first and the last day of publication. `as_of` asks the
    archive as it stood on that day. `sources` are hosts of urls: "cnn.com" takes in
    "edition.cnn.com". An article without a date, or without a url, does not pass a limit on it.
    """

    since: datetime.date | None = None
    until: datetime.date | None = None
    sources: tuple[str, ...] = ()
    as_of: datetime.date | None = None

    def __bool__(self) -> bool:
        return self != Filters()

    @property
    def last(self) -> datetime.date | None:
        """The last day that passes."""
        return min((day for day in (self.until, self.as_of) if day), default=None)

    def starting(self, day: datetime.date) -> "Filters":
        """Return these limits, and that articles be of a day or later."""
        return dataclasses.replace(self, since=max(day, self.since or day))


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a conversation.

    `said` is the text without the notes and markers of an answer, '' for a refusal; None where
    nobody has told them apart.
    """

    role: Role
    text: str
    said: str | None = None


@dataclass(frozen=True, slots=True)
class Timing:
    """When a sentence was written, and of when it tells.

    `days` are the first and the last day that the answer in it names, if it names any, and `named`
    is how these are told: "27–28 April 2017", "perhaps May 2017". `due` is the first day on which
    what it says can have happened, if that was still to come.
    """

    written: datetime.date | None = None
    days: tuple[datetime.date, datetime.date] | None = None
    due: datetime.date | None = None
    named: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of an article, by offsets into its text, with the words that were read there."""

    article_id: str
    start: int
    end: int
    quote: str
    timing: Timing = Timing()

    @property
    def place(self) -> tuple[str, int]:
        """Where it begins: two spans of one place quote one sentence."""
        return self.article_id, self.start


@dataclass(frozen=True, slots=True)
class Claim:
    """What a drafted answer says, and the spans that it rests on.

    `lead` is what people are told before it: "Reported on 31 March 2017". Only a "phrase", which
    says nothing of the news, rests on nothing.
    """

    text: str
    spans: tuple[Span, ...]
    lead: str = ""
    kind: Kind = "words"


@dataclass(frozen=True, slots=True)
class Draft:
    """What a reader makes of the hits, before its spans are checked.

    `claims` is empty where the reader found no answer it would stand by. `short` is the
    bare answer. `confidence` lies in 0..1, and is filled for refusals too. `hits` are those
    that were read, in the reader's own order; empty if it has none. `others` are further places
    that may answer, each a claim with one span, best first; they are not shown as they are.
    `doubt` says how far the reader doubts its answer.
    """

    claims: tuple[Claim, ...] = ()
    short: str = ""
    confidence: float = 0.0
    hits: tuple[Hit, ...] = ()
    others: tuple[Claim, ...] = ()
    doubt: Doubt = "none"

    @property
    def places(self) -> frozenset[tuple[str, int]]:
        """The places of what the claims rest on."""
        return frozenset(span.place for claim in self.claims for span in claim.spans)


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quote, `article.text[start:end] == quote`, and all that a page needs to show it.

    `marker` is the number that stands in the answer's text as `[1]`. `text_hash` is the
    SHA-256 of the article's text when it was quoted, so that a page can say when the
    article has changed since. `dates` are those in the quote, by offsets into the quote,
    resolved against the article's date. `due` is the first day on which it can have happened, if
    it was still to come when it was written.
    """

    marker: int
    article: Source
    start: int
    end: int
    quote: str
    text_hash: str
    dates: tuple[DateExpression, ...] = ()
    due: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """A dated sentence: it happened, or was to, from the day `first` to the day `last`.

    `date` is the date that says so, one of those of the citation. `also_in` are other articles
    that tell of it in like words.
    """

    first: datetime.date
    last: datetime.date
    date: DateExpression
    citation: Citation
    also_in: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Writing:
    """What a chat model wrote for an answer, and what became of it.

    Of `sentences` that it wrote at first, `retried` did not pass the check and were asked for once
    more; `dropped` did not pass then either, or were not written again. `reader_stood_in` says that
    the answer is the reader's, `unreachable` that the model could not be reached to its end. Tokens
    are as its provider counts them, 0 if it does not.
    """

    model: str
    sentences: int = 0
    retried: int = 0
    dropped: int = 0
    reader_stood_in: bool = False
    unreachable: bool = False
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Statement:
    """One paragraph of an answer: what is said, and the citations it rests on.

    `note` is what stands beside the text, and `lead` what stands before it. `markers` are the
    numbers of the citations.
    """

    text: str
    kind: Kind = "words"
    note: str = ""
    markers: tuple[int, ...] = ()
    lead: str = ""

    def __str__(self) -> str:
        """Return the paragraph as people read it: Thursday (30 March 2017) [1]."""
        marks = "".join(f"[{marker}]" for marker in self.markers)
        return f"{self.worded} {marks}" if marks else self.worded

    @property
    def worded(self) -> str:
        """The text with what stands beside and before: Reported on 31 March 2017: “…”."""
        said = f"“{self.noted}”" if self.kind == "sentence" else self.noted
        return f"{self.lead}: {said}" if self.lead else said

    @property
    def noted(self) -> str:
        """The text with the note beside it: Thursday (30 March 2017)."""
        return f"{self.text} ({self.note})" if self.note else self.text


@dataclass(frozen=True, slots=True)
class Answer:
    """What the assistant says to a question, and what it rests on.

    `statements` are its paragraphs, and `text` is all of them as people read them. `short` is the
    bare answer for scoring: empty on a refusal, the likeliest where reports differ. `confidence` in
    0..1 is how likely it is that the reader's best answer is right; `doubt` says in three steps
    how far an answer that is given may be wrong. `kind` is the form of answer that the question
    wants; to "talk" the program answers of itself, without citations. `hits` stand in final order,
    at least 10 where the library holds as many that are no copies of each other, on refusals too.
    `stages` maps each stage to the seconds it took.

    `searched` is the question as it was searched, where that differs: in the archive's spelling, or
    reworded by a chat model to stand alone. With a chat model, `writing` says what it wrote, and
    `invalid_markers` counts quotes that were not where it said. `note` is what people are told
    beside the answer: that it may be wrong, or that the reader's stands in for the model's.
    """

    question: str
    text: str
    short: str
    outcome: Outcome
    confidence: float
    citations: tuple[Citation, ...] = ()
    hits: tuple[Hit, ...] = ()
    stages: Mapping[str, float] = field(default_factory=dict)
    searched: str = ""
    note: str = ""
    invalid_markers: int = 0
    writing: Writing | None = None
    statements: tuple[Statement, ...] = ()
    doubt: Doubt = "none"
    kind: QuestionKind = "fact"

    @property
    def said(self) -> str:
        """What was said of the news, without notes and markers; '' for a refusal."""
        told = [one.text for one in self.statements if one.kind != "phrase"]
        return " ".join(told) if self.outcome == "answered" else ""

    @property
    def told_whole(self) -> frozenset[str]:
        """The quotes that are paragraphs themselves: read already."""
        return frozenset(one.text for one in self.statements if one.kind == "sentence")

    @property
    def turn(self) -> Turn:
        """The answer as a turn of a conversation, for the questions that follow."""
        return Turn("assistant", self.text if self.outcome == "answered" else "", self.said)

    def to_json(self) -> str:
        """Return every field as JSON, under the same names, dates in ISO form."""
        return to_json(self)


def to_json(value: Any) -> str:
    """Return a value of this module, or several, as JSON: each field by its name, dates in ISO."""
    return json.dumps(_plain(value), ensure_ascii=False, indent=2)


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value
