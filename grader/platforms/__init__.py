"""To be written: platforms."""
