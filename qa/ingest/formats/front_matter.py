"""Fields above a text: YAML or TOML between marks, or lines such as `Date: May 14, 2024`."""

import re
import tomllib
from typing import Any

import yaml

from qa.ingest.fields import known

_YAML = re.compile(r"\A\s*---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_TOML = re.compile(r"\A\s*\+\+\+[ \t]*\n(.*?)\n\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL)
_FRONT_LINE = re.compile(r"[A-Za-z_][\w-]*:(?:\s|$)|\s|-\s|#")
_HEADER_LINE = re.compile(r"([A-Za-z][A-Za-z _-]{1,24}):[ \t]+(\S.*)")
_FRONT_LINES, _HEADER_LINES = 50, 12
# A line of these is what a header is known by; "text: …" begins no header.
_TELLING = frozenset(("title", "date", "authors", "url"))


def split(text: str) -> tuple[dict[str, Any], str]:
    """Return the fields above a text, under qa's names, and the text below them."""
    for pattern, load in ((_YAML, _of_yaml), (_TOML, _of_toml)):
        match = pattern.match(text)
        fields = load(match[1]) if match else {}
        if match and fields:
            return known(fields), text[match.end() :]
    return _header(text)


def _of_yaml(front: str) -> dict[str, Any]:
    try:
        # The base loader leaves every value a string: a title of `1984` stays one, and no
        # tag in a file can ask for anything to be made.
        fields = yaml.load(front, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, ValueError, RecursionError):
        fields = _pairs(front)
    return fields if isinstance(fields, dict) else {}


def _of_toml(front: str) -> dict[str, Any]:
    try:
        return tomllib.loads(front)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


def _pairs(front: str) -> dict[str, Any]:
    """Return front matter by its lines: people write `title: War: what we know`, which is no YAML.

    Nothing, if a line is none of front matter, or no line is of an article's.
    """
    lines = [line for line in front.splitlines() if line.strip()]
    if len(lines) > _FRONT_LINES or not all(_FRONT_LINE.match(line) for line in lines):
        return {}
    pairs = (line.split(": ", 1) for line in lines if ": " in line)
    fields = {key.strip().lower(): value.strip().strip("\"'") for key, value in pairs}
    return fields if known(fields).keys() & _TELLING else {}


def _header(text: str) -> tuple[dict[str, Any], str]:
    """Return the fields of lines `Name: value` that begin a text, up to a blank line."""
    head, gap, rest = text.lstrip("\n").partition("\n\n")
    lines = head.splitlines()
    if not gap or not rest.strip() or not 0 < len(lines) <= _HEADER_LINES:
        return {}, text
    pairs = [match for line in lines if (match := _HEADER_LINE.fullmatch(line.strip()))]
    fields = known({match[1]: match[2] for match in pairs})
    fields.pop("text", None)
    if len(pairs) < len(lines) or not fields.keys() & _TELLING:
        return {}, text
    return fields, rest
