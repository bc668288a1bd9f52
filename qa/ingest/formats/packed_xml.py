"""Zip files of XML, as OpenDocument and EPUB are: their parts, bounded, and parsed safely."""

import zipfile
from typing import Any

from lxml import etree

from qa.ingest.parsed import Unreadable

# A part unpacks into this much at most: a story is far smaller, a bomb is not.
_LONGEST_PART = 100 * 10**6


def part(file: zipfile.ZipFile, name: str) -> bytes:
    """Return a part of a zip file, b'' if it has none of that name.

    Raises `Unreadable` if it unpacks into more than any document holds.
    """
    try:
        with file.open(name) as stream:
            data = stream.read(_LONGEST_PART + 1)
    except KeyError:
        return b""
    if len(data) > _LONGEST_PART:
        raise Unreadable(f"{name} in it unpacks into over {_LONGEST_PART // 10**6} MB")
    return data


def xml(data: bytes) -> Any:
    """Return the root of an XML document; what it names outside of itself is not read.

    Raises `Unreadable` if it is none.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    root = etree.fromstring(data, parser) if data else None
    if root is None:
        raise Unreadable("damaged: a part that it must have is no XML")
    return root


def texts(root: Any, name: str) -> list[str]:
    """Return the texts of the elements of a local name, in any namespace."""
    return ["".join(node.itertext()).strip() for node in root.iter(f"{{*}}{name}")]
