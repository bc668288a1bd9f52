"""Vectors in Chroma: snapshots in a folder, or a server."""
