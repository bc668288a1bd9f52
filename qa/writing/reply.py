"""A chat model's reply → sentences, each with the words that the model copied for it."""

import itertools
import json
import re
from dataclasses import dataclass
from typing import Any

from qa import prompts
from qa.checking.check import Sentence

# A number and copied words, in brackets behind a sentence.
_QUOTED = re.compile(r"\[ ?(\d+) ?(?:\] ?)?[:,]? ?[\"“„«](.*?)[\"”“»] ?\]?(?= ?(?:\[|[.,;]? ?$))")
_MARKER = re.compile(r"\[\s*(\d+)\s*\]")
_ENDS = re.compile(r"[.!?][\"”’')]*$")
# The place where a sentence begins behind the copied words of another.
_NEXT = re.compile(r"(?<=[\"”»]\]) +(?=[\"“]?[A-Z])")
_LIST = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")
# The schema for providers that can be held to one.
SCHEMA: dict[str, Any] = {
    "title": "reply",
    "description": "The answer, sentence by sentence; no sentence if the passages do not hold it.",
    "type": "object",
    "properties": {
        "sentences": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "text": {"type": "string", "description": "one sentence, without markers"},
                    "quotes": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {
                                "passage": {"type": "integer", "description": "its number"},
                                "words": {"type": "string", "description": "copied from it"},
                            },
                            "required": ["passage", "words"],
                            "additionalProperties": False,
                        },
                    },
                },
                "required": ["text", "quotes"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["sentences"],
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply so far: its whole sentences, and whether it refuses to answer."""

    sentences: tuple[Sentence, ...] = ()
    refused: bool = False


def parse(reply: str) -> Reply:
    """Return the sentences of a plain reply: one on a line, with copied words in brackets behind.

    A line that ends inside a sentence goes on in the next line. A line that only introduces the
    next ("Here is the answer:") is left out. A reply that begins with a refusal is a refusal.
    """
    whole = (_LIST.sub("", " ".join(line.split())) for line in reply.splitlines())
    lines = [part for line in whole for part in _NEXT.split(line)]
    found: list[Sentence] = []
    begun = ""
    for line, following in itertools.pairwise([*filter(None, lines), ""]):
        if _refuses(line) and not begun:
            if not found:
                return Reply(refused=True)
            continue
        text, quotes = _taken_apart(f"{begun} {line}".strip())
        begun = ""
        if not any(char.isalnum() for char in text):
            # Quotes on a line of their own belong to the sentence above.
            if found and quotes:
                found[-1] = Sentence(found[-1].text, found[-1].quotes + quotes)
        elif quotes or _ENDS.search(text):
            found.append(Sentence(text, quotes))
        elif not text.endswith(":") or following.startswith(('"', "“")):
            begun = text
    return Reply((*found, Sentence(begun)) if begun else tuple(found))


def structure(reply: str) -> Reply:
    """Return the sentences of a reply by the schema; none if the reply does not follow it."""
    found: list[Sentence] = []
    try:
        for one in json.loads(reply)["sentences"]:
            # A model may write brackets even so.
            text, more = _taken_apart(" ".join(str(one["text"]).split()))
            quotes = ((int(quote["passage"]), str(quote["words"])) for quote in one["quotes"])
            found.append(Sentence(text, (*quotes, *more)))
    except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError):
        return Reply()
    if not found or _refuses(found[0].text):
        return Reply(refused=True)
    return Reply(tuple(found))


def _taken_apart(line: str) -> tuple[str, tuple[tuple[int, str], ...]]:
    """Return a sentence without its brackets, and the numbers and words in the brackets."""
    quotes = tuple((int(number[:6]), words) for number, words in _QUOTED.findall(line))
    rest = _QUOTED.sub(" ", line)
    bare = tuple((int(mark[:6]), "") for mark in _MARKER.findall(rest))
    text = " ".join(_MARKER.sub(" ", rest).split())
    return re.sub(r"\s+([.,;:!?])", r"\1", text), quotes or bare


def _refuses(line: str) -> bool:
    return line.casefold().startswith(prompts.refusal_opening().casefold()[:-1])
