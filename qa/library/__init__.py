"""What is stored: articles with their passages and vectors, and conversations."""
