"""Words that the archive lacks are searched in its own spelling."""

from collections.abc import Iterator

import pytest

from qa.assistant import Assistant
from qa.ingest import ingest
from qa.search.spelling import spelled
from qa.settings import Settings
from tests.conftest import Notices


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("spelling")
    for day in range(1, 7):
        text = f"Governor Marek Zelinkov opened vaccination centre number {day} in Karsk."
        (folder / f"{day}.txt").write_text(f" date 2021-03-0{day} KARSK —\n\n{text}\n")
    settings = Settings(library=folder / "library")
    ingest([folder], settings, Notices())
    with Assistant.load(settings) as assistant:
        yield assistant


@pytest.mark.parametrize(
    ("question", "put"),
    [
        ("who is zelinkof", "who is Zelinkov"),
        ("when did zelinkvo open a centre", "when did Zelinkov open a centre"),
        ("How many vacination centres?", "How many vaccination centres?"),
        # A word in another form is known; short words are near to too many; so are real ones.
        ("How many vaccinations?", "How many vaccinations?"),
        ("Who is Zelin?", "Who is Zelin?"),
        ("Is the government open?", "Is the government open?"),
        ("Who is Velinkov?", "Who is Velinkov?"),
    ],
)
def test_the_archives_spelling(asked: Assistant, question: str, put: str) -> None:
    assert spelled(question, asked.library, asked.retriever.embedder) == put


def test_what_was_searched_is_told(asked: Assistant) -> None:
    answer = asked.answer("Who opened a vacination centre in Karsk?")
    assert answer.question == "Who opened a vacination centre in Karsk?"
    assert answer.searched == "Who opened a vaccination centre in Karsk?"
    assert answer.outcome == "answered"
    assert asked.answer("Who opened a vaccination centre in Karsk?").searched == ""


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Wer hat in der Hauptstadt die Wahl gewonnen?", "nur Englisch"),
        ("Kto wygrał wybory prezydenckie w stolicy?", "English only"),
    ],
)
def test_a_question_in_another_language(asked: Assistant, question: str, said: str) -> None:
    answer = asked.answer(question)
    assert (answer.kind, answer.outcome, answer.citations) == ("talk", "answered", ())
    assert said in answer.text
