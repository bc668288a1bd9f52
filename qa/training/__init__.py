"""What trains the reader and the entailment network, and calibrates."""
