"""Trains the reader. Needs the extra `training`; nothing else imports it."""
