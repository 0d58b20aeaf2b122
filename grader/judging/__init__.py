"""To be written: judging."""
