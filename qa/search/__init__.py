"""A question, and the turns before it → hits."""
