"""Measures of retrieval, answers and refusals."""
