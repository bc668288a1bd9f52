"""What helps where the archive holds no answer: near articles, and questions that it can answer."""

from qa import prompts
from qa.assistant import Assistant
from qa.library.protocols import Catalogue
from qa.reading.cite import citation
from qa.types import Answer, Citation, Filters, Span, day

# Questions that are offered where the archive does not hold an answer.
_OFFERED = 2


def near(library: Catalogue, answer: Answer) -> tuple[Citation, ...]:
    """Return a citation of the first passage of each article found, where it was refused."""
    if answer.outcome == "answered":
        return ()
    articles = library.articles([hit.article.id for hit in answer.hits])
    found: dict[str, Citation] = {}
    for hit in answer.hits:
        passage, article = hit.passage, articles.get(hit.article.id)
        stands = article and article.text[passage.start : passage.end] == passage.text
        if article and stands and article.id not in found:
            span = Span(article.id, passage.start, passage.end, passage.text)
            found[article.id] = citation(1, span, article)
    return tuple(found.values())


def offered(assistant: Assistant, answer: Answer, filters: Filters) -> list[str]:
    """Return questions near one that was refused, each of which is answered."""
    days = dict.fromkeys(hit.article.date for hit in answer.hits if hit.article.date)
    found: list[str] = []
    for date in list(days)[: 2 * _OFFERED]:
        asked = f"What happened on {day(date)}?"
        if assistant.answer(asked, filters=filters).outcome == "answered":
            found.append(asked)
        if len(found) == _OFFERED:
            break
    return found


def examples(assistant: Assistant) -> list[str]:
    """Return the example questions that this library answers."""
    questions = prompts.load("examples").splitlines()
    return [line for line in questions if assistant.answer(line).outcome == "answered"]
