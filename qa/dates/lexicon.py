"""The words that dates are written with, and what each of them is worth."""

import re

from qa.text.vocabulary import MONTHS, ONES, ORDINALS, TENS, WEEKDAYS

SEASONS = {"spring": "SP", "summer": "SU", "fall": "FA", "autumn": "FA", "winter": "WI"}
# Of TIMEX3: a duration's designator, and whether it belongs to the part after the T.
UNITS = {
    "second": "TS",
    "minute": "TM",
    "hour": "TH",
    "day": "D",
    "night": "D",
    "weekend": "W",
    "week": "W",
    "fortnight": "W",
    "month": "M",
    "quarter": "Q",
    "year": "Y",
    "decade": "Y",
    "century": "Y",
}
# How many of the designator's units one of them is.
SIZES = {"fortnight": 2, "decade": 10, "century": 100}
DAY_PARTS = {"morning": "MO", "afternoon": "AF", "evening": "EV", "night": "NI"}
NUMBERS: dict[str, float] = {
    **{word: value for value, word in enumerate(ONES) if value},
    **{word: 10 * value for value, word in enumerate(TENS, start=2)},
    **{
        f"{ten}-{one}": 10 * value + size
        for value, ten in enumerate(TENS, start=2)
        for size, one in enumerate(ONES[1:10], start=1)
    },
    "a": 1,
    "an": 1,
    "dozen": 12,
    "a dozen": 12,
    "hundred": 100,
    "a hundred": 100,
    "half a": 0.5,
    "half an": 0.5,
    "a half": 0.5,
}
# Of quarters and halves.
NTH = {
    word: place
    for place, word in enumerate(ORDINALS[:4], start=1)
    for word in (word, f"{place}{('st', 'nd', 'rd', 'th')[place - 1]}")
}

# Words of which one stands in every date expression that has no figure of four digits in it.
TELLING = frozenset(
    [word.lower() for name in (*MONTHS, *WEEKDAYS) for word in (name, name[:3], f"{name}s")]
    + [word for unit in (*UNITS, *DAY_PARTS, "half") for word in (unit, f"{unit}s")]
    + [*SEASONS, "centuries", "sept", "tues", "thur", "thurs", "am", "pm", "a.m", "p.m"]
    + "today tonight yesterday tomorrow overnight noon midday midnight now currently".split()
    + "nowadays present moment recently past future daily weekly monthly quarterly yearly".split()
    + "annually annual hourly nightly biweekly bimonthly".split()
    + "eighteen nineteen fy midweek midmonth midyear current q1 q2 q3 q4 h1 h2".split()
    + "fiscal financial".split()
)

# Words that an expression may begin with before it comes to one of those.
LEADING = frozenset(
    [part for words in (*NUMBERS, *NTH) for part in re.split(r"[ -]", words)]
    + "the this that these last next past first coming final previous recent following same".split()
    + "current preceding prior remaining early mid late every each once twice another day".split()
    + "almost nearly over under only just exactly more less fewer at up some as no a an".split()
    + "couple few several many countless pre post sun mon tue wed thu fri".split()
    + "end start beginning middle rest remainder close turn course balance very latest most".split()
    + "latter opening on fifth two three four five six eleventh twelfth thirteenth".split()
    + "fourteenth".split()
)
