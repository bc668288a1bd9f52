"""A web page → its article: text, title, day of publication, address, authors."""

from qa.ingest.pages.page import page_parsed

__all__ = ["page_parsed"]
