"""What fits the model that tells whether a date is still to come."""
