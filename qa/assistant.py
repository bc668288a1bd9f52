"""The main path: READ THIS FIRST. A question goes in, a cited answer or a refusal comes out.

question + turns ──begin──▶ Asked ──kind, retrieve──▶ hits ──read, update──▶ draft ──cite──▶ Answer

With a chat model, which writes the answer, the reader orders the hits and stands in for it:

begin ──▶ rewrite ──▶ kind ──▶ retrieve ──▶ read ──▶ answer (sentences with quotes) ──▶ verify
"""

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import cache, partial
from typing import Any, Self, TypeVar

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.runnables import (
    Runnable,
    RunnableConfig,
    RunnableGenerator,
    RunnableLambda,
)

from qa import checking, prompts
from qa.checking import Checker
from qa.drafting import Drafter
from qa.errors import CitationError, QuestionError
from qa.library.opening import open_library
from qa.library.protocols import Catalogue, Library
from qa.library.recipe import facts
from qa.models.loading import load_embedder
from qa.reading import plans
from qa.reading.about import english_only
from qa.reading.cite import cite
from qa.reading.forms import Forms
from qa.reading.reader import NoReader, Reader, SpanReader
from qa.search.casing import last_truecased, truecased
from qa.search.question import understand
from qa.search.retriever import Retriever
from qa.search.spelling import spelled
from qa.search.times import period_asked
from qa.settings import Settings
from qa.text.language import foreign_language
from qa.text.printable import storable
from qa.types import Answer, Claim, Event, Filters, QuestionKind, Turn
from qa.writing.loading import load_writer
from qa.writing.stages import WritingStages
from qa.writing.work import Work, timed, timed_pieces
from qa.writing.writer import Writer

# How many passages a timeline searches for dated sentences.
_PASSAGES = 80
_Input = TypeVar("_Input")
_Output = TypeVar("_Output")


class Assistant:
    """Answers questions from one library. Takes finished parts; `load` builds them.

    `chain` is a LangChain runnable from a question (a string, or a mapping with `question`
    and, where wanted, `turns`, `asked_on` and `filters`) to an `Answer`; `answer` and `stream`
    run it. Threads may share an assistant.
    """

    def __init__(
        self,
        library: Catalogue,
        retriever: Retriever,
        reader: Reader,
        max_question_chars: int = 2000,
        writer: Writer | None = None,
        checker: Checker | None = None,
        forms: Forms | None = None,
    ) -> None:
        """Take finished parts. Raises `ValueError` for a writer without a checker.

        Without `forms`, every question is answered with a fact, or with yes or no.
        """
        self.library = library
        self.retriever = retriever
        self._reader = reader
        self._max_question_chars = max_question_chars
        self._writer = writer
        self.forms = forms
        # With a chat model, that model writes the answers of several sentences.
        self._drafter = Drafter(library, reader, None if writer else forms)
        begin, kind = _stage("begin", self._begin), _stage("kind", self._kind)
        found = kind | _stage("retrieve", self._retrieve) | _stage("read", self._read)
        update, cite = timed("update", self._update), timed("cite", self._cite)
        if writer:
            if checker is None:
                raise ValueError("what a chat model writes needs a checker: qa.checking.load")
            stages = WritingStages(writer, lambda work: cite(update(work)), checker)
            self._first: Runnable[Any, Any] = begin | _stage("rewrite", stages.rewrite) | found
            answer = RunnableLambda(timed_pieces("answer", stages.answer), name="answer")
            self._last: Runnable[Any, Answer] = answer | RunnableGenerator(
                stages.verify, stages.averify, name="verify"
            )
        else:
            self._first = begin | found | RunnableLambda(update, name="update")
            self._last = RunnableLambda(cite, name="cite")
        self.chain: Runnable[Any, Answer] = _once_more(self._first | self._last)

    @classmethod
    def load(cls, settings: Settings) -> Self:
        """Open the library that the settings name, and load the models.

        Raises `LibraryError`s, `ModelError`; for a chat model `SettingsError` and `PromptError`.
        """
        with ExitStack() as opened:
            library = opened.enter_context(open_library(settings))
            library.catalogue.check(facts(settings))
            embedder = load_embedder(settings)
            reader = SpanReader.load(settings)
            checker = checking.load(settings) if settings.model else None
            forms = Forms.load(settings)
            writer = load_writer(settings) if settings.model else None
            # Nothing failed: from here on, `close` closes the library.
            opened.pop_all()
        retriever = Retriever(
            library=library.catalogue,
            vectors=library.vectors,
            embedder=embedder,
            limit=settings.hits,
        )
        limit = settings.max_question_chars
        return cls(library.catalogue, retriever, reader, limit, writer, checker, forms)

    def answer(
        self,
        question: str,
        turns: Sequence[Turn] = (),
        *,
        asked_on: datetime.date | None = None,
        filters: Filters | None = None,
    ) -> Answer:
        """Answer a question, in the light of the earlier turns of the conversation.

        News of the days around `asked_on`, the day of asking, is preferred. Without `asked_on`, the
        day of asking is the day as of which the archive is asked, or else the newest date of the
        articles that pass the filters. Raises `QuestionError` for an empty question, a question
        that is too long, or a source that is no site, and `LibraryError` if the library cannot be
        read.
        """
        *_, last = self.stream(question, turns, asked_on=asked_on, filters=filters)
        return last

    def stream(
        self,
        question: str,
        turns: Sequence[Turn] = (),
        *,
        asked_on: datetime.date | None = None,
        filters: Filters | None = None,
        callbacks: Sequence[BaseCallbackHandler] = (),
    ) -> Iterator[Answer]:
        """Yield the answer as it grows; the last one is the result of `answer`. Raises as `answer`.

        A chat model's answer grows with each sentence that passes the check. The reader's answer
        comes whole. `callbacks` are LangChain's, and hear of each stage.
        """
        asked = {"question": question, "turns": turns, "asked_on": asked_on, "filters": filters}
        config: RunnableConfig = {"callbacks": list(callbacks)}
        if self._writer:
            # The first part is invoked and only the last part streamed: if the whole chain were
            # streamed, its last stage would begin first, and callbacks would hear of the stages in
            # the wrong order. The last part needs no second try, since its sentences are checked.
            yield from self._last.stream(self._first.invoke(asked, config), config)
        else:
            yield self.chain.invoke(asked, config)

    def timeline(
        self,
        query: str,
        *,
        asked_on: datetime.date | None = None,
        filters: Filters | None = None,
        limit: int = 20,
    ) -> tuple[Event, ...]:
        """Return at most `limit` dated sentences on a person, place or subject, oldest first.

        Raises as `answer` does.
        """

        def made(checked: str) -> tuple[Event, ...]:
            searched = spelled(checked, self.library, self.retriever.embedder)
            hits = self.retriever.find(
                understand(searched, today=self.retriever.today(asked_on, filters)),
                asked_on=asked_on,
                filters=filters,
                limit=_PASSAGES,
            )
            return self._drafter.events(searched, hits, limit)

        events: Runnable[str, tuple[Event, ...]] = RunnableLambda(made)
        return _once_more(events).invoke(self._checked(query))

    def trial(self) -> "Assistant":
        """Return an assistant that tells at a fifth of the cost what this one surely answers.

        It has no chat model and no reader, and answers in several sentences of few passages. What
        it answers without doubt, this one does too; not all that this one answers.
        """
        forms = self.forms and replace(self.forms, hits=self.retriever.limit)
        limit = self._max_question_chars
        return Assistant(self.library, self.retriever, NoReader(), limit, forms=forms)

    @property
    def stores(self) -> Library:
        """The library with its vectors, for what writes to it."""
        return Library(self.library, self.retriever.vectors)

    def close(self) -> None:
        """Let go of the library."""
        if self._writer:
            self._writer.close()
        self.stores.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _begin(self, put: str | Mapping[str, Any]) -> Work:
        given: Mapping[str, Any] = {"question": put} if isinstance(put, str) else put
        question = self._checked(given["question"])
        turns = tuple(replace(turn, text=_clean(turn.text)) for turn in given.get("turns") or ())
        filters, asked_on = given.get("filters") or Filters(), given.get("asked_on")
        searched = spelled(question, self.library, self.retriever.embedder)
        today = self.retriever.today(asked_on, filters)
        asked = understand(searched, turns, today)
        if turns and asked.depends:
            # Names are what a question that stands alone is told by, and what it lends to the next.
            turns = last_truecased(turns, self.library)
            asked = understand(searched, turns, today, truecased(searched, self.library))
        return Work(question, asked, turns, filters, asked_on)

    def _kind(self, work: Work) -> Work:
        """Tell what form of answer is wanted.

        A question that needs the turns before, such as "and then?", asks for a fact, or for yes or
        no.
        """
        asked = work.asked
        kind: QuestionKind = "yesno" if asked.yes_or_no else "fact"
        if self.forms:
            # The days of earlier turns are not this question's.
            own = period_asked(asked.text, asked.proper, asked.today)
            said = self.forms.kinds.kind(asked.text, timed=bool(asked.happening or own))
            # "Is a mask enough …?" stays a question for yes or no if the model is not sure of its
            # kind.
            if said == "talk" or (work.alone and said != "fact"):
                kind = said
        return replace(work, kind=kind, asked=replace(asked, yes_or_no=kind == "yesno"))

    def _retrieve(self, work: Work) -> Work:
        if work.kind == "talk":
            return work
        find = partial(
            self.retriever.find, work.asked, asked_on=work.asked_on, filters=work.filters
        )
        # A chat model has put the turns into the question already.
        turns = () if self._writer else work.turns
        if self._drafter.tells(work):
            assert self.forms
            most = max(self.forms.hits, self.retriever.limit)
            wide = find(turns, limit=most)
            if since := self._drafter.lately(work):
                lately = work.filters.starting(since)
                work = replace(work, newest=tuple(find(turns, limit=most, filters=lately)))
            best = wide[: self.retriever.limit]
            return replace(work, hits=tuple(best), wide=tuple(wide))
        hits = find(turns)
        wide = find(limit=_PASSAGES) if work.asked.happening else []
        return replace(work, hits=tuple(hits), wide=tuple(wide))

    def _read(self, work: Work) -> Work:
        work = self._drafter.draft(work)
        draft = work.draft
        # Names alone, "macron le pen", look foreign, so an answer comes first. A chat model reads
        # any language.
        idle = not draft.claims or draft.doubt == "much" or work.kind == "talk"
        if idle and not self._writer and (language := foreign_language(work.question)):
            return replace(work, kind="talk", draft=english_only(language), more=())
        return replace(work, hits=draft.hits or work.hits)

    def _update(self, work: Work) -> Work:
        """Mark a plan as a plan, and look for a later report of it."""
        draft, due = work.draft, plans.planned(work.draft)
        if due:
            report = plans.report(draft.claims[0], draft) or self._since(due, work)
            draft = plans.with_report(draft, report)
        more = (
            claim
            for claim in work.more
            if not any(span.place in draft.places for span in claim.spans)
        )
        return replace(work, draft=replace(draft, claims=(*draft.claims, *more)))

    def _since(self, due: datetime.date, work: Work) -> Claim | None:
        filters = work.filters.starting(due)
        searched = self.library.counts(filters)[1]
        if not searched:
            return None
        asked = work.asked.on(due)
        hits = self.retriever.find(asked, asked_on=due, filters=filters)
        later = self._reader.read(asked, hits, searched)
        return plans.report(work.draft.claims[0], later)

    def _cite(self, work: Work) -> Answer:
        cited = [span.article_id for claim in work.draft.claims for span in claim.spans]
        articles = self.library.articles(list(dict.fromkeys(cited)))
        extent = self.library.extent(work.filters)
        limited = bool(work.filters)
        answer = cite(work.question, work.draft, work.hits, articles, extent, limited)
        respelled = work.asked.text != work.question and work.kind != "talk"
        searched = work.asked.text if respelled else ""
        # What is found by meaning, or by words beside that, is known to be as near as it is.
        if work.hits and all(hit.similarity is None for hit in work.hits):
            note = " ".join(filter(None, [prompts.phrase("words_alone"), answer.note]))
            answer = replace(answer, note=note)
        return replace(answer, kind=work.kind, searched=searched)

    def _checked(self, question: str) -> str:
        question = _clean(question)
        if not question:
            raise QuestionError("the question is empty: ask something")
        if len(question) > self._max_question_chars:
            raise QuestionError(
                f"the question has {len(question)} characters, the limit is "
                f"{self._max_question_chars}: shorten it, or raise QA_MAX_QUESTION_CHARS"
            )
        return question


def _stage(name: str, function: Callable[[Any], Work]) -> Runnable[Any, Work]:
    """Return a stage of the chain: LangChain's callbacks hear its name, `Work` its seconds."""
    return RunnableLambda(timed(name, function), name=name)


def _once_more(runnable: Runnable[_Input, _Output]) -> Runnable[_Input, _Output]:
    """Let a runnable try again: an article may be replaced between being read and being cited."""
    return runnable.with_retry(
        retry_if_exception_type=(CitationError,),
        wait_exponential_jitter=False,
        stop_after_attempt=2,
    )


def _clean(text: str) -> str:
    """Return a text on one line, without half surrogate pairs, which no model takes."""
    return " ".join(storable(text).split())


def answer(
    question: str,
    turns: Sequence[Turn] = (),
    *,
    asked_on: datetime.date | None = None,
    filters: Filters | None = None,
    settings: Settings | None = None,
) -> Answer:
    """Answer a question from the library that `QA_LIBRARY` or the settings name.

    The assistant is loaded once and kept. Raises as `Assistant.load` and `Assistant.answer`.
    """
    assistant = _shared(settings or Settings.from_environment())
    return assistant.answer(question, turns, asked_on=asked_on, filters=filters)


@cache
def _shared(settings: Settings) -> Assistant:
    return Assistant.load(settings)
