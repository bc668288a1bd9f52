"""The words that are searched for."""

from qa.text.words import stems, words


def test_words_leave_out_what_every_article_holds() -> None:
    assert words("When did Abe's visit to the U.S. begin?") == ["abe's", "visit", "u.s", "begin"]
    assert words("Who is who?") == ["who", "is"]
    assert words("🙂?") == []


def test_stems_know_either_apostrophe() -> None:
    assert stems("Abe’s visits") == stems("Abe's visit") == {"abe", "visit"}
