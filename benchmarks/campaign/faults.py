"""Damage the files of a library in every way, and look at what people are told.

    python -m benchmarks.campaign.faults --tries 120

takes a library of `corpus/` and made articles, changes one of its files at a time (a byte flipped,
cut off, emptied, filled with zeros, gone, a folder in its place), and runs `qa doctor` and `qa ask`
on it. Then it fills the disk: a process may write so many bytes to a file and no more, which SQLite
and Chroma meet as they would a full disk. What happens to each is one of:

- harmless: doctor finds nothing, and the answer is the same;
- told: one line and a non-zero exit status;
- mended: `qa ask` says so, answers, and doctor finds nothing any more;
- crashed: a traceback, a signal, an answer that differs though nothing was told.

It exits with 1 if anything crashed.
"""

import argparse
import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

from qa.ingest import ingest
from qa.settings import Settings

CORPUS = Path(__file__).parents[2] / "corpus"
QUESTION = "when did Abe plan to visit Russia?"
Run = subprocess.CompletedProcess[str]


def flip(path: Path, draw: random.Random) -> None:
    """Flip a byte."""
    found = bytearray(path.read_bytes())
    if found:
        found[draw.randrange(len(found))] ^= draw.randrange(1, 256)
    path.write_bytes(found)


def cut(path: Path, draw: random.Random) -> None:
    """Cut off."""
    found = path.read_bytes()
    path.write_bytes(found[: draw.randrange(len(found) + 1)])


def empty(path: Path, draw: random.Random) -> None:
    """Empty."""
    path.write_bytes(b"")


def zeros(path: Path, draw: random.Random) -> None:
    """Fill with zeros."""
    path.write_bytes(bytes(path.stat().st_size))


def gone(path: Path, draw: random.Random) -> None:
    """Take away."""
    path.unlink()


def folder(path: Path, draw: random.Random) -> None:
    """Put a folder in its place."""
    path.unlink()
    path.mkdir()


Damage = Callable[[Path, random.Random], None]
KINDS: tuple[Damage, ...] = (flip, cut, gone, zeros, empty, folder)


def qa(*arguments: str, most: int | None = None) -> Run:
    """Run the command line; with `most`, no file may become larger than so many bytes."""
    limit = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (most, most)) if most else None
    return subprocess.run(
        [sys.executable, "-m", "qa.cli", *arguments],
        capture_output=True,
        text=True,
        preexec_fn=limit,
        timeout=300,
    )


def crashed(run: Run) -> bool:
    """Whether a command ended otherwise than by an answer or by a line that says why not."""
    lines = [line for line in run.stderr.splitlines() if line]
    told = run.returncode == 0 or any(line.startswith("qa: ") for line in lines)
    return "Traceback" in run.stderr or "panicked" in run.stderr or not told


def outcome(library: Path, answer: str) -> str:
    """Return what becomes of a damaged library."""
    before = qa("doctor", "--library", str(library))
    asked = qa("ask", QUESTION, "--library", str(library))
    if crashed(before) or crashed(asked):
        return "crashed"
    if asked.returncode:
        return "told"
    after = qa("doctor", "--library", str(library))
    if "embedded anew" in asked.stderr:
        return "mended" if after.returncode == 0 and asked.stdout == answer else "crashed"
    if before.returncode:
        return "told"
    return "harmless" if asked.stdout == answer else "crashed"


def full_disk(library: Path, whole: Path, most: int, answer: str) -> str:
    """Ingest once more where files may not grow; nothing that was there may be lost."""
    shutil.copytree(whole, library)
    more = library.parent / "more"
    more.mkdir(exist_ok=True)
    for number in range(40):
        text = f"Bridge {number} was opened in Tolk on 3 March 2021. " * 40
        (more / f"{number}.txt").write_text(text, encoding="utf-8")
    run = qa("ingest", str(more), "--library", str(library), most=most)
    if crashed(run):
        return "crashed"
    # What was there before is there still, and can be asked.
    if outcome(library, answer) != "harmless":
        return "crashed"
    return "told" if run.returncode else "harmless"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tries", type=int, default=120)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    draw = random.Random(options.seed)
    found: dict[str, Counter[str]] = {}
    with tempfile.TemporaryDirectory() as place:
        whole, library = Path(place) / "whole", Path(place) / "library"
        # Chroma writes an index to the disk from 500 passages on.
        rows = [{"url": f"x:{n}", "text": f"Bridge {n} was opened in Tolk."} for n in range(550)]
        made = Path(place) / "made.jsonl"
        made.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
        ingest([CORPUS, made], Settings(library=whole))
        answer = qa("ask", QUESTION, "--library", str(whole)).stdout
        files = sorted(path.relative_to(whole) for path in whole.rglob("*") if path.is_file())
        for number in range(options.tries):
            path, kind = files[number % len(files)], KINDS[number // len(files) % len(KINDS)]
            shutil.copytree(whole, library)
            kind(library / path, draw)
            result = outcome(library, answer)
            shutil.rmtree(library)
            name = path.name if len(path.parts) == 1 else f"a snapshot's {path.name}"
            found.setdefault(name, Counter())[result] += 1
            print(number, name, kind.__doc__, result, file=sys.stderr, flush=True)
        size = (whole / "catalogue.sqlite3").stat().st_size
        for share in (0.02, 0.1, 0.3, 0.6, 0.9, 1.0, 1.05, 1.2, 1.5, 2.0):
            result = full_disk(library, whole, round(size * share), answer)
            shutil.rmtree(library)
            found.setdefault("a full disk", Counter())[result] += 1
            print("full disk", share, result, file=sys.stderr, flush=True)
    kinds = ("harmless", "told", "mended", "crashed")
    print(f"| what is damaged | tried | {' | '.join(kinds)} |\n|---|---|{'---|' * len(kinds)}")
    for name, results in found.items():
        told = " | ".join(str(results[kind]) for kind in kinds)
        print(f"| {name} | {results.total()} | {told} |")
    return int(any(results["crashed"] for results in found.values()))


if __name__ == "__main__":
    sys.exit(main())
