"""Hits → the answer, each of its quotes checked."""
