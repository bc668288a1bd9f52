"""When an answer counts as right: by what its question asks for."""

from collections.abc import Sequence

import pytest

from qa.evaluation.judging import rightly

QUOTE = "The roof came off because its beams had rotted in the damp for many years."


@pytest.mark.parametrize(
    ("kind", "answers", "short", "sentences", "right"),
    [
        ("who", ["Mara Velk"], "Mara Velk", [], True),
        ("who", ["Mara Velk"], "the minister Mara Velk", [], True),
        ("who", ["Mara Velk"], "Velk", [], True),
        ("who", ["Mara Velk"], "Jonas Brandt", ["Mara Velk stood by."], False),
        ("who", ["Mara Velk"], "", [], False),
        ("who", ["Mara Velk"], "the", [], False),
        ("list", ["Tolk", "Karsk", "Lind", "Orm"], "Tolk and Karsk", [], True),
        ("list", ["Tolk", "Karsk", "Lind", "Orm"], "Tolk", ["In Lind, too."], True),
        ("list", ["Tolk", "Karsk", "Lind", "Orm"], "Tolk", ["In Oslo, too."], False),
        ("why_how", ["its beams had rotted"], "damp", [QUOTE], True),
        ("why_how", ["its beams had rotted"], "its beams had rotted", ["It rained."], False),
        ("yesno", ["yes"], "yes", ["It rained.", QUOTE], True),
        ("yesno", ["yes"], "yes", ["It rained.", "It snowed.", QUOTE], False),
        ("", ["Mara Velk"], "Velk", [], True),
    ],
)
def test_what_is_right(
    kind: str, answers: Sequence[str], short: str, sentences: Sequence[str], right: bool
) -> None:
    assert rightly(kind, answers, QUOTE, short, sentences) is right
