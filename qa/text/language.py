"""The language of a text, by py3langid."""

from functools import cache
from typing import Any

# Those in which people write most: a rare one would take what is only short.
_LANGUAGES = """ar bg cs da de el en es fa fi fr he hi hr hu id it ja ko ms nl no pl pt ro ru sv tr
uk vi zh""".split()
# Of 6,302 English questions, one in a thousand seems less likely English than this; of 240 in
# twelve other languages, 93 of 100 do.
_ENGLISH = 0.02


def foreign_language(text: str) -> str | None:
    """Return the ISO 639-1 code of the language of a text that is hardly in English, else None."""
    ranked = [(str(code), float(likely)) for code, likely in _identifier().rank(text)]
    return None if dict(ranked)["en"] >= _ENGLISH else ranked[0][0]


@cache
def _identifier() -> Any:
    # Imported when it is needed: reading the model takes a third of a second.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(_LANGUAGES)
    return identifier
