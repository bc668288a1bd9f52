"""The stages that a chat model adds to the chain: rewrite, answer, verify.

What it writes is shown sentence by sentence, each once it has passed the check. What does not
pass is asked for once more, and dropped if it does not pass then. If nothing is left, or the model
cannot be reached, the reader's answer stands in, and says so.
"""

import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace

from qa.checking.check import Checked
from qa.checking.support import Alike
from qa.errors import ModelError, ModelUnreachable
from qa.types import Answer, Draft, Writing
from qa.writing.work import Work
from qa.writing.writer import Writer

_NOTHING_LEFT = (
    "Nothing that the chat model wrote follows from the articles: this is the reader's answer."
)
_BROKEN = "{}. What follows may not be all of the answer."
_UNREACHABLE = "{}. This is the reader's answer."


class WritingStages:
    """The stages of a chat model. Threads may share them."""

    def __init__(self, writer: Writer, cite: Callable[[Work], Answer], alike: Alike) -> None:
        """Take a model, what makes an answer of a work's draft, and how near two texts are."""
        self._writer = writer
        self._cite = cite
        self._alike = alike

    def rewrite(self, work: Work) -> Work:
        """Put a question that needs the turns before it into words of its own."""
        started = time.perf_counter()
        try:
            whole = self._writer.rewrite(work.question, work.turns, work.talk.usage)
        except ModelUnreachable:
            # It is searched as without a model; if it answers after all, so much the better.
            return work
        stages = {**work.stages, "rewrite": time.perf_counter() - started}
        return replace(work, whole=whole, stages=stages)

    def answer(self, work: Work) -> Iterator[Work]:
        """Let the model write; yield its reply as it grows."""
        started = time.perf_counter()
        work = replace(work, handed=tuple(self._writer.handed(work.hits)), done=False)
        try:
            if work.handed:
                for reply in self._writer.write(work.whole, work.handed, work.talk):
                    work = replace(work, reply=reply)
                    yield work
        except ModelUnreachable as error:
            work = replace(work, unreachable=str(error))
        stages = {**work.stages, "answer": time.perf_counter() - started}
        yield replace(work, stages=stages, done=True)

    def verify(self, works: Iterator[Work]) -> Iterator[Answer]:
        """Yield growing answers of what passes the check; the last is whole."""
        checked, spent = Checked(self._alike), 0.0
        for work in works:
            started = time.perf_counter()
            # Of the last one the quotes may still come.
            whole = work.reply.sentences if work.done else work.reply.sentences[:-1]
            passed = checked.take(whole, work.handed)
            if work.done:
                yield self._finished(work, checked, started - spent)
            elif passed:
                yield self._answer_of(work, checked, checked.draft(work.draft))
            spent += time.perf_counter() - started

    async def averify(self, works: AsyncIterator[Work]) -> AsyncIterator[Answer]:
        """Do as `verify` does, for those who call the chain asynchronously: all at its end."""
        for answer in self.verify(iter([work async for work in works])):
            yield answer

    def _finished(self, work: Work, checked: Checked, started: float) -> Answer:
        retried = 0
        if checked.faults and not work.unreachable and not work.reply.refused:
            retried = len(checked.faults)
            work = self._again(work, checked)
        stages = {**work.stages, "verify": time.perf_counter() - started}
        work = replace(work, stages=stages)
        if checked.claims:
            note = _BROKEN.format(work.unreachable) if work.unreachable else ""
            return self._answer_of(work, checked, checked.draft(work.draft), retried, note)
        if work.reply.refused or not work.handed:
            return self._answer_of(work, checked, replace(work.draft, claims=()), retried)
        note = _UNREACHABLE.format(work.unreachable) if work.unreachable else _NOTHING_LEFT
        return self._answer_of(work, checked, work.draft, retried, note, stood_in=True)

    def _again(self, work: Work, checked: Checked) -> Work:
        """Ask once more for what did not pass, and check what comes."""
        try:
            faults = [(sentence, why) for _, sentence, why in checked.faults]
            checked.mend(self._writer.again(faults, work.talk).sentences, work.handed)
        except ModelUnreachable as error:
            return replace(work, unreachable=str(error))
        except ModelError:
            # It took the first request: the second can be too long for it. What passed, stays.
            return work
        return work

    def _answer_of(
        self,
        work: Work,
        checked: Checked,
        draft: Draft,
        retried: int = 0,
        note: str = "",
        stood_in: bool = False,
    ) -> Answer:
        usage = work.talk.usage
        writing = Writing(
            model=self._writer.name,
            sentences=len(checked.places),
            retried=retried,
            dropped=len(checked.faults) if work.done else 0,
            reader_stood_in=stood_in,
            unreachable=bool(work.unreachable),
            calls=usage.calls,
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
        )
        return replace(
            self._cite(replace(work, draft=draft)),
            searched=work.whole if work.whole != work.question else "",
            note=note,
            invalid_markers=checked.invalid_markers,
            writing=writing,
        )
