"""What a text says, and what of it can be shown, told without a model."""
