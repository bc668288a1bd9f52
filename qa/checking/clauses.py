"""What of a sentence is compared with its quotes: its clauses, and the stems of its words."""

import re

from qa.text.words import stems

# Of forms that Snowball's stemmer leaves apart.
_BASE = dict(
    pair.split(":")
    for pair in """took:take taken:take gave:give given:give made:make went:go gone:go met:meet
    held:hold sold:sell bought:buy left:leave won:win lost:lose began:begin begun:begin fell:fall
    fallen:fall rose:rise risen:rise sent:send told:tell saw:see seen:see came:come became:become
    wrote:write written:write built:build led:lead kept:keep found:find brought:bring spoke:speak
    broke:break broken:break chose:choose chosen:choose drove:drive flew:fly flown:fly grew:grow
    struck:strike shot:shoot""".split()
)
_PAUSE = re.compile(
    r"[,;:](?!\d)(?=\s)(?!\s\d{4}\b)|\.(?=\s+[A-Z“\"])(?<!\b[A-Z]\.)|\s(?:and|but|while)\s(?!\d)"
)


def word_stems(token: str) -> frozenset[str]:
    """Return the stem of a word: of "took", that of "take"."""
    return stems(_BASE.get(token.lower(), token))


def clauses(text: str) -> list[str]:
    """Return the parts of a text between its commas and its "and"s, but for those in a date."""
    return [part for part in _PAUSE.split(text) if part.strip()]
