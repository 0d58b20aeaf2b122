"""To be written: release."""
