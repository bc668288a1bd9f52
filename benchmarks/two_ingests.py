"""What two ingests at once gain over one, into one library in PostgreSQL and Chroma.

`python -m benchmarks.two_ingests --articles 150` starts both servers on this machine, and ingests
the same articles four times, each time into empty ones: by one process and by two, with all cores
and with one core to each process. Two processes on two cores share what one of them has alone, so
the last two rows tell what a second machine would gain at least: the servers are on these cores
too. Models are loaded before the clock starts.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.ingest_speed import sample
from tests.servers import chroma, postgres, postgres_programs

Ingest = subprocess.Popen[str]
# Loads its models, says so, waits for a line, ingests, and says what it did.
INGEST = """
import json, sys, time
from pathlib import Path
from qa.ingest import ingest
from qa.models.loading import load_embedder
from qa.settings import Settings
settings = Settings.from_environment(device="cpu")
load_embedder(settings).embed(["a text to warm up"])
print("ready", flush=True)
sys.stdin.readline()
before = time.process_time()
summary = ingest([Path(sys.argv[1])], settings)
print(json.dumps([summary.added, time.process_time() - before]), flush=True)
"""


@contextmanager
def started(source: Path, cores: list[set[int]], where: dict[str, str]) -> Iterator[list[Ingest]]:
    """Start an ingest on each of the sets of cores, and wait until all are ready."""
    processes = []
    try:
        for some in cores:
            process = subprocess.Popen(
                [sys.executable, "-c", INGEST, str(source)],
                env={**os.environ, **where},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            processes.append(process)
            # Long before it counts the cores that its threads may use.
            os.sched_setaffinity(process.pid, some)
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.communicate()


def run(
    source: Path, cores: list[set[int]], where: dict[str, str]
) -> tuple[float, list[list[float]]]:
    """Return the seconds until all ingests have ended, and what each says that it did."""
    with started(source, cores, where) as processes:
        begun = time.perf_counter()
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        done = []
        for process in processes:
            assert process.stdout is not None
            done.append(json.loads(process.stdout.readline()))
        return time.perf_counter() - begun, done


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=150, help="articles in the sample")
    parser.add_argument("--news", type=Path, help="a file or folder, instead of the sample")
    arguments = parser.parse_args()
    programs = postgres_programs()
    if programs is None:
        parser.error("PostgreSQL is not installed: apt-get install postgresql")
    every = os.sched_getaffinity(0)
    single = [{core} for core in sorted(every)[:2]]
    ways = {
        "one, all cores": [every],
        "two, all cores": [every, every],
        "one, a core": single[:1],
        "two, a core each": single,
    }
    if len(single) < 2:
        parser.error("this machine has one core")
    with tempfile.TemporaryDirectory() as name:
        source = arguments.news or sample(Path(name), arguments.articles)
        alone = 0.0
        print("| ingests | seconds | processor seconds of each | articles of each | gain |")
        print("|---|---|---|---|---|")
        for number, (way, cores) in enumerate(ways.items()):
            folder = Path(name) / str(number)
            folder.mkdir()
            with postgres(programs) as database, chroma(folder) as vectors:
                where = {"QA_DATABASE_URL": database.create("news"), "QA_CHROMA_URL": vectors.url}
                seconds, done = run(source, cores, where)
            alone = seconds if len(cores) == 1 else alone
            taken = ", ".join(f"{used:.0f}" for _, used in done)
            shares = ", ".join(f"{added:.0f}" for added, _ in done)
            print(
                f"| {way} | {seconds:.0f} | {taken} | {shares} | {alone / seconds:.2f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
