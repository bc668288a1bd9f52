"""Libraries that are damaged, or that nobody may write to: told, mended or read all the same."""

import os
import random
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from subprocess import CompletedProcess

import numpy as np
import pytest

from qa.errors import LibraryBusy, LibraryError, SettingsError
from qa.ingest import mend, remove
from qa.library import copies, doctor
from qa.library.chroma import seal
from qa.library.chroma.snapshots import Snapshots, SnapshotWriter
from qa.library.opening import open_folder
from qa.models.embedder import EMBEDDER
from qa.settings import Settings
from qa.types import Source
from tests.conftest import run_qa, run_qa_alone

QUESTION = "When was the harbor bridge in Lindhaven opened?"
# Root may write anywhere, unless this right is taken away.
AS_ANYBODY = ["setpriv", "--bounding-set=-dac_override"] if os.geteuid() == 0 else []


@pytest.fixture
def damaged(library_of_news: Path, tmp_path: Path) -> Path:
    """A library of a test's own, to be damaged."""
    return Path(shutil.copytree(library_of_news, tmp_path / "damaged"))


@pytest.fixture
def unwritable(library_of_news: Path, tmp_path: Path) -> Iterator[Path]:
    place = Path(shutil.copytree(library_of_news, tmp_path / "unwritable"))
    every = [place, *place.rglob("*")]
    for path in every:
        path.chmod(path.stat().st_mode & ~0o222)
    yield place
    for path in every:
        path.chmod(path.stat().st_mode | 0o200)


def one(folder: Path, name: str) -> Path:
    [path] = (folder / "vectors").rglob(name)
    return path


def search(folder: Path) -> int:
    probe = np.full(EMBEDDER.dimension, EMBEDDER.dimension**-0.5, dtype=np.float32)
    with open_folder(folder) as opened:
        return len(opened.vectors.search(opened.catalogue.state().vectors, probe, 5))


def check(folder: Path) -> list[str]:
    with open_folder(folder) as opened:
        return doctor.check(opened)


def test_files_are_as_they_were_sealed_however_often_they_are_opened(damaged: Path) -> None:
    assert one(damaged, seal.FILE)
    assert "12 June 2021" in run_qa("ask", QUESTION, "--library", str(damaged)).stdout
    for _ in range(3):
        assert search(damaged)
        assert check(damaged) == []


@pytest.mark.parametrize("name", ["data_level0.bin", "header.bin", "length.bin", "link_lists.bin"])
def test_files_that_are_cut_off_or_gone_are_told_when_the_library_is_opened(
    damaged: Path, name: str
) -> None:
    with one(damaged, name).open("ab") as file:
        file.write(b"more")
    with pytest.raises(LibraryError, match=rf"{name} has \d+ bytes.*run `qa doctor --rebuild`"):
        search(damaged)
    one(damaged, name).unlink()
    with pytest.raises(LibraryError, match=rf"{name} is missing.*run `qa doctor --rebuild`"):
        search(damaged)
    assert f"{name} is missing" in check(damaged)[0]


@pytest.mark.parametrize("name", ["data_level0.bin", "header.bin", "length.bin", "link_lists.bin"])
def test_one_changed_byte_of_an_index_is_noticed(tmp_path: Path, name: str) -> None:
    """Of one that is large enough for Chroma to have written it to the disk."""
    draw = np.random.default_rng(0)
    vectors = draw.normal(size=(600, EMBEDDER.dimension)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    ids, source = [f"p{number}" for number in range(len(vectors))], Source("a", "A", None)
    writer = SnapshotWriter(tmp_path, "000001", "")
    writer.upsert(ids, [source] * len(ids), vectors)
    writer.finish({})
    snapshots = Snapshots(tmp_path, lambda filters: [])
    for _ in range(3):
        assert len(snapshots.search("000001", vectors[0], 50)) == 50
        assert len(snapshots.similarities("000001", vectors[0], dict.fromkeys(ids))) == 600
        snapshots.close()
        assert snapshots.faults("000001") == []
    snapshots.close()
    flip(one(tmp_path, name), 40)
    [fault] = snapshots.faults("000001")
    assert f"{name} is not as it was written" in fault


def test_one_changed_byte_of_chromas_database_is_told_or_harmless(damaged: Path) -> None:
    """Chroma's core panics at some of these, which is no `Exception`."""
    path = one(damaged, seal.DATABASE)
    whole = path.read_bytes()
    chosen = random.Random(7)
    told = 0
    for place in [3, 18, 28, 100, 101, *chosen.sample(range(len(whole)), 25)]:
        path.write_bytes(whole)
        flip(path, place)
        faults = check(damaged)
        told += bool(faults)
        assert all("\n" not in fault for fault in faults)
        if not faults:
            assert search(damaged) == 4
            continue
        with suppress(LibraryError):
            search(damaged)
    assert told


def test_a_small_library_is_mended_before_it_is_asked(
    damaged: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(library=damaged)
    mend(settings)
    assert not caplog.messages
    one(damaged, seal.DATABASE).write_bytes(b"x" * 5000)
    # Whoever writes may be mending it.
    with open_folder(damaged) as opened, opened.catalogue.writing(), pytest.raises(LibraryBusy):
        mend(settings)
    mend(settings)
    [line] = caplog.messages
    assert line.endswith("passages are embedded anew ...")
    assert check(damaged) == []
    assert search(damaged) == 4


def test_a_large_library_is_left_as_it_is(
    damaged: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("qa.ingest.upkeep._MENDED", 1)
    one(damaged, seal.DATABASE).write_bytes(b"x" * 5000)
    mend(Settings(library=damaged))
    assert not caplog.messages
    assert check(damaged)


def test_a_library_that_nobody_may_write_to_is_read_from_a_copy(
    unwritable: Path, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"

    def run(*command: str) -> CompletedProcess[str]:
        place = {"XDG_CACHE_HOME": str(cache)}
        return run_qa_alone(*command, "--library", str(unwritable), env=place, through=AS_ANYBODY)

    asked = run("ask", QUESTION)
    assert "12 June 2021" in asked.stdout, asked.stderr
    assert f"{unwritable} cannot be written to: a copy in {cache}" in asked.stderr
    assert run("list").stderr == "", "the copy is made once for each commit"
    refused = run("remove", "2022-01-15-storm.txt")
    assert refused.returncode == 1
    assert refused.stderr == f"qa: cannot write to {unwritable}: check its permissions\n"
    shutil.rmtree(cache)
    cache.touch()
    refused = run("ask", QUESTION)
    assert refused.returncode == 1
    assert "give this user write access" in refused.stderr.splitlines()[-1]


def test_a_copy_is_made_anew_after_a_commit(
    damaged: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(copies, "writable", lambda folder: False)
    first = copies.copied(damaged)
    assert copies.copied(damaged) == first
    # What tidies up caches has been here.
    one(first, "header.bin").unlink()
    assert copies.copied(damaged) == first
    assert one(first, "header.bin")
    with open_folder(damaged) as opened:
        assert opened.catalogue.where == str(damaged)
        assert opened.catalogue.counts() == (4, 4)
        assert len(opened.vectors.ids(opened.catalogue.state().vectors)) == 4
    monkeypatch.undo()
    with open_folder(damaged) as opened:
        remove(["2022-01-15-storm.txt"], opened)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(copies, "writable", lambda folder: False)
    assert copies.copied(damaged) != first
    with open_folder(damaged) as opened:
        assert opened.catalogue.counts() == (3, 3)


def test_a_folder_whose_name_is_no_utf_8_is_one_line() -> None:
    with pytest.raises(SettingsError, match=r"the library's folder .* is no UTF-8: rename it"):
        Settings(library=Path(os.fsdecode(b"/tmp/news-\xff")))


def flip(path: Path, place: int) -> None:
    found = bytearray(path.read_bytes())
    found[place] ^= 0xFF
    path.write_bytes(found)
