"""To be written: specs."""
