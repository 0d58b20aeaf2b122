"""To be written: submissions."""
