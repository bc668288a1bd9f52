"""Work that the page hears of by steps."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from qa.errors import ConversationError
from qa.web.jobs import Job, Jobs, Step
from qa.web.limits import SHARE


def heard(jobs: Jobs, job: str, owner: str = "ann") -> list[Step]:
    """Return each step that the page is told, to the last."""

    async def listen() -> list[Step]:
        steps: list[Step] = [{"seen": 0, "done": False}]
        while not steps[-1]["done"]:
            steps.append(await jobs.next(owner, job, steps[-1]["seen"]))
        return steps[1:]

    # In a thread of its own: a browser that is being steered has a loop in this one.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, listen()).result()


def test_work_is_told_to_its_end_and_its_fault_in_words() -> None:
    def work(job: Job) -> Iterator[Step]:
        yield {"stage": "one"}
        yield {"html": "two"}
        raise ConversationError("gone: begin anew")

    jobs = Jobs()
    last = heard(jobs, jobs.begin("ann", work))[-1]
    # Who has not heard of a step before the last is told of both.
    assert (last["stage"], last["html"], last["error"]) == ("one", "two", "gone: begin anew")


def test_what_is_stopped_is_over_at_once_and_nobody_elses() -> None:
    go_on, ended = threading.Event(), threading.Event()

    def work(job: Job) -> Iterator[Step]:
        try:
            yield {"stage": "one"}
            go_on.wait(30)
            yield {"stage": "two"}
        finally:
            ended.set()

    jobs = Jobs()
    name = jobs.begin("ann", work)
    with pytest.raises(ConversationError):
        jobs.stop("bob", name)
    assert jobs.goes_on(name)
    jobs.stop("ann", name)
    assert not jobs.goes_on(name)
    assert heard(jobs, name)[-1].get("stage") in (None, "one")
    go_on.set()
    assert ended.wait(30)
    assert heard(jobs, name)[-1].get("stage") in (None, "one")
    with pytest.raises(ConversationError):
        heard(jobs, name, "bob")


def test_nobody_has_more_at_work_than_a_share() -> None:
    go_on = threading.Event()

    def work(job: Job) -> Iterator[Step]:
        go_on.wait(30)
        yield {"stage": "one"}

    jobs = Jobs()
    names = [jobs.begin("ann", work) for _ in range(SHARE)]
    with pytest.raises(ConversationError, match="fill your share"):
        jobs.begin("ann", work)
    assert jobs.begin("bob", work)
    go_on.set()
    heard(jobs, names[0])
    for name in names[1:]:
        heard(jobs, name)
    assert jobs.begin("ann", work)
