"""A library on servers: several ingests at once, a server that goes away, moving a folder there."""

import datetime
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.testclient import TestClient

from qa.assistant import Assistant
from qa.errors import LibraryError, SettingsError, VectorsAway
from qa.ingest import Summary, edit, ingest, rebuild, remove
from qa.ingest.migrate import migrate
from qa.library import doctor
from qa.library.opening import open_folder, open_library
from qa.settings import Settings, servers
from qa.web.health import Health, ready
from tests.conftest import NEWS, Notices, run_qa
from tests.processes import Process
from tests.servers import Chroma

QUESTION = "Who won the election in Tolk?"


@pytest.fixture
def settings(database: str, chroma_server: Chroma) -> Settings:
    """Settings of a library on servers that is empty."""
    name = database.rpartition("/")[2]
    chroma_server.create(name)
    return Settings(
        database_url=SecretStr(database), chroma_url=chroma_server.url, chroma_database=name
    )


@pytest.fixture
def environment(settings: Settings) -> dict[str, str]:
    """The same, as `qa` is told in a process of its own."""
    assert settings.database_url is not None
    return {
        "QA_DATABASE_URL": settings.database_url.get_secret_value(),
        "QA_CHROMA_URL": settings.chroma_url,
        "QA_CHROMA_DATABASE": settings.chroma_database,
    }


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """A folder of articles, each of two passages."""
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(60):
        text = f"date 2021-03-{number % 28 + 1:02} TOLK —\n\nReport {number} of the harbor. " * 3
        (folder / f"{number:02}.txt").write_text(text + str(number), encoding="utf-8")
    return folder


def faults(settings: Settings) -> list[str]:
    with open_library(settings) as library:
        return doctor.check(library)


def test_what_is_ingested_is_asked_removed_and_rebuilt(
    news: Path, settings: Settings, notices: Notices
) -> None:
    assert ingest([news], settings, notices) == Summary(added=4)
    assert ingest([news], settings, notices) == Summary(unchanged=4)
    with Assistant.load(settings) as assistant:
        answer = assistant.answer(QUESTION)
        assert answer.short == "Jonas Brandt"
        assert answer.note == ""
    assert faults(settings) == []
    with open_library(settings) as library:
        remove(["2022-01-15-storm.txt"], library)
    assert faults(settings) == []
    rebuild(settings, notices)
    assert faults(settings) == []
    with open_library(settings) as library:
        assert library.catalogue.counts()[0] == 3


def test_two_ingests_at_once_share_the_work(many: Path, settings: Settings) -> None:
    with ThreadPoolExecutor(2) as pool:
        both = pool.map(lambda _: ingest([many], settings, Notices(), round_size=8), range(2))
        summaries = list(both)
    assert sum(one.added for one in summaries) == 60
    assert all(one.added + one.unchanged == 60 for one in summaries)
    assert faults(settings) == []
    with open_library(settings) as library:
        ids = Counter(source.id for source in library.catalogue.sources())
        assert set(ids.values()) == {1}
        assert len(ids) == 60


def test_a_file_that_moves_is_one_article_and_a_date_that_is_set_stays(
    tmp_path: Path, settings: Settings, notices: Notices
) -> None:
    folder, day = tmp_path / "news", datetime.date(2021, 12, 24)
    folder.mkdir()
    text = "Date: 2022-03-01\n\nThe harbor bridge of Tolk was opened on Monday."
    (folder / "a.txt").write_text(text, encoding="utf-8")
    assert ingest([folder], settings, notices) == Summary(added=1)
    (folder / "b.txt").write_text(text, encoding="utf-8")
    assert ingest([folder], settings, notices) == Summary(unchanged=1)
    (folder / "a.txt").rename(folder / "c.txt")
    assert ingest([folder], settings, notices, prune=True) == Summary(unchanged=1)
    with open_library(settings) as library:
        found = library.catalogue.articles(["a.txt", "b.txt", "c.txt"])
        assert {article.id for article in found.values()} == {"a.txt"}
        assert len(found) == 3
        assert library.catalogue.months(words=["harbor", "opened"]) == {"2022-03": 1}
        assert library.catalogue.months(words=["harbor", "closed"]) == {}
        edit("b.txt", library, settings, date=day)
    (folder / "b.txt").unlink()
    (folder / "c.txt").write_text(f"{text} Trains follow.", encoding="utf-8")
    assert ingest([folder], settings, notices) == Summary(changed=1)
    with open_library(settings) as library:
        assert [source.date for source in library.catalogue.sources()] == [day]
    assert faults(settings) == []


def test_two_ingests_of_equal_names_keep_both_articles(tmp_path: Path, settings: Settings) -> None:
    folders = [tmp_path / year / "news" for year in ("2022", "2023")]
    for folder in folders:
        folder.mkdir(parents=True)
        for number in range(12):
            text = f"Report {number} of {folder.parent.name} on the harbor bridge."
            (folder / f"{number:02}.txt").write_text(text, encoding="utf-8")
    with ThreadPoolExecutor(2) as pool:
        both = pool.map(lambda one: ingest([one], settings, Notices(), round_size=4), folders)
        assert sum(one.added for one in list(both)) == 24
    assert faults(settings) == []
    with open_library(settings) as library:
        assert len({article.text for article, _ in library.catalogue.entries()}) == 24
    assert ingest(folders, settings, Notices()) == Summary(unchanged=24)


def test_a_killed_ingest_is_finished_by_the_next(
    many: Path, settings: Settings, environment: dict[str, str]
) -> None:
    code = "from qa.ingest import ingest; from qa.settings import Settings; import sys; "
    code += "ingest(sys.argv[1:], Settings.from_environment(), round_size=8)"
    deadline = time.monotonic() + 120
    with Process("-c", code, str(many), env=environment) as process:
        while process.status is None and time.monotonic() < deadline:
            try:
                with open_library(settings) as library:
                    if library.catalogue.counts()[0]:
                        break
            except LibraryError:
                pass
            time.sleep(0.05)
        process.kill()
    summary = ingest([many], settings, Notices(), round_size=8)
    assert summary.added + summary.unchanged == 60
    assert faults(settings) == []


@pytest.fixture
def own_chroma(tmp_path: Path) -> Iterator[Chroma]:
    """A Chroma server that a test may stop."""
    folder = tmp_path / "chroma"
    folder.mkdir()
    server = Chroma(folder)
    server.start()
    yield server
    server.stop()


def test_while_the_vectors_are_away_words_alone_are_searched_and_this_is_said(
    news: Path, database: str, own_chroma: Chroma, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.library.chroma.connection._REST", 0.2)
    settings = Settings(database_url=SecretStr(database), chroma_url=own_chroma.url, chroma_tries=1)
    ingest([news], settings, Notices())
    with Assistant.load(settings) as assistant:
        client = TestClient(Health(Starlette(), ready=lambda: ready(assistant.stores)))
        assert client.get("/healthz").json() == {"status": "ok"}
        assert client.get("/readyz").json() == {"catalogue": "ok", "vectors": "ok"}
        assert client.get("/other").status_code == 404
        own_chroma.stop()
        answer = assistant.answer(QUESTION)
        assert answer.short == "Jonas Brandt"
        assert "by its words alone" in answer.note
        told = client.get("/readyz")
        assert told.status_code == 200
        assert told.json() == {"catalogue": "ok", "vectors": "away"}
        (news / "late.txt").write_text("A comet fell into Lake Mirren.", encoding="utf-8")
        try:
            with pytest.raises(VectorsAway, match="check that Chroma runs"):
                ingest([news], settings, Notices())
        finally:
            (news / "late.txt").unlink()
        assert assistant.library.counts()[0] == 4
        own_chroma.start()
        time.sleep(0.3)
        assert assistant.answer(QUESTION).note == ""


def test_a_folder_is_moved_and_what_was_broken_off_goes_on(
    library_of_news: Path, settings: Settings, environment: dict[str, str]
) -> None:
    moved = run_qa(
        "migrate",
        "--library",
        str(library_of_news),
        "--to",
        environment["QA_DATABASE_URL"],
        env={key: value for key, value in environment.items() if key != "QA_DATABASE_URL"},
    )
    assert moved.returncode == 0, moved.stderr
    assert moved.stdout.startswith("copied 4 articles of 4: postgresql://127.0.0.1")
    assert "secret" not in moved.stdout
    with open_library(settings) as library:
        remove(["2022-01-15-storm.txt"], library)
        with open_folder(library_of_news) as source:
            assert migrate(source, library, Notices()) == 1
            assert migrate(source, library, Notices()) == 0
            ours, theirs = library.catalogue, source.catalogue
            assert sorted(ours.passage_ids()) == sorted(theirs.passage_ids())
            assert ours.extent() == theirs.extent()
            assert set(ours.places()) == set(theirs.places())
            assert len(ours.places()) == 4
    assert faults(settings) == []
    with (
        Assistant.load(settings) as moved_to,
        Assistant.load(Settings(library=library_of_news)) as before,
    ):
        for text in (*(f"What of {name}?" for name in NEWS), QUESTION):
            one, other = moved_to.answer(text), before.answer(text)
            assert one.text == other.text
            assert [hit.passage.id for hit in one.hits] == [hit.passage.id for hit in other.hits]


def test_both_addresses_or_neither() -> None:
    assert not servers(Settings())
    with pytest.raises(SettingsError, match="QA_DATABASE_URL needs QA_CHROMA_URL"):
        servers(Settings(database_url=SecretStr("postgresql://x/y")))
    with pytest.raises(SettingsError, match="QA_CHROMA_URL needs QA_DATABASE_URL"):
        servers(Settings(chroma_url="http://x"))
    environ = {"QA_DATABASE_URL": "postgresql://x/y", "QA_CHROMA_URL": "http://x"}
    assert servers(Settings.from_environment(environ))
    assert not servers(Settings.from_environment(environ, library=Path("/somewhere")))


@pytest.mark.parametrize(
    ("variables", "line"),
    [
        ({"QA_DATABASE_URL": "postgresql://qa:pw@127.0.0.1:1/x"}, "cannot use the database"),
        ({"QA_DATABASE_URL": "no address"}, "cannot use the database"),
        ({"QA_CHROMA_URL": ""}, "needs QA_CHROMA_URL beside it"),
    ],
)
def test_what_is_wrong_with_an_address_is_one_line(variables: dict[str, str], line: str) -> None:
    given = {"QA_DATABASE_URL": "postgresql://x/y", "QA_CHROMA_URL": "http://127.0.0.1:1"}
    found = run_qa("list", env={**given, **variables})
    assert found.returncode == 1
    assert line in found.stderr
    assert found.stderr.count("\n") == 1
    assert "pw" not in found.stderr
