"""The language of a text, by py3langid."""

from functools import cache
from typing import Any

# The languages in which people write most: short texts would be taken for a rare one.
_LANGUAGES = """ar bg cs da de el en es fa fi fr he hi hr hu id it ja ko ms nl no pl pt ro ru sv tr
uk vi zh""".split()
# The probability of English below which a text is foreign: one in a thousand of 6,302 English
# questions lies below, and 93 of 100 of 240 questions in twelve other languages.
_ENGLISH = 0.02


def foreign_language(text: str) -> str | None:
    """Return the ISO 639-1 code of a text's language if the text is hardly English, else None."""
    ranked = [(str(code), float(likely)) for code, likely in _identifier().rank(text)]
    return None if dict(ranked)["en"] >= _ENGLISH else ranked[0][0]


@cache
def _identifier() -> Any:
    # Imported when it is needed: reading the model takes a third of a second.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(_LANGUAGES)
    return identifier
