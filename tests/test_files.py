"""Files → articles: every format, and everything that is no article."""

import csv
import datetime
import gzip
import json
import os
import time
from pathlib import Path

import pytest

from qa.errors import CorpusError
from qa.ingest.files import Loaded, Skipped, count, files, read
from qa.text.printable import printable
from tests.conftest import SHARED

BODY = "The council of Tolk met on Monday. It voted for a new bridge across the river Ahn."


def load(path: Path, limit: float = 10) -> list[Loaded]:
    items = list(read(path, limit))
    assert all(isinstance(item, Loaded) for item in items), items
    return [item for item in items if isinstance(item, Loaded)]


def reasons(path: Path, limit: float = 10) -> list[str]:
    return [item.reason for item in read(path, limit) if isinstance(item, Skipped)]


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.skipif(not SHARED.is_dir(), reason="the seed article stands in ../shared")
def test_the_seed_loads_as_it_is() -> None:
    [item] = load(SHARED / "seed")
    source = item.article.source
    assert source.id == "2017-03-31-japan-russia.txt"
    assert (source.date, source.place) == (datetime.date(2017, 3, 31), "TOKYO")
    assert item.article.text.startswith("Senior Japanese and Russian diplomats agreed Thursday")
    assert item.article.text.endswith("on the disputed islands.")


@pytest.mark.parametrize(
    ("head", "date", "place"),
    [
        (" date 2017-03-31 TOKYO —\n\n", "2017-03-31", "TOKYO"),
        ("date 2017-03-31 NEW YORK –\n", "2017-03-31", "NEW YORK"),
        (" date 2017-03-31 TOKYO — ", "2017-03-31", "TOKYO"),
        (" date 2017-03-31 TOKYO - ", "2017-03-31", "TOKYO"),
        ("date 2017-03-31 ON-SEA —\n", "2017-03-31", "ON-SEA"),
        ("\ufeff date 2017-03-31\r\n\r\n", "2017-03-31", ""),
        ("", None, ""),
    ],
)
def test_header_line(tmp_path: Path, head: str, date: str | None, place: str) -> None:
    [item] = load(write(tmp_path / "a.txt", head + BODY))
    source = item.article.source
    assert (str(source.date) if source.date else None, source.place) == (date, place)
    assert item.article.text == BODY
    assert source.title == "The council of Tolk met on Monday."


def test_front_matter_and_heading(tmp_path: Path) -> None:
    front = "---\ntitle: Bridge\ndate: 2020-02-03\nauthor: [Ann, Bo]\nplace: Tolk\n---\n"
    [item] = load(write(tmp_path / "a.md", front + BODY))
    source = item.article.source
    assert (source.title, source.date) == ("Bridge", datetime.date(2020, 2, 3))
    assert (source.authors, source.place) == (("Ann", "Bo"), "Tolk")
    [item] = load(write(tmp_path / "b.md", f"# A heading #\n\ndate 2020-02-03 TOLK —\n\n{BODY}"))
    assert (item.article.source.title, item.article.text) == ("A heading", BODY)


@pytest.mark.parametrize("value", ["[" * 5000, "!!timestamp foo", "!!bool foo", "&a [*a]"])
def test_front_matter_that_cannot_be_read_is_no_failure(tmp_path: Path, value: str) -> None:
    [item] = load(write(tmp_path / "a.txt", f"---\ntitle: 1984\nx: {value}\n---\n{BODY}"))
    assert item.article.text.endswith(BODY)


def test_front_matter_that_is_no_yaml_is_read_line_by_line(tmp_path: Path) -> None:
    front = "---\ntitle: Storm: what we know\ndate: 2020-02-03\nauthor: @ann\n---\n"
    [item] = load(write(tmp_path / "a.md", front + BODY))
    source = item.article.source
    assert (source.title, source.date) == ("Storm: what we know", datetime.date(2020, 2, 3))
    assert (source.authors, item.article.text) == (("@ann",), BODY)


def test_what_stands_between_rules_is_no_front_matter(tmp_path: Path) -> None:
    text = f'---\nTOLK: the mayor said: "we go": no more\nThe bridge fell.\n---\n{BODY}'
    [item] = load(write(tmp_path / "a.txt", text))
    assert "The bridge fell." in item.article.text


def test_front_matter_with_windows_line_ends(tmp_path: Path) -> None:
    text = f"---\r\ntitle: 1984\r\ndate: 2020-02-03\r\n---\r\n{BODY}"
    source = load(write(tmp_path / "a.md", text))[0].article.source
    assert (source.title, source.date) == ("1984", datetime.date(2020, 2, 3))


def test_html(tmp_path: Path) -> None:
    page = (
        '<html><head><title>x</title><script type="application/ld+json">{"@type": "NewsArticle", '
        '"headline": "Bridge voted", "datePublished": "2021-05-04T10:00:00Z", "dateline": "TOLK"}'
        f"</script></head><body><nav>Home</nav><article><h1>Bridge voted</h1><p>{BODY}</p>"
        "<script>alert('x')</script><p>Work begins in May &amp; ends in June, the mayor said.</p>"
        "</article></body></html>"
    )
    [item] = load(write(tmp_path / "a.html", page))
    source = item.article.source
    assert (source.title, source.place) == ("Bridge voted", "TOLK")
    assert source.date == datetime.date(2021, 5, 4)
    assert f"{BODY}\n\nWork begins in May & ends" in item.article.text
    assert "alert" not in item.article.text


@pytest.mark.parametrize(
    "foot",
    [
        "<footer>Copyright 2019</footer>",
        "<p>The treaty, signed on 2016-05-04, was never ratified.</p>",
        "<p>It was closed on 04/05/2016.</p>",
        '<aside><time datetime="2015-03-02">then</time></aside>',
    ],
)
def test_a_date_that_html_does_not_state_is_not_guessed(tmp_path: Path, foot: str) -> None:
    page = f"<html><body><article><p>{BODY}</p></article>{foot}</body></html>"
    assert load(write(tmp_path / "a.html", page))[0].article.source.date is None


@pytest.mark.parametrize(
    ("head", "time"),
    [
        ('<meta property="article:published_time" content="2021-05-04T10:00:00Z">', ""),
        ("", '<time datetime="2021-05-04">4 May</time>'),
        ("", '<time datetime="2021-05-04"><span>4 May</span></time>'),
    ],
)
def test_a_date_that_html_states(tmp_path: Path, head: str, time: str) -> None:
    other = '<aside><time datetime="2015-03-02">then</time></aside>'
    text = f"<article>{time}<p>{BODY}</p></article>"
    page = f"<html><head>{head}</head><body>{other}{text}{other}</body></html>"
    found = load(write(tmp_path / "a.html", page))[0].article.source.date
    assert found == datetime.date(2021, 5, 4)


def test_html_that_declares_no_real_encoding(tmp_path: Path) -> None:
    page = f'<html><head><meta charset="undefined"></head><body><p>{BODY} Café.</p></body></html>'
    [item] = load(write(tmp_path / "a.html", page.encode("cp1252")))
    assert item.article.text.startswith(BODY)


def test_html_in_a_declared_legacy_encoding(tmp_path: Path) -> None:
    page = (
        f'<html><head><meta charset="windows-1252"></head><body><p>{BODY} Café.</p></body></html>'
    )
    [item] = load(write(tmp_path / "a.html", page.encode("cp1252")))
    assert item.article.text.endswith("Café.")


def test_rows_of_json_lines_json_and_csv(tmp_path: Path) -> None:
    row = {"url": "https://x.example/ä", "title": "T", "date": "2021-05-04", "authors": ["A"]}
    row["text"] = BODY
    write(tmp_path / "a.jsonl", json.dumps(row) + "\n\n" + json.dumps({"text": BODY}) + "\n")
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(json.dumps(row).encode()))
    write(tmp_path / "c.json", json.dumps([row]))
    with (tmp_path / "d.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, ["URL", "title", "date", "text"])
        writer.writeheader()
        writer.writerow({"URL": row["url"], "title": "T", "date": "2021-05-04", "text": BODY})
    ids = {p.name: [i.article.id for i in load(p)] for p in sorted(tmp_path.iterdir())}
    assert ids == {
        "a.jsonl": ["https://x.example/ä", "a.jsonl:3"],
        "b.jsonl.gz": ["https://x.example/ä"],
        "c.json": ["https://x.example/ä"],
        "d.csv": ["https://x.example/ä"],
    }
    source = load(tmp_path / "a.jsonl")[0].article.source
    assert (source.authors, source.url) == (("A",), "https://x.example/ä")


def test_readmes_hidden_files_and_questions_are_no_articles(tmp_path: Path) -> None:
    write(tmp_path / "README.md", BODY)
    write(tmp_path / ".hidden.txt", BODY)
    write(tmp_path / "photo.jpg", b"\xff\xd8")
    write(tmp_path / "questions.jsonl", json.dumps({"id": 1, "question": "Who?"}) + "\n")
    (tmp_path / "sub").mkdir()
    write(tmp_path / "sub" / "a.txt", BODY)
    assert [item.article.id for item in load(tmp_path)] == ["sub/a.txt"]
    assert count(tmp_path) == 2


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.txt", b"", "empty: it holds no text"),
        ("a.txt", b" date 2017-03-31 TOKYO \xe2\x80\x94\n\n", "empty: it holds no text"),
        ("a.txt", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "binary file: only text"),
        ("a.html", b"<html><body></body></html>", "no article text found"),
        ("a.html", b"<div>" * 20000 + b"deep" + b"</div>" * 20000, "no article text found"),
        ("a.json", b"{", "not valid JSON"),
        ("a.json", b"[" * 100000, "not valid JSON"),
        ("a.json", b"[1]", "not an object with a text"),
        ("a.jsonl", b'{"title": "T"}', "no column `text`; columns found: title"),
        ("a.jsonl", b'{"text": 5}', "empty: it holds no text"),
        ("a.jsonl.gz", b"not gzip", "cannot be read"),
        (
            "a.txt.gz",
            # Without the time, which the two processes that run the tests do not share.
            gzip.compress(bytes(range(32, 127)) * 9, mtime=0)[:20] + b"\xff" * 40,
            "cannot be read",
        ),
        ("a.txt", b"x" * 2_000_001, "over 2 MB in one article: split it, or raise QA_MAX_ARTICLE"),
        ("a.jsonl", b'{"text": "' + b"x" * 2_000_001 + b'"}', "over 2 MB in one article"),
        ("a.jsonl", b'{"text": "' + b"x" * 9_000_000 + b'"}\n', "over 2 MB in one article"),
    ],
)
def test_what_cannot_be_read_is_named_with_the_reason(
    tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    [found] = reasons(write(tmp_path / name, content), limit=2)
    assert reason in found


def test_a_bad_row_does_not_cost_the_others(tmp_path: Path) -> None:
    lines = [json.dumps({"text": BODY}), "{broken", json.dumps({"text": BODY, "date": "soon"})]
    items = list(read(write(tmp_path / "a.jsonl", "\n".join(lines)), 10))
    assert [type(item).__name__ for item in items] == ["Loaded", "Skipped", "Loaded"]
    assert isinstance(items[1], Skipped)
    assert items[1].where == "a.jsonl:2"
    assert isinstance(items[2], Loaded)
    assert items[2].article.source.date is None
    assert items[2].warnings == ("its date 'soon' is none that qa can read: stored without a date",)


def test_a_row_with_too_many_fields_is_not_cut(tmp_path: Path) -> None:
    # A comma at the end is none too many: spreadsheets write it.
    lines = ["title,date,text", "A,2020-01-02,He said, yes, it was so.", f"B,2020-01-02,{BODY},"]
    skipped, loaded = read(write(tmp_path / "a.csv", "\n".join(lines)), 10)
    assert isinstance(skipped, Skipped)
    assert "put the text in quotes" in skipped.reason
    assert isinstance(loaded, Loaded)
    assert loaded.article.text == BODY


def test_the_limit_is_on_one_article_not_on_the_file(tmp_path: Path) -> None:
    row = json.dumps({"text": BODY * 5000})
    path = write(tmp_path / "a.jsonl", "\n".join([row] * 6))
    assert path.stat().st_size > 2_000_000
    assert len(load(path, limit=0.5)) == 6


@pytest.mark.parametrize(
    ("data", "shows", "warns"),
    [
        ("Ein Café für alle.".encode("utf-16"), "Café", ""),
        ((BODY + " “Curly” — quotes — and … ").encode() + b"\xff end", "“Curly”", "broken UTF-8"),
        (
            ("Le maire a déclaré que la rivière était très élevée à l'été. " * 8).encode("cp1252"),
            "élevée",
            "not UTF-8",
        ),
    ],
)
def test_encodings(tmp_path: Path, data: bytes, shows: str, warns: str) -> None:
    [item] = load(write(tmp_path / "a.txt", data))
    assert shows in item.article.text
    assert warns in " ".join(item.warnings)


def test_another_language_is_a_warning(tmp_path: Path) -> None:
    text = "Der Stadtrat hat am Montag über den Bau einer neuen Brücke über den Fluss beraten. " * 3
    [item] = load(write(tmp_path / "a.txt", text))
    assert item.warnings == ("it seems to be in 'de': the models know English only",)


def test_control_characters(tmp_path: Path) -> None:
    name = "a\x1b[31mred.txt"
    write(tmp_path / name, "")
    [item] = read(tmp_path, 10)
    assert isinstance(item, Skipped)
    assert item.where == "a\\x1b[31mred.txt"
    [loaded] = load(write(tmp_path / "b.txt", BODY + "\x1b[31m\x01 end"))
    assert loaded.article.text == BODY + "[31m end"


def test_a_name_that_is_not_utf8(tmp_path: Path) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")
    Path(path).write_text(BODY, encoding="utf-8")
    [item] = load(tmp_path)
    assert item.article.id == "caf\\xe9.txt"


def test_a_linked_file_is_read_by_its_own_name(tmp_path: Path) -> None:
    write(tmp_path / "blob", json.dumps({"text": BODY}))
    (tmp_path / "a.jsonl").symlink_to(tmp_path / "blob")
    [item] = load(tmp_path / "a.jsonl")
    assert (item.article.id, item.article.text) == ("a.jsonl:1", BODY)


def test_a_pipe_is_passed_over(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")
    write(tmp_path / "b.txt", BODY)
    assert [item.article.id for item in load(tmp_path)] == ["b.txt"]


def test_symlink_loops_end(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    write(tmp_path / "sub" / "a.txt", BODY)
    (tmp_path / "sub" / "up").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "dead.txt").symlink_to(tmp_path / "nowhere.txt")
    items = list(read(tmp_path, 10))
    assert [i.article.id for i in items if isinstance(i, Loaded)] == ["sub/a.txt"]
    assert [i.where for i in items if isinstance(i, Skipped)] == ["dead.txt"]


@pytest.mark.parametrize("name", ["missing", "photo.jpg", "README.md", "folder"])
def test_paths_with_nothing_to_ingest(tmp_path: Path, name: str) -> None:
    write(tmp_path / "photo.jpg", b"x")
    write(tmp_path / "README.md", "x")
    (tmp_path / "folder").mkdir()
    with pytest.raises(CorpusError):
        files(tmp_path / name)


def test_printable() -> None:
    assert printable("a\nb\x00\ud800") == "a\\nb\\x00?"


def test_scripts_without_an_end_are_read_in_no_time(tmp_path: Path) -> None:
    started = time.perf_counter()
    for piece in (
        '<script type="application/ld+json">',
        "<meta ",
        "<article><time ",
        '<p class="date">x</p>',
    ):
        page = f"<html><body><article><p>{BODY}</p></article>{piece * 20_000}"
        list(read(write(tmp_path / "a.html", page), 10))
    # Not a measure: what it guards against takes minutes.
    assert time.perf_counter() - started < 60
