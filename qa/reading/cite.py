"""Draft + hits + the cited articles → the answer. Checks every quote before it is shown."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from qa import dates, prompts
from qa.errors import CitationError
from qa.types import (
    Answer,
    Article,
    Citation,
    Claim,
    DateExpression,
    Draft,
    Hit,
    Source,
    Span,
    Statement,
    day,
    text_hash,
)

_NEAREST = 2


def cite(
    question: str,
    draft: Draft,
    hits: Sequence[Hit],
    articles: Mapping[str, Article],
    extent: dates.Period | None,
    limited: bool = False,
) -> Answer:
    """Return the answer that a draft makes, with a numbered citation for each span, once.

    `articles` holds the texts of the articles that the draft cites; `extent` is the first
    and last date in the archive, or in the part of it to which the question was `limited`.
    A draft without claims becomes a refusal.

    Raises `CitationError` if a span is not, word for word, what stands in its article.
    """
    if not draft.claims:
        statement = Statement(refusal(hits, extent, limited), "refusal")
        return Answer(
            question=question,
            text=str(statement),
            short="",
            outcome="refused",
            confidence=draft.confidence,
            hits=tuple(hits),
            statements=(statement,),
        )
    citations: dict[tuple[str, int, int], Citation] = {}
    statements = []
    for claim in draft.claims:
        if not claim.spans and claim.kind != "phrase":
            raise CitationError(f"a claim cites nothing: {claim.text[:80]!r}")
        places = [(span.article_id, span.start, span.end) for span in claim.spans]
        for place, span in zip(places, claim.spans, strict=True):
            if place not in citations:
                citations[place] = _cited(len(citations) + 1, span, articles)
        markers = tuple(citations[place].marker for place in dict.fromkeys(places))
        note = _resolved(claim, citations[places[0]]) if places else ""
        statements.append(Statement(claim.text, claim.kind, note, markers, claim.lead))
    return Answer(
        question=question,
        text="\n\n".join(map(str, statements)),
        short=draft.short,
        outcome="answered",
        confidence=draft.confidence,
        citations=tuple(citations.values()),
        hits=tuple(hits),
        statements=tuple(statements),
        note="" if draft.doubt == "none" else prompts.phrase(f"doubt_{draft.doubt}"),
        doubt=draft.doubt,
    )


def refusal(hits: Sequence[Hit], extent: dates.Period | None, limited: bool = False) -> str:
    """Return what the assistant says when the archive does not hold the answer."""
    if limited and not hits:
        nothing = prompts.phrase("about_none")
        return prompts.fill("refusal", extent=nothing, nearest="").strip()
    within = "_within_limits" if limited else ""
    if extent is None:
        reach = prompts.phrase(f"undated{within}")
    else:
        first, last = map(day, extent)
        reach = prompts.phrase(f"reach{within}", first=first, last=last)
    sources: dict[str, Source] = {}
    for hit in hits:
        sources.setdefault(hit.article.id, hit.article)
    labels = [f"“{source.label}”" for source in list(sources.values())[:_NEAREST]]
    if not labels:
        nearest = prompts.phrase("empty")
    elif len(labels) == 1:
        nearest = prompts.phrase("nearest", title=labels[0])
    else:
        nearest = prompts.phrase("nearest_two", title=labels[0], other=labels[1])
    return prompts.fill("refusal", extent=reach, nearest=nearest)


def _cited(marker: int, span: Span, articles: Mapping[str, Article]) -> Citation:
    article = articles.get(span.article_id)
    if article is None:
        raise CitationError(f"{span.article_id} is cited but is not in the library: ask again")
    return citation(marker, span, article)


def citation(marker: int, span: Span, article: Article) -> Citation:
    """Return the citation of a span of an article, with the dates in it.

    Raises `CitationError` if the span is not, word for word, what stands in the article.
    """
    quote = article.text[span.start : span.end]
    within = 0 <= span.start < span.end <= len(article.text)
    if not within or not quote.strip() or quote != span.quote:
        raise CitationError(
            f"{span.article_id} changed while it was being read: ask again; "
            "if it happens again, run `qa doctor`"
        )
    # Dates are found in the whole text: the day that "that day" means stands before the quote.
    found = _inside(dates.kept(article.text, article.source.date), span.start, span.end)
    return Citation(
        marker,
        article.source,
        span.start,
        span.end,
        quote,
        text_hash(article.text),
        found,
        span.timing.due,
    )


def _inside(found: Sequence[DateExpression], start: int, end: int) -> tuple[DateExpression, ...]:
    """Return the dates inside a stretch of a text, by offsets into that stretch."""
    return tuple(
        replace(one, start=one.start - start, end=one.end - start)
        for one in found
        if start <= one.start and one.end <= end
    )


def _resolved(claim: Claim, citation: Citation) -> str:
    """Return the days that the dates in a short answer stand for; '' if the answer names them."""
    place = citation.quote.find(claim.text)
    if place < 0 or claim.kind == "sentence":
        return ""
    end = place + len(claim.text)
    inside = _inside(citation.dates, place, end)
    found = [words for _, words in dates.hints(claim.text, inside)]
    if not inside:
        # "Wednesday", cut out of "early on Wednesday morning": the whole of it tells the day.
        wider = [one for one in citation.dates if one.start < end and place < one.end]
        found = [words for _, words in dates.hints(citation.quote, wider)]
    return ", ".join(found)
