"""What was asked and answered, kept per person in a file of its own, and what people said of it.

Nobody reads another's: everything is asked for by its owner, and an owner's name is a hash of the
login that somebody has given the password of, or else of a secret in the browser.
"""

import datetime
import hashlib
import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter

from qa.errors import ConversationError
from qa.library.database import Database, OnDatabase
from qa.text.printable import inert, storable
from qa.types import Answer, Citation, Kind, Statement, Turn, to_json

# What people said of answers, as a question set.
FEEDBACK = "feedback.jsonl"
_TITLE = 60
_RIGHT, _NOTE = 500, 2000
# Conversations of one person that are listed; older ones stay, and open by their address.
_LISTED = 200
_NOTE_BESIDE = re.compile(r"(.*\S) \(([^()]*)\)", re.DOTALL)

Rating = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation's id, what people call it, and when it changed, in ISO form."""

    id: str
    title: str
    changed: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what was said to it: an answer, or why there is none.

    Neither is there while it is being answered, or if that was broken off. `near` are places in the
    articles nearest to a refusal. `rating` is what its owner said of it.
    """

    question: str
    answer: Answer | None = None
    error: str = ""
    near: tuple[Citation, ...] = ()
    number: int = 0
    rating: Rating | None = None


_EXCHANGE = TypeAdapter(Exchange)


def owner(login: str | None, browser: str) -> str:
    """Return the name under which a person's conversations are kept.

    `login` is the name that somebody has logged in with; `browser` is the secret of a browser, for
    people without a login.
    """
    whom = f"login:{login}" if login else f"browser:{browser}"
    return hashlib.sha256(whom.encode("utf-8", "replace")).hexdigest()


def turns(exchanges: Sequence[Exchange]) -> list[Turn]:
    """Return exchanges as the turns of a conversation; a refusal says nothing that matters.

    Small talk is no turn: "hi" names nothing that a later question could mean.
    """
    found: list[Turn] = []
    for exchange in exchanges:
        if exchange.answer and exchange.answer.kind == "talk":
            continue
        answer = exchange.answer.turn if exchange.answer else Turn("assistant", "")
        found += [Turn("user", exchange.question), answer]
    return found


class Conversations(OnDatabase):
    """The conversations of all people with one library. Threads and processes may share them."""

    def __init__(self, database: Database, feedback: Path | None = None) -> None:
        """Take the database; what people say of answers is also written to the file `feedback`."""
        super().__init__(database)
        self._feedback = feedback

    def secret(self) -> str:
        """Return what browsers encrypt with what they keep for this page. All of them are told."""
        return str(self._rows("SELECT value FROM facts WHERE name IN ('secret', '.secret')")[0][0])

    # What an owner may read

    def listed(self, owner: str) -> list[Conversation]:
        """Return an owner's conversations, the one that changed last first, 200 at most."""
        found = self._rows(
            "SELECT id, title, changed FROM conversations WHERE owner = ? "
            "ORDER BY changed DESC, id LIMIT ?",
            (owner, _LISTED),
        )
        return [Conversation(*row) for row in found]

    def title(self, owner: str, id_: str) -> str:
        """Return what a conversation is called. Raises `ConversationError` if there is none."""
        query = "SELECT title FROM conversations WHERE id = ? AND owner = ?"
        found = self._rows(query, (id_, owner))
        if not found:
            # The same, whether it is gone or another's: an id cannot be guessed at.
            raise ConversationError("this conversation is not there any more: start a new one")
        return str(found[0][0])

    def exchanges(self, owner: str, id_: str) -> list[Exchange]:
        """Return what was said, oldest first. Raises `ConversationError` if there is none."""
        self.title(owner, id_)
        found = self._rows(
            "SELECT e.content, e.number, f.rating FROM exchanges e "
            "LEFT JOIN feedback f ON f.exchange = e.number "
            "WHERE e.conversation = ? ORDER BY e.number",
            (id_,),
        )
        return [
            replace(_with_statements(content), number=number, rating=rating)
            for content, number, rating in found
        ]

    # What an owner may change

    def begin(self, owner: str, question: str) -> str:
        """Begin a conversation, called after its first question; return its id."""
        id_ = secrets.token_urlsafe(12)
        with self._transaction() as connection:
            connection.execute(
                "INSERT INTO conversations VALUES (?, ?, ?, ?)",
                (id_, owner, _title(question), _now()),
            )
        return id_

    def add(self, owner: str, id_: str, exchange: Exchange, instead_of: Sequence[int] = ()) -> int:
        """Add what was said, instead of other exchanges if their numbers are given.

        Returns its number. Raises `ConversationError` if there is no such conversation.
        """
        if exchange.answer and exchange.answer.outcome == "answered":
            # Twelve passages, of which those that matter are cited.
            exchange = replace(exchange, answer=replace(exchange.answer, hits=()))
        with self._transaction() as connection:
            self.title(owner, id_)
            connection.executemany(
                "DELETE FROM exchanges WHERE number = ? AND conversation = ?",
                [(number, id_) for number in instead_of],
            )
            [(number,)] = connection.execute(
                "INSERT INTO exchanges (conversation, content) VALUES (?, ?) RETURNING number",
                (id_, storable(to_json(exchange))),
            ).fetchall()
            connection.execute("UPDATE conversations SET changed = ? WHERE id = ?", (_now(), id_))
            return int(number)

    def rename(self, owner: str, id_: str, title: str) -> None:
        """Call a conversation otherwise. Raises `ConversationError` if there is none."""
        if not title.strip():
            raise ConversationError("a conversation needs a name: type one")
        with self._transaction() as connection:
            self.title(owner, id_)
            connection.execute(
                "UPDATE conversations SET title = ? WHERE id = ?", (_title(title), id_)
            )

    def delete(self, owner: str, id_: str) -> None:
        """Delete a conversation, and what its owner said of its answers.

        Raises `ConversationError` if there is no such conversation.
        """
        with self._transaction() as connection:
            self.title(owner, id_)
            for table in ("exchanges", "feedback"):
                connection.execute(f"DELETE FROM {table} WHERE conversation = ?", (id_,))
            connection.execute("DELETE FROM conversations WHERE id = ?", (id_,))
            self._write_feedback()

    def rate(
        self, owner: str, id_: str, number: int, rating: Rating, right: str = "", note: str = ""
    ) -> None:
        """Keep what an owner says of the exchange of a number, in place of what was said before.

        `right` is the right answer, as far as the owner knows it; of it and of the note no more is
        kept than people type. All that people said stands in `feedback.jsonl`, in the form of a
        question set. Raises `ConversationError` if there is no such exchange.
        """
        with self._transaction() as connection:
            exchanges = self.exchanges(owner, id_)
            place = next((n for n, one in enumerate(exchanges) if one.number == number), None)
            if place is None or exchanges[place].answer is None:
                raise ConversationError("there is no such answer any more: load the page again")
            row = _question(exchanges, place, rating, right[:_RIGHT], note[:_NOTE])
            said = storable(json.dumps(row, ensure_ascii=False))
            connection.execute(
                "INSERT INTO feedback (exchange, conversation, rating, row) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (exchange) DO UPDATE SET rating = excluded.rating, row = excluded.row",
                (number, id_, rating, said),
            )
            self._write_feedback()

    def unrate(self, owner: str, id_: str, number: int) -> None:
        """Forget what an owner said of an exchange. Raises `ConversationError`."""
        with self._transaction() as connection:
            self.title(owner, id_)
            connection.execute(
                "DELETE FROM feedback WHERE exchange = ? AND conversation = ?", (number, id_)
            )
            self._write_feedback()

    def _write_feedback(self) -> None:
        if self._feedback is None:
            return
        rows = self._rows("SELECT row FROM feedback ORDER BY exchange")
        new = self._feedback.with_name(f"{self._feedback.name}.new")
        new.touch(0o600)
        new.write_text("".join(f"{inert(row[0])}\n" for row in rows), encoding="utf-8")
        # At once: who reads it meanwhile has the old one or the new one whole.
        new.replace(self._feedback)


def _with_statements(content: str) -> Exchange:
    """Return what was kept; answers of earlier versions have their statements in the text alone."""
    exchange = _EXCHANGE.validate_json(content)
    answer = exchange.answer
    if answer is None or answer.statements:
        return exchange
    kind: Kind = "words" if answer.outcome == "answered" else "refusal"
    known = "|".join(str(citation.marker) for citation in answer.citations)
    statements = []
    for paragraph in answer.text.split("\n\n"):
        # Only what stands at the end is a marker, and the brackets before that are a note: a quote
        # may hold a "[1]" of its own.
        ours = re.search(rf" ((?:\[(?:{known})\])+)$", paragraph) if known else None
        said = paragraph[: ours.start()] if ours else paragraph
        note = _NOTE_BESIDE.fullmatch(said) if ours else None
        markers = tuple(map(int, re.findall(r"\d+", ours[1]))) if ours else ()
        text, beside = (note[1], note[2]) if note else (said, "")
        statements.append(Statement(text, kind, beside, markers))
    return replace(exchange, answer=replace(answer, statements=tuple(statements)))


def _question(
    exchanges: Sequence[Exchange], number: int, rating: Rating, right: str, note: str
) -> dict[str, Any]:
    """Return a line of a question set: what was asked, and what is known of its answer."""
    exchange = exchanges[number]
    answer = exchange.answer
    assert answer is not None
    row: dict[str, Any] = {
        "id": f"feedback-{exchange.number}",
        "question": exchange.question,
        "tags": [rating],
    }
    if earlier := turns(exchanges[:number]):
        row["history"] = [{"role": turn.role, "text": turn.text} for turn in earlier]
    if note.strip():
        row["note"] = note.strip()
    if right.strip():
        row["answers"] = [right.strip()]
    elif rating == "up" and answer.outcome == "refused":
        row["unanswerable"] = True
    elif rating == "up" and answer.short and answer.citations:
        holding = (one for one in answer.citations if answer.short in one.quote)
        cited = next(holding, answer.citations[0])
        row |= {"answers": [answer.short], "article": cited.article.id, "quote": cited.quote}
    return row


def _title(text: str) -> str:
    """Return a name that fits on a line, cut between words."""
    line = " ".join(storable(text).split())
    if len(line) <= _TITLE:
        return line
    return (line[:_TITLE].rpartition(" ")[0] or line[:_TITLE]) + " …"


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat()
