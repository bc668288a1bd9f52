"""Question + turns + hits → sentences with the words they rest on, written by a chat model.

Nothing that the model writes can be trusted: `qa.checking.check` checks each sentence before
anybody sees it.
"""

import hashlib
import json
import random
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from qa import dates, prompts
from qa.checking.check import Sentence
from qa.errors import ModelUnreachable
from qa.search.followups import names
from qa.search.question import Asked
from qa.text.demonyms import roots
from qa.text.printable import without_controls
from qa.text.vocabulary import THIRD_PERSON
from qa.text.words import WORD, stems
from qa.types import Hit, QuestionKind, Turn, day
from qa.writing.providers import model_error
from qa.writing.reply import SCHEMA, Reply, parse, structure

# A tag such as </passage> inside a passage would end the passage early.
_TAG = re.compile(r"<(?=\s*/?\s*passage\b)", re.IGNORECASE)
# The prompts, each with its variables. People may have prompts of their own.
PROMPTS = {
    "answer": ("refusal",),
    "question": ("passages", "question"),
    "again": ("faults",),
    "rewrite": ("turns", "question"),
}
_TURNS = 6
_LONGEST_QUESTION = 300
# The share of a question's words, pronouns aside, that a rewritten question must keep.
_KEPT = 0.5
# Seconds before the second try; each later one waits twice as long, and up to as much again.
_WAIT = 0.5
# The longest reply, in characters: a model that does not stop is stopped.
_REPLY = 8000


@dataclass(slots=True)
class Usage:
    """The calls and tokens that a model took; tokens are 0 if the provider does not count them."""

    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0

    def add(self, message: Any) -> None:
        """Add the tokens that a message, or a piece of one, reports."""
        if tokens := getattr(message, "usage_metadata", None):
            self.input_tokens += int(tokens.get("input_tokens") or 0)
            self.output_tokens += int(tokens.get("output_tokens") or 0)


class Replies(Protocol):
    """Keeps replies of models, each under a hash of everything that it depends on."""

    def get(self, key: str) -> str | None:
        """Return a reply, None if there is none."""

    def put(self, key: str, reply: str) -> None:
        """Keep a reply."""

    def close(self) -> None:
        """Let go of the file."""


@dataclass(slots=True)
class Talk:
    """The messages to a model about one question."""

    messages: list[BaseMessage] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)


class Writer:
    """Lets a chat model write. Threads may share one."""

    def __init__(
        self,
        model: BaseChatModel,
        *,
        name: str = "the chat model",
        url: str = "",
        prompts_folder: Path | None = None,
        budget: int = 12_000,
        tries: int = 3,
        structured: bool = False,
        replies: Replies | None = None,
    ) -> None:
        """Take a model. `budget` is how many characters of passages it is handed at most.

        A request that may succeed later is tried `tries` times. `structured` asks for sentences by
        a schema, if the provider can hold the model to one. Kept `replies` are used again. Raises
        `PromptError` for a user's own prompts that lack a variable.
        """
        self._model = model
        self.name, self._url = name, url
        self._folder = prompts_folder
        self._budget = budget
        self._tries = tries
        self._structured = structured
        self._replies = replies
        self._instructions = self._prompt("answer", refusal=prompts.refusal_opening())
        # All prompts are checked now, and not at the first question.
        for prompt, variables in PROMPTS.items():
            self._prompt(prompt, **dict.fromkeys(variables, ""))

    def rewrite(self, asked: Asked, turns: Sequence[Turn], usage: Usage) -> str:
        """Return a question rewritten by the model to stand alone; '' where that is not needed.

        The model is not asked about a question that depends on no turn. Its wording counts only if
        it is the same question and adds nothing that was not said; else '' is returned. Raises
        `ModelError` if the model cannot be asked.
        """
        said = [turn for turn in turns if turn.text.strip()][-_TURNS:]
        if not said or not asked.depends:
            return ""
        lines = "\n".join(f"{turn.role}: {_one_line(turn.text)}" for turn in said)
        prompt = self._prompt("rewrite", turns=lines, question=asked.text)
        reply = "".join(self._stream([HumanMessage(prompt)], usage)).strip()
        first = reply.splitlines()[0].strip(' "“”') if reply else ""
        return first if _rewords(first, asked.text, said) else ""

    def handed(self, hits: Sequence[Hit]) -> list[Hit]:
        """Return the hits that fit the budget, at least one; their numbers count from 1."""
        kept: list[Hit] = []
        size = 0
        for hit in hits:
            size += len(hit.passage.text)
            if kept and size > self._budget:
                break
            kept.append(hit)
        return kept

    def write(
        self, question: str, hits: Sequence[Hit], talk: Talk, kind: QuestionKind = "fact"
    ) -> Iterator[Reply]:
        """Yield the reply as it grows, sentence by sentence; `hits` are those handed over.

        `kind` is the form of answer that the question wants. Raises `ModelError` if the model
        cannot be asked.
        """
        passages = "\n\n".join(_passage(n, hit) for n, hit in enumerate(hits, start=1))
        # The form is no variable of the prompt: people's own prompts would lack it.
        put = "\n".join(filter(None, [question, prompts.form(kind)]))
        asked = self._prompt("question", passages=passages, question=put)
        talk.messages = [SystemMessage(self._instructions), HumanMessage(asked)]
        yield from self._written(talk)

    def again(self, faults: Sequence[tuple[Sentence, str]], talk: Talk) -> Reply:
        """Return the model's new versions of sentences that did not pass.

        Raises `ModelError` if the model cannot be asked.
        """
        lines = "\n".join(f"{sentence.text} ({fault})" for sentence, fault in faults)
        talk.messages.append(HumanMessage(self._prompt("again", faults=lines)))
        return list(self._written(talk))[-1]

    def _written(self, talk: Talk) -> Iterator[Reply]:
        reply = ""
        read = structure if self._structured else parse
        for piece in self._stream(talk.messages, talk.usage, self._structured):
            reply += piece
            # The text behind the last line break, or in the last object, is not whole yet.
            if "\n" in piece and not self._structured:
                yield parse(reply.rpartition("\n")[0])
        talk.messages.append(AIMessage(reply))
        yield read(reply)

    def _stream(
        self, messages: list[BaseMessage], usage: Usage, structured: bool = False
    ) -> Iterator[str]:
        """Yield a reply in pieces; a reply that breaks off before the first is asked for again."""
        key = self._key(messages, structured)
        if self._replies and (kept := self._replies.get(key)) is not None:
            yield kept
            return
        for attempt in range(self._tries):
            pieces: list[str] = []
            try:
                usage.calls += 1
                left = _REPLY
                for whole in self._pieces(messages, usage, structured):
                    piece = without_controls(whole)[:left]
                    left -= len(piece)
                    if piece:
                        pieces.append(piece)
                        yield piece
                    if not left:
                        break
                break
            except Exception as error:  # noqa: BLE001 - each provider has errors of its own
                fault = model_error(error, self.name, self._url)
                begun, last = "".join(pieces).strip(), attempt + 1 == self._tries
                if begun or last or not isinstance(fault, ModelUnreachable):
                    raise fault from None
                time.sleep(_WAIT * 2**attempt * (1 + random.random()))
        if self._replies:
            reply = "".join(pieces)
            read = (structure if structured else parse)(reply)
            # An empty reply is not kept: the next one may say something.
            if read.sentences or read.refused:
                self._replies.put(key, reply)

    def _pieces(self, messages: list[BaseMessage], usage: Usage, structured: bool) -> Iterator[str]:
        if structured:
            reply = self._model.with_structured_output(SCHEMA, include_raw=True).invoke(messages)
            assert isinstance(reply, dict)
            usage.add(reply["raw"])
            yield json.dumps(reply["parsed"] or {}, ensure_ascii=False)
            return
        for chunk in self._model.stream(messages):
            usage.add(chunk)
            yield str(chunk.text)

    def _key(self, messages: list[BaseMessage], structured: bool) -> str:
        said = [(message.type, message.text) for message in messages]
        whole = json.dumps([self.name, self._url, structured, said], ensure_ascii=False)
        return hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()

    def close(self) -> None:
        """Close the file of kept replies."""
        if self._replies:
            self._replies.close()

    def _prompt(self, name: str, **variables: str) -> str:
        return prompts.fill(name, prompts.own(name, self._folder), **variables)


def _rewords(text: str, question: str, turns: Sequence[Turn]) -> bool:
    """Tell whether a text puts a question in other words, without names or figures of its own."""
    before = " ".join([question, *(turn.text for turn in turns)])
    there = {root for word in WORD.findall(before) for root in roots(word)}
    kept = {word for word in stems(question) if word not in _stems_of_pronouns()}
    return (
        0 < len(text) <= _LONGEST_QUESTION
        and len(kept & stems(text)) >= _KEPT * len(kept)
        and all(roots(name) & there for name in names(text))
    )


def _stems_of_pronouns() -> frozenset[str]:
    return stems(" ".join([*THIRD_PERSON, *"there then that this".split()]))


def _passage(number: int, hit: Hit) -> str:
    source, text = hit.article, hit.passage.text
    found = dates.kept(text, source.date)
    meant = "; ".join(f"{words} = {shown}" for words, shown in dates.hints(text, found))
    written = day(source.date) if source.date else "unknown"
    head = f"Title: {_one_line(source.title)}\nDate: {written}"
    tail = f"\nDates in it: {_one_line(meant)}" if meant else ""
    inner = _TAG.sub("< ", f"{head}\nText: {text}{tail}")
    return f"<passage {number}>\n{inner}\n</passage {number}>"


def _one_line(text: str) -> str:
    return " ".join(text.split())
