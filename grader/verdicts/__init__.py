"""To be written: verdicts."""
