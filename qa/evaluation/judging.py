"""Whether an answer is right, by a rule for each kind of question: no model judges.

Questions for a reason, a manner, a quotation, or yes or no are answered by a sentence; a list by
its items; all others by a few words.
"""

from collections.abc import Sequence

from qa.evaluation.metrics import token_f1
from qa.text.answers import holds, normalise

# The share of a quote's words from which on a sentence says the same.
_SAID = 0.6
_SENTENCES = frozenset(("why_how", "quote", "yesno"))
_YES_OR_NO = ("yes", "no")


def rightly(
    kind: str, answers: Sequence[str], quote: str, short: str, sentences: Sequence[str]
) -> bool:
    """Tell whether a short answer, with the sentences shown below, answers a question.

    `kind` is the kind of thing that the question asks for. A list is answered if half of its
    `answers` are named in the answer or below. A reason, a manner, a quotation, and yes or no are
    answered if one of the first two sentences has three fifths of the words of the gold `quote`;
    the wrong one of yes and no is wrong even so. Any other question is answered if the short answer
    has an F1 of a half with a gold answer, holds one, or is held by one.
    """
    if kind == "list":
        shown = " | ".join([short, *sentences])
        return 2 * sum(holds(shown, [item]) for item in answers) >= len(answers)
    said = normalise(short)
    if kind == "yesno" and said in _YES_OR_NO and said not in map(normalise, answers):
        return False
    if kind in _SENTENCES and quote:
        return any(says(sentence, quote) for sentence in sentences[:2])
    if token_f1(short, answers) >= 0.5 or holds(short, answers):
        return True
    return bool(normalise(short)) and any(holds(answer, [short]) for answer in answers)


def by_sentence(kind: str) -> bool:
    """Tell whether a sentence answers a question of a kind, rather than a few words."""
    return kind in _SENTENCES


def says(text: str, quote: str) -> bool:
    """Tell whether a text has three fifths of a quote's words."""
    words = set(normalise(quote).split())
    return len(words & set(normalise(text).split())) >= _SAID * len(words)
