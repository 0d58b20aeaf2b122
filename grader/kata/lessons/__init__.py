"""To be written: kata.lessons."""
