"""Alembic's steps, which bring a database up to date."""
