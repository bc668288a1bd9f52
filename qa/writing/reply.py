"""A chat model's reply → sentences, each with the words that it is said to rest on."""

import itertools
import json
import re
from dataclasses import dataclass
from typing import Any

from qa import prompts
from qa.checking.check import Sentence

# A sentence, and behind it, in brackets, numbers with copied words.
_QUOTED = re.compile(r"\[ ?(\d+) ?(?:\] ?)?[:,]? ?[\"“„«](.*?)[\"”“»] ?\]?(?= ?(?:\[|[.,;]? ?$))")
_MARKER = re.compile(r"\[\s*(\d+)\s*\]")
_ENDS = re.compile(r"[.!?][\"”’')]*$")
# Where another sentence begins behind the copied words of one.
_NEXT = re.compile(r"(?<=[\"”»]\]) +(?=[\"“]?[A-Z])")
_LIST = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")
# What a provider that can be held to a schema is held to.
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
    """A reply as far as it is there: whole sentences, and whether it refuses to answer."""

    sentences: tuple[Sentence, ...] = ()
    refused: bool = False


def parse(reply: str) -> Reply:
    """Return the sentences in a reply: a line each, copied words in brackets behind it.

    A line that ends in the middle of a sentence goes on in the next one, but one that only leads
    to what follows ("Here is the answer:") is left out. It is a refusal if it begins with one.
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
    """Return the sentences in a reply by the schema; none, if it is not by it."""
    found: list[Sentence] = []
    try:
        for one in json.loads(reply)["sentences"]:
            # It may have written brackets all the same.
            text, more = _taken_apart(" ".join(str(one["text"]).split()))
            quotes = ((int(quote["passage"]), str(quote["words"])) for quote in one["quotes"])
            found.append(Sentence(text, (*quotes, *more)))
    except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError):
        return Reply()
    if not found or _refuses(found[0].text):
        return Reply(refused=True)
    return Reply(tuple(found))


def _taken_apart(line: str) -> tuple[str, tuple[tuple[int, str], ...]]:
    """Return a sentence without its brackets, and what stands in them."""
    quotes = tuple((int(number[:6]), words) for number, words in _QUOTED.findall(line))
    rest = _QUOTED.sub(" ", line)
    bare = tuple((int(mark[:6]), "") for mark in _MARKER.findall(rest))
    text = " ".join(_MARKER.sub(" ", rest).split())
    return re.sub(r"\s+([.,;:!?])", r"\1", text), quotes or bare


def _refuses(line: str) -> bool:
    return line.casefold().startswith(prompts.refusal_opening().casefold()[:-1])
