"""Settings: from the environment, strict and bounded."""

from pathlib import Path

import pytest

from qa.errors import SettingsError
from qa.settings import Settings


def test_environment_and_overrides() -> None:
    settings = Settings.from_environment({"QA_LIBRARY": "/x", "QA_HITS": "20", "HOME": "/h"})
    assert (settings.library, settings.hits) == (Path("/x"), 20)
    assert Settings.from_environment({"QA_HITS": "20"}, hits=30, library=None).hits == 30


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("QA_HITZ", "20", "QA_HITZ is not a setting; the settings are QA_LIBRARY"),
        ("QA_HITS", "5", "hits (QA_HITS): Input should be greater than or equal to 10"),
        ("QA_HITS", "many", "got 'many'"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(name: str, value: str, says: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({name: value})
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_settings_are_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().hits = 11


def test_a_password_is_in_no_text_of_the_settings() -> None:
    settings = Settings.from_environment({"QA_AUTH": "ann:secret"})
    assert settings.auth is not None
    assert settings.auth.get_secret_value() == "ann:secret"
    assert "secret" not in f"{settings!r} {settings} {settings.model_dump_json()}"
