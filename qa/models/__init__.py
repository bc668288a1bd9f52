"""Weights → vectors and scores."""
