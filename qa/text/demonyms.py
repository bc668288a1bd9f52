"""A name and the words derived from it: Japan, Japanese, Japan's."""

# Names that are written in several ways.
_ALIASES = (
    frozenset("us u.s u.s.a usa america american americans".split()),
    frozenset("uk u.k britain british britons".split()),
    frozenset("eu european europe".split()),
    frozenset("un u.n".split()),
)
_ENDINGS: tuple[str, ...] = (
    "ians",
    "ian",
    "eans",
    "ean",
    "ans",
    "an",
    "ese",
    "ish",
    "is",
    "i",
    "ns",
    "n",
    "s",
)
_ENDINGS += ("a", "e", "y", "ia", "’s", "'s")
_ROOT = 4


def roots(word: str) -> frozenset[str]:
    """Return a word with and without an ending such as that of "Japanese"; nothing for "us"."""
    lower = word.lower().replace("’", "'")
    if word == "us":
        # "They told us" names nobody.
        return frozenset()
    for alias in _ALIASES:
        if lower.removesuffix("'s") in alias:
            return alias
    lower = lower.removesuffix("'s")
    roots = {lower} | {
        lower.removesuffix(ending)
        for ending in _ENDINGS
        if lower.endswith(ending) and len(lower) - len(ending) >= _ROOT
    }
    return frozenset(roots)
