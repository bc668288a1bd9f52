"""What every catalogue and every store of vectors must do: SQLite, PostgreSQL, snapshots, a server.

Real ones all: without PostgreSQL its tests are skipped, and fail under CI=true.
"""

import datetime
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import psycopg
import pytest

from qa.dates import find
from qa.errors import (
    LibraryBusy,
    LibraryError,
    LibraryMismatch,
    LibraryMissing,
    LibraryNewer,
    QuestionError,
)
from qa.library.articles import Entry, content_mark, fingerprint
from qa.library.chroma.server import ServerVectors
from qa.library.chroma.snapshots import Snapshots
from qa.library.conversations import Conversations, Exchange
from qa.library.places import Place
from qa.library.postgres.catalogue import PostgresCatalogue
from qa.library.postgres.conversations import open_conversations as conversations_at
from qa.library.protocols import Catalogue, Known, State, Vectors
from qa.library.sqlite.catalogue import SQLiteCatalogue
from qa.library.sqlite.conversations import open_conversations as conversations_in
from qa.models.embedder import Vectors as Embeddings
from qa.settings import Settings
from qa.types import Article, Filters, Passage, Source
from tests.servers import Chroma, Postgres

FACTS = {"model": "m", "dimension": "3"}
DAY = datetime.date(2020, 3, 31)
Opened = Callable[[], Catalogue]


def entry(
    id_: str, text: str, date: datetime.date | None = None, url: str = "", title: str = ""
) -> Entry:
    source = Source(id_, title or f"Title of {id_}", date, "", url, ("Ann", "Bo"))
    middle = text.index(" ")
    spans = [(0, middle), (middle + 1, len(text))]
    passages = [Passage(f"{id_}-{s}", id_, s, e, text[s:e]) for s, e in spans]
    return Entry(Article(source, text), f"/news/{id_}", tuple(passages), tuple(find(text, date)))


@pytest.fixture(params=["sqlite", "postgres"])
def create(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[dict[str, str]], Catalogue]:
    """What opens one and the same catalogue, or makes it."""
    if request.param == "sqlite":
        return lambda facts: SQLiteCatalogue.create(tmp_path / "library", facts)
    url = request.getfixturevalue("database")
    return lambda facts: PostgresCatalogue.create(url, facts)


@pytest.fixture
def catalogue(create: Callable[[dict[str, str]], Catalogue]) -> Iterator[Catalogue]:
    opened = create(FACTS)
    yield opened
    opened.close()


def commit(catalogue: Catalogue, entries: list[Entry], removed: tuple[str, ...] = ()) -> None:
    with catalogue.writing():
        catalogue.commit(entries, removed, "1")
        catalogue.cleared({})


def test_what_is_written_is_read(catalogue: Catalogue) -> None:
    first = entry("a", "bridges “opened”", datetime.date(2020, 1, 2))
    commit(catalogue, [first, entry("b", "storm damage")])
    assert catalogue.counts() == (2, 4)
    assert catalogue.counts(Filters(since=datetime.date(2020, 1, 1))) == (1, 2)
    assert catalogue.articles(["a", "z"]) == {"a": first.article}
    assert [source.id for source in catalogue.sources()] == ["a", "b"]
    assert [source.id for source in catalogue.sources(newest=1)] == ["a"]
    assert catalogue.passages(["a-0", "z"]) == {"a-0": (first.passages[0], first.article.source)}
    assert catalogue.extent() == (datetime.date(2020, 1, 2),) * 2
    assert catalogue.months() == {"2020-01": 1}
    assert catalogue.months(words=["bridge", "opened"]) == {}
    assert catalogue.months(words=["opened", "title"]) == {"2020-01": 1}
    assert sorted(catalogue.passage_ids()) == ["a-0", "a-8", "b-0", "b-6"]
    assert sorted(catalogue.passage_ids(["b"])) == ["b-0", "b-6"]
    assert [article.id for article, _ in catalogue.entries()] == ["a", "b"]
    assert catalogue.fingerprints()["a"][1] == "/news/a"
    assert catalogue.origin("b") == "/news/b"
    assert catalogue.state() == State(1, "1")
    assert catalogue.faults() == []


def test_what_cannot_be_stored_leaves_nothing_behind(catalogue: Catalogue) -> None:
    commit(catalogue, [entry("a", "old bridge")])
    twice = entry("b", "new tunnel")
    broken = Entry(twice.article, twice.origin, (twice.passages[0], twice.passages[0]))
    with pytest.raises(Exception, match=r"(?i)unique"), catalogue.writing():
        catalogue.commit([entry("a", "new tunnel"), broken], [], "2")
    assert catalogue.state() == State(1, "1")
    assert catalogue.articles(["a", "b"])["a"].text == "old bridge"
    assert len(catalogue.search(["bridge"], 5)) == 1
    assert catalogue.faults() == []


def test_words_are_stemmed_folded_and_any_of_them_found(catalogue: Catalogue) -> None:
    commit(catalogue, [entry("a", "bridges opened"), entry("b", "Café u.s.")])
    assert [id_ for id_, _ in catalogue.search(["Bridge"], 5)] == ["a-0"]
    assert {id_ for id_, _ in catalogue.search(["cafe", "open"], 5)} == {"a-8", "b-0"}
    assert [id_ for id_, _ in catalogue.search(["u.s"], 5)] == ["b-5"]
    assert catalogue.search(["s.u"], 5) == []
    assert catalogue.search(['"', "OR", "NEAR(", "'", "!&|"], 5) == []
    assert catalogue.search([], 5) == []
    assert [id_ for id_, _ in catalogue.search(["bridge's", "bridge’s"], 5)] == ["a-0"]


def test_bm25_is_that_of_sqlite(create: Callable[..., Catalogue], tmp_path: Path) -> None:
    texts = [
        "Storm damage: a storm, a storm and once more a storm tore roofs off",
        "Storm over the harbor bridge",
        "Bridge opened for the third time; the bridge has two lanes",
        "Nothing to see here, said a teacher who saw it",
    ] + [f"Filler number {n} about the weather in town" for n in range(12)]
    entries = [entry(f"n{place}", text) for place, text in enumerate(texts)]
    with ExitStack() as stack:
        ours = create(FACTS)
        stack.callback(ours.close)
        theirs = stack.enter_context(SQLiteCatalogue.create(tmp_path / "reference", FACTS))
        for one in (ours, theirs):
            commit(one, entries)
        for words in (["storm"], ["storm", "bridge"], ["lanes", "third", "teacher", "title"]):
            found, expected = (dict(one.search(words, 20)) for one in (ours, theirs))
            assert found == pytest.approx(expected, rel=1e-4)


def test_the_commonest_words_are_left_out_of_a_search_that_is_too_wide(
    catalogue: Catalogue,
) -> None:
    texts = {"a": "bridges bridges", "b": "bridges fell", "c": "Cafés u.s.", "d": "bridged gap"}
    commit(catalogue, [entry(id_, text) for id_, text in texts.items()])

    def found(words: list[str], most: int) -> set[str]:
        return {id_[0] for id_, _ in catalogue.search(words, 9, most=most)}

    assert found(["bridge", "café", "fall", "u.s"], 9) == {"a", "b", "c", "d"}
    assert found(["bridge", "CAFÉ", "u.s", "fell"], 5) == {"b", "c"}
    assert found(["bridge"], 1) == {"a", "b", "d"}


def test_a_replaced_article_leaves_no_words_and_no_days_behind(catalogue: Catalogue) -> None:
    march = (DAY, DAY)
    commit(catalogue, [entry("a", "Opened Tuesday under rain", DAY)])
    assert catalogue.passages_on(march, 9) == {"a-7": DAY}
    commit(catalogue, [entry("a", "new tunnel", DAY)])
    assert catalogue.search(["opened"], 5) == []
    assert catalogue.passages_on(march, 9) == {}
    assert len(catalogue.search(["tunnel"], 5)) == 1
    commit(catalogue, [], ("a",))
    assert catalogue.counts() == (0, 0)
    assert catalogue.search(["tunnel", "title"], 5) == []
    assert catalogue.faults() == []


def test_days_nearest_first_and_within_the_limits(catalogue: Catalogue) -> None:
    texts = {
        "day": "Opened Tuesday, ruined yesterday",
        "month": "Finished in March 2020",
        "year": "Planned for 2020",
        "decade": "Tolls of the 1990s",
    }
    commit(catalogue, [entry(id_, text, DAY) for id_, text in texts.items()])

    def happened(first: str, last: str, filters: Filters | None = None) -> list[str]:
        days = (datetime.date.fromisoformat(first), datetime.date.fromisoformat(last))
        return list(catalogue.passages_on(days, 9, filters))

    assert happened("2020-03-31", "2020-03-31") == ["day-7", "month-9"]
    assert happened("2020-01-01", "2020-12-31") == ["day-7", "month-9", "year-8"]
    assert happened("0001-01-01", "0001-01-01") == []
    assert happened("9999-12-31", "9999-12-31") == []
    assert happened("2020-03-31", "2020-03-31", Filters(since=datetime.date(2020, 4, 1))) == []


URLS = {
    "a": "https://www.cnn.com/world/1",
    "b": "HTTPS://user:pw@Edition.CNN.com:8080/x?y#z",
    "c": "https://notcnn.com",
    "d": "no url",
    "e": "//cnn.com/x",
    "f": "https://a_b.org/%",
}


def test_sites_are_hosts_and_what_they_end_in(catalogue: Catalogue) -> None:
    commit(catalogue, [entry(id_, "some text", DAY, url) for id_, url in URLS.items()])
    assert catalogue.sites() == ["cnn.com", "a_b.org", "edition.cnn.com", "notcnn.com"]

    def passing(*sources: str) -> list[str]:
        return sorted({id_[0] for id_ in catalogue.passing(Filters(sources=sources))})

    assert passing("cnn.com") == ["a", "b", "e"]
    assert passing("www.cnn.com/world", "a_b.org") == ["a", "b", "e", "f"]
    assert passing("b.org") == passing("axb.org") == []
    assert catalogue.counts(Filters(sources=("edition.cnn.com",), until=DAY)) == (1, 2)
    assert {id_[0] for id_, _ in catalogue.search(["text"], 9, Filters(sources=("cnn.com",)))} == {
        "a",
        "b",
        "e",
    }
    with pytest.raises(QuestionError, match="is no site"):
        catalogue.counts(Filters(sources=("//",)))


def test_a_misspelt_word_is_known_by_one_that_stands_often(catalogue: Catalogue) -> None:
    commit(catalogue, [entry(f"n{place}", f"Parliament sat {place}") for place in range(6)])
    assert catalogue.nearest_words(["parliment", "Parliament", "zebra"]) == {
        "parliment": "Parliament"
    }


def test_an_article_is_known_by_its_places(catalogue: Catalogue) -> None:
    here, there = Place("/x/a", "", "a"), Place("/y/b", ":2", "b:2")
    first = replace(entry("a", "old bridge", DAY), place=here)
    commit(catalogue, [first, replace(entry("c", "new tunnel"), place=Place("/y/c", "", "c"))])
    catalogue.place([("a", there), ("c", Place("/z/c", "", "shared")), ("a", here)])
    assert set(catalogue.places("a")) == {("a", here), ("a", there)}
    assert len(catalogue.places()) == 4
    assert catalogue.resolved(["b:2", "a", "none"]) == {"b:2": "a", "a": "a"}
    assert catalogue.articles(["b:2", "none"]) == {"b:2": first.article}
    catalogue.place([("a", Place("/w/c", "", "shared"))])
    assert catalogue.resolved(["shared"]) == {}
    catalogue.place([], [("a", there)])
    assert catalogue.articles(["b:2"]) == {}
    commit(catalogue, [entry("a", "next bridge", DAY)])
    assert len(catalogue.places("a")) == 2
    commit(catalogue, [], ("a",))
    assert catalogue.places("a") == []
    assert len(catalogue.places("c")) == 2


def test_what_tells_an_article_from_others_is_known(catalogue: Catalogue) -> None:
    one = entry("a", "old bridge", DAY, "https://x.org/a")
    commit(catalogue, [one, entry("b", "old bridge")])
    mark = content_mark("Title of a", "old bridge")
    a = Known(fingerprint(one.article), mark, str(DAY), "https://x.org/a")
    assert catalogue.known("a") == {"a": a}
    assert catalogue.known("z") == {}
    assert catalogue.known().keys() == {"a", "b"}
    assert catalogue.known()["a"] == a


def test_dates_that_are_set_outlive_their_articles_rows(catalogue: Catalogue) -> None:
    commit(catalogue, [entry("a", "old bridge", DAY), entry("b", "new tunnel", DAY)])
    catalogue.set_date("a", datetime.date(2021, 1, 2))
    catalogue.set_date("b", DAY)
    catalogue.set_date("b", None)
    commit(catalogue, [entry("a", "next bridge", DAY)])
    assert catalogue.dates_set() == {"a": datetime.date(2021, 1, 2), "b": None}
    commit(catalogue, [], ("b",))
    assert catalogue.dates_set().keys() == {"a"}


def test_anew_replaces_all_that_was_there(catalogue: Catalogue) -> None:
    commit(catalogue, [replace(entry("a", "old bridge", DAY), place=Place("/x/a", "", "a"))])
    catalogue.set_date("a", DAY)
    with catalogue.writing(alone=True):
        catalogue.commit([entry("b", "new tunnel")], [], "2", anew={**FACTS, "dimension": "4"})
    assert catalogue.articles(["a", "b"]).keys() == {"b"}
    assert len(catalogue.places("a")) == len(catalogue.dates_set()) == 1
    assert catalogue.resolved(["a"]) == {}
    assert catalogue.search(["bridge"], 5) == []
    assert catalogue.faults() == []
    with pytest.raises(LibraryMismatch, match="qa doctor --rebuild"):
        catalogue.check(FACTS)


def test_nobody_writes_beside_one_who_is_alone(create: Callable[..., Catalogue]) -> None:
    with ExitStack() as stack:
        one, other = create(FACTS), create(FACTS)
        stack.callback(one.close)
        stack.callback(other.close)
        with (
            one.writing(alone=True),
            pytest.raises(LibraryBusy, match="another qa process is writing"),
            other.writing(),
        ):
            pass
        assert other.counts() == (0, 0)


def test_of_two_writers_one_has_an_article(database: str) -> None:
    with ExitStack() as stack:
        one, other = (
            stack.enter_context(PostgresCatalogue.create(database, FACTS)) for _ in range(2)
        )
        with one.writing():
            with other.writing():
                assert one.claim("a")
                assert one.claim("a")
                assert not other.claim("a")
                assert other.claim("b")
                one.expect({"a-0": DAY})
                assert other.adopt() == {}
                one.commit([entry("a", "new tunnel")], [], "1")
                other.commit([entry("b", "old bridge")], [], "1")
                one.cleared({})
                assert other.claim("a")
            assert one.claim("b")
        assert one.state().generation == 2
        assert one.counts() == (2, 4)


def test_what_a_dead_writer_had_in_work_is_taken_over(database: str) -> None:
    with PostgresCatalogue.create(database, FACTS) as catalogue:
        dead = PostgresCatalogue.create(database, FACTS)
        writing = dead.writing()
        writing.__enter__()
        assert dead.claim("a")
        dead.expect({"a-0": DAY, "a-8": None})
        # As if the process were killed: the server sees the connection end.
        assert dead._writer is not None
        dead._writer.connection.pgconn.finish()
        dead.close()
        with catalogue.writing():
            deadline = datetime.datetime.now() + datetime.timedelta(seconds=20)
            while not (left := catalogue.adopt()):
                assert datetime.datetime.now() < deadline
            assert left == {"a-0": DAY, "a-8": None}
            catalogue.cleared(left)
            assert catalogue.claim("a")
            assert catalogue.adopt() == {}


def test_where_there_is_no_library(database: str) -> None:
    with pytest.raises(LibraryMissing, match="qa ingest FOLDER"):
        PostgresCatalogue.open(database)


# Vectors


@contextmanager
def snapshots(folder: Path) -> Iterator[Vectors]:
    passing = {"a": DAY, "b": datetime.date(2021, 1, 1), "c": None}

    def ids(filters: Filters) -> list[str]:
        first, last = filters.since or datetime.date.min, filters.last or datetime.date.max
        return [id_ for id_, date in passing.items() if date and first <= date <= last]

    vectors = Snapshots(folder, ids)
    yield vectors
    vectors.close()


@pytest.fixture(params=["snapshots", "server"])
def vectors(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Vectors]:
    if request.param == "snapshots":
        with snapshots(tmp_path) as opened:
            yield opened
        return
    server: Chroma = request.getfixturevalue("chroma_server")
    name = "t" + tmp_path.name.replace("_", "-")[-40:]
    server.create(name)
    settings = Settings(chroma_url=server.url, chroma_database=name)
    opened = ServerVectors(settings, lambda: ["cnn.com", "edition.cnn.com", "x.org"])
    yield opened
    opened.close()


SOURCES = {
    "a": Source("a", "A", DAY, url="https://edition.cnn.com/1"),
    "b": Source("b", "B", datetime.date(2021, 1, 1), url="https://x.org"),
    "c": Source("c", "C", None),
}


def unit(*numbers: float) -> Embeddings:
    vector = np.array(numbers, np.float32)
    return vector / np.float32(np.linalg.norm(vector))


NEAR = {"a": unit(1, 0, 0), "b": unit(1, 1, 0), "c": unit(0, 1, 1)}


def test_vectors_are_written_searched_replaced_and_removed(vectors: Vectors) -> None:
    assert vectors.search("", NEAR["a"], 5) == []
    writer = vectors.write(State(0, ""))
    writer.upsert(list(NEAR), list(SOURCES.values()), np.stack(list(NEAR.values())))
    writer.finish({})
    writer.committed({})
    name = writer.name
    found = vectors.search(name, NEAR["a"], 5)
    assert [id_ for id_, _ in found] == ["a", "b", "c"]
    assert [near for _, near in found] == pytest.approx([1, 0.5**0.5, 0], abs=1e-3)
    assert [id_ for id_, _ in vectors.search(name, NEAR["a"], 1)] == ["a"]
    some = {"c": None, "b": datetime.date(2021, 1, 1)}
    assert [id_ for id_, _ in vectors.search(name, NEAR["a"], 5, among=some)] == ["b", "c"]
    assert vectors.search(name, NEAR["a"], 5, among={}) == []
    late = Filters(since=datetime.date(2020, 6, 1))
    assert [id_ for id_, _ in vectors.search(name, NEAR["a"], 5, filters=late)] == ["b"]
    early = Filters(until=datetime.date(2020, 6, 1))
    assert [id_ for id_, _ in vectors.search(name, NEAR["a"], 5, filters=early)] == ["a"]
    published = {id_: source.date for id_, source in SOURCES.items()}
    near = vectors.similarities(name, NEAR["b"], {**published, "z": DAY})
    assert near == pytest.approx({"a": 0.5**0.5, "b": 1, "c": 0.5}, abs=1e-3)
    assert vectors.ids(name) == {"a", "b", "c"}
    second = vectors.write(State(1, name))
    second.upsert(["c"], [SOURCES["c"]], NEAR["a"].reshape(1, -1))
    stale = {"a": DAY}
    second.finish(stale)
    second.committed(stale)
    assert vectors.ids(second.name) == {"b", "c"}
    assert [id_ for id_, _ in vectors.search(second.name, NEAR["a"], 1)] == ["c"]
    third = vectors.write(State(2, second.name), anew=True)
    third.upsert(["b"], [SOURCES["b"]], NEAR["b"].reshape(1, -1))
    third.finish({})
    third.committed({})
    assert vectors.ids(third.name) == {"b"}


def test_a_server_limits_sites_by_what_the_archive_has(
    request: pytest.FixtureRequest, chroma_server: Chroma
) -> None:
    opened = ServerVectors(Settings(chroma_url=chroma_server.url), lambda: ["edition.cnn.com"])
    writer = opened.write(State(6, ""), anew=True)
    writer.upsert(list(NEAR), list(SOURCES.values()), np.stack(list(NEAR.values())))
    for source, expected in (("cnn.com", ["a"]), ("bbc.com", [])):
        found = opened.search(writer.name, NEAR["a"], 5, filters=Filters(sources=(source,)))
        assert [id_ for id_, _ in found] == expected
    opened.close()


def test_limits_of_a_server_find_what_few_or_many_pass(chroma_server: Chroma) -> None:
    """Limits that few of the nearest pass are Chroma's to find, others are looked through."""
    new_year = datetime.date(2020, 1, 1)
    sources, vectors = {}, []
    for number in range(80):
        # The nearest are of January, the last of a day of their own and of another site.
        day = new_year + datetime.timedelta(number % 30 if number < 78 else 100)
        url = "https://x.org/" if number < 78 else "https://y.org/"
        sources[f"p{number:02d}"] = Source(f"p{number:02d}", "A", day, url=f"{url}{number}")
        vectors.append(unit(100 - number, number, 1))
    opened = ServerVectors(Settings(chroma_url=chroma_server.url), lambda: ["x.org", "y.org"])
    writer = opened.write(State(8, ""), anew=True)
    writer.upsert(list(sources), list(sources.values()), np.stack(vectors))

    def found(
        since: datetime.date | None = None,
        until: datetime.date | None = None,
        sources: tuple[str, ...] = (),
        limit: int = 2,
    ) -> list[str]:
        limits = Filters(since, until, sources)
        near = opened.search(writer.name, unit(1, 0, 0), limit, filters=limits)
        return [id_ for id_, _ in near]

    assert found(since=datetime.date(2020, 1, 1), until=datetime.date(2020, 12, 31)) == [
        "p00",
        "p01",
    ]
    assert found(since=datetime.date(2020, 1, 2), until=datetime.date(2020, 3, 1)) == ["p01", "p02"]
    assert found(until=datetime.date(2020, 1, 1)) == ["p00", "p30"]
    assert found(since=datetime.date(2020, 2, 1)) == ["p78", "p79"]
    assert found(sources=("y.org",)) == ["p78", "p79"]
    assert found(sources=("y.org",), since=datetime.date(2020, 2, 1)) == ["p78", "p79"]
    assert found(sources=("y.org",), until=datetime.date(2020, 2, 1)) == []
    assert found(since=datetime.date(2020, 2, 1), until=datetime.date(2020, 1, 1)) == []
    assert found(since=datetime.date(2021, 2, 1)) == []
    assert found(since=datetime.date(2020, 2, 1), limit=40) == ["p78", "p79"]
    opened.close()


# Conversations


@pytest.fixture(params=["sqlite", "postgres"])
def conversations(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Conversations]:
    if request.param == "sqlite":
        opened = conversations_in(tmp_path)
    else:
        opened = conversations_at(request.getfixturevalue("database"))
    yield opened
    opened.close()


def test_conversations_are_kept_per_person(conversations: Conversations) -> None:
    id_ = conversations.begin("ann", "Who won?")
    first = conversations.add("ann", id_, Exchange("Who won? \0", error="nobody"))
    second = conversations.add("ann", id_, Exchange("And now?"), instead_of=[first])
    assert second > first
    assert [one.question for one in conversations.exchanges("ann", id_)] == ["And now?"]
    assert conversations.listed("bob") == []
    conversations.rename("ann", id_, "The election")
    assert [one.title for one in conversations.listed("ann")] == ["The election"]
    assert len(conversations.secret()) > 20
    conversations.delete("ann", id_)
    assert conversations.listed("ann") == []


def test_two_pages_share_the_conversations(database: str) -> None:
    with conversations_at(database) as one, conversations_at(database) as other:
        id_ = one.begin("ann", "Who won?")
        other.add("ann", id_, Exchange("Who won?"))
        assert len(one.exchanges("ann", id_)) == 1
        assert one.secret() == other.secret()


def test_a_user_who_may_not_make_tables_is_told_so(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        name = database.rpartition("/")[2].encode()
        connection.execute(b"CREATE ROLE guest_%b LOGIN PASSWORD 'secret'" % name)
    guest = database.replace("qa:secret", f"guest_{database.rpartition('/')[2]}:secret")
    with pytest.raises(LibraryError, match=r"permission denied .*what its user may do"):
        PostgresCatalogue.create(guest, FACTS)


def test_a_newer_database_is_refused(database: str) -> None:
    PostgresCatalogue.create(database, FACTS).close()
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '99'")
    with pytest.raises(LibraryNewer, match="take the newer qa"):
        PostgresCatalogue.open(database)


def test_the_password_of_a_database_is_nowhere_shown(postgres_server: Postgres) -> None:
    url = postgres_server.database("no_such")
    with pytest.raises(Exception, match="cannot use the database") as raised:
        PostgresCatalogue.open(url)
    assert "secret" not in str(raised.value)
    assert "secret" not in repr(Settings(database_url=url))
