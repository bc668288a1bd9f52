"""One question and its answer → each measure that applies: no model judges."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from qa.evaluation import metrics, nuggets
from qa.evaluation.question_set import Question
from qa.evaluation.results import Found, Quoted, Result, Verdict
from qa.library.protocols import Catalogue
from qa.text.answers import holds, normalise, squad_normalise
from qa.text.words import shingles
from qa.types import Answer, Article, Citation, Hit, Passage

# Two articles are near copies if they share this part of all their runs of five words (Broder, "On
# the resemblance and containment of documents", 1997).
_COPY = 0.8
_AROUND = 240
_EXCERPT = 240


@dataclass(frozen=True)
class Gold:
    """Where a question's answer stands, as far as the library holds it.

    `articles` maps the ids of gold articles to their texts; `passages` are their passages in which
    the answer stands. `missing` are ids that the library lacks. `believed` says that the archive is
    taken to hold a gold answer for which no article is named, as in a set that marks the questions
    which the archive cannot answer.
    """

    question: Question
    articles: Mapping[str, Article]
    passages: tuple[Passage, ...]
    missing: tuple[str, ...]
    believed: bool

    @property
    def held(self) -> bool | None:
        """Whether the archive holds the answer, None if that is not known."""
        if self.question.unanswerable:
            return False
        if self.articles:
            return True
        return True if self.believed and self.question.answers and not self.named else None

    @property
    def named(self) -> bool:
        """Whether the question set says in which articles the answer stands."""
        return bool(self.question.articles)

    def result(self, verdict: Verdict) -> Result:
        """Return a result with the gold part of a question, before any answer."""
        return Result(
            id=self.question.id,
            question=self.question.text,
            verdict=verdict,
            answers=self.question.answers,
            tags=self.question.tags,
            named=self.named,
            held=self.held,
            missing=self.missing,
        )

    def fits(self, passage: Passage) -> bool:
        """Tell whether the answer stands in a passage of a gold article or of its copy.

        A passage has to hold most of the quote if there is one, else a gold answer.
        """
        quote = self.question.quote
        if not quote:
            return holds(passage.text, self.question.answers)
        article = self.articles.get(passage.article_id)
        if article is None:
            return quote in passage.text
        first = article.text.find(quote)
        if first < 0:
            # The quote is from another gold article; this article tells the answer in other words.
            return holds(passage.text, self.question.answers)
        inside = min(passage.end, first + len(quote)) - max(passage.start, first)
        return inside > len(quote) / 2


def gold_of(question: Question, library: Catalogue, believed: bool) -> Gold:
    """Look up the gold articles: those named whose text has the quote, or holds an answer.

    `urls` may be mere results of a search engine. If neither a quote nor an answer is known, the
    articles are taken as given; a question that the archive cannot answer has none.
    """
    found = library.articles(question.articles)
    missing = tuple(id_ for id_ in question.articles if id_ not in found)
    articles = {
        # A question may name an article by an id of before.
        article.id: article
        for article in found.values()
        if not question.unanswerable and _tells(article.text, question)
    }
    held = Gold(question, articles, (), missing, believed)
    passages = library.passages(library.passage_ids(list(articles))).values() if articles else ()
    fitting = tuple(passage for passage, _ in passages if held.fits(passage))
    return replace(held, passages=fitting)


def _tells(text: str, question: Question) -> bool:
    if question.quote and question.quote in text:
        return True
    if question.answers:
        return holds(text, question.answers)
    return not question.quote


def score(question: Question, answer: Answer, library: Catalogue, believed: bool) -> Result:
    """Return the result of one answer. The texts are read from the catalogue afresh."""
    known = gold_of(question, library, believed)
    ids = [hit.article.id for hit in answer.hits] + [c.article.id for c in answer.citations]
    texts = library.articles(list(dict.fromkeys(ids)))
    copies = _copies(known.articles, texts)
    hits = tuple(_found(hit, known, copies) for hit in answer.hits)
    # A citation of a hit is gold if the hit is.
    stands = {hit.article.id: ids[0] for hit in answer.hits if (ids := _golds(hit, known, copies))}
    citations = tuple(_quoted(c, texts, known, {**stands, **copies}) for c in answer.citations)
    refused = answer.outcome == "refused"
    scores = {
        **_answer_scores(answer.short, question.answers, known),
        **(_citation_scores(citations, known) if not refused else {}),
        **(nuggets.scores(question.nuggets, answer.citations) if question.nuggets else {}),
        **_writing_scores(answer),
        **(_retrieval_scores(hits, answer.hits, known, copies) if known.articles else {}),
    }
    return replace(
        known.result(_verdict(question, answer, scores)),
        text=answer.text,
        short=answer.short,
        refused=refused,
        confidence=answer.confidence,
        citations=citations,
        hits=hits,
        scores=scores,
        stages=dict(answer.stages),
    )


def _answer_scores(short: str, gold: Sequence[str], known: Gold) -> dict[str, float]:
    if not gold:
        return {}
    scores = _measures(short, gold)
    if not short.strip():
        # Once normalised, a gold answer of punctuation is as empty as a refusal, and must not match
        # one.
        scores = dict.fromkeys(scores, 0.0)
    if known.held:
        scores |= {f"held_{name}": scores[name] for name in ("exact_match", "f1", "right")}
    return scores


def _measures(short: str, gold: Sequence[str]) -> dict[str, float]:
    return {
        "exact_match": metrics.exact_match(short, gold),
        "f1": metrics.token_f1(short, gold),
        "squad_exact_match": metrics.exact_match(short, gold, squad_normalise),
        "squad_f1": metrics.token_f1(short, gold, squad_normalise),
        "contained": metrics.contained(short, gold),
        "value_match": metrics.value_match(short, gold),
        "right": metrics.right(short, gold),
    }


def _verdict(question: Question, answer: Answer, scores: Mapping[str, float]) -> Verdict:
    refused = answer.outcome == "refused"
    if question.unanswerable:
        return "rightly refused" if refused else "made up"
    if refused and (question.answers or question.articles):
        return "refused"
    if "right" not in scores:
        return "not judged"
    return "right" if scores["right"] else "wrong"


def _citation_scores(citations: Sequence[Quoted], known: Gold) -> dict[str, float]:
    if not citations:
        return {}
    scores = {"citation_exact": _share([c.exact for c in citations])}
    if known.question.answers:
        scores["citation_precision"] = _share([bool(c.holds_answer) for c in citations])
    if known.articles:
        scores["citation_recall"] = float(any(c.gold_article for c in citations))
    return scores


def _writing_scores(answer: Answer) -> dict[str, float]:
    """Return the fates of a chat model's sentences, as shares of those that it wrote at first."""
    if answer.writing is None:
        return {}
    written = answer.writing
    shares = {
        "supported": written.sentences - written.dropped,
        "retried": written.retried,
        "dropped": written.dropped,
    }
    found = {
        f"sentences_{name}": count / written.sentences
        for name, count in shares.items()
        if written.sentences
    }
    return {**found, "reader_stood_in": float(written.reader_stood_in)}


def _share(flags: Sequence[bool]) -> float:
    return sum(flags) / len(flags)


def _retrieval_scores(
    found: Sequence[Found], hits: Sequence[Hit], known: Gold, copies: Mapping[str, str]
) -> dict[str, float]:
    """Return the measures of retrieval; a copy stands for the article that it copies.

    Each article and passage counts once. Gold articles that are copies of each other, and so are
    one hit, count as one.
    """
    seen: dict[str, bool] = {}
    folded: set[str] = set()
    for one, hit in zip(found, hits, strict=True):
        golds = _golds(hit, known, copies)
        folded |= set(golds[1:])
        seen.setdefault(golds[0] if golds else one.article, one.gold_article)
    folded -= seen.keys()
    scores = metrics.ranking(list(seen.values()), len(known.articles) - len(folded))
    named = {f"article_{name}": value for name, value in scores.items()}
    if known.passages:
        ids = {
            hit.passage.id: _original(hit, known, copies) if one.gold_passage else hit.passage.id
            for one, hit in zip(found, hits, strict=True)
        }
        good = dict.fromkeys(ids.values(), False)
        good |= {passage.id: True for passage in known.passages if passage.id in good}
        to_find = [p for p in known.passages if p.article_id not in folded or p.id in good]
        scores = metrics.ranking(list(good.values()), len(to_find))
        named |= {f"passage_{name}": value for name, value in scores.items()}
    return named


def _golds(hit: Hit, known: Gold, copies: Mapping[str, str]) -> list[str]:
    """Return the gold articles that a hit is from, or is a copy of: its own first."""
    ids = (hit.article.id, *(source.id for source in hit.also_in))
    found = (copies.get(id_, id_) for id_ in ids)
    return list(dict.fromkeys(id_ for id_ in found if id_ in known.articles))


def _original(hit: Hit, known: Gold, copies: Mapping[str, str]) -> str:
    """Return the id of the gold passage that a relevant passage is, or is a copy of."""
    if hit.article.id in known.articles:
        return hit.passage.id
    words = set(normalise(hit.passage.text).split())
    own = [p for p in known.passages if p.article_id in _golds(hit, known, copies)[:1]]
    return max(
        own or known.passages,
        key=lambda passage: len(words & set(normalise(passage.text).split())),
    ).id


def _copies(articles: Mapping[str, Article], texts: Mapping[str, Article]) -> dict[str, str]:
    """Map the ids of near copies of a gold article to the id of that article."""
    marks = {id_: shingles(article.text) for id_, article in articles.items()}
    found = {}
    for id_, article in texts.items():
        if id_ in articles or not articles:
            continue
        own = shingles(article.text)
        for other, theirs in marks.items():
            if len(own & theirs) >= _COPY * max(1, len(own | theirs)):
                found[id_] = other
                break
    return found


def _found(hit: Hit, known: Gold, copies: Mapping[str, str]) -> Found:
    id_ = hit.article.id
    gold = bool(_golds(hit, known, copies))
    text = hit.passage.text
    return Found(
        passage=hit.passage.id,
        article=id_,
        label=hit.article.label,
        excerpt=text if len(text) <= _EXCERPT else f"{text[:_EXCERPT]}…",
        gold_article=gold,
        gold_passage=gold and known.fits(hit.passage),
        copy=gold and id_ not in known.articles,
    )


def _quoted(
    citation: Citation, texts: Mapping[str, Article], known: Gold, copies: Mapping[str, str]
) -> Quoted:
    id_, start, end = citation.article.id, citation.start, citation.end
    text = texts[id_].text if id_ in texts else ""
    answers = known.question.answers
    return Quoted(
        article=id_,
        label=citation.article.label,
        start=start,
        end=end,
        quote=citation.quote,
        before=text[max(0, start - _AROUND) : start],
        after=text[end : end + _AROUND],
        exact=bool(citation.quote) and text[start:end] == citation.quote,
        gold_article=id_ in known.articles or id_ in copies,
        holds_answer=holds(citation.quote, answers) if answers else None,
    )
