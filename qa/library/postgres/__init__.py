"""The catalogue and the conversations in PostgreSQL, which several machines share."""
