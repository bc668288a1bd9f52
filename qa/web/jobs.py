"""Work that takes a while: each piece in a thread of its own, of which the page hears by steps."""

import asyncio
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from qa.errors import ConversationError, QAError
from qa.web.desk import Functions
from qa.web.limits import SHARE

# What the page is told: of each key it shows the last.
Step = dict[str, Any]
# Seconds after which a question for news is answered with none, how often it is looked for, and how
# long what is done waits to be heard of.
_PATIENCE, _LOOK, _KEPT = 20.0, 0.04, 600.0


class Job:
    """One piece of work, its newest step, and whether it was stopped."""

    def __init__(self, owner: str) -> None:
        self.id = secrets.token_urlsafe(12)
        self.owner = owner
        self.stopped = False
        self.done: float | None = None
        self.count = 0
        self.step: Step = {}
        self._lock = threading.Lock()

    def tell(self, step: Step) -> None:
        """Show a step, together with what is not told anew."""
        with self._lock:
            if self.done is None:
                self.step = {**self.step, **step}
                self.count += 1

    def end(self) -> None:
        """Let the page know that there is no more to come."""
        with self._lock:
            if self.done is None:
                self.done = time.monotonic()
                self.count += 1

    def stop(self) -> None:
        """Let the page go on at once; the thread ends at its next step."""
        self.stopped = True
        self.end()

    def run(self, work: Callable[["Job"], Iterator[Step]]) -> None:
        """Do the work to its end, or to the step after which it was stopped."""
        try:
            for step in work(self):
                if self.stopped:
                    break
                self.tell(step)
        except (QAError, OSError) as error:
            self.tell({"error": str(error)})
        finally:
            self.end()


class Jobs:
    """All work that people have begun. Nobody hears of another's."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}

    @property
    def functions(self) -> Functions:
        """What the page may call."""
        return {"next": self.next, "stop": self.stop}

    def begin(self, owner: str, work: Callable[[Job], Iterator[Step]]) -> str:
        """Begin to work, in a thread; return the name by which its owner hears of it.

        Raises `ConversationError` if the owner's work fills the share of one person.
        """
        now = time.monotonic()
        for old in [
            one for one in list(self._jobs.values()) if one.done and now - one.done > _KEPT
        ]:
            self._jobs.pop(old.id, None)
        if sum(one.owner == owner and one.done is None for one in self._jobs.values()) >= SHARE:
            raise ConversationError("your questions fill your share: wait until one is answered")
        job = Job(owner)
        self._jobs[job.id] = job
        # Nobody waits for the thread: what was begun is brought to an end if the page is closed.
        threading.Thread(target=job.run, args=(work,), daemon=True).start()
        return job.id

    async def next(self, owner: str, job: str, seen: int) -> Step:
        """Return the newest step after so many, as soon as there is one.

        `seen` of it says how many there were, and `done` that it was the last. Raises
        `ConversationError` if there is no such work: the server has been started anew.
        """
        found = self._of(owner, job)
        until = time.monotonic() + _PATIENCE
        while found.count <= seen and found.done is None and time.monotonic() < until:
            await asyncio.sleep(_LOOK)
        return {**found.step, "seen": found.count, "done": found.done is not None}

    def goes_on(self, job: str) -> bool:
        """Tell whether some work is neither done nor stopped."""
        found = self._jobs.get(job)
        return found is not None and found.done is None

    def stop(self, owner: str, job: str) -> None:
        """Stop some work. Raises as `next` does."""
        self._of(owner, job).stop()

    def _of(self, owner: str, id_: str) -> Job:
        job = self._jobs.get(id_)
        if job is None or job.owner != owner:
            raise ConversationError("nothing is known of this any more: ask again")
        return job
