"""Lines of a text that are no part of its story: pleas to subscribe, pointers to other stories."""

import re

# Such a line is short, and begins with what it wants of the reader; where it goes on in small
# letters, as in "Read more books, the minister said", it is a sentence of the story.
_LONGEST = 200
_POINTER = re.compile(
    r"\W{0,3}(?:read(?: more| also| next)?|more on this(?: story)?|more stories|see also|also read|"
    r"related(?: stories| articles| coverage| news| content)?|you (?:may|might) (?:also )?like|"
    r"recommended(?: for you)?|most read|most popular|trending(?: now)?|don['’]t miss|watch|listen|"
    r"advertisement|sponsored|story continues below(?: advertisement)?|top stories|up next|"
    r"continue reading(?: below)?|scroll (?:down )?to continue(?: reading)?|editor['’]s picks?)"
    r"\W{0,3}(?::.*|\Z)",
    re.IGNORECASE,
)
_PLEA = re.compile(
    r"\W{0,3}(?:please )?(?:subscribe|sign up|register|log in|download our|follow us|join our|"
    r"click here|get (?:the|our) .{0,40}(?:newsletter|inbox|app)|support our|like us on|share this|"
    r"become a (?:member|subscriber)|already a (?:member|subscriber)|enter your e-?mail|"
    r"send (?:us )?(?:your )?(?:news )?tips|have a (?:news )?tip)\b",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"newsletter|subscri|inbox|e-?mail|sign up|\bapp\b|account|unlimited access|journalism|alerts|"
    r"on (?:twitter|facebook|instagram|x|telegram|whatsapp)|membership|this (?:article|story)|"
    r"click here",
    re.IGNORECASE,
)


def without_pleas(text: str) -> str:
    """Return a text without the paragraphs and lines that are no part of its story.

    All of it, if nothing else would be left.
    """
    kept = [part for part in text.split("\n") if not _is_plea(part.strip())]
    left = re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()
    return left or text


def _is_plea(line: str) -> bool:
    if not line or len(line) > _LONGEST:
        return False
    return bool(_POINTER.match(line) or (_PLEA.match(line) and _ASKS.search(line)))
