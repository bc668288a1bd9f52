"""What a question asks for: a sentence or a few words, and of which time."""

import datetime

import pytest

from qa.search.question import lists_choices, proper, understand
from qa.search.times import named_period


@pytest.mark.parametrize(
    "question",
    [
        "Why did the roof fall in?",
        "The theater lost its roof this week. How did that happen?",
        "Did Brandt win the election?",
        "Season 5 came out. Is it any good?",
        "Wasn’t it Brandt?",
        "Which of these towns was hit by the storm?",
        "All of the following cost more, except:",
        "True or false: the bridge is open.",
        "How come?",
    ],
)
def test_a_sentence_is_wanted(question: str) -> None:
    assert understand(question).wants_sentence


@pytest.mark.parametrize(
    "question",
    [
        "When was it opened?",
        "How many people died?",
        "Is it raining? Where was the bridge opened?",
        "It was named for how much money?",
        "How is the new bridge called?",
        "The bridge was opened by which minister?",
        "Did you know? This minister opened the bridge.",
        "Which show was told to mind how it speaks of the storm?",
        "Who will have to pay?",
        "",
    ],
)
def test_a_few_words_are_wanted(question: str) -> None:
    assert not understand(question).wants_sentence


def test_choices() -> None:
    assert lists_choices("Which of the following is not a fruit?")
    assert lists_choices("All these fell except")
    assert not lists_choices("Who left, all of a sudden?")


def test_the_question_proper_is_its_last_sentence() -> None:
    assert proper("A storm came. Where? (Hint: it rained.)") == "Where?"
    assert proper("(Where?)") == "(Where?)"
    assert proper("it rained. where was it?") == "where was it?"
    assert proper("") == ""


@pytest.mark.parametrize(
    "question",
    [
        "When did the U.S. withdraw from Tolk?",
        "When was Dr. Velk born?",
        "Who is No. 1 in Lindhaven?",
        'Why did "Jeopardy!" lose its host?',
    ],
)
def test_a_stop_in_a_name_ends_no_sentence(question: str) -> None:
    assert proper(question) == question


def test_what_is_asked_of_the_united_states() -> None:
    assert understand("When did the U.S. withdraw from Tolk?").when
    assert understand("Did the U.S. win the cup?").yes_or_no
    assert understand("Why did the U.S. withdraw?").wants_sentence


@pytest.mark.parametrize(
    ("question", "ahead"),
    [
        ("When will he resign?", True),
        ("When did Abe plan to visit Tolk?", True),
        ("When is the ship due?", True),
        ("Which ship is due to be launched?", True),
        ("When is he due to stand trial?", True),
        ("What does Abe plan next?", True),
        ("Who lost the job due to the scandal?", False),
        ("Who opposed the rescue plan?", False),
        ("Who resigned?", False),
    ],
)
def test_a_question_that_looks_forward(question: str, ahead: bool) -> None:
    assert understand(question).ahead == ahead


@pytest.mark.parametrize(
    ("question", "latest"),
    [
        ("what's new about the ferry", True),
        ("Anything new on the trial?", True),
        ("latest on the strike", True),
        ("Any recent news from Tolk?", True),
        ("what is going on in Lind these days", True),
        ("Tell me about New Lind.", False),
        ("tell me about new york", False),
        ("Who bought the News of Tolk?", False),
        ("Tell me about the strike", False),
    ],
)
def test_a_question_for_what_is_new(question: str, latest: bool) -> None:
    assert understand(question).latest == latest


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("What happened in Tolk on 16 March 2022?", "tolk"),
        ("What happened in the U.S. on 16 March 2022?", "u.s"),
        ("What happened between 1 March 2022 and 5 March 2022?", ""),
        ("What happened in Tolk between 1 and 5 March 2022?", "tolk"),
        ("What happened between 1 March 2022 and 5 April 2022?", None),
        ("What happened since 1 March 2022?", None),
        ("What happened the day after 24 February 2022?", None),
        ("What happened on Monday before the vote on 5 March 2022?", None),
        ("What happened in the news on 5 March 2022?", ""),
        ("What happened early on 5 March 2022?", ""),
    ],
)
def test_what_happened_and_when(question: str, subject: str | None) -> None:
    found = understand(question).happening
    assert (found and found.subject) == subject


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("Who won in 2022?", "2022-01-01", "2022-12-31"),
        ("what happened in Feb. 2024", "2024-02-01", "2024-02-29"),
        ("Where was Abe on 31 March 2017?", "2017-03-31", "2017-03-31"),
        ("Where was Abe on the 1st of April 2017?", "2017-04-01", "2017-04-01"),
        ("Who spoke on September 5, 2016?", "2016-09-05", "2016-09-05"),
        ("Who spoke on June 31, 2016?", "2016-06-01", "2016-06-30"),
        ("Did it rise from May 2019 to 2021?", "2019-05-01", "2021-12-31"),
        ("Where was Abe on 31 March, 2017?", "2017-03-31", "2017-03-31"),
        ("Where was Abe on 2017-03-31 and 2017-13-01?", "2017-03-31", "2017-03-31"),
        ("Which rover was in the Mars 2020 mission?", "2020-01-01", "2020-12-31"),
    ],
)
def test_the_period_that_a_question_names(question: str, first: str, last: str) -> None:
    found = named_period(question)
    assert found == (datetime.date.fromisoformat(first), datetime.date.fromisoformat(last))


@pytest.mark.parametrize(
    "question",
    [
        "Who won?",
        "Who may march in June?",
        "Why 2,022 tons?",
        "Is 12022 a prime?",
        "Where did more than 2000 people flee?",
        "Who spoke at 1900 GMT?",
        "Who won \u017fep 31st?",
        "",
    ],
)
def test_no_period(question: str) -> None:
    assert named_period(question) is None


@pytest.mark.parametrize(
    ("question", "day", "first", "last"),
    [
        ("Who spoke last week?", "2017-03-31", "2017-03-20", "2017-03-26"),
        ("Whom did Abe meet on monday?", "2017-03-31", "2017-03-27", "2017-03-27"),
        ("What has he said since 1 March?", "2017-03-31", "2017-03-01", "2017-03-31"),
        ("Who was there in early March?", "2017-03-31", "2017-03-01", "2017-03-10"),
        ("Who won in march", "2017-03-31", "2017-03-01", "2017-03-31"),
        ("Who led a year ago today?", "2017-03-31", "2016-03-31", "2016-03-31"),
        ("Who spoke in the week of 6 June 2016?", "2017-03-31", "2016-06-06", "2016-06-12"),
        ("what happened on 20 march", "2017-03-31", "2017-03-20", "2017-03-20"),
        ("What happened in late March 2017?", "2017-06-01", "2017-03-21", "2017-03-31"),
    ],
)
def test_a_period_seen_from_the_day_of_asking(
    question: str, day: str, first: str, last: str
) -> None:
    found = named_period(question, datetime.date.fromisoformat(day))
    assert found == (datetime.date.fromisoformat(first), datetime.date.fromisoformat(last))


@pytest.mark.parametrize(
    ("question", "event", "first", "last"),
    [
        ("What did Brandt say the day before the vote?", "the vote", -1, -1),
        ("Who spoke in the run-up to the election?", "the election", -14, 0),
        ("Who led the party after Hollis left?", "Hollis left", 0, 14),
    ],
)
def test_an_event_that_a_time_is_named_by(question: str, event: str, first: int, last: int) -> None:
    around = understand(question).around
    assert around
    assert (around.event, around.first.days, around.last.days) == (event, first, last)


@pytest.mark.parametrize("question", ["Who spoke after 3 May 2016?", "Who won?"])
def test_no_event_that_a_time_is_named_by(question: str) -> None:
    assert understand(question).around is None


def test_a_long_time_without_its_year_is_no_period() -> None:
    assert named_period("Who won last year?", datetime.date(2017, 3, 31)) is None


@pytest.mark.parametrize(
    ("question", "when", "how_long"),
    [
        ("When did he resign?", True, False),
        ("In which year was it built?", True, False),
        ("It begins on what date?", True, False),
        ("When was the man who shot him arrested?", True, False),
        ("Which Times reporter won?", False, False),
        ("How long was it open?", False, True),
        ("Who resigned when the bridge fell?", False, False),
        ("When she died, who took the dogs?", False, False),
        ("Did it fall when it rained?", False, False),
        ("This telescope wowed us when its images came.", False, False),
        ("He held the office before that when?", True, False),
        ("Who resigned?", False, False),
    ],
)
def test_a_question_for_a_date_or_a_duration(question: str, when: bool, how_long: bool) -> None:
    assert (understand(question).when, understand(question).how_long) == (when, how_long)
