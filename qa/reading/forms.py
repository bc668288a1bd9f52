"""The form of answer that a question wants, and what fills the forms of several sentences."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

from qa.models.calibration import Selection
from qa.models.embedder import Embedder
from qa.models.loading import (
    load_embedder,
    load_question_kinds,
    load_selection,
    load_small_reader,
)
from qa.models.question_kinds import QuestionKinds
from qa.models.span_model import SpanModel
from qa.reading import layout
from qa.reading.overview import Chosen, chosen
from qa.reading.telling import told
from qa.search.question import Asked
from qa.settings import Settings
from qa.types import Claim, Draft, Hit, QuestionKind, Span

# Hits in which the sentences of an answer are looked for, and sentences that it has at most: what
# more there is, is not read.
BROAD_HITS = 24
MOST = 8
BROAD: frozenset[QuestionKind] = frozenset(("overview", "who", "compare", "list", "count"))
# Kinds to which several sentences are told; below yes or no so many.
TELLING = BROAD | {"yesno"}
_BELOW = 4


@dataclass(frozen=True, slots=True)
class Forms:
    """What tells the kinds of questions, and which sentences tell of a subject."""

    kinds: QuestionKinds
    selection: Selection
    embedder: Embedder
    reader: SpanModel

    @classmethod
    def load(cls, settings: Settings) -> Self:
        """Load all. Raises `ModelError` if one is missing, damaged or another version's."""
        return cls(
            load_question_kinds(settings),
            load_selection(),
            load_embedder(settings),
            load_small_reader(settings),
        )

    def answer(
        self, kind: QuestionKind, asked: Asked, hits: tuple[Hit, ...], read: Callable[[], Draft]
    ) -> tuple[Draft, tuple[Claim, ...]]:
        """Return the answer to a question of one of the kinds in `TELLING`, and what stands below.

        `read` returns what the reader finds. Of an overview, or where it doubts what it compares,
        that counts only if the archive does not know the subject: a whole sentence of it.
        """
        best = self._chosen(kind, asked, hits)
        if kind == "overview":
            return (self._told(kind, asked, best, hits) if best else _in_sentences(read())), ()
        found = read()
        if not best or (kind == "yesno" and not found.claims):
            return found, ()
        if kind == "yesno":
            return found, layout.in_time(best.sentences[:_BELOW])
        claims = self._told(kind, asked, best, hits).claims
        if not found.claims or (kind == "compare" and found.doubt != "none"):
            short = best.sentences[0].text
            return replace(found, claims=claims, short=short, doubt="none"), ()
        return found, claims

    def _chosen(self, kind: QuestionKind, asked: Asked, hits: tuple[Hit, ...]) -> Chosen | None:
        """Return the sentences that tell most, if the archive knows what is asked about."""
        read = told(asked, hits, self.embedder, self.reader)
        best = chosen(read, self.selection, MOST, figures=kind == "count")
        if best and best.confidence(self.selection) >= self.selection.threshold:
            return best
        return None

    def _told(self, kind: QuestionKind, asked: Asked, best: Chosen, hits: tuple[Hit, ...]) -> Draft:
        sentences = best.sentences
        claims = {
            "overview": lambda: layout.newest_first(sentences),
            "who": lambda: layout.in_time(sentences),
            "compare": lambda: layout.side_by_side(asked, sentences, self.selection.common),
            "list": lambda: layout.items(sentences),
            "count": lambda: layout.values(sentences),
        }[kind]()
        return Draft(claims, sentences[0].text, best.confidence(self.selection), hits)


def joined(answer: Draft, below: tuple[Claim, ...]) -> Draft:
    """Return an answer, and under it what it lacks of some claims: `MOST` quotes, at most."""
    known = {_place(span) for claim in answer.claims for span in claim.spans}
    room = max(0, MOST - len(known))
    more: list[Claim] = []
    for claim in below:
        if not claim.spans:
            more.append(claim)
        elif _place(claim.spans[0]) not in known and room:
            more.append(claim)
            room -= 1
    said = any(claim.spans for claim in more)
    return replace(answer, claims=(*answer.claims, *more)) if said else answer


def _place(span: Span) -> tuple[str, int]:
    return span.article_id, span.start


def _in_sentences(found: Draft) -> Draft:
    """Return an answer in whole sentences; a refusal if the reader doubts it."""
    if found.doubt != "none":
        return replace(found, claims=())
    claims = (
        replace(claim, text=claim.spans[0].quote, kind="sentence") if claim.spans else claim
        for claim in found.claims
    )
    return replace(found, claims=tuple(claims))
