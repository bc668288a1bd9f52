"""Closed classes of English words: months, numbers, pronouns, auxiliaries.

Sets and patterns made only of such words are built from here.
"""

import re
from collections.abc import Iterable

MONTHS = (
    "January February March April May June July August September October November December"
).split()
# The months that news agencies shorten, and the other short forms in use; "May" has none.
AGENCY_MONTHS = "Jan Feb Aug Sept Oct Nov Dec".split()
SHORT_MONTHS = [*AGENCY_MONTHS, *"Mar Apr Jun Jul Sep".split()]
MONTH_WORDS = frozenset(name.lower() for name in (*MONTHS, *SHORT_MONTHS))
WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()

# The number words of 0 to 19, those of 20 to 90, and the ordinals of 1 to 10.
ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
).split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()

SUBJECTS = frozenset("he she it they".split())
OBJECTS = frozenset("him her it them".split())
POSSESSIVES = frozenset("his her its their".split())
THIRD_PERSON = SUBJECTS | OBJECTS | POSSESSIVES | {"hers", "theirs"}
DEMONSTRATIVES = frozenset("this that these those".split())

BE = frozenset("am is are was were be been being".split())
HAVE = frozenset("has have had".split())
DO = frozenset("do does did".split())
MODALS = frozenset("can could may might must shall should will would".split())
# The forms that can begin a question: "Did he resign?"
AUXILIARIES = (BE - frozenset("be been being".split())) | HAVE | DO | MODALS

# The past tense of the strong verbs, but for those that are the same in the present, as "cut".
STRONG_PASTS = frozenset(
    """arose awoke beat became began bent bit bled blew bore bound bought bred broke brought built
    burnt came caught chose clung crept dealt did dove drank drew drove dug dwelt ate fed fell felt
    fled flew flung fought forbade foresaw forgave forgot found froze gave ground grew had heard
    held hid hung kept knelt knew laid lay leapt learnt led left lent lit lost made meant met
    misled mistook outdid overcame oversaw overtook overthrew paid ran rang rebuilt rode rose said
    sang sank sat saw shone shook shot showed shrank slept slid sold sought spent spoke sprang spun
    stole stood stuck struck strove stung swam swept swore swung taught thought threw told took
    tore undertook underwent understood undid upheld went wept withdrew withheld withstood woke won
    wore wove wound wrote""".split()
)


def any_of(words: Iterable[str]) -> str:
    """Return a pattern for any of the words, the longest first, so that none hides another."""
    return (
        "(?:" + "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word)))) + ")"
    )
