"""Which article is which: names, copies, moved files, ids of before, dates that people set."""

import datetime
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from qa.errors import CorpusError
from qa.ingest import Summary, edit, remove
from qa.ingest import run as ingest_run
from qa.library.doctor import check
from qa.library.opening import open_folder
from qa.library.sqlite.catalogue import FILE, SQLiteCatalogue
from qa.settings import Settings
from tests.conftest import Notices, run_qa

Bring = Callable[..., Summary]
TEXT = "The harbor bridge of {} was opened on Monday by the mayor."


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def ids(library: Path) -> list[str]:
    with SQLiteCatalogue.open(library) as opened:
        return sorted(source.id for source in opened.sources())


def faults(library: Path) -> list[str]:
    with open_folder(library) as opened:
        return check(opened)


def places(library: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    with SQLiteCatalogue.open(library) as opened:
        for id_, place in opened.places():
            found.setdefault(id_, set()).add(Path(place.origin).name + place.part)
    return found


def test_equal_names_in_two_folders_are_two_articles(bring: Bring, tmp_path: Path) -> None:
    for year in ("2022", "2023"):
        write(tmp_path / "news" / year / "001.txt", TEXT.format(year))
    folders = [tmp_path / "news" / year for year in ("2022", "2023")]
    assert bring(*folders) == Summary(added=2)
    assert ids(tmp_path / "library") == ["001.txt", "2023/001.txt"]
    assert bring(*folders) == Summary(unchanged=2)
    assert bring(*reversed(folders), prune=True) == Summary(unchanged=2)
    assert bring(tmp_path / "news", prune=True) == Summary(unchanged=2)
    write(folders[1] / "001.txt", TEXT.format("Lind"))
    assert bring(folders[1]) == Summary(changed=1)
    assert ids(tmp_path / "library") == ["001.txt", "2023/001.txt"]
    assert faults(tmp_path / "library") == []


def test_a_copy_is_one_article_with_its_places(bring: Bring, tmp_path: Path) -> None:
    folder = tmp_path / "news"
    write(folder / "a.txt", TEXT.format("Tolk"))
    copy = write(folder / "sub" / "b.txt", TEXT.format("Tolk"))
    assert bring(folder) == Summary(added=1)
    assert places(tmp_path / "library") == {"a.txt": {"a.txt", "b.txt"}}
    (folder / "a.txt").unlink()
    assert bring(folder, prune=True) == Summary(unchanged=1)
    assert places(tmp_path / "library") == {"a.txt": {"b.txt"}}
    # One of two copies that changes is an article of its own.
    write(folder / "a.txt", TEXT.format("Tolk"))
    bring(folder)
    write(copy, TEXT.format("Lind"))
    assert bring(folder, prune=True) == Summary(added=1, unchanged=1)
    assert ids(tmp_path / "library") == ["a.txt", "sub/b.txt"]
    copy.unlink()
    assert bring(folder, prune=True) == Summary(unchanged=1, removed=1)


def test_a_renamed_file_is_the_same_article(bring: Bring, tmp_path: Path) -> None:
    folder = tmp_path / "news"
    old = write(folder / "2022-03-01-bridge.txt", TEXT.format("Tolk"))
    assert bring(folder) == Summary(added=1)
    old.rename(folder / "bridge.txt")
    # The date was told by the name that is gone: what was known stays.
    assert bring(folder, prune=True) == Summary(unchanged=1)
    with open_folder(tmp_path / "library") as opened:
        library = opened.catalogue
        [source] = library.sources()
        assert (source.id, str(source.date)) == ("2022-03-01-bridge.txt", "2022-03-01")
        # Both names are its own.
        assert library.articles(["bridge.txt"])["bridge.txt"].id == source.id
        remove(["bridge.txt"], opened)
    assert ids(tmp_path / "library") == []


def test_a_notice_that_is_printed_again_is_another_article(bring: Bring, tmp_path: Path) -> None:
    for day in ("2022-03-01", "2023-03-01"):
        write(tmp_path / "news" / f"{day}.txt", f"Date: {day}\n\n{TEXT.format('Tolk')}")
    assert bring(tmp_path / "news") == Summary(added=2)
    assert bring(tmp_path / "news", prune=True) == Summary(unchanged=2)


def test_rows_that_move_within_a_file(bring: Bring, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    rows = [json.dumps({"title": name, "text": TEXT.format(name)}) for name in ("A", "B", "C")]
    write(path, "\n".join(rows))
    assert bring(path) == Summary(added=3)
    write(path, "\n".join(rows[1:]))
    assert bring(path, prune=True) == Summary(unchanged=2, removed=1)
    write(path, "\n".join([rows[2], rows[1]]))
    assert bring(path, prune=True) == Summary(unchanged=2)
    assert bring(path, prune=True) == Summary(unchanged=2)
    assert faults(tmp_path / "library") == []


def test_the_id_of_before_an_address_was_known_goes_on_resolving(
    bring: Bring, tmp_path: Path
) -> None:
    path = write(tmp_path / "a.jsonl", json.dumps({"text": TEXT.format("Tolk")}))
    bring(path)
    assert ids(tmp_path / "library") == ["a.jsonl:1"]
    row = {"text": TEXT.format("Tolk"), "link": "https://x.example/1"}
    write(path, json.dumps(row))
    assert bring(path) == Summary(changed=1)
    with SQLiteCatalogue.open(tmp_path / "library") as library:
        assert library.articles(["a.jsonl:1"])["a.jsonl:1"].id == "https://x.example/1"
        assert library.counts()[0] == 1


def test_a_library_of_before_has_its_places(bring: Bring, tmp_path: Path) -> None:
    folder = tmp_path / "news"
    write(folder / "sub" / "a.txt", TEXT.format("Tolk"))
    rows = [json.dumps({"text": TEXT.format(name)}) for name in ("B", "C")]
    write(folder / "b.jsonl", "\n".join(rows))
    bring(folder)
    library = tmp_path / "library"
    with closing(sqlite3.connect(library / FILE)) as older:
        older.execute("DROP TABLE places")
        older.execute("DROP TABLE edits")
        older.execute("CREATE INDEX articles_by_origin ON articles (origin)")
        older.execute("PRAGMA user_version = 3")
        older.commit()
    assert places(library) == {
        "sub/a.txt": {"a.txt"},
        "b.jsonl:1": {"b.jsonl:1"},
        "b.jsonl:2": {"b.jsonl:2"},
    }
    assert bring(folder, prune=True) == Summary(unchanged=3)
    assert bring(folder / "sub") == Summary(unchanged=1)
    assert ids(library) == ["b.jsonl:1", "b.jsonl:2", "sub/a.txt"]


def test_a_date_that_is_set_stays(bring: Bring, tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "Date: 2022-03-01\n\n" + TEXT.format("Tolk"))
    bring(path)
    settings, day = Settings(library=tmp_path / "library"), datetime.date(2021, 12, 24)
    with open_folder(settings.library) as library:
        edit("a.txt", library, settings, date=day)
        assert [source.date for source in library.catalogue.sources()] == [day]
        with pytest.raises(CorpusError, match="`qa list` shows the ids"):
            edit("b.txt", library, settings, date=day)
    assert bring(path) == Summary(unchanged=1)
    write(path, "Date: 2022-03-01\n\n" + TEXT.format("Lind"))
    assert bring(path) == Summary(changed=1)
    with open_folder(settings.library) as library:
        assert [source.date for source in library.catalogue.sources()] == [day]
        edit("a.txt", library, settings, date=None)
        assert [source.date for source in library.catalogue.sources()] == [None]
    assert faults(settings.library) == []


class Watching(Notices):
    def __init__(self) -> None:
        super().__init__()
        self.on: list[str] = []
        self.passages = 0

    def working(self, on: str, passages: int = 0) -> None:
        self.on.append(on)
        self.passages += passages


def test_progress_counts_what_is_embedded(tmp_path: Path) -> None:
    rows = [json.dumps({"title": f"T{n}", "text": TEXT.format(n)}) for n in range(30)]
    path = write(tmp_path / "a.jsonl", "\n".join([*rows, rows[0]]))
    listener, settings = Watching(), Settings(library=tmp_path / "library")
    done = ingest_run.ingest([path], settings, listener)
    with SQLiteCatalogue.open(settings.library) as library:
        assert library.counts() == (listener.articles, listener.passages)
    assert listener.articles == done.added == 30
    assert listener.on[0] == "loading the model"
    assert listener.on[-1] == ""


def test_a_round_that_takes_long_is_committed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest_run, "ROUND_SECONDS", 0.0)
    rows = [json.dumps({"text": TEXT.format(n)}) for n in range(3)]
    path = write(tmp_path / "a.jsonl", "\n".join(rows))
    settings = Settings(library=tmp_path / "library")
    ingest_run.ingest([path], settings, Notices())
    with SQLiteCatalogue.open(settings.library) as library:
        assert library.state().generation == 3


def test_articles_without_a_date_are_told_listed_and_dated(tmp_path: Path) -> None:
    folder, library = tmp_path / "news", str(tmp_path / "library")
    write(folder / "a.jsonl", json.dumps({"url": "https://x.example/a", "body": TEXT.format("A")}))
    write(folder / "2022-03-01.txt", TEXT.format("B"))
    write(folder / "c.jpg", "")
    done = run_qa("ingest", str(folder), "--library", library)
    assert done.stdout.strip() == (
        "added 2, changed 0, unchanged 0, removed 0, skipped 0, without a date 1; "
        "passed over: 1 .jpg"
    )
    assert "100%" in done.stderr
    listed = run_qa("list", "--undated", "--json", "--library", library).stdout
    assert json.loads(listed) == {
        "id": "https://x.example/a",
        "title": TEXT.format("A"),
        "date": None,
        "url": "https://x.example/a",
    }
    done = run_qa("edit", "https://x.example/a", "--date", "2021-05-04", "--library", library)
    assert done.stdout == "https://x.example/a: 2021-05-04\n"
    assert run_qa("list", "--undated", "--library", library).stdout == ""


def test_columns_of_other_names(tmp_path: Path) -> None:
    row = f'when_x,story_x\n2021-05-04,"{TEXT.format("A")}"\n'
    path, library = write(tmp_path / "a.csv", row), str(tmp_path / "library")
    done = run_qa("ingest", str(path), "--library", library)
    assert done.returncode == 1
    assert "no column `text`; columns found: when_x, story_x" in done.stderr
    done = run_qa("ingest", str(path), "--library", library, "--fields", "text=story_x,date=when_x")
    assert done.stdout.startswith("added 1")
    assert "without a date" not in done.stdout
    done = run_qa("ingest", str(path), "--library", library, "--fields", "story_x")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "write FIELD=COLUMN" in done.stderr
