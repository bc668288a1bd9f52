"""The form of answer that a question wants, and the sentences that fill the longer forms."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Self

from qa.models.calibration import Selection
from qa.models.embedder import Embedder
from qa.models.loading import load_embedder, load_question_kinds, load_small_reader
from qa.models.question_kinds import QuestionKinds
from qa.models.shipped import load_selection
from qa.models.span_model import SpanModel
from qa.reading import layout
from qa.reading.overview import Chosen, chosen
from qa.reading.sides import sides
from qa.reading.telling import Sentence, naming, share, subject, told
from qa.search.question import Asked
from qa.settings import Settings
from qa.text.words import content_words, stems
from qa.types import Claim, Draft, Hit, QuestionKind

# How many hits are searched for the sentences of an answer, and how many sentences an answer has at
# most: people read no more.
BROAD_HITS = 24
MOST = 8
BROAD: frozenset[QuestionKind] = frozenset(("overview", "who", "compare", "list", "count"))
# Kinds that are answered with several sentences; yes or no has at most `_BELOW` beneath it.
TELLING = BROAD | {"yesno"}
_BELOW = 4
# What is near in meaning alone is often of another subject: a sentence of the newest articles, or a
# passage on somebody, counts if it has this share of the subject's words, with its title. So many
# sentences on what is new make an overview.
_NAMED, _NEW = 0.5, 3


@dataclass(frozen=True, slots=True)
class Forms:
    """The models that tell a question's kind, and choose the sentences on a subject.

    `hits` is how many hits are searched for the sentences of an answer.
    """

    kinds: QuestionKinds
    selection: Selection
    embedder: Embedder
    reader: SpanModel
    hits: int = BROAD_HITS

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
        """Return the answer to a question of a kind in `TELLING`, and the claims that stand below.

        `read` returns the reader's draft. For an overview, and for a comparison that the reader
        doubts, that draft counts only if the archive does not know the subject.
        """
        best = self._chosen(kind, asked, hits)
        if kind == "overview":
            return (self._told(kind, asked, best, hits) if best else _in_sentences(read())), ()
        found = read()
        if not best or (kind == "yesno" and not found.claims):
            return found, ()
        if not found.claims or (kind == "compare" and found.doubt != "none"):
            told = self._told(kind, asked, best, hits)
            # The archive knows the subject, but the reader found none of its items or figures.
            unsure = kind in ("list", "count") and told.doubt == "none"
            doubt = "some" if unsure else told.doubt
            return replace(told, confidence=found.confidence, others=found.others, doubt=doubt), ()
        besides = _besides(found, best.sentences)
        return found, self._claims(kind, asked, besides, best.read, found.claims)

    def newest(self, asked: Asked, hits: tuple[Hit, ...], known: Draft) -> Draft:
        """Return an overview of the newest articles on a subject that the archive knows.

        `known` is an overview of all of them, and is returned where the newest do not tell of it.
        """
        read = told(asked, hits, self.embedder, self.reader)
        wanted = subject(asked, self.selection.common)
        named = [
            place for place, one in enumerate(read.sentences) if share(wanted, one.words) >= _NAMED
        ]
        best = chosen(read.take(named), self.selection, MOST, figures=False)
        if not best or len(best.sentences) < _NEW:
            return known
        claims = layout.newest_first(best.sentences)
        return replace(known, claims=claims, short=best.sentences[0].text, hits=hits)

    def below(self, asked: Asked, hits: tuple[Hit, ...], answer: Draft) -> tuple[Claim, ...]:
        """Return the sentences that tell most of a subject besides an answer, in order of time."""
        best = self._chosen("overview", asked, hits)
        return layout.in_time(_besides(answer, best.sentences)) if best else ()

    def subject(self, asked: Asked) -> list[str]:
        """Return the words of a question that name its subject."""
        wanted = subject(asked, self.selection.common)
        return [word for word in content_words(asked.whole) if stems(word) <= wanted]

    def _chosen(self, kind: QuestionKind, asked: Asked, hits: tuple[Hit, ...]) -> Chosen | None:
        """Return the sentences that tell most of a subject; None if the archive does not know it.

        A subject also counts as known if sentences name it in full, or name either side of a
        comparison: a subject with a single article, or two sides together, would look unknown
        otherwise.
        """
        read = told(asked, hits, self.embedder, self.reader)
        named = sides(asked.whole, self.selection.common) if kind == "compare" else None
        groups = layout.on_either(named, read.sentences)
        wanted = subject(asked, self.selection.common)
        among = naming(wanted, read, _NAMED) if kind == "who" else None
        figures = kind == "count"
        best = chosen(read, self.selection, MOST, figures=figures, groups=groups, among=among)
        if not best:
            return None
        known = best.confidence(self.selection) >= self.selection.threshold
        if not known and kind == "compare":
            known = layout.names_either(named, best.read)
        elif not known:
            known = layout.names(wanted, best.read)
        return best if known else None

    def _told(self, kind: QuestionKind, asked: Asked, best: Chosen, hits: tuple[Hit, ...]) -> Draft:
        claims = self._claims(kind, asked, best.sentences, best.read)
        confidence = best.confidence(self.selection)
        doubt = self.selection.doubt(confidence)
        return Draft(claims, best.sentences[0].text, confidence, hits, doubt=doubt)

    def _claims(
        self,
        kind: QuestionKind,
        asked: Asked,
        sentences: Sequence[Sentence],
        read: Sequence[Sentence],
        above: Sequence[Claim] = (),
    ) -> tuple[Claim, ...]:
        """Return the chosen sentences as claims, in the form that the question wants.

        `above` are the claims that stand before them.
        """
        if not sentences:
            return ()
        if kind == "overview":
            return layout.newest_first(sentences)
        if kind == "compare":
            named = sides(asked.whole, self.selection.common)
            return layout.side_by_side(named, sentences, read)
        if kind == "list":
            return layout.items(sentences, above)
        if kind == "count":
            return layout.values(sentences)
        return layout.in_time(sentences[:_BELOW] if kind == "yesno" else sentences)


def _besides(answer: Draft, sentences: Sequence[Sentence]) -> list[Sentence]:
    """Return the sentences that an answer lacks, best first; with its own, at most `MOST`."""
    others = [one for one in sentences if (one.hit.article.id, one.start) not in answer.places]
    return others[: max(0, MOST - len(answer.places))]


def _in_sentences(found: Draft) -> Draft:
    """Return an answer in whole sentences; a refusal if the reader doubts it."""
    if found.doubt != "none":
        return replace(found, claims=())
    claims = (
        replace(claim, text=claim.spans[0].quote, spans=claim.spans[:1], kind="sentence")
        if claim.spans
        else claim
        for claim in found.claims
    )
    return replace(found, claims=tuple(claims))
