"""Exports of LexisNexis, Factiva and ProQuest as plain text → the articles in them.

Each sets its articles apart by a line of its own, and tells of each in lines `KEY: value`.
"""

import re
from collections.abc import Iterator
from typing import Any

from qa.ingest.fields import authors
from qa.ingest.written_dates import find

_LEXIS = re.compile(r"^[ \t]*(?:Document )?\d{1,6} of \d{1,6}(?: DOCUMENTS?)?[ \t]*$", re.MULTILINE)
_NEXIS_END = re.compile(r"^[ \t]*End of Document[ \t]*$", re.MULTILINE)
_FACTIVA_END = re.compile(r"^[ \t]*(?:AN[ \t]+)?Document [A-Za-z0-9]{10,40}[ \t]*$", re.MULTILINE)
_PROQUEST = re.compile(r"^_{20,}[ \t]*$", re.MULTILINE)
_KEY = re.compile(r"([A-Z][A-Za-z][A-Za-z /-]{0,28}):(?:[ \t]+(.*))?")
_CODE = re.compile(
    r"(SE|HD|BY|CR|WC|PD|ET|SN|SC|ED|PG|LA|CY|LP|TD|CO|IN|NS|RE|IPD|PUB|AN|CT)\b[ \t]*(.*)"
)
_WORDS = re.compile(r"\d{1,7} words", re.IGNORECASE)
# Keys that stand below an article's text, or among what is told of it.
_BELOW = frozenset(
    """load-date language subject publication-type graphic classification company organization
    person ticker industry geographic correction-date document-type journal-code acc-no correction
    state country city copyright""".split()
)
_DATE_CHARS = 60


def split_export(text: str) -> list[dict[str, Any]]:
    """Return the fields of each article of an export; none for a text that is no export."""
    if len(_LEXIS.findall(text)) >= 1 and re.search(r"^\s*(?:LENGTH|Length):", text, re.MULTILINE):
        return _told(_nexis(part) for part in _LEXIS.split(text)[1:])
    if _NEXIS_END.search(text) and re.search(r"^Body[ \t]*$|^Length:", text, re.MULTILINE):
        return _told(_nexis(part) for part in _NEXIS_END.split(text))
    if _FACTIVA_END.search(text) and (
        _WORDS.search(text) or re.search(r"^WC\b", text, re.MULTILINE)
    ):
        return _told(_factiva(part) for part in _FACTIVA_END.split(text))
    if _PROQUEST.search(text) and re.search(r"^Full text:", text, re.MULTILINE):
        return _told(_proquest(part) for part in _PROQUEST.split(text))
    return []


def _told(found: Iterator[dict[str, Any]]) -> list[dict[str, Any]]:
    return [fields for fields in found if fields.get("text")]


def _nexis(part: str) -> dict[str, Any]:
    """Return an article of LexisNexis: publication, day, title, keys, the text, keys again."""
    blocks = [block.strip() for block in re.split(r"\n[ \t]*\n", part) if block.strip()]
    head: list[str] = []
    keys: dict[str, str] = {}
    body: list[str] = []
    for block in blocks:
        lines = block.splitlines()
        told = [_KEY.fullmatch(line.strip()) for line in lines]
        key = told[0][1].lower() if told[0] else ""
        if body and (key in _BELOW or block.startswith("Copyright ")):
            break
        if not body and block.startswith("Copyright "):
            continue
        if "length" not in keys and key != "body":
            _take(lines, head, keys)
        elif key != "body" and block != "Body" and (body or not all(told)):
            body.append(block)
        elif key == "body" and told[0] and told[0][2]:
            body.append(told[0][2])
        else:
            _take(lines, [], keys)
    place = next((n for n, line in enumerate(head) if _is_date(line)), None)
    if place is None:
        return {"title": head[0] if head else "", "text": "\n\n".join(body)}
    after = [line for line in head[place + 1 :] if not line.startswith("Copyright")]
    title = " ".join(after) if after else head[0]
    return _fields(title, head[place], keys.get("byline", ""), "\n\n".join(body))


def _take(lines: list[str], head: list[str], keys: dict[str, str]) -> None:
    for line in lines:
        match = _KEY.fullmatch(line.strip())
        if match:
            keys[match[1].lower()] = match[2] or ""
        elif line.strip():
            head.append(line.strip())


def _is_date(line: str) -> bool:
    return len(line) <= _DATE_CHARS and next(find(line, "month first"), None) is not None


def _factiva(part: str) -> dict[str, Any]:
    """Return an article of Factiva: by codes of two letters, or line by line."""
    lines = part.strip().splitlines()
    if any(re.match(r"HD\b", line) for line in lines):
        return _coded(lines)
    count = next((n for n, line in enumerate(lines) if _WORDS.fullmatch(line.strip())), None)
    if count is None:
        return {}
    day = next((n for n in range(count, len(lines)) if _is_date(lines[n].strip())), count)
    gap = next((n for n in range(day, len(lines)) if not lines[n].strip()), len(lines))
    above = [line.strip() for line in lines[:count] if line.strip()]
    byline = above[-1] if len(above) > 1 and above[-1].lower().startswith("by ") else ""
    title = next((line for line in reversed(above) if line != byline), "")
    return _fields(title, lines[day], byline, "\n".join(lines[gap:]).strip())


def _coded(lines: list[str]) -> dict[str, Any]:
    values: dict[str, list[str]] = {}
    code = ""
    for line in lines:
        match = _CODE.match(line)
        if match:
            code = match[1]
        values.setdefault(code, []).append(match[2] if match else line.strip())
    told = {key: "\n".join(value).strip() for key, value in values.items()}
    text = "\n\n".join(told[key] for key in ("LP", "TD") if told.get(key))
    return _fields(told.get("HD", ""), told.get("PD", ""), told.get("BY", ""), text)


def _proquest(part: str) -> dict[str, Any]:
    values: dict[str, list[str]] = {}
    key = ""
    for line in part.splitlines():
        match = _KEY.fullmatch(line)
        if match and (not values or key != "full text" or match[1].istitle() or " " in match[1]):
            key = match[1].lower()
        values.setdefault(key, []).append((match[2] or "") if match and key else line)
    told = {name: "\n".join(value).strip() for name, value in values.items()}
    day = told.get("publication date") or told.get("date") or ""
    fields = _fields(told.get("title", ""), day, told.get("author", ""), told.get("full text", ""))
    return {**fields, "url": told.get("document url", "")}


def _fields(title: str, date: str, byline: str, text: str) -> dict[str, Any]:
    return {"title": title, "date": date.strip(), "authors": authors(byline), "text": text}
