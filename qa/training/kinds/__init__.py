"""What fits the question kinds."""
