"""A question and an answer → one sentence that says both, where a rule is certain.

Where a question asks for its subject, the answer takes the place of the word that asks. Elsewhere
English questions turn round too much for rules to turn back: see `qa.checking.statements`.
"""

import re

from qa.text.vocabulary import AUXILIARIES, BE

_SUBJECT = re.compile(r"(?:who|what) (?P<verb>[a-z’']+) (?P<rest>.+)", re.IGNORECASE | re.DOTALL)
_COUNT = re.compile(
    r"how many (?P<rest>(?:\w+ ){1,3}?(?P<verb>\w+ed|were|are|died|took|have|lost|won|got)\b.*)",
    re.IGNORECASE | re.DOTALL,
)
_TURNED = re.compile(
    rf"\b(?:{'|'.join(AUXILIARIES - BE)}) (?:the|a|he|she|they|it|[A-Z])", re.DOTALL
)
_FEW_WORDS = 8


def declarative(question: str, answer: str) -> str:
    """Return a sentence that says what the question asks, or '' where no rule is certain."""
    asked, said = question.strip().rstrip("?").rstrip(), answer.strip().rstrip(".")
    if len(said.split()) > _FEW_WORDS or not said:
        return ""
    if (count := _COUNT.fullmatch(asked)) and said[0].isdigit():
        rest = count["rest"]
        return "" if _TURNED.search(rest) else _sentence(f"{said} {rest}")
    if found := _SUBJECT.fullmatch(asked):
        verb = found["verb"].lower()
        if verb in AUXILIARIES - BE or (verb in BE and not said[:1].isupper()):
            return ""
        # "What was the name of …" is no subject's question, but says the same turned round.
        return _sentence(f"{said} {verb} {found['rest']}")
    return ""


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
