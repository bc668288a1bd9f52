"""Memory over thousands of questions, and over a long ingest: how much, and whether it still grows.

    python -m benchmarks.campaign.memory --library DIR --questions FILE --count 2000
    python -m benchmarks.campaign.memory --articles FILE_OR_FOLDER

The first asks one assistant, which is what a page and `answer()` use, one question after the other;
the second ingests into a new library. Both print the process's memory along the way: resident, and
what the allocator holds without using it. `FILE` has a question on each line, as JSON with a
`question` or as plain text, and may be packed by gzip; they are asked anew from the start when all
were asked.
"""

import argparse
import ctypes
import gzip
import itertools
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.process import megabytes
from qa.assistant import Assistant
from qa.ingest import ingest
from qa.settings import Settings

_MEGABYTE = 2**20


class _Heap(ctypes.Structure):
    """`struct mallinfo2` of glibc."""

    _fields_ = [
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
            *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
        )
    ]


def memory() -> dict[str, int]:
    """Return the process's memory, in megabytes; the heap's parts where glibc tells them."""
    found = {
        name: megabytes(key)
        for name, key in (("resident", "VmRSS"), ("of files", "RssFile"), ("peak", "VmHWM"))
    }
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallinfo2"):
        libc.mallinfo2.restype = _Heap
        heap = libc.mallinfo2()
        found |= {
            "used": (heap.uordblks + heap.hblkhd) // _MEGABYTE,
            "unused": heap.fordblks // _MEGABYTE,
        }
    return found


def questions(path: Path) -> Iterator[str]:
    """Yield the questions of a file, over and over."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as file:
        lines = [line.strip() for line in file if line.strip()]
    texts = [json.loads(line)["question"] if line[0] == "{" else line for line in lines]
    return itertools.cycle(texts)


class Curve:
    """Prints a line each time that half as much again has been done, and every so many."""

    def __init__(self, every: int) -> None:
        self._every, self._next, self._done = every, 1, 0
        self._started = time.monotonic()
        print(f"| done | seconds | {' | '.join(memory())} |")
        print(f"|---|---|{'---|' * len(memory())}")

    def add(self, count: int = 1) -> None:
        self._done += count
        if self._done >= self._next:
            told = " | ".join(map(str, memory().values()))
            print(f"| {self._done} | {time.monotonic() - self._started:.0f} | {told} |", flush=True)
            self._next = min(self._done * 3 // 2 + 1, self._done + self._every)

    progress = add

    def notice(self, line: str) -> None:
        print(line, file=sys.stderr)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--library", type=Path)
    parser.add_argument("--questions", type=Path)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--articles", type=Path)
    parser.add_argument("--every", type=int, default=200)
    options = parser.parse_args()
    curve = Curve(options.every)
    if options.articles:
        with tempfile.TemporaryDirectory() as place:
            print(ingest([options.articles], Settings(library=Path(place) / "library"), curve))
        return
    with Assistant.load(Settings(library=options.library)) as assistant:
        for question in itertools.islice(questions(options.questions), options.count):
            assistant.answer(question)
            curve.add()


if __name__ == "__main__":
    main()
