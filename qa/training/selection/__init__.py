"""What fits which sentences tell of a subject."""
