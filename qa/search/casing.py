"""A question typed without capitals → the capitals that its words have in the archive."""

import re
from collections.abc import Sequence
from dataclasses import replace

from qa.library.protocols import Catalogue
from qa.search.followups import last_question
from qa.text.words import content_words
from qa.types import Turn

# Passages in which a word is looked up, and words that are.
_PASSAGES, _WORDS = 40, 16
# A word that so few passages have names its subject, like a name, in an archive of so many.
_FEW, _MANY = 12, 1200
# Of its uses, the share with a capital that makes a word a name: "big" has one in many names.
_SHARE = 0.75


def truecased(question: str, library: Catalogue) -> str:
    """Return a question with capitals where the archive has them: "who is elon musk".

    A word has one if the passages write it so inside a sentence (Lita et al., "tRuEcasIng", 2003),
    or if hardly any passage has it. A question with a capital behind its first letter is returned
    as it is.
    """
    if any(map(str.isupper, question[1:])):
        return question
    for word in content_words(question)[:_WORDS]:
        if _is_name(word, library):
            question = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", word.capitalize(), question)
    return question


def last_truecased(turns: Sequence[Turn], library: Catalogue) -> tuple[Turn, ...]:
    """Return turns, of which the last question has the archive's capitals."""
    place = last_question(turns)
    if place is None:
        return tuple(turns)
    asked = replace(turns[place], text=truecased(turns[place].text, library))
    return (*turns[:place], asked, *turns[place + 1 :])


def _is_name(word: str, library: Catalogue) -> bool:
    found = library.passages([id_ for id_, _ in library.search([word], _PASSAGES)])
    if 0 < len(found) < _FEW and library.counts()[1] >= _MANY:
        return True
    # Behind a small letter: the first word of a sentence has a capital, as has each of a title.
    inside = re.compile(rf"(?<=[a-z,] )(?i:{re.escape(word)})(?!\w)")
    written = [use[0] for passage, _ in found.values() for use in inside.findall(passage.text)]
    return sum(map(str.isupper, written)) > _SHARE * len(written)
