"""To be written: kata.graph."""
