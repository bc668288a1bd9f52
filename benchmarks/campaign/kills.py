"""Kill what writes to a library, again and again, and look at what is left after each kill.

    python -m benchmarks.campaign.kills --kills 60

ingests made articles, changes, removes and dates some, rebuilds all, and saves conversations, each
in a process of its own that is ended by `kill -9`: at a random moment, or as soon as the files show
that a commit is under way. After each kill the library must hold each article once, as it was
before or as it was to become, with no fault that `qa doctor` knows; and each turn that was
acknowledged. It exits with 1 if anything is lost, doubled, or neither old nor new.
"""

import argparse
import datetime
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from qa.errors import ConversationError
from qa.ingest import ingest
from qa.library import doctor
from qa.library.opening import open_folder
from qa.library.sqlite.conversations import open_conversations
from qa.settings import Settings

ARTICLES = 60
# What a command does, in a process that says when it has loaded what it needs.
PRELUDE = """
import datetime, json, sys
from pathlib import Path
from qa.ingest import edit, ingest, rebuild, remove
from qa.library.opening import open_folder
from qa.models.loading import load_embedder
from qa.settings import Settings
folder = Path(sys.argv[1]); given = json.loads(sys.argv[2]); settings = Settings(library=folder)
class Silent:
    def progress(self, articles): pass
    def notice(self, line): pass
load_embedder(settings).embed(["warm"])
print("loaded", flush=True)
"""
COMMANDS = {
    "ingest": "ingest([given], settings, Silent(), round_size=16)",
    "prune": "ingest([given], settings, Silent(), prune=True, round_size=16)",
    "remove": "with open_folder(folder) as library: remove(given, library)",
    "edit": """
with open_folder(folder) as library:
    for id_ in given: edit(id_, library, settings, date=datetime.date(2020, 2, 2))
""",
    "rebuild": "rebuild(settings, Silent())",
    "conversations": """
from qa.library.conversations import Exchange
from qa.library.sqlite.conversations import open_conversations
with open_conversations(folder) as kept:
    for number in range(10_000):
        id_ = kept.begin("ann", f"{given}-{number}")
        kept.add("ann", id_, Exchange(f"{given}-{number}", error="kept"))
        print(id_, flush=True)
""",
}
# Text and date of each article, by its id.
Articles = dict[str, tuple[str, str]]


@dataclass
class Tally:
    """What came of the kills of one command."""

    kills: int = 0
    at_commit: int = 0
    finished: int = 0
    wrong: list[str] = field(default_factory=list)


def write(folder: Path, version: int, names: Sequence[int]) -> Path:
    """Write a file of articles, each with a version of its text."""
    path = folder / "news.jsonl"
    rows = [
        {
            "url": f"https://news.example/{name}",
            "title": f"Bridge {name}",
            "date": "2021-03-01",
            "text": f"Bridge number {name} was opened in Tolk, version {version}. " * 6,
        }
        for name in names
    ]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def state(library: Path) -> Articles:
    with open_folder(library) as opened:
        return {
            article.id: (article.text, str(article.source.date))
            for article, _ in opened.catalogue.entries()
        }


def killed(
    name: str, library: Path, given: object, draw: random.Random, aimed: bool
) -> tuple[bool, list[str]]:
    """Run a command and kill it; tell whether it had ended by itself, and what it had printed."""
    process = subprocess.Popen(
        [sys.executable, "-c", PRELUDE + COMMANDS[name], str(library), json.dumps(given)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    loaded = process.stdout.readline()
    assert loaded == "loaded\n", f"{name} did not begin"
    if aimed:
        _await_commit(library, process, draw)
    else:
        time.sleep(draw.uniform(0, 1.5))
    ended = process.poll() is not None
    assert process.returncode in (None, 0), f"{name} ended by itself with {process.returncode}"
    process.send_signal(signal.SIGKILL)
    said = process.stdout.read().split("\n")
    process.wait()
    # A line without its end was cut off before it was acknowledged.
    return ended, said[:-1]


def _await_commit(library: Path, process: "subprocess.Popen[str]", draw: random.Random) -> None:
    """Wait until the log of the catalogue grows, which a commit alone writes to."""
    logs = [library / "catalogue.sqlite3-wal", library / "conversations.sqlite3-wal"]

    def sizes() -> list[int]:
        return [log.stat().st_size if log.exists() else 0 for log in logs]

    before, until = sizes(), time.monotonic() + 20
    while sizes() == before and process.poll() is None and time.monotonic() < until:
        time.sleep(0.0002)
    time.sleep(draw.uniform(0, 0.01))


def between(now: Articles, old: Articles, new: Articles) -> list[str]:
    """Return what is neither as before nor as it was to become."""
    wrong = [f"lost {id_}" for id_ in old.keys() & new.keys() - now.keys()]
    wrong += [f"nobody's {id_}" for id_ in now.keys() - old.keys() - new.keys()]
    for id_ in now.keys() & {*old, *new}:
        if now[id_] not in (old.get(id_), new.get(id_)):
            wrong.append(f"torn {id_}")
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    draw = random.Random(options.seed)
    tallies = {name: Tally() for name in COMMANDS}
    with tempfile.TemporaryDirectory() as place:
        folder, library = Path(place), Path(place) / "library"
        settings = Settings(library=library)
        everything = range(ARTICLES)
        ingest([write(folder, 0, everything)], settings)
        turns: Counter[str] = Counter()
        for number in range(options.kills):
            name = list(COMMANDS)[number % len(COMMANDS)]
            old = state(library)
            given, new = _task(name, folder, old, number, draw)
            aimed = bool(number // len(COMMANDS) % 2)
            ended, said = killed(name, library, given, draw, aimed)
            tally = tallies[name]
            tally.kills += not ended
            tally.at_commit += aimed and not ended
            tally.finished += ended
            tally.wrong += between(state(library), old, new)
            with open_folder(library) as opened:
                tally.wrong += doctor.check(opened)
            if name == "conversations":
                turns.update(said)
                tally.wrong += _turns_lost(library, turns)
            # The next run does what is left of it.
            ingest([write(folder, number, everything)], settings)
            print(number, name, "ended" if ended else "killed", tally.wrong, file=sys.stderr)
        final = state(library)
        if len(final) != ARTICLES:
            tallies["ingest"].wrong.append(f"{len(final)} articles at the end")
    print("| command | killed | of these at a commit | had ended | lost, double or torn |")
    print("|---|---|---|---|---|")
    for name, tally in tallies.items():
        wrong = "; ".join(dict.fromkeys(tally.wrong)) or "0"
        print(f"| {name} | {tally.kills} | {tally.at_commit} | {tally.finished} | {wrong} |")
    print(f"\nturns that were acknowledged: {turns.total()}")
    return int(any(tally.wrong for tally in tallies.values()))


def _task(
    name: str, folder: Path, old: Articles, number: int, draw: random.Random
) -> tuple[object, Articles]:
    """Return what a command is given, and the articles that it would leave."""
    some = sorted(draw.sample(sorted(old), 10))
    match name:
        case "ingest" | "prune":
            names = range(0 if name == "ingest" else 20, ARTICLES)
            path = write(folder, 1000 + number, names)
            made = {}
            for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
                # A date that somebody has set stays.
                day = old[row["url"]][1] if row["url"] in old else row["date"]
                made[row["url"]] = (row["text"].strip(), day)
            return str(path), made if name == "prune" else {**old, **made}
        case "remove":
            return some, {id_: one for id_, one in old.items() if id_ not in some}
        case "edit":
            day = str(datetime.date(2020, 2, 2))
            return some, old | {id_: (old[id_][0], day) for id_ in some}
        case "conversations":
            return f"{number}", old
        case _:
            return None, old


def _turns_lost(library: Path, turns: Counter[str]) -> list[str]:
    lost = []
    with open_conversations(library) as kept:
        for id_ in turns:
            try:
                there = len(kept.exchanges("ann", id_))
            except ConversationError:
                there = 0
            if there != 1:
                lost.append(f"turn {id_} is there {there} times")
    return lost[:3]


if __name__ == "__main__":
    sys.exit(main())
