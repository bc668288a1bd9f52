"""The catalogue and the conversations in two files of SQLite: the default."""
