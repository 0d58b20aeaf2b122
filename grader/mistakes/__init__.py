"""To be written: mistakes."""
