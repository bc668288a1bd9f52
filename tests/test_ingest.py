"""Ingest: what changed, and nothing half-visible however it ends."""

import errno
import json
import os
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from qa.errors import CorpusError, LibraryError, LibraryMismatch
from qa.ingest import Summary, rebuild, remove
from qa.ingest import ingest as ingest_into
from qa.library import doctor
from qa.library.chroma.snapshots import Snapshots
from qa.library.opening import open_folder
from qa.library.sqlite.catalogue import SQLiteCatalogue
from qa.settings import Settings
from tests.conftest import Notices
from tests.processes import Process

Bring = Callable[..., Summary]


@pytest.fixture
def folder(news: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(news, tmp_path / "news"))


def texts(library: Path) -> dict[str, str]:
    with SQLiteCatalogue.open(library) as opened:
        ids = [source.id for source in opened.sources()]
        return {id_: article.text for id_, article in opened.articles(ids).items()}


def check(folder: Path) -> list[str]:
    with open_folder(folder) as library:
        return doctor.check(library)


def test_added_changed_unchanged_removed(folder: Path, bring: Bring, tmp_path: Path) -> None:
    library = tmp_path / "library"
    assert str(bring(folder)) == "added 4, changed 0, unchanged 0, removed 0, skipped 0"
    with SQLiteCatalogue.open(library) as opened:
        state = opened.state()
        assert bring(folder) == Summary(unchanged=4)
        assert opened.state() == state
    (folder / "2022-01-15-storm.txt").write_text("A flood in Tolk.", encoding="utf-8")
    (folder / "2021-09-20-tolk-election.txt").unlink()
    (folder / "empty.txt").write_text("", encoding="utf-8")
    assert bring(folder) == Summary(changed=1, unchanged=2, skipped=1)
    assert bring(folder, prune=True) == Summary(unchanged=3, removed=1, skipped=1)
    assert texts(library).keys() == {
        "2021-03-01-harbor-bridge-planned.txt",
        "2021-06-12-harbor-bridge-opened.txt",
        "2022-01-15-storm.txt",
    }
    assert texts(library)["2022-01-15-storm.txt"] == "A flood in Tolk."
    assert check(library) == []


def test_a_changed_title_date_or_url_is_a_change(bring: Bring, tmp_path: Path) -> None:
    row: dict[str, object] = {
        "title": "Bridge",
        "date": "2020-01-02",
        "text": "A bridge was opened in Tolk.",
    }
    path = tmp_path / "a.jsonl"
    changes: list[dict[str, object]] = [
        {},
        {"title": "Span"},
        {"date": "2020-01-03"},
        {"authors": ["Ann"]},
    ]
    for change in changes:
        row |= change
        path.write_text(json.dumps(row), encoding="utf-8")
        bring(path)
        assert check(tmp_path / "library") == []
        assert bring(path) == Summary(unchanged=1)


def test_prune_keeps_what_is_elsewhere_or_unreadable(
    folder: Path, bring: Bring, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "b.txt").write_text("Another bridge was opened in Tolk.", encoding="utf-8")
    bring(folder, other)
    (folder / "2022-01-15-storm.txt").write_bytes(b"\x00\x01")
    assert bring(folder, prune=True) == Summary(unchanged=3, skipped=1)
    assert len(texts(tmp_path / "library")) == 5


def test_an_article_that_costs_too_much_is_skipped_and_the_run_goes_on(
    bring: Bring, tmp_path: Path, notices: Notices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.ingest.rounds.SECONDS_PER_MB", 0.03)
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "a.txt").write_text("The bridge of Tolk was opened.", encoding="utf-8")
    address = "https://x.example/1"
    rows = folder / "r.jsonl"
    rows.write_text(json.dumps({"link_here": address, "text": "Storms in Tolk."}), encoding="utf-8")
    bring(folder)
    known = texts(tmp_path / "library")
    # Each repeats what looks like dates; one would be new, one is changed, and one is changed too
    # and gets its address from a column.
    costly = "Q1-" * 60_000
    for name in ("a.txt", "new.txt"):
        (folder / name).write_text(costly, encoding="utf-8")
    rows.write_text(json.dumps({"link_here": address, "text": costly}), encoding="utf-8")
    (folder / "z.txt").write_text("A ferry left Lind.", encoding="utf-8")
    columns = {"url": "link_here"}
    assert bring(folder, prune=True, columns=columns) == Summary(added=1, skipped=3)
    found = texts(tmp_path / "library")
    assert found == known | {"z.txt": "A ferry left Lind."}
    assert sum("take over 0 s to find: split it" in line for line in notices.lines) == 3
    assert check(tmp_path / "library") == []
    # A row that moves to another file, and costs too much there, is still what it was.
    other = tmp_path / "other.jsonl"
    other.write_text(json.dumps({"url": "https://x.example/2", "text": "Snow."}), encoding="utf-8")
    bring(other)
    moved = folder / "moved.jsonl"
    moved.write_text(json.dumps({"url": "https://x.example/2", "text": costly}), encoding="utf-8")
    other.write_text(json.dumps({"url": "https://x.example/3", "text": "Ice."}), encoding="utf-8")
    bring(folder, other, prune=True)
    assert texts(tmp_path / "library")["https://x.example/2"] == "Snow."
    moved.unlink()
    # Read again, since it is no longer what it was.
    (folder / "a.txt").write_text("The bridge of Tolk was closed.", encoding="utf-8")
    assert bring(folder) == Summary(changed=1, unchanged=1, skipped=2)


def test_rows_that_are_gone_from_a_file_are_pruned(bring: Bring, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    rows = [{"url": f"https://x.example/{n}", "text": f"Bridge {n} was opened."} for n in range(3)]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    bring(path)
    path.write_text("\n".join(map(json.dumps, rows[1:])), encoding="utf-8")
    assert bring(path, prune=True) == Summary(unchanged=2, removed=1)


def test_duplicate_ids(bring: Bring, tmp_path: Path, notices: Notices) -> None:
    path = tmp_path / "a.jsonl"
    rows = [{"url": "https://x.example/1", "text": f"Bridge {n} opened."} for n in (1, 1, 2)]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert bring(path) == Summary(added=1, skipped=1)
    assert "another article of this run has the same id" in notices.lines[0]
    assert bring(path) == Summary(unchanged=1, skipped=1)


def test_one_file_name_in_two_folders(bring: Bring, tmp_path: Path, notices: Notices) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_text(f"Bridge {name} was opened.", encoding="utf-8")
    bring(tmp_path / "one")
    assert bring(tmp_path / "two") == Summary(added=1)
    both = {"a.txt": "Bridge one was opened.", "two/a.txt": "Bridge two was opened."}
    assert texts(tmp_path / "library") == both
    (tmp_path / "one").rename(tmp_path / "three")
    assert bring(tmp_path / "two", tmp_path / "three") == Summary(unchanged=2)
    assert bring(tmp_path, prune=True) == Summary(unchanged=2)
    assert texts(tmp_path / "library") == both


def test_a_folder_that_moved_is_still_the_same(folder: Path, bring: Bring, tmp_path: Path) -> None:
    bring(folder)
    moved = folder.rename(tmp_path / "moved")
    assert bring(moved, prune=True) == Summary(unchanged=4)
    (moved / "2022-01-15-storm.txt").unlink()
    assert bring(moved, prune=True) == Summary(unchanged=3, removed=1)


def test_nothing_is_touched_when_a_path_is_wrong(folder: Path, bring: Bring) -> None:
    with pytest.raises(CorpusError, match="check the path"):
        bring(folder, folder / "missing")
    assert bring(folder) == Summary(added=4)


def test_prune_keeps_a_row_that_moved_to_another_file(bring: Bring, tmp_path: Path) -> None:
    rows = [{"url": f"https://x.example/{n}", "text": f"Bridge {n} was opened."} for n in range(3)]
    january, february = tmp_path / "jan.jsonl", tmp_path / "feb.jsonl"
    january.write_text("\n".join(map(json.dumps, rows[:2])), encoding="utf-8")
    february.write_text(json.dumps(rows[2]), encoding="utf-8")
    bring(january, february)
    january.write_text(json.dumps(rows[0]), encoding="utf-8")
    february.write_text("\n".join(map(json.dumps, rows[1:])), encoding="utf-8")
    assert bring(january, february) == Summary(unchanged=3)
    assert bring(january, prune=True) == Summary(unchanged=1)
    assert len(texts(tmp_path / "library")) == 3


def test_prune_keeps_what_is_in_a_folder_that_cannot_be_read(
    folder: Path, bring: Bring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "a.txt").write_text("A ferry left the port of Lind.", encoding="utf-8")
    bring(folder)
    scan = os.scandir

    def refused(path: str) -> object:
        if str(path).endswith("sub"):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return scan(path)

    # Root may read every folder, so what the system would answer is put in its place.
    monkeypatch.setattr(os, "scandir", refused)
    assert bring(folder, prune=True) == Summary(unchanged=4, skipped=1)
    assert "sub/a.txt" in texts(tmp_path / "library")


def test_names_and_urls_that_are_not_unicode_are_stored(bring: Bring, tmp_path: Path) -> None:
    source = tmp_path / "odd"
    source.mkdir()
    name = os.fsdecode(os.fsencode(source) + b"/caf\xe9.txt")
    Path(name).write_text("A ferry left the port of Lind.", encoding="utf-8")
    row = '{"url": "https://x.example/\\ud800", "text": "A comet fell into the lake."}'
    (source / "a.jsonl").write_text(row, encoding="utf-8")
    assert bring(source) == Summary(added=2)
    assert bring(source, prune=True) == Summary(unchanged=2)
    assert texts(tmp_path / "library").keys() == {"caf\\xe9.txt", "https://x.example/?"}


def test_what_a_killed_run_left_is_in_nobodys_way(
    folder: Path, bring: Bring, tmp_path: Path
) -> None:
    bring(folder)
    (tmp_path / "library" / "vectors" / "000002").mkdir()
    with open_folder(tmp_path / "library") as library:
        remove(["2022-01-15-storm.txt"], library)
    assert check(tmp_path / "library") == []


def test_somebody_elses_folder_is_not_touched(folder: Path, bring: Bring, tmp_path: Path) -> None:
    mine = tmp_path / "library" / "vectors" / "000123"
    mine.mkdir(parents=True)
    with pytest.raises(LibraryError, match="choose another folder"):
        bring(folder)
    mine.rename(tmp_path / "kept")
    mine.parent.rmdir()
    bring(folder)
    mine.with_name("notes").mkdir()
    bring(folder)
    assert mine.with_name("notes").is_dir()


def test_remove(folder: Path, bring: Bring, tmp_path: Path) -> None:
    bring(folder)
    with open_folder(tmp_path / "library") as library:
        with pytest.raises(CorpusError, match="`qa list` shows the ids"):
            remove(["2022-01-15-storm.txt", "nothing"], library)
        assert library.catalogue.counts()[0] == 4
        remove(["2022-01-15-storm.txt"], library)
        assert library.catalogue.counts()[0] == 3
        assert library.catalogue.search(["storm"], 5) == []
    assert check(tmp_path / "library") == []


def test_other_settings_are_refused_and_rebuilt(
    folder: Path, bring: Bring, tmp_path: Path, notices: Notices
) -> None:
    bring(folder)
    settings = Settings(library=tmp_path / "library", passage_tokens=32)
    with pytest.raises(LibraryMismatch, match="built with passage_tokens 200, now it is 32"):
        ingest_into([folder], settings, notices)
    with SQLiteCatalogue.open(tmp_path / "library") as library:
        before = library.counts()[1]
    assert rebuild(settings, notices) > before
    assert check(tmp_path / "library") == []
    assert ingest_into([folder], settings, notices) == Summary(unchanged=4)


def test_doctor_sees_what_is_wrong_and_rebuild_mends_it(
    folder: Path, bring: Bring, tmp_path: Path, notices: Notices
) -> None:
    bring(folder)
    library = tmp_path / "library"
    shutil.rmtree(library / "vectors")
    [fault] = check(library)
    assert "run `qa doctor --rebuild`" in fault
    rebuild(Settings(library=library), notices)
    assert check(library) == []
    for damaged in (library / "vectors").rglob("*.bin"):
        damaged.unlink()
    for damaged in (library / "vectors").rglob("chroma.sqlite3"):
        damaged.write_bytes(b"x" * 5000)
    [fault] = check(library)
    assert "cannot be used" in fault
    rebuild(Settings(library=library), notices)
    assert check(library) == []
    with SQLiteCatalogue.open(library) as opened:
        opened._connection.execute("UPDATE articles SET text = 'x' || text WHERE number = 1")
        opened._connection.execute("INSERT INTO words (words) VALUES ('delete-all')")
        opened._connection.execute("DELETE FROM passages WHERE article = 2")
    faults = " ".join(check(library))
    assert "passages are not the slices" in faults
    assert "the full-text index holds 0" in faults
    assert "belong to no passage" in faults


def test_vectors_at_which_chroma_panics_are_one_line(tmp_path: Path) -> None:
    """As where an ingest takes a snapshot away while another process is opening it."""
    place = tmp_path / "vectors" / "000001"
    place.mkdir(parents=True)
    with closing(sqlite3.connect(place / "chroma.sqlite3")) as torn:
        torn.execute("CREATE TABLE migrations (torn)")
    with pytest.raises(LibraryError, match=r"cannot be used .*run `qa doctor --rebuild`"):
        Snapshots(tmp_path, lambda filters: []).ids("000001")


def test_without_a_listener_what_people_should_read_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "bridge.txt").write_text("The bridge in Lindhaven was opened.")
    (tmp_path / "news" / "empty.txt").write_text("")
    done = ingest_into([str(tmp_path / "news")], Settings(library=tmp_path / "library"))
    assert (done.added, done.skipped) == (1, 1)
    [record] = caplog.records
    assert record.name == "qa.ingest"
    assert "empty.txt" in record.getMessage()


INGEST = """
import sys
from pathlib import Path
from qa.ingest import ingest
from qa.settings import Settings

class Listener:
    def progress(self, articles): print("progress", flush=True)
    def notice(self, line): print(line, flush=True)

ingest([Path(sys.argv[1])], Settings(library=Path(sys.argv[2])), Listener(), round_size=20)
"""


@pytest.mark.parametrize("articles_before_the_kill", [3, 40, 90])
def test_a_killed_ingest_loses_nothing_and_is_finished_by_the_next(
    tmp_path: Path, notices: Notices, articles_before_the_kill: int
) -> None:
    source = tmp_path / "many.jsonl"
    rows = [
        {"url": f"https://x.example/{n}", "text": f"Bridge number {n} was opened in Tolk. " * 3}
        for n in range(150)
    ]
    source.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    library = tmp_path / "library"
    with Process("-c", INGEST, str(source), str(library)) as process:
        for _ in range(articles_before_the_kill):
            assert process.stdout.readline().strip() == "progress"
        time.sleep(0.05)
        process.kill()
    # Whatever was committed is whole: passages, words and vectors agree.
    assert check(library) == []
    kept = texts(library)
    assert len(kept) < 150
    assert all(
        text == rows[int(id_.rsplit("/", 1)[1])]["text"].strip() for id_, text in kept.items()
    )
    settings = Settings(library=library)
    assert ingest_into([source], settings, notices) == Summary(
        added=150 - len(kept), unchanged=len(kept)
    )
    assert check(library) == []
    assert len(list((library / "vectors").iterdir())) == 1


def test_a_page_that_is_open_sees_what_another_process_ingests(
    folder: Path, bring: Bring, tmp_path: Path
) -> None:
    from qa.assistant import Assistant

    bring(folder)
    source = tmp_path / "many.jsonl"
    rows = [
        {"url": f"https://x.example/{n}", "text": f"Ferry number {n} left the port of Lind."}
        for n in range(1100)
    ]
    rows.append({"url": "https://x.example/comet", "text": "A comet fell into Lake Mirren."})
    source.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    question = "Where did the comet fall?"
    with Assistant.load(Settings(library=tmp_path / "library")) as assistant:
        assert all("comet" not in hit.passage.text for hit in assistant.answer(question).hits)
        # Questions go on being answered while one round after another is published.
        generations = set()
        with (
            Path(os.devnull).open("w", encoding="utf-8") as nothing,
            Process(
                "-c", INGEST, str(source), str(tmp_path / "library"), stdout=nothing
            ) as process,
        ):
            while process.status is None:
                generations.add(assistant.library.state().generation)
                assert assistant.answer("When will the harbor bridge be opened?").hits
        assert process.status == 0
        assert len(generations) > 3
        assert assistant.library.counts()[1] > 1000
        hits = assistant.answer(question).hits
        assert hits[0].passage.text == "A comet fell into Lake Mirren."
        # By meaning alone, too: the vectors were reopened, not only the words searched.
        vector = assistant.retriever.embedder.embed(["a comet fell into a lake"])[0]
        name = assistant.library.state().vectors
        # Asked for by its id: a graph of a thousand lines that are all but the same does not
        # always lead to the one unlike them.
        comet = hits[0].passage.id
        near = assistant.retriever.vectors.similarities(name, vector, {comet: None})
        assert near[comet] > 0.5
