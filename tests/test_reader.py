"""The reader: one sentence of one hit, word for word, or nothing."""

import pytest

from qa.assistant import Assistant
from qa.models import load_embedder
from qa.reader import SentenceReader, candidates
from qa.settings import Settings
from qa.types import Hit, Passage, Source

TEXT = "  Rain fell. The bridge in Lindhaven was opened on 12 June. Yes."


def test_candidates_are_sentences_by_offsets_into_the_article() -> None:
    hit = Hit(Passage("a-0", "a", 100, 100 + len(TEXT), TEXT), Source("a", "T"), 1.0, 1)
    [found] = candidates([hit])
    assert found.text == "The bridge in Lindhaven was opened on 12 June."
    assert TEXT[found.start - 100 : found.end - 100] == found.text


def test_no_hits_no_answer() -> None:
    draft = SentenceReader(load_embedder(Settings())).read("When was it opened?", [])
    assert (draft.claims, draft.confidence) == ((), 0.0)


@pytest.mark.parametrize(
    ("question", "answered"),
    [("Who won the election for mayor of Tolk?", True), ("What is the capital of Peru?", False)],
)
def test_confidence_decides(assistant: Assistant, question: str, answered: bool) -> None:
    reader = SentenceReader(load_embedder(Settings()))
    draft = reader.read(question, assistant.retriever.hits(question))
    assert 0.0 < draft.confidence < 1.0
    assert bool(draft.claims) is answered is (draft.confidence >= reader.THRESHOLD)
    for claim in draft.claims:
        [span] = claim.spans
        assert span.quote == claim.text == draft.short
