"""To be written: kata.runs."""
