"""To be written: roster."""
