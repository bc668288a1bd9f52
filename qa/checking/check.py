"""A chat model's sentences + the passages handed to it → claims that rest on verbatim quotes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from qa.checking.judge import Checker
from qa.checking.premise import premise
from qa.checking.quotes import locate, whole
from qa.models.entailment_model import Pair
from qa.text.answers import holds
from qa.text.words import stems
from qa.types import Claim, Draft, Hit, Span

_START = r"(?:^|[.:;!?,(\[\"“*•-]\s*)(?:(?:please|now|so|kindly|you must) )?"
_MODEL = r"(?:(?:ai|language|chat) )+(?:models?|assistants?|systems?|bots?)\b|ai\b|chatbots?\b"
_ANY_MODEL = rf"(?:{_MODEL}|(?:models?|assistants?)\b)"
# Words that speak to a model, and can hardly be meant for readers of news. Narrow on purpose: a
# judge may tell jurors to disregard testimony. None of the 4,714 news articles of 2022, with which
# these patterns were written, matches.
_INSTRUCTS = re.compile(
    "|".join(
        (
            r"\b(?:ignore|disregard|forget|override) (?:(?:all|any|the|your|these|of) )*"
            r"(?:previous|prior|above|earlier|preceding) (?:\w+ ){0,2}"
            r"(?:instructions?|prompts?|rules|commands|directions)\b",
            rf"{_START}(?:ignore|disregard|forget) "
            r"(?:the above\b|everything (?:above|about the question)\b)",
            r"(?-i:\bSYSTEM):|\b(?:system|developer) (?:prompt|message|note):",
            r"\b(?:your|the) system prompt\b",
            rf"\b(?:note|message) to (?:(?:the|any|all) )?{_ANY_MODEL}[^.:;!?]{{0,40}}:",
            rf"{_START}dear {_ANY_MODEL}\s*[,:]",
            rf"{_START}to (?:the|any|all) (?:{_MODEL})[^.:;!?]{{0,40}}:",
            rf"\bas an? (?:{_MODEL}),? you\b",
            rf"\bif you are an? (?:{_MODEL}),",
            rf"\bpretend to be an? (?:{_MODEL})",
            r"\b(?:assistant|chatbot)s? (?:must|should|shall) tell readers\b",
            r"\bif you summari[sz]e this\b[^.:;!?]{0,20}\b(?:write|say|answer|add)\b",
            rf"{_START}(?:output|reply|respond|answer|say) (?:only|exactly)\b",
            rf"{_START}(?:reply|respond) with (?:the|this|a) (?:link|word|sentence|text)\b",
            r"\b(?:cite|use|mark)\b.{0,20}\[\d+\]",
            r"</?(?:system|passage|instructions?|assistant|user)\b|\[/?INST\]|<\|",
        )
    ),
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as a model wrote it: its words, and (number, copied words) for each quote."""

    text: str
    quotes: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Located:
    """The quotes of a sentence, found in the passages and widened to whole sentences.

    `why` tells the fault of the quotes, '' if there is none; `invalid` counts the markers whose
    words stand in no passage.
    """

    spans: tuple[Span, ...] = ()
    pair: Pair | None = None
    why: str = ""
    invalid: int = 0


@dataclass(slots=True)
class Checked:
    """The sentences of a growing reply: the claims that passed, and the faults of the others."""

    checker: Checker
    # The claims in the order of the reply; None in the place of a sentence that did not pass.
    places: list[Claim | None] = field(default_factory=list)
    faults: list[tuple[int, Sentence, str]] = field(default_factory=list)
    invalid_markers: int = 0
    taken: int = 0
    # How many sentences did not pass at first, and were asked for once more.
    retried: int = 0

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The claims that passed, in the order of the reply."""
        return tuple(claim for claim in self.places if claim)

    def take(self, sentences: Sequence[Sentence], hits: Sequence[Hit]) -> None:
        """Check the sentences of a reply that are new since the last call."""
        new = sentences[self.taken :]
        self.taken += len(new)
        for sentence, (claim, why, invalid) in zip(
            new, claimed(new, hits, self.checker), strict=True
        ):
            self.invalid_markers += invalid
            if claim is None:
                self.faults.append((len(self.places), sentence, why))
            elif claim in self.places:
                # Said twice.
                continue
            self.places.append(claim)

    def mend(self, sentences: Sequence[Sentence], hits: Sequence[Hit]) -> None:
        """Replace sentences that did not pass by rewritten ones that do, in the order of both."""
        known = {claim.text for claim in self.claims}
        again = [sentence for sentence in sentences if sentence.text not in known]
        found = claimed(again[: len(self.faults)], hits, self.checker)
        left = []
        for number, (place, sentence, why) in enumerate(self.faults):
            claim = None
            if number < len(found):
                claim, why, invalid = found[number]
                self.invalid_markers += invalid
            if claim and claim not in self.places:
                self.places[place] = claim
            else:
                left.append((place, sentence, why))
        self.faults = left

    def draft(self, read: Draft) -> Draft:
        """Return the reader's draft with its claims replaced by those that passed.

        The short answer is the reader's if a sentence holds its words, else the first sentence.
        """
        text = " ".join(claim.text for claim in self.claims)
        short = read.short if holds(text, [read.short]) else ""
        short = short or self.claims[0].text
        return replace(read, claims=self.claims, short=short, others=(), doubt="none")


def claimed(
    sentences: Sequence[Sentence], hits: Sequence[Hit], checker: Checker
) -> list[tuple[Claim | None, str, int]]:
    """Return for each sentence its claim, or why there is none, and the number of wrong markers.

    The quotes of a claim are the whole sentences in which the copied words stand.
    """
    found = [_located(sentence, hits) for sentence in sentences]
    verdicts = iter(checker.judge_all([one.pair for one in found if one.pair]))
    results: list[tuple[Claim | None, str, int]] = []
    for sentence, one in zip(sentences, found, strict=True):
        why = one.why or next(verdicts).why
        if why:
            results.append((None, why, one.invalid))
            continue
        copied = any(sentence.text == span.quote for span in one.spans)
        claim = Claim(sentence.text, one.spans, kind="sentence" if copied else "written")
        results.append((claim, "", 0))
    return results


def _located(sentence: Sentence, hits: Sequence[Hit]) -> Located:
    """Find a sentence's copied words in the passages that its markers name."""
    if not sentence.quotes:
        return Located(why="no words were copied for it")
    spans: dict[Span, tuple[Hit, str]] = {}
    wrong, why = 0, ""
    for number, words in sentence.quotes:
        if not 1 <= number <= len(hits):
            wrong, why = wrong + 1, f"there is no passage {number}"
            continue
        hit = hits[number - 1]
        text = hit.passage.text
        places = {whole(text, *place) for place in locate(words, text)}
        if not places:
            wrong, why = wrong + 1, f"the copied words do not stand in passage {number}"
            continue
        wanted = stems(sentence.text)
        place = max(sorted(places), key=lambda one: len(wanted & stems(text[slice(*one)])))
        first, last = (hit.passage.start + offset for offset in place)
        span = Span(hit.passage.article_id, first, last, text[slice(*place)])
        spans[span] = hit, premise(text, place, hit.article.date)
    if why:
        return Located(why=why, invalid=wrong)
    if any(_INSTRUCTS.search(span.quote) for span in spans):
        return Located(why="what was copied is meant for you, not for readers")
    # Quotes of several articles have no title and day in common.
    headings = {hit.article.label for hit, _ in spans.values()}
    pair = Pair(
        sentence.text,
        " ".join(quote for _, quote in spans.values()),
        next(iter(headings)) if len(headings) == 1 else "",
    )
    return Located(tuple(spans), pair)
