"""What a text says, told without a model."""
