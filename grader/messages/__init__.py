"""To be written: messages."""
