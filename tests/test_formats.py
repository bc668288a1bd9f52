"""Every format: what is taken of it, and what damaged files get."""

import random
import zipfile
from pathlib import Path

import pytest

from qa.ingest import Summary
from qa.ingest.files import Loaded, Skipped, read
from qa.ingest.formats import FORMATS, registry
from tests import made_files
from tests.made_files import AUTHOR, DATE, FIRST, MADE, SECOND, TITLE, URL

# What a format has no place for.
NO_AUTHOR = {"a.pdf"}
NO_URL = {"a.pdf", "a.docx", "a.odt", "a.rtf", "a.epub", "a.eml", "newsml.xml", "nitf.xml"}


def items(folder: Path, name: str, data: bytes | str) -> list[Loaded | Skipped]:
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return list(read(path, 10))


@pytest.mark.parametrize("name", MADE)
def test_what_is_taken_of_a_format(tmp_path: Path, name: str) -> None:
    found = [one for one in items(tmp_path, name, MADE[name]()) if isinstance(one, Loaded)]
    [article] = [one.article for one in found]
    source = article.source
    assert article.text == f"{FIRST}\n\n{SECOND}"
    assert (source.title, str(source.date)) == (TITLE, DATE)
    assert source.authors == (() if name in NO_AUTHOR else (AUTHOR,))
    assert source.url == ("" if name in NO_URL else URL)


def test_every_format_has_a_file_here() -> None:
    made = {registry.suffix(name) for name in MADE} | {".mbox"}
    assert [one.name for one in FORMATS if not made & set(one.suffixes)] == []


@pytest.mark.parametrize("suffix", registry.SUFFIXES)
def test_damaged_files_are_skipped_with_a_reason(tmp_path: Path, suffix: str) -> None:
    rng = random.Random(suffix)
    for number, data in enumerate((b"", rng.randbytes(4000), b"\x00" * 4000)):
        found = items(tmp_path, f"{number}{suffix}", data)
        assert all(isinstance(one, Skipped) and one.reason for one in found)


@pytest.mark.parametrize("name", [name for name in MADE if not name.endswith((".zst", ".xz"))])
def test_a_file_that_is_cut_short_is_no_crash(tmp_path: Path, name: str) -> None:
    made = MADE[name]()
    data = made if isinstance(made, bytes) else made.encode()
    for part in (3, 10, 2):
        items(tmp_path, name, data[: len(data) // part])


def test_a_mailbox_has_many(tmp_path: Path) -> None:
    found = items(tmp_path, "a.mbox", made_files.mbox())
    titles = [one.article.source.title for one in found if isinstance(one, Loaded)]
    assert titles == [TITLE, "Another story"]


def test_a_book_of_chapters_is_an_article_each(tmp_path: Path) -> None:
    found = items(tmp_path, "a.epub", made_files.epub(3))
    ids = [one.article.id for one in found if isinstance(one, Loaded)]
    assert ids == ["a.epub:1", "a.epub:2", "a.epub:3"]


def test_a_pdf_of_columns_and_pages(tmp_path: Path) -> None:
    left = ["The council of Tolk has", "voted for a new bridge", "across the river. A recon-"]
    right = ["struction of the old one", "would have cost more, the", "engineers said."]
    pages = []
    for number in (1, 2, 3):
        lines = [(50.0, 815.0, 9.0, f"Tolk Times {number}"), (290.0, 25.0, 9.0, str(number))]
        # Row by row, as some programs write a page.
        for n, (one, other) in enumerate(zip(left, right, strict=True)):
            lines += [(50.0, 700.0 - 13 * n, 11.0, one), (320.0, 700.0 - 13 * n, 11.0, other)]
        pages.append(lines)
    [found] = items(tmp_path, "a.pdf", made_files.pdf(pages, title="Bridge", made="20210504"))
    assert isinstance(found, Loaded)
    story = (
        "The council of Tolk has voted for a new bridge across the river. A reconstruction of the "
        "old one would have cost more, the engineers said."
    )
    assert found.article.text == "\n\n".join([story] * 3)
    assert str(found.article.source.date) == DATE
    assert "of the file's making" in found.warnings[0]


def test_a_scanned_pdf_needs_ocr(tmp_path: Path) -> None:
    [found] = items(tmp_path, "a.pdf", made_files.pdf([[]]))
    assert isinstance(found, Skipped)
    assert found.reason == "no text: it needs OCR"


def test_without_the_extra_one_line_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As where the package is not installed.
    monkeypatch.setattr(registry, "find_spec", lambda module: None)
    for name in ("a.pdf", "b.pdf", "c.pdf"):
        (tmp_path / name).write_bytes(made_files.simple_pdf())
    (tmp_path / "a.txt").write_text(FIRST)
    loaded, skipped = read(tmp_path, 10)
    assert isinstance(loaded, Loaded)
    assert isinstance(skipped, Skipped)
    assert skipped.where == "a.pdf, and 2 more"
    assert "needs the extra formats (pypdfium2 not found)" in skipped.reason


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("big.txt", b"0" * 40_000_000)
    inner = path.read_bytes()
    for number in range(3):
        path = tmp_path / f"{number}.zip"
        path.write_bytes(made_files.zipped({"inner.zip": inner, "a.txt": FIRST}))
        inner = path.read_bytes()
    assert isinstance((found := next(iter(read(tmp_path / "a.zip", 1)))), Skipped)
    assert "over 1 MB in one article" in found.reason
    deep = list(read(tmp_path / "2.zip", 1))
    assert any(isinstance(one, Skipped) and "unpack it first" in one.reason for one in deep)
    assert any(isinstance(one, Loaded) for one in deep)


def test_what_a_folder_passes_over_is_counted(tmp_path: Path, bring: object) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    for name in ("a.jpg", "b.JPG", "c.mp4", "Makefile", "README.md", ".hidden"):
        (folder / name).write_text("x")
    (folder / "a.txt").write_text(FIRST)
    assert callable(bring)
    done = bring(folder)
    assert isinstance(done, Summary)
    assert str(done) == (
        "added 1, changed 0, unchanged 0, removed 0, skipped 0, without a date 1; "
        "passed over: 2 .jpg, 1 .mp4, 1 without an ending"
    )
