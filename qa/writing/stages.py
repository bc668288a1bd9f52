"""The stages that a chat model adds to the chain: rewrite, answer, verify.

Each sentence of the model is shown once it has passed the check. A sentence that does not pass is
asked for once more, and dropped if the second version does not pass. If nothing is left, or the
model cannot be reached, the reader's answer stands in, and says so.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from functools import partial

from qa import prompts
from qa.checking.check import Checked
from qa.checking.judge import Checker
from qa.errors import ModelError, ModelUnreachable
from qa.search.question import understand
from qa.types import Answer, Draft, Writing
from qa.writing.work import Work, timed
from qa.writing.writer import Writer


class WritingStages:
    """The stages of a chat model. Threads may share them."""

    def __init__(self, writer: Writer, cite: Callable[[Work], Answer], checker: Checker) -> None:
        """Take a writer, a function from a work with a draft to an answer, and a checker."""
        self._writer = writer
        self._cite = cite
        self._checker = checker

    def rewrite(self, work: Work) -> Work:
        """Put a question that depends on the turns before into words of its own."""
        try:
            whole = self._writer.rewrite(work.asked, work.turns, work.talk.usage)
        except ModelUnreachable:
            # The search goes on as without a model; the model may be reachable again for the
            # answer.
            return work
        return replace(work, asked=understand(whole, today=work.asked.today)) if whole else work

    def answer(self, work: Work) -> Iterator[Work]:
        """Let the model write; yield its reply as it grows."""
        work = replace(work, handed=tuple(self._writer.handed(work.hits)), done=False)
        try:
            if work.handed:
                for reply in self._writer.write(
                    work.asked.whole, work.handed, work.talk, work.kind
                ):
                    work = replace(work, reply=reply)
                    yield work
        except ModelUnreachable as error:
            work = replace(work, unreachable=str(error))
        yield replace(work, done=True)

    def verify(self, works: Iterator[Work]) -> Iterator[Answer]:
        """Yield growing answers, made of the sentences that pass the check; the last is whole."""
        checked, spent, shown = Checked(self._checker), 0.0, 0
        check = timed("verify", partial(self._check, checked))
        for unchecked in works:
            work = check(unchecked)
            # Only the time inside the check counts: between the pieces of a reply the model works.
            spent += work.stages["verify"]
            work = replace(work, stages={**work.stages, "verify": spent})
            if work.done:
                yield self._finished(work, checked)
            elif len(checked.claims) > shown:
                shown = len(checked.claims)
                yield self._answer_of(work, checked, checked.draft(work.draft))

    async def averify(self, works: AsyncIterator[Work]) -> AsyncIterator[Answer]:
        """Do the work of `verify` for an asynchronous caller, who gets all answers at the end."""
        for answer in self.verify(iter([work async for work in works])):
            yield answer

    def _check(self, checked: Checked, work: Work) -> Work:
        """Check the new sentences of a reply; at its end, ask once more for those that fail."""
        # The quotes of the last sentence may still come.
        whole = work.reply.sentences if work.done else work.reply.sentences[:-1]
        checked.take(whole, work.handed)
        if work.done and checked.faults and not work.unreachable and not work.reply.refused:
            return self._again(work, checked)
        return work

    def _finished(self, work: Work, checked: Checked) -> Answer:
        if checked.claims:
            note = _note("model_broke_off", work)
            return self._answer_of(work, checked, checked.draft(work.draft), note)
        if work.kind == "talk":
            return self._answer_of(work, checked, work.draft)
        if work.reply.refused or not work.handed:
            return self._answer_of(work, checked, replace(work.draft, claims=()))
        note = _note("model_unreachable", work) or prompts.phrase("nothing_follows")
        return self._answer_of(work, checked, work.draft, note, stood_in=True)

    def _again(self, work: Work, checked: Checked) -> Work:
        """Ask once more for the sentences that did not pass, and check the new versions."""
        checked.retried = len(checked.faults)
        try:
            faults = [(sentence, why) for _, sentence, why in checked.faults]
            checked.mend(self._writer.again(faults, work.talk).sentences, work.handed)
        except ModelUnreachable as error:
            return replace(work, unreachable=str(error))
        except ModelError:
            # The model took the first request; the second may be too long. Sentences that passed
            # stay.
            return work
        return work

    def _answer_of(
        self,
        work: Work,
        checked: Checked,
        draft: Draft,
        note: str = "",
        *,
        stood_in: bool = False,
    ) -> Answer:
        usage = work.talk.usage
        writing = Writing(
            model=self._writer.name,
            sentences=len(checked.places),
            retried=checked.retried,
            dropped=len(checked.faults) if work.done else 0,
            reader_stood_in=stood_in,
            unreachable=bool(work.unreachable),
            calls=usage.calls,
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
        )
        cited = self._cite(replace(work, draft=draft))
        return replace(
            cited,
            searched=work.asked.whole if work.asked.whole != work.question else "",
            note=note or cited.note,
            invalid_markers=checked.invalid_markers,
            writing=writing,
        )


def _note(name: str, work: Work) -> str:
    """Return the phrase of a name, which tells why the model stopped; '' if it did not."""
    return prompts.phrase(name, error=work.unreachable) if work.unreachable else ""
