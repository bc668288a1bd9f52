"""What trains the reader and the larger network that it learns from, and calibrates."""
