"""To be written: checks."""
