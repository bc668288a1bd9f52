"""A question with its hits → a draft in the form of answer that the question wants."""

import datetime
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from qa.dates import Period
from qa.library.protocols import Catalogue
from qa.reading import plans
from qa.reading.about import about, by_month
from qa.reading.forms import BROAD, TELLING, Forms
from qa.reading.reader import Reader
from qa.reading.timeline import as_draft, timeline
from qa.search.followups import subjects
from qa.search.question import Happening
from qa.text.words import content_words
from qa.types import Doubt, Draft, Event, Filters, Hit, QuestionKind
from qa.writing.work import Work

# How many articles the answer to small talk names as examples.
_EXAMPLES = 3
# Of how many articles, at least, the newest are told to who asks for what is new.
_LATELY = 10
# How many sentences tell what happened in a period.
_HAPPENED = 5


@dataclass(frozen=True, slots=True)
class Drafter:
    """Drafts answers from the hits that were retrieved.

    Without `forms`, every answer is the reader's: a chat model writes the longer forms.
    """

    library: Catalogue
    reader: Reader
    forms: Forms | None

    def draft(self, work: Work) -> Work:
        """Return the work with a draft in the form that is wanted, and the claims that stand below.

        The draft has no claims if there is no answer.
        """
        if work.kind == "talk":
            return replace(work, draft=self._about(work.filters))
        if work.asked.happening:
            return self._happening(work, work.asked.happening)
        if not content_words(work.asked.whole):
            # A question such as "?" asks for nothing, and any passage would seem to answer.
            return replace(work, draft=Draft(hits=tuple(work.hits)))
        if self.tells(work):
            told = self._told(work, work.kind, work.wide, lambda: self._read(work))
            return self._with_months(self._newest(told))
        draft = self._read(work)
        if not draft.claims and work.alone and self.forms:
            kind = self.forms.kinds.otherwise(work.asked.text, BROAD)
            if kind:
                return self._told(work, kind, work.hits, lambda: draft, doubt="some")
        return replace(work, draft=draft)

    def tells(self, work: Work) -> bool:
        """Tell whether qa itself answers a question in several sentences.

        A question about a period is answered with dated sentences instead.
        """
        told = work.kind in TELLING and not work.asked.happening
        return told and self.forms is not None

    def lately(self, work: Work) -> datetime.date | None:
        """Return the day from which on the archive is asked for what is new on a subject.

        None if all of the archive is asked, as for any other question. It is the first of a month,
        as few months back as have some articles with the words of the subject.
        """
        asked = work.asked
        if not self.forms or work.kind != "overview" or not asked.latest or asked.period:
            return None
        months = self.library.months(work.filters, self.forms.subject(asked))
        articles = 0
        for month in reversed(months):
            articles += months[month]
            if articles >= _LATELY:
                return datetime.date.fromisoformat(f"{month}-01")
        return None

    def events(
        self, subject: str, hits: Sequence[Hit], limit: int, days: Period | None = None
    ) -> tuple[Event, ...]:
        """Return at most `limit` dated sentences of some hits on a subject, oldest first."""
        articles = self.library.articles(list({hit.article.id for hit in hits}))
        return timeline(subject, hits, articles, limit, days)

    def _told(
        self,
        work: Work,
        kind: QuestionKind,
        hits: tuple[Hit, ...],
        read: Callable[[], Draft],
        doubt: Doubt = "none",
    ) -> Work:
        """Return the work with an answer of a kind; `doubt` says how unsure that kind is."""
        assert self.forms
        draft, more = self.forms.answer(kind, work.asked, hits, read)
        if draft.claims and draft.doubt == "none":
            draft = replace(draft, doubt=doubt)
        return replace(work, kind=kind if draft.claims else work.kind, draft=draft, more=more)

    def _newest(self, work: Work) -> Work:
        """Return the work with what is new on a subject, if that is asked for and known.

        Whether the archive knows the subject at all is told from all hits, as before.
        """
        if not work.newest or not work.draft.claims:
            return work
        assert self.forms
        return replace(work, draft=self.forms.newest(work.asked, work.newest, work.draft))

    def _with_months(self, work: Work) -> Work:
        """Add the months of most articles to an overview, if more articles exist than were read."""
        if work.kind != "overview" or work.asked.period or not work.draft.claims:
            return work
        assert self.forms
        months = self.library.months(work.filters, self.forms.subject(work.asked))
        if sum(months.values()) <= self.forms.hits or len(months) == 1:
            return work
        return replace(work, more=(*work.more, by_month(months)))

    def _read(self, work: Work) -> Draft:
        searched = self.library.counts(work.filters)[1]
        return self.reader.read(work.asked, work.hits, searched)

    def _about(self, filters: Filters) -> Draft:
        """Return a draft that describes the archive, or the part of it that passes the filters."""
        whole, _ = self.library.counts()
        articles, _ = self.library.counts(filters)
        sites = [] if filters else self.library.sites()
        newest = self.library.sources(filters, newest=_EXAMPLES)
        return about(whole, articles, sites, self.library.extent(filters), newest)

    def _happening(self, work: Work, happening: Happening) -> Work:
        """Return the work with the events of a period, and other sentences on the subject below."""
        draft = self._happened(work, happening)
        if not happening.subject or not self.forms:
            return replace(work, draft=draft)
        first, last = happening.period
        of_then = (
            hit
            for hit in work.wide
            if hit.article.date and first <= hit.article.date <= plans.latest(last)
        )
        near = tuple(itertools.islice(of_then, self.forms.hits))
        if not draft.claims:
            return self._told(work, "overview", near, lambda: draft)
        return replace(work, draft=draft, more=self.forms.below(work.asked, near, draft))

    def _happened(self, work: Work, happening: Happening) -> Draft:
        """Return a draft of the dated sentences on a period; no claims if there is none."""
        asked, subject, days = work.asked, happening.subject, happening.period
        known = subjects(asked.text, work.turns) if asked.whole != asked.text else []
        for one in [f"{name} {subject}".strip() for name in known] or [subject]:
            if events := self.events(one, work.wide, _HAPPENED, days):
                return as_draft(events)
        return Draft(hits=tuple(work.hits))
