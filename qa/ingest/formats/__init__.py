"""The formats that qa reads, a file each, and the registry that tells which a file is of."""

from qa.ingest.formats.registry import FORMATS, SUFFIXES, format_of, missing, parse, suffix

__all__ = ["FORMATS", "SUFFIXES", "format_of", "missing", "parse", "suffix"]
