"""What a chat model writes → the sentences that pass the check."""
