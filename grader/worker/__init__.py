"""To be written: worker."""
