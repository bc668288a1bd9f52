"""Feed an ingest files that nobody should write, and see what each costs.

    python -m benchmarks.campaign.fuzz --files 80 --megabytes 9

makes files of each ending that qa reads: random bytes, a real file with bytes changed or cut off,
and texts that repeat a shape ("1,1,1,…", month names, dots) to their full length. Each is read, and
cut into passages with the dates in it, by a process of its own. A file may be skipped with its
reason; it may not take more than 1 GB beyond what the model takes, nor more than 30 s, nor end the
process. It exits with 1 if one does.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from qa.ingest.formats import SUFFIXES
from tests.made_files import MADE
from tests.test_linear import SHAPES

Kind = Callable[[random.Random, int], tuple[str, bytes]]
SECONDS, MEGABYTES = 30.0, 1000.0
# Reads the files of a folder as an ingest does, and says what each took.
READ = """
import json, resource, sys, time
from pathlib import Path
from qa.ingest.files import Loaded, read
from qa.ingest.parsed import Unreadable
from qa.ingest.rounds import entry
from qa.models.loading import load_embedder
from qa.settings import Settings
settings = Settings(); embedder = load_embedder(settings)
def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
before, started, taken = peak(), time.perf_counter(), 0
for item in read(Path(sys.argv[1]), settings.max_article_mb):
    if isinstance(item, Loaded):
        try:
            entry(item.article, item.origin, embedder, settings, bounded=True)
            taken += 1
        except Unreadable:
            pass
print(json.dumps([taken, time.perf_counter() - started, peak() - before]))
"""


@dataclass
class Tally:
    """What files of one kind took."""

    tried: int = 0
    read: int = 0
    seconds: float = 0.0
    megabytes: float = 0.0
    failed: list[str] = field(default_factory=list)


def noise(draw: random.Random, size: int) -> tuple[str, bytes]:
    """Return random bytes, under any ending."""
    return f"a{draw.choice(SUFFIXES)}", draw.randbytes(draw.randrange(1, size // 20))


def changed(draw: random.Random, size: int) -> tuple[str, bytes]:
    """Return a real file with some bytes changed."""
    name, found = made(draw)
    for _ in range(draw.randrange(1, 30)):
        found[draw.randrange(len(found))] = draw.randrange(256)
    return name, bytes(found)


def cut(draw: random.Random, size: int) -> tuple[str, bytes]:
    """Return a real file that is cut off."""
    name, found = made(draw)
    return name, bytes(found[: draw.randrange(len(found))])


def repeated(draw: random.Random, size: int) -> tuple[str, bytes]:
    """Return a text that repeats one shape, with another thing at its end."""
    shape = draw.choice(SHAPES)
    ending = draw.choice([".txt", ".md", ".html", ".json"])
    return f"a{ending}", (shape * (size // len(shape)) + "x").encode()


def mixed(draw: random.Random, size: int) -> tuple[str, bytes]:
    """Return a text of shapes in any order."""
    return "a.txt", "".join(draw.choices(SHAPES, k=size // 4)).encode()


def made(draw: random.Random) -> tuple[str, bytearray]:
    name = draw.choice(list(MADE))
    found = MADE[name]()
    return name, bytearray(found.encode() if isinstance(found, str) else found)


KINDS = (noise, changed, cut, repeated, mixed)


def run(kind: Kind, draw: random.Random, size: int, tally: Tally) -> None:
    """Make a file, have it read, and count what that took."""
    tally.tried += 1
    with tempfile.TemporaryDirectory() as folder:
        name, content = kind(draw, size)
        (Path(folder) / name).write_bytes(content)
        what = f"{name} that begins {content[:20]!r}"
        try:
            done = subprocess.run(
                [sys.executable, "-c", READ, folder],
                capture_output=True,
                text=True,
                timeout=SECONDS * 3,
            )
        except subprocess.TimeoutExpired:
            tally.failed.append(f"{what}: over {SECONDS * 3:.0f} s")
            return
    if done.returncode:
        tally.failed.append(f"{what}: {(done.stderr.splitlines() or ['killed'])[-1]}")
        return
    read, seconds, megabytes = json.loads(done.stdout)
    tally.read += bool(read)
    tally.seconds = max(tally.seconds, seconds)
    tally.megabytes = max(tally.megabytes, megabytes)
    if seconds > SECONDS or megabytes > MEGABYTES:
        tally.failed.append(f"{what}: {seconds:.0f} s, {megabytes:.0f} MB")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=80)
    parser.add_argument("--megabytes", type=float, default=9.0, help="of the longest texts")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    draw = random.Random(options.seed)
    tallies = {kind: Tally() for kind in KINDS}
    for number in range(options.files):
        kind = KINDS[number % len(KINDS)]
        run(kind, draw, round(options.megabytes * 1_000_000), tallies[kind])
        print(number, kind.__name__, tallies[kind], file=sys.stderr, flush=True)
    print("| file | tried | read | longest | most memory | too much, or ended |")
    print("|---|---|---|---|---|---|")
    for kind, one in tallies.items():
        failed = "; ".join(one.failed) or "0"
        name = (kind.__doc__ or "").removeprefix("Return ").rstrip(".")
        print(
            f"| {name} | {one.tried} | {one.read} | {one.seconds:.1f} s | {one.megabytes:.0f} MB "
            f"| {failed} |"
        )
    return int(any(one.failed for one in tallies.values()))


if __name__ == "__main__":
    sys.exit(main())
