"""Conversations: kept, changed, and read by nobody but their owner."""

import datetime
import json
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from qa.errors import ConversationError
from qa.evaluation import load
from qa.library import conversations
from qa.library.conversations import FEEDBACK, Conversations, Exchange
from qa.library.sqlite.conversations import FILE, open_conversations
from qa.types import Answer, Citation, DateExpression, Hit, Passage, Source, Statement, Turn

ANN = conversations.owner("ann", "")
BOB = conversations.owner(None, "a browser's secret")
SOURCE = Source("a.txt", "Bridge", datetime.date(2021, 6, 12), "TOLK", "", ("Mara Velk",))
DATE = DateExpression(0, 6, "Sunday", "2021-06-13", True)
CITED = Citation(1, SOURCE, 3, 9, "Sunday", "0", (DATE,), datetime.date(2021, 6, 13))
HIT = Hit(Passage("p", "a.txt", 0, 9, "On Sunday"), SOURCE, 1.5, 1, 0.5, (SOURCE,))
SUNDAY = Statement("Sunday", note="13 June 2021", markers=(1,))
ANSWER = Answer(
    *("When?", str(SUNDAY), "Sunday", "answered", 0.9, (CITED,), (HIT,), {"read": 0.5}),
    statements=(SUNDAY,),
)
NOT_HELD = Statement("Not held.", "refusal")
REFUSAL = Answer("Why?", "Not held.", "", "refused", 0.1, hits=(HIT,), statements=(NOT_HELD,))


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Conversations]:
    with open_conversations(tmp_path) as opened:
        yield opened


def begun(kept: Conversations, *exchanges: Exchange, owner: str = ANN) -> str:
    id_ = kept.begin(owner, exchanges[0].question)
    for exchange in exchanges:
        kept.add(owner, id_, exchange)
    return id_


def test_an_answer_of_an_earlier_version_is_taken_apart_once(kept: Conversations) -> None:
    """Its statements stood in its text alone; a quote may hold a "[1]" or "[3]" of its own."""
    second = replace(CITED, marker=2)
    text = "Sunday [1] (13 June 2021) [1][2]\n\nItem one [3]\n\nMonday [2]"
    older = replace(ANSWER, text=text, citations=(CITED, second), statements=())
    id_ = begun(kept, Exchange("When?", older), Exchange("Why?", replace(REFUSAL, statements=())))
    found = kept.exchanges(ANN, id_)
    answer, refused = (one.answer for one in found)
    assert answer is not None
    assert refused is not None
    assert answer.statements == (
        Statement("Sunday [1]", note="13 June 2021", markers=(1, 2)),
        Statement("Item one [3]"),
        Statement("Monday", markers=(2,)),
    )
    assert "\n\n".join(map(str, answer.statements)) == answer.text
    assert refused.statements == (NOT_HELD,)
    assert [turn.said for turn in conversations.turns(found)][1::2] == [
        "Sunday [1] Item one [3] Monday",
        "",
    ]


def test_what_was_said_comes_back_as_it_was(tmp_path: Path) -> None:
    said = [
        Exchange("When?", ANSWER),
        Exchange("Why?", REFUSAL, near=(CITED,)),
        Exchange("x" * 9, error="too long"),
    ]
    with open_conversations(tmp_path) as kept:
        id_ = begun(kept, *said)
        secret = kept.secret()
    with open_conversations(tmp_path) as kept:
        found = kept.exchanges(ANN, id_)
        assert kept.secret() == secret
    # An answer without the hits that it does not cite; a refusal with all of them.
    said[0] = Exchange("When?", replace(ANSWER, hits=()))
    assert [replace(one, number=0) for one in found] == said
    assert conversations.turns(found)[:4] == [
        Turn("user", "When?"),
        ANSWER.turn,
        Turn("user", "Why?"),
        REFUSAL.turn,
    ]


def test_a_conversation_is_called_after_its_first_question(kept: Conversations) -> None:
    long = "When was the harbor bridge in Lindhaven opened by the minister for transport?"
    first, second = begun(kept, Exchange(long)), begun(kept, Exchange("Who \n won?"))
    assert [(one.id, one.title) for one in kept.listed(ANN)] == [
        (second, "Who won?"),
        (first, "When was the harbor bridge in Lindhaven opened by the …"),
    ]
    kept.add(ANN, first, Exchange("And then?"))
    assert [one.id for one in kept.listed(ANN)] == [first, second]
    kept.rename(ANN, first, "  The bridge ")
    assert kept.title(ANN, first) == "The bridge"
    with pytest.raises(ConversationError, match="type one"):
        kept.rename(ANN, first, " ")


def test_nobody_reads_or_changes_anothers(kept: Conversations) -> None:
    id_ = begun(kept, Exchange("When?", ANSWER))
    number = kept.exchanges(ANN, id_)[0].number
    assert kept.listed(BOB) == []
    for attempt in (
        lambda: kept.title(BOB, id_),
        lambda: kept.exchanges(BOB, id_),
        lambda: kept.add(BOB, id_, Exchange("x")),
        lambda: kept.unrate(BOB, id_, number),
        lambda: kept.rename(BOB, id_, "x"),
        lambda: kept.delete(BOB, id_),
        lambda: kept.rate(BOB, id_, number, "up"),
    ):
        with pytest.raises(ConversationError, match="not there"):
            attempt()
    assert kept.title(ANN, id_) == "When?"
    assert len(kept.exchanges(ANN, id_)) == 1
    # Not by a login that is named like another's browser, either.
    assert conversations.owner("x", "") != conversations.owner(None, "x")
    assert conversations.owner("ann", "y") == ANN


def test_what_is_asked_again_takes_the_place_of_what_came_after(kept: Conversations) -> None:
    id_ = begun(kept, *(Exchange(text) for text in ("One?", "Two?", "Three?")))
    gone = [one.number for one in kept.exchanges(ANN, id_)[1:]]
    # What was added meanwhile, in another tab, was not meant.
    kept.add(ANN, id_, Exchange("Five?"))
    number = kept.add(ANN, id_, Exchange("Four?"), instead_of=gone)
    assert [one.question for one in kept.exchanges(ANN, id_)] == ["One?", "Five?", "Four?"]
    assert kept.exchanges(ANN, id_)[-1].number == number
    # Not another conversation's.
    kept.add(ANN, kept.begin(ANN, "Six?"), Exchange("Six?"), instead_of=[number])
    assert len(kept.exchanges(ANN, id_)) == 3


def test_feedback_is_a_question_set(tmp_path: Path, kept: Conversations) -> None:
    id_ = begun(
        kept, Exchange("When?", ANSWER), Exchange("Why?", REFUSAL), Exchange("Who?", ANSWER)
    )
    first, second, third = (one.number for one in kept.exchanges(ANN, id_))
    kept.rate(ANN, id_, first, "up")
    kept.rate(ANN, id_, second, "up", note="nobody wrote of it")
    kept.rate(ANN, id_, third, "down")
    kept.rate(ANN, id_, third, "down", right="Mara Velk")
    assert [one.rating for one in kept.exchanges(ANN, id_)] == ["up", "up", "down"]
    when, why, who = load(tmp_path / FEEDBACK).questions
    assert (when.answers, when.articles, when.quote) == (("Sunday",), ("a.txt",), "Sunday")
    assert (why.unanswerable, why.note, why.tags) == (True, "nobody wrote of it", ("up",))
    assert (who.answers, who.tags) == (("Mara Velk",), ("down",))
    assert who.history[:2] == (Turn("user", "When?"), Turn("assistant", str(SUNDAY)))
    # It outlives what is asked again, and goes with its conversation.
    kept.add(ANN, id_, Exchange("When?", ANSWER), instead_of=[first, second, third])
    assert len(load(tmp_path / FEEDBACK).questions) == 3
    kept.unrate(ANN, id_, second)
    assert len(load(tmp_path / FEEDBACK).questions) == 2
    kept.delete(ANN, id_)
    assert (tmp_path / FEEDBACK).read_text(encoding="utf-8") == ""
    assert kept.listed(ANN) == []


def test_only_an_answer_can_be_rated(kept: Conversations) -> None:
    id_ = begun(kept, Exchange("When?", ANSWER), Exchange("x", error="too long"))
    answered, failed = (one.number for one in kept.exchanges(ANN, id_))
    for number in (-1, failed, answered + 100):
        with pytest.raises(ConversationError, match="no such answer"):
            kept.rate(ANN, id_, number, "up")


def test_no_more_of_a_note_is_kept_than_people_type(tmp_path: Path, kept: Conversations) -> None:
    id_ = begun(kept, Exchange("When?", ANSWER))
    number = kept.exchanges(ANN, id_)[0].number
    kept.rate(ANN, id_, number, "down", right="y" * 10**6, note="x" * 10**6)
    assert (tmp_path / FEEDBACK).stat().st_size < 5000


def test_nobody_else_on_the_machine_reads_them(tmp_path: Path, kept: Conversations) -> None:
    id_ = begun(kept, Exchange("When?", ANSWER))
    kept.rate(ANN, id_, kept.exchanges(ANN, id_)[0].number, "up")
    for name in (FILE, FEEDBACK):
        assert (tmp_path / name).stat().st_mode & 0o077 == 0


def test_threads_and_processes_may_share_them(tmp_path: Path, kept: Conversations) -> None:
    id_ = kept.begin(ANN, "When?")
    with open_conversations(tmp_path) as other:
        threads = [
            threading.Thread(target=opened.add, args=(ANN, id_, Exchange(f"{number}?")))
            for number in range(20)
            for opened in (kept, other)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(kept.exchanges(ANN, id_)) == 40


def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database at all" * 100)
    with pytest.raises(ConversationError, match="move the file away"):
        open_conversations(tmp_path)
    (tmp_path / FILE).unlink()
    open_conversations(tmp_path).close()
    with sqlite3.connect(tmp_path / FILE) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(ConversationError, match="newer qa"):
        open_conversations(tmp_path)


def test_half_of_a_pair_and_lone_bytes_are_kept(tmp_path: Path, kept: Conversations) -> None:
    id_ = begun(kept, Exchange("Is \ud83d it?", ANSWER))
    kept.rate(ANN, id_, kept.exchanges(ANN, id_)[0].number, "down", note="\ud83d")
    assert len(kept.exchanges(ANN, id_)) == 1
    assert json.loads((tmp_path / FEEDBACK).read_text(encoding="utf-8"))
