"""The catalogue: all or nothing, one writer, and never two makings in one library."""

import datetime
import json
import os
import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import SoftFileLock

from qa.dates import find
from qa.errors import LibraryBusy, LibraryError, LibraryMismatch, LibraryMissing, LibraryNewer
from qa.library.articles import Entry
from qa.library.lock import Holder, holder_of
from qa.library.protocols import State
from qa.library.sqlite import schema
from qa.library.sqlite.catalogue import FILE, SQLiteCatalogue
from qa.types import Article, Filters, Passage, Source

FACTS = {"model": "m", "dimension": "3"}


def entry(id_: str, text: str, date: datetime.date | None = None) -> Entry:
    article = Article(Source(id_, f"Title of {id_}", date, authors=("Ann", "Bo")), text)
    middle = text.index(" ")
    spans = [(0, middle), (middle + 1, len(text))]
    passages = [Passage(f"{id_}-{s}", id_, s, e, text[s:e]) for s, e in spans]
    return Entry(article, f"/news/{id_}", tuple(passages), tuple(find(text, date)))


@pytest.fixture
def library(tmp_path: Path) -> Iterator[SQLiteCatalogue]:
    with SQLiteCatalogue.create(tmp_path / "library", FACTS) as created:
        yield created


def test_what_is_written_is_read(library: SQLiteCatalogue) -> None:
    first = entry("a", "bridges opened", datetime.date(2020, 1, 2))
    library.commit([first, entry("b", "storm “damage”")], [], "000001")
    assert library.counts() == (2, 4)
    assert library.counts(Filters(since=datetime.date(2020, 1, 1))) == (1, 2)
    assert library.articles(["a", "z"]) == {"a": first.article}
    assert [source.id for source in library.sources()] == ["a", "b"]
    assert library.passages(["a-0", "z"]) == {"a-0": (first.passages[0], first.article.source)}
    assert library.extent() == (datetime.date(2020, 1, 2),) * 2
    assert library.state() == State(1, "000001")
    assert library.faults() == []


def test_search_stems_folds_case_and_takes_any_word(library: SQLiteCatalogue) -> None:
    library.commit([entry("a", "bridges opened"), entry("b", "Café closes")], [], "1")
    assert [id_ for id_, _ in library.search(["Bridge"], 5)] == ["a-0"]
    assert {id_ for id_, _ in library.search(["cafe", "open"], 5)} == {"a-8", "b-0"}
    assert library.search(['"', "OR", "NEAR("], 5) == []
    assert library.search([], 5) == []
    assert [id_ for id_, _ in library.search(["bridge's", "bridge’s"], 5)] == ["a-0"]


def test_the_commonest_words_are_left_out_of_a_search_that_is_too_wide(
    library: SQLiteCatalogue,
) -> None:
    texts = {"a": "bridges bridges", "b": "bridges fell", "c": "Cafés u.s.", "d": "bridged gap"}
    library.commit([entry(id_, text) for id_, text in texts.items()], [], "1")

    def found(words: list[str], most: int) -> set[str]:
        return {id_[0] for id_, _ in library.search(words, 9, most=most)}

    # "bridge" stands in four passages, each of the others in one, however it is written.
    assert found(["bridge", "café", "fall", "u.s"], 9) == {"a", "b", "c", "d"}
    assert found(["bridge", "CAFÉ", "u.s", "fell"], 5) == {"b", "c"}
    assert found(["bridge", "nowhere", "gap"], 4) == {"d"}
    # One word at least, however common.
    assert found(["bridge"], 1) == {"a", "b", "d"}


def test_a_replaced_article_leaves_no_words_behind(library: SQLiteCatalogue) -> None:
    library.commit([entry("a", "old bridge")], [], "1")
    library.commit([entry("a", "new tunnel")], [], "2")
    assert library.search(["bridge"], 5) == []
    assert len(library.search(["tunnel"], 5)) == 1
    library.commit([], ["a"], "3")
    assert library.counts() == (0, 0)
    assert library.search(["tunnel", "title"], 5) == []
    assert library.faults() == []


def test_a_commit_that_fails_changes_nothing(library: SQLiteCatalogue) -> None:
    library.commit([entry("a", "old bridge")], [], "1")
    twice = entry("b", "new tunnel")
    broken = Entry(twice.article, twice.origin, (twice.passages[0], twice.passages[0]))
    with pytest.raises(sqlite3.IntegrityError):
        library.commit([entry("a", "new tunnel"), broken], [], "2")
    assert library.state() == State(1, "1")
    assert library.articles(["a", "b"]).keys() == {"a"}
    assert len(library.search(["bridge"], 5)) == 1


def test_who_holds_the_lock_of_a_dead_machine_is_told_and_what_to_do(
    library: SQLiteCatalogue,
) -> None:
    with library.writing():
        [holder] = [path for path in library.folder.iterdir() if path.name == "writer.holder"]
        here = holder_of(library.folder)
        assert here == Holder(str(os.getpid()), socket.gethostname())
        with SQLiteCatalogue.open(library.folder) as other:
            with (
                pytest.raises(LibraryBusy, match=rf"process {os.getpid()}\): wait"),
                other.writing(),
            ):
                pass
            holder.write_text(json.dumps({"pid": 7, "host": "elsewhere\x1b"}))
            told = (
                r"process 7 on the machine elsewhere\\x1b.*if no qa runs on .* delete writer.lock"
            )
            with pytest.raises(LibraryBusy, match=told), other.writing():
                pass
    assert holder_of(library.folder) is None


def test_the_holder_of_a_lock_without_locks_of_the_file_system_is_known(tmp_path: Path) -> None:
    with SoftFileLock(tmp_path / "writer.lock"):
        held = holder_of(tmp_path)
    assert held == Holder(str(os.getpid()), socket.gethostname())
    (tmp_path / "writer.holder").write_text("[]")
    assert holder_of(tmp_path) is None


def test_one_writer_at_a_time(library: SQLiteCatalogue) -> None:
    with library.writing(), SQLiteCatalogue.open(library.folder) as other:
        with pytest.raises(LibraryBusy, match="another qa process is writing"), other.writing():
            pass
        assert other.counts() == (0, 0)
    with library.writing():
        pass


def test_a_library_of_another_making_is_refused(library: SQLiteCatalogue) -> None:
    with pytest.raises(LibraryMismatch, match="qa doctor --rebuild --library"):
        SQLiteCatalogue.create(library.folder, {**FACTS, "dimension": "4"})


def test_missing_foreign_damaged_and_newer(tmp_path: Path) -> None:
    with pytest.raises(LibraryMissing, match="make one with `qa ingest FOLDER --library"):
        SQLiteCatalogue.open(tmp_path)
    path = tmp_path / FILE
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE other (x)")
    connection.close()
    with pytest.raises(LibraryError, match="no catalogue of qa"):
        SQLiteCatalogue.open(tmp_path)
    path.write_bytes(b"SQLite format 3\x00" + b"garbage" * 500)
    with pytest.raises(LibraryError, match="damaged"):
        SQLiteCatalogue.open(tmp_path)
    path.unlink()
    SQLiteCatalogue.create(tmp_path, FACTS).close()
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    connection.close()
    with pytest.raises(LibraryNewer, match="take the newer qa"):
        SQLiteCatalogue.open(tmp_path)


MARCH = datetime.date(2020, 3, 31)


def happened(
    library: SQLiteCatalogue, first: str, last: str, filters: Filters | None = None
) -> list[str]:
    days = (datetime.date.fromisoformat(first), datetime.date.fromisoformat(last))
    return list(library.passages_on(days, 9, filters))


def test_passages_are_found_by_the_days_that_they_speak_of(library: SQLiteCatalogue) -> None:
    texts = {
        "day": "Opened Tuesday, ruined yesterday",
        "month": "Finished in March 2020",
        "year": "Planned for 2020",
        "decade": "Tolls of the 1990s",
    }
    library.commit([entry(id_, text, MARCH) for id_, text in texts.items()], [], "1")
    # The more exact one first; both days of the first article stand in one passage.
    assert happened(library, "2020-03-31", "2020-03-31") == ["day-7", "month-9"]
    assert happened(library, "2020-03-30", "2020-03-30") == ["day-7", "month-9"]
    assert happened(library, "2020-03-02", "2020-03-02") == ["month-9"]
    assert happened(library, "2020-01-01", "2020-12-31") == ["day-7", "month-9", "year-8"]
    assert happened(library, "1995-01-01", "1995-01-01") == []
    assert happened(library, "0001-01-01", "0001-01-01") == []
    assert happened(library, "9999-12-31", "9999-12-31") == []
    late = Filters(since=datetime.date(2020, 4, 1))
    assert happened(library, "2020-03-31", "2020-03-31", late) == []
    library.commit([entry("month", "Finished long ago", MARCH)], ["day"], "2")
    assert happened(library, "2020-03-31", "2020-03-31") == []
    library.commit([], [], "3", anew=FACTS)
    assert happened(library, "2020-01-01", "2020-12-31") == []


@pytest.mark.parametrize("version", [1, 2])
def test_an_older_catalogue_gets_its_events_anew(library: SQLiteCatalogue, version: int) -> None:
    new = entry("a", "Opened Tuesday by the mayor", MARCH)
    library.commit([new], [], "1")
    library.close()
    with sqlite3.connect(library.folder / FILE) as older:
        older.execute("DROP TABLE events" if version == 1 else "UPDATE events SET last = '2099'")
        older.execute(f"PRAGMA user_version = {version}")
    older.close()
    with SQLiteCatalogue.open(library.folder) as migrated:
        assert happened(migrated, "2020-03-31", "2020-03-31") == [new.passages[1].id]
        assert happened(migrated, "2020-04-01", "2099-01-01") == []


def test_an_older_catalogue_is_migrated(
    library: SQLiteCatalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.commit([entry("a", "old bridge")], [], "1")
    step = "ALTER TABLE articles ADD COLUMN language TEXT NOT NULL DEFAULT 'en';"
    monkeypatch.setattr(schema, "STEPS", (*schema.STEPS, step))
    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 1)
    with SQLiteCatalogue.open(library.folder) as migrated:
        assert migrated.articles(["a"]).keys() == {"a"}
    found = sqlite3.connect(library.folder / FILE)
    assert found.execute("PRAGMA user_version").fetchone() == (schema.VERSION,)
    assert found.execute("SELECT language FROM articles").fetchone() == ("en",)
    found.close()


def test_a_migration_that_fails_leaves_the_old_version(
    library: SQLiteCatalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "STEPS", (*schema.STEPS, "DROP TABLE words; DROP TABLE nothing;"))
    monkeypatch.setattr(schema, "VERSION", schema.VERSION + 1)
    with pytest.raises(LibraryError, match="could not be brought to schema version"):
        SQLiteCatalogue.open(library.folder)
    monkeypatch.undo()
    with SQLiteCatalogue.open(library.folder) as old:
        assert old.faults() == []


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(LibraryError, match="choose another folder"):
        SQLiteCatalogue.create(tmp_path / "file", FACTS)
