"""The conversation: asking, and all that can be done with what was said."""

import datetime
import re
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from qa.errors import ConversationError, QAError, QuestionError
from qa.library import conversations as kept
from qa.library.conversations import Exchange
from qa.types import Filters
from qa.web import export
from qa.web.cards import answer_html, exchange_html, question_html, spoken, working_html
from qa.web.desk import Desk, Functions
from qa.web.fields import filters_of
from qa.web.jobs import Job, Jobs, Step
from qa.web.progress import progress
from qa.web.sources import Sites
from qa.web.suggest import Starters, follow_ups, near
from qa.web.talks import talks_html
from qa.web.welcome import offers_html, welcome_html

# What is kept of a question that is too long to be asked.
_LONGEST = 2000

# What the page's fields hold of the days and the sites to search.
Fields = dict[str, str | list[str] | None]


class Chat:
    """What the page can do with conversations."""

    def __init__(self, desk: Desk, jobs: Jobs, sites: Sites, starters: Starters) -> None:
        self._desk = desk
        self._library = desk.library
        self._conversations = desk.conversations
        self._jobs = jobs
        self._sites = sites
        self._starters = starters
        # The work that still goes on, by the number of its exchange.
        self._working: dict[int, str] = {}

    @property
    def functions(self) -> Functions:
        """What the page may call."""
        return {
            "talks": self.talks,
            "welcome": self.welcome,
            "starters": self.starters,
            "open_talk": self.open_talk,
            "ask": self.ask,
            "suggest": self.suggest,
            "rename": self.rename,
            "remove_talk": self.remove_talk,
            "exported": self.exported,
            "rate": self.rate,
            "check_days": self.check_days,
        }

    # Showing

    def talks(self, person: str) -> str:
        """Return the list of a person's conversations."""
        return talks_html(self._conversations.listed(person), datetime.date.today())

    def welcome(self, person: str) -> str:
        """Return what who has come is shown; the questions may still be waited for."""
        ready = self._starters.ready
        return welcome_html(self._library, self._sites, ready, self._desk.may_change)

    def starters(self, person: str) -> str:
        """Return the same, once the questions were tried."""
        self._starters.find(self._desk.assistant().trial())
        return self.welcome(person)

    def open_talk(self, person: str, talk: str) -> dict[str, str]:
        """Return a conversation: its title, and all that was said."""
        title = self._conversations.title(person, talk)
        said = self._conversations.exchanges(person, talk)
        shown = (exchange_html(one, self._sites.name, self._job_of(one)) for one in said)
        return {"title": title, "html": "".join(shown)}

    def _job_of(self, exchange: Exchange) -> str:
        job = self._working.get(exchange.number, "")
        return job if self._jobs.goes_on(job) else ""

    # Asking

    def ask(
        self,
        person: str,
        question: str,
        talk: str = "",
        instead: int | None = None,
        fields: Fields | None = None,
    ) -> dict[str, Any]:
        """Ask in a conversation, or begin one; return where, and the work that answers it.

        `instead` is the number of the exchange that it is asked instead of: only the last one is
        replaced, since what came after an earlier one would be lost.
        """
        if not question.strip():
            raise QuestionError("the question is empty: ask something")
        filters = self._filters(fields)
        talk = talk or self._conversations.begin(person, question)
        said = self._conversations.exchanges(person, talk)
        again = bool(said) and instead == said[-1].number
        before = said[:-1] if again else said
        # Kept before it is answered, whatever comes between. What is asked again has an answer,
        # which stays until there is another.
        number = (
            said[-1].number
            if again
            else self._conversations.add(person, talk, Exchange(question[:_LONGEST]))
        )

        def work(job: Job) -> Iterator[Step]:
            return self._answering(job, person, talk, question, before, number, filters)

        job = self._jobs.begin(person, work)
        self._working[number] = job
        return {
            "talk": talk,
            "number": number,
            "job": job,
            "instead": again,
            "question": question_html(question),
            "working": working_html(),
            "talks": self.talks(person),
        }

    def _answering(
        self,
        job: Job,
        person: str,
        talk: str,
        question: str,
        before: Sequence[Exchange],
        number: int,
        filters: Filters,
    ) -> Iterator[Step]:
        """Yield the answer's card as it grows; keep the exchange, if it was not stopped."""
        exchange = Exchange(question[:_LONGEST])
        asked = {"question": question, "turns": kept.turns(before), "filters": filters}
        try:
            yield {"stage": "Loading the models …" * (not self._desk.loading.done())}
            assistant = self._desk.assistant()
            answers = progress(
                assistant, asked, lambda stage: job.tell({"stage": stage}), lambda: job.stopped
            )
            for answer in answers:
                exchange = Exchange(question, answer, near=near(assistant.library, answer))
                yield {"html": answer_html(answer, exchange.near, self._sites.name)}
        except QAError as error:
            exchange = Exchange(question[:_LONGEST], error=str(error))
        finally:
            self._working.pop(number, None)
        if job.stopped:
            return
        new = self._conversations.add(person, talk, exchange, instead_of=[number])
        kept_now = Exchange(
            exchange.question, exchange.answer, exchange.error, exchange.near, number=new
        )
        said = " ".join(spoken(exchange.answer)) if exchange.answer else exchange.error
        yield {
            "exchange": exchange_html(kept_now, self._sites.name),
            "number": new,
            "said": said,
            "talks": self.talks(person),
        }

    def suggest(
        self, person: str, talk: str, number: int, fields: Fields | None = None
    ) -> dict[str, str]:
        """Begin to try what could be asked next; return the work, which tells it as HTML."""
        said = self._conversations.exchanges(person, talk)
        place = next((n for n, one in enumerate(said) if one.number == number), None)
        exchange = said[place] if place is not None else None
        if exchange is None or exchange.answer is None or exchange.answer.kind == "talk":
            return {}
        answer, filters = exchange.answer, self._filters(fields)
        asked = [one.question for one in said]
        refused = answer.outcome == "refused"
        label = "The archive can answer" if refused else "Ask next"

        def work(job: Job) -> Iterator[Step]:
            trial = self._desk.assistant().trial()
            found = follow_ups(trial, answer, filters, asked, lambda: job.stopped)
            yield {
                "html": f"<h3>{label}</h3>{offers_html(found, 'qa-offers', label)}" * bool(found)
            }

        return {"job": self._jobs.begin(person, work)}

    def check_days(self, person: str, fields: Fields) -> dict[str, str]:
        """Return what the field of each name means: a day, or why it names none."""
        said = {}
        for name in ("since", "until", "as_of"):
            if (text := fields.get(name)) and isinstance(text, str) and text.strip():
                found = self._filters({name: text})
                said[name] = str(getattr(found, name))
        return said

    def _filters(self, fields: Fields | None) -> Filters:
        extent = self._library.extent()
        today = extent[1] if extent else datetime.date.today()
        given: dict[str, Any] = {
            name: value
            for name, value in (fields or {}).items()
            if name in ("since", "until", "as_of", "sites")
        }
        return filters_of(**given, today=today)

    # What can be done with a conversation

    def rename(self, person: str, talk: str, title: str) -> str:
        """Call a conversation otherwise; return the list of all."""
        self._conversations.rename(person, talk, title)
        return self.talks(person)

    def remove_talk(self, person: str, talk: str) -> str:
        """Delete a conversation; return the list of the others."""
        self._conversations.delete(person, talk)
        return self.talks(person)

    def exported(self, person: str, talk: str, number: int | None = None) -> dict[str, str]:
        """Return a conversation, or one exchange of it, as Markdown, and a name for the file."""
        title = self._conversations.title(person, talk)
        said = self._conversations.exchanges(person, talk)
        if number is not None:
            said = [one for one in said if one.number == number]
            if not said:
                raise ConversationError("this answer is not there any more: load the page again")
            title = said[0].question
        name = re.sub(r"\W+", "-", title).strip("-") or "conversation"
        return {"name": f"{name}.md", "text": export.markdown(title, said)}

    def rate(
        self,
        person: str,
        talk: str,
        number: int,
        rating: Literal["up", "down"] | None,
        right: str = "",
        note: str = "",
    ) -> None:
        """Keep what a person says of an answer; None takes it back."""
        if rating is None:
            self._conversations.unrate(person, talk, number)
        else:
            self._conversations.rate(person, talk, number, rating, right, note)
