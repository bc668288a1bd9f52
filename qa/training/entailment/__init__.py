"""What trains the entailment network: sentences that follow from quotes, and such as do not."""
