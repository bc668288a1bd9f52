"""What a chat model wrote + the passages it was handed → claims that rest on verbatim quotes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from qa import dates
from qa.checking.quotes import locate, whole
from qa.checking.support import Alike, Quote, fault
from qa.text.words import stems
from qa.types import Claim, Draft, Hit, Span

_START = r"(?:^|[.:;!?,(\[\"“*•-]\s*)(?:(?:please|now|so|kindly|you must) )?"
_MODEL = r"(?:(?:ai|language|chat) )+(?:models?|assistants?|systems?|bots?)\b|ai\b|chatbots?\b"
_ANY_MODEL = rf"(?:{_MODEL}|(?:models?|assistants?)\b)"
# What speaks to a model, not to readers of news, and can hardly mean anything else: a judge tells
# jurors to disregard testimony, and who is summoned must answer. Of the 4,714 news articles of 2022
# that this was written with, none has such words.
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


@dataclass(slots=True)
class Checked:
    """The sentences of a reply, as far as it is there: what passed, and what did not and why."""

    alike: Alike | None = None
    # In the order in which they were written; None in the place of one that did not pass.
    places: list[Claim | None] = field(default_factory=list)
    faults: list[tuple[int, Sentence, str]] = field(default_factory=list)
    invalid_markers: int = 0
    taken: int = 0
    # How many did not pass at first, and were asked for once more.
    retried: int = 0

    @property
    def claims(self) -> tuple[Claim, ...]:
        """What passed, in order."""
        return tuple(claim for claim in self.places if claim)

    def take(self, sentences: Sequence[Sentence], hits: Sequence[Hit]) -> None:
        """Check the sentences that were not there before."""
        for sentence in sentences[self.taken :]:
            self.taken += 1
            claim, why, invalid = claimed(sentence, hits, self.alike)
            self.invalid_markers += invalid
            if claim is None:
                self.faults.append((len(self.places), sentence, why))
            elif claim in self.places:
                # Said twice.
                continue
            self.places.append(claim)

    def mend(self, sentences: Sequence[Sentence], hits: Sequence[Hit]) -> None:
        """Put what was written again in the place of what did not pass, in order, if it passes."""
        known = {claim.text for claim in self.claims}
        again = [sentence for sentence in sentences if sentence.text not in known]
        left = []
        for number, (place, sentence, why) in enumerate(self.faults):
            claim, invalid = None, 0
            if number < len(again):
                claim, why, invalid = claimed(again[number], hits, self.alike)
            self.invalid_markers += invalid
            if claim and claim not in self.places:
                self.places[place] = claim
            else:
                left.append((place, sentence, why))
        self.faults = left

    def draft(self, read: Draft) -> Draft:
        """Return what passed, with what the reader found besides.

        The short answer is the reader's where a sentence has its words; else the first sentence.
        """
        text = " ".join(claim.text for claim in self.claims)
        short = read.short if read.short and read.short.casefold() in text.casefold() else ""
        return replace(read, claims=self.claims, short=short or self.claims[0].text, others=())


def claimed(
    sentence: Sentence, hits: Sequence[Hit], alike: Alike | None = None
) -> tuple[Claim | None, str, int]:
    """Return the claim that a sentence makes, or why it makes none, and how many markers are wrong.

    Its quotes are the whole sentences that the copied words stand in.
    """
    if not sentence.quotes:
        return None, "no words were copied for it", 0
    spans, quotes, wrong, why = [], [], 0, ""
    for number, words in sentence.quotes:
        if not 1 <= number <= len(hits):
            wrong, why = wrong + 1, f"there is no passage {number}"
            continue
        hit = hits[number - 1]
        places = {whole(hit.passage.text, *place) for place in locate(words, hit.passage.text)}
        if not places:
            wrong, why = wrong + 1, f"the copied words do not stand in passage {number}"
            continue
        wanted = stems(sentence.text)
        start, end = max(
            sorted(places), key=lambda place: len(wanted & stems(hit.passage.text[slice(*place)]))
        )
        span = Span(
            hit.passage.article_id,
            hit.passage.start + start,
            hit.passage.start + end,
            hit.passage.text[start:end],
        )
        if span not in spans:
            spans.append(span)
            quotes.append(_quote(hit, start, end))
    if why:
        return None, why, wrong
    if any(_INSTRUCTS.search(quote.text) for quote in quotes):
        return None, "what was copied is meant for you, not for readers", 0
    if against := fault(sentence.text, quotes, alike):
        return None, against, 0
    copied = any(sentence.text == span.quote for span in spans)
    return Claim(sentence.text, tuple(spans), kind="sentence" if copied else "written"), "", 0


def _quote(hit: Hit, start: int, end: int) -> Quote:
    """Return a stretch of a passage as a quote with what its dates stand for."""
    # Of the whole passage: what "that day" is, stands before the quote.
    text = hit.passage.text
    found = dates.resolved(text, dates.kept(text, hit.article.date))
    inside = (shown for left, right, shown in found if start <= left and right <= end)
    return Quote(text[start:end], " ".join(inside))
