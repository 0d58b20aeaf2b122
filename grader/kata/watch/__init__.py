"""To be written: kata.watch."""
