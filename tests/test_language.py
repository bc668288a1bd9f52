"""The language of a text, as far as a few words tell."""

import pytest

from qa.text.language import foreign_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Wie viele Menschen starben beim Hochwasser im Ahrtal?", "de"),
        ("Pourquoi le premier ministre a-t-il démissionné ?", "fr"),
        ("¿Quién ganó las elecciones en Brasil?", "es"),
        ("Кто выиграл выборы?", "ru"),
        ("日本の首相は誰ですか", "ja"),
        ("Who won the election in Brazil?", None),
        ("macron le pen debate result", None),
        ("when did abe plan to visit russia", None),
        ("hi", None),
        ("?", None),
    ],
)
def test_the_language_of_a_question(text: str, language: str | None) -> None:
    assert foreign_language(text) == language
