"""Whether a sentence follows from the quotes it is said to rest on."""
