"""Whether an answer is right, by what its question asks for: no model judges.

Why, how, a quotation, and yes or no are answered by a sentence; a list by its items; all else by a
few words.
"""

from collections.abc import Sequence

from qa.evaluation.metrics import token_f1
from qa.text.answers import holds, normalise

# Of a quote's words, the share that a sentence has which says the same.
_SAID = 0.6
_SENTENCES = frozenset(("why_how", "quote", "yesno"))
_YES_OR_NO = ("yes", "no")


def rightly(
    kind: str, answers: Sequence[str], quote: str, short: str, sentences: Sequence[str]
) -> bool:
    """Tell whether a short answer, with the sentences shown beneath, answers a question.

    `kind` is what the question asks for. A list is answered by half of its `answers`, named in the
    answer or beneath. Why, how, a quotation, yes and no are by one of the first two sentences with
    three fifths of the words of the gold `quote`; the wrong one of yes and no is wrong all the
    same. All else is by a short answer whose F1 with one
    of the answers is a half, or that holds one or is held by one.
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
